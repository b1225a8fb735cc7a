// Conveniences for readers whose browsers run scripts. Nothing here is needed to read.

const root = document.documentElement;
const words = document.currentScript.dataset;

improve(document);
// The preview of sitegen says what it has put into the page.
document.addEventListener("sitegen:patch", ({ detail }) => detail.added.forEach(improve));

/** Adds the conveniences to a part of the page. */
function improve(part) {
  const each = (selector, work) => {
    if (part.matches?.(selector)) work(part);
    part.querySelectorAll?.(selector).forEach(work);
  };
  each(".scheme-switch", colourSchemeSwitch);
  each("figure.code", copyButton);
  each(".post > .prose .footnote-ref a", footnotePreview);
  each(".post > .prose img", zoom);
  each(".post > .toc", contents);
  each(".post > .outdated", outdatedNotice);
}

/** Goes round: the opposite of what is seen, the other one, then the system's again. */
function colourSchemeSwitch(button) {
  const current = () => root.dataset.theme ?? "auto";
  const show = () => {
    button.dataset.scheme = current();
    button.title = button.dataset[current()];
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const round = isDark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const next = round[(round.indexOf(current()) + 1) % round.length];
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

/** A button that copies the code of a block; line numbers are no text, so they stay behind. */
function copyButton(figure) {
  if (!navigator.clipboard) return;
  const button = element("button", { type: "button", className: "copy", textContent: words.copy });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(figure.querySelector("code").textContent);
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = words.copy), 2000);
  });
  figure.append(button);
}

/** Shows a footnote beside its number while the pointer or the focus is there. */
function footnotePreview(link) {
  let preview;
  const close = () => {
    preview?.remove();
    preview = undefined;
  };
  const open = () => {
    const note = target(link);
    if (preview || !note) return;
    preview = element("div", { className: "footnote-preview" });
    preview.append(...[...note.childNodes].map((node) => node.cloneNode(true)));
    preview.querySelectorAll(".footnote-backref").forEach((back) => back.remove());
    preview.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
    preview.setAttribute("aria-hidden", "true");
    preview.querySelectorAll("a, [tabindex]").forEach((part) => (part.tabIndex = -1));
    document.body.append(preview);
    const at = link.getBoundingClientRect();
    const left = Math.min(at.left, root.clientWidth - preview.offsetWidth - 16);
    const below = at.bottom + preview.offsetHeight + 16 < innerHeight;
    preview.style.left = `${Math.max(left, 16) + scrollX}px`;
    preview.style.top = `${(below ? at.bottom + 6 : at.top - preview.offsetHeight - 6) + scrollY}px`;
  };
  link.addEventListener("mouseenter", open);
  link.addEventListener("mouseleave", close);
  link.addEventListener("focus", () => link.matches(":focus-visible") && open());
  link.addEventListener("blur", close);
  link.addEventListener("click", close);
}

/** Lets a picture that is larger than its place be seen in full. */
function zoom(image) {
  if (image.closest("a")) return;
  const prepare = () => {
    if (image.naturalWidth <= image.clientWidth * 1.2) return;
    image.dataset.zoom = "";
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    image.setAttribute("aria-label", `${words.enlarge}${image.alt ? words.colon + image.alt : ""}`);
  };
  const open = () => {
    if (!("zoom" in image.dataset)) return;
    const dialog = element("dialog", { className: "lightbox" });
    dialog.setAttribute("aria-label", image.alt || words.enlarge);
    dialog.append(
      element("img", { src: image.currentSrc || image.src, alt: image.alt }),
      element("button", { type: "button", textContent: words.close }),
    );
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      image.focus({ preventScroll: true });
    });
    document.body.append(dialog);
    dialog.showModal();
  };
  if (image.complete) prepare();
  else image.addEventListener("load", prepare);
  image.addEventListener("click", open);
  image.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
}

/** Opens the table of contents where there is room for it and marks the section being read. */
function contents(toc) {
  const details = toc.querySelector("details");
  const isWide = matchMedia("(min-width: 75rem)");
  const unfold = () => (details.open = isWide.matches);
  unfold();
  isWide.addEventListener("change", unfold);

  let waiting = false;
  const mark = () => {
    waiting = false;
    const sections = [...toc.querySelectorAll("a")]
      .map((link) => ({ link, heading: target(link) }))
      .filter(({ heading }) => heading);
    const passed = sections.filter(({ heading }) => heading.getBoundingClientRect().top < innerHeight / 4);
    // The last sections may be too short to reach the upper quarter.
    const isAtEnd = scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 2;
    const current = (isAtEnd ? sections : passed).at(-1)?.link;
    for (const { link } of sections) {
      if (link === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
    if (current && isWide.matches) {
      const offset = current.getBoundingClientRect().top - details.getBoundingClientRect().top;
      if (offset < 32 || offset > details.clientHeight - 48) details.scrollTop += offset - details.clientHeight / 2;
    }
  };
  addEventListener(
    "scroll",
    () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    },
    { passive: true },
  );
  mark();
}

/** Shows the note on an old post once it is older than the site allows. */
function outdatedNotice(notice) {
  const days = (Date.now() - Date.parse(notice.dataset.changed)) / 86_400_000;
  notice.hidden = days <= Number(notice.dataset.days);
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

/** The element of this page that a link leads to. */
function target(link) {
  return document.getElementById(decodeURIComponent(link.hash.slice(1)));
}
