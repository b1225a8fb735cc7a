// Runs before the page is drawn, so that a chosen colour scheme does not flash.
(() => {
  try {
    const choice = localStorage.getItem("colour-scheme");
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
    if (choice === "auto") delete document.documentElement.dataset.theme;
  } catch {
    // Without storage the page follows the system.
  }
})();
