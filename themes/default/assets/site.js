// Conveniences for readers whose browsers run scripts. Nothing here is needed to read.

const root = document.documentElement;

colourSchemeSwitch(document.querySelector(".scheme-switch"));

/** Goes round: the opposite of what is seen, the other one, then the system's again. */
function colourSchemeSwitch(button) {
  if (!button) return;
  const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)").matches;
  const show = () => {
    const scheme = root.dataset.theme ?? "auto";
    button.dataset.scheme = scheme;
    button.title = button.dataset[scheme];
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    const order = systemIsDark() ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const next = order[(order.indexOf(root.dataset.theme ?? "auto") + 1) % 3];
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("colour-scheme", next);
    } catch {
      // Without storage the choice holds for this page.
    }
    show();
  });
  show();
  button.hidden = false;
}
