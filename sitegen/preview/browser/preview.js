// The preview's part in the browser. The server adds this script to the pages it answers with; no site holds it.

{
  const { token, digest, page } = document.currentScript.dataset;
  const root = new URL(".", document.currentScript.src);
  import("./session.js").then(({ begin }) => begin({ token, digest, page, root }));
}
