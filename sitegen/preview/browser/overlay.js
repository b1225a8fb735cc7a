// What the preview shows over a page: problems, whether it is connected, badges. All in a shadow root, so that no theme
// changes it and it changes no theme.

import { element, problemItem } from "./problems.js";

const SAID_FOR = 4000;
const BROKEN = "✗ ";
const ASIDE = "sitegen-put-aside";

export class Overlay {
  /** The style sheet of everything that the preview shows. */
  sheet = new CSSStyleSheet();
  #open;
  #problems = [];
  #isAside = false;
  #focused;
  #title;
  #panel;
  #list;
  #heading;
  #footer;
  #pill;
  #badge;
  #gone;
  #connection;
  #message;
  #timer;

  /** `open(path, line)` opens a file in the editor. */
  constructor(open) {
    this.#open = open;
    const host = document.createElement("sitegen-preview");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [this.sheet];
    this.#build(root);
    // Not in the body, whose layout is the theme's.
    document.documentElement.append(host);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#panel.hidden) this.#putAside();
    });
  }

  /** Returns when the style sheet is there. */
  async load(address) {
    const response = await fetch(address);
    await this.sheet.replace(await response.text());
  }

  /** Shows problems as the terminal does; none clears everything at once. `hasGood` says what is under them. */
  showProblems(problems, { hasGood }) {
    const wasBroken = this.#errors.length > 0;
    this.#problems = problems;
    const errors = this.#errors;
    const isBroken = errors.length > 0;
    this.#list.replaceChildren(...problems.map((problem) => problemItem(problem, this.#open)));
    this.#heading.textContent = counted(problems);
    this.#footer.textContent = outlook(isBroken, hasGood);
    this.#pill.textContent = counted(problems);
    this.#pill.classList.toggle("broken", isBroken);
    this.#panel.classList.toggle("broken", isBroken);
    if (!isBroken) sessionStorage.removeItem(ASIDE);
    if (!problems.length || (wasBroken && !isBroken)) {
      this.#hidePanel();
      this.say("");
    } else if (isBroken && sessionStorage.getItem(ASIDE) !== told(errors)) this.#showPanel();
    this.#pill.hidden = !problems.length || !this.#panel.hidden;
    this.markTitle(this.#title);
  }

  /** Marks the title of a page whose site cannot be built; `title` is the page's own. */
  markTitle(title = document.title) {
    this.#title = title;
    const mark = this.#errors.length > 0 ? BROKEN : "";
    const isMarked = document.title.startsWith(BROKEN);
    if (mark || isMarked) document.title = mark + title;
  }

  showConnection(isConnected) {
    this.#connection.hidden = isConnected;
  }

  showGone(isGone) {
    this.#gone.hidden = !isGone;
  }

  /** Says in a corner what the page is; nothing for a page like any other. */
  showBadge(words = "") {
    this.#badge.hidden = !words;
    this.#badge.textContent = words;
  }

  /** Says something for a moment. */
  say(words) {
    clearTimeout(this.#timer);
    this.#message.textContent = words;
    this.#timer = setTimeout(() => (this.#message.textContent = ""), SAID_FOR);
  }

  get #errors() {
    return this.#problems.filter(({ severity }) => severity === "error");
  }

  #build(root) {
    this.#heading = element("h2", { id: "heading" });
    this.#list = element("ol", {});
    this.#footer = element("p", { className: "foot" });
    const close = element("button", { type: "button", className: "close", textContent: "Put aside" });
    close.append(element("kbd", { textContent: "Esc" }));
    close.addEventListener("click", () => this.#putAside());
    const card = element("section", { className: "card", tabIndex: -1 }, [
      element("div", { className: "head" }, [this.#heading, close]),
      this.#list,
      this.#footer,
    ]);
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-labelledby", "heading");
    this.#panel = element("div", { className: "panel", hidden: true }, [card]);
    this.#panel.addEventListener("click", ({ target }) => target === this.#panel && this.#putAside());

    this.#pill = element("button", { type: "button", className: "note problems", hidden: true });
    this.#pill.addEventListener("click", () => this.#showPanel({ takesFocus: true }));
    this.#badge = element("p", { className: "note", hidden: true });
    this.#gone = element("p", { className: "note", hidden: true, textContent: "This page is no longer part of the site." });
    this.#connection = element("p", { className: "note", hidden: true, textContent: "The preview is not running." });
    this.#message = element("p", { className: "note said" });
    this.#message.setAttribute("role", "status");
    const notes = [this.#message, this.#connection, this.#gone, this.#badge, this.#pill];
    const corner = element("aside", { className: "notes" }, notes);
    corner.setAttribute("aria-label", "Preview");
    root.append(this.#panel, corner);
  }

  #showPanel({ takesFocus = false } = {}) {
    if (!this.#panel.hidden) return;
    this.#panel.hidden = false;
    this.#pill.hidden = true;
    // Whoever is typing goes on typing.
    const isFree = document.activeElement === document.body || document.activeElement === null;
    this.#focused = takesFocus ? this.#pill : undefined;
    if (takesFocus || isFree) this.#panel.firstChild.focus({ preventScroll: true });
    else this.say(`${counted(this.#problems)} in the site.`);
  }

  #hidePanel() {
    this.#panel.hidden = true;
    this.#focused = undefined;
  }

  #putAside() {
    sessionStorage.setItem(ASIDE, told(this.#errors));
    const focused = this.#focused;
    this.#hidePanel();
    this.#pill.hidden = this.#problems.length === 0;
    focused?.focus({ preventScroll: true });
  }
}

/** What problems say, to know them again. */
function told(problems) {
  return JSON.stringify(problems.map(({ lines }) => lines.map(({ text }) => text)));
}

/** What follows from the problems. */
function outlook(isBroken, hasGood) {
  if (!isBroken) return "The site can be built all the same.";
  return hasGood
    ? "The last good page is under this. It clears as soon as the files are mended."
    : "As soon as the files are mended, the page shows itself.";
}

/** `2 errors, 1 warning`. */
function counted(problems) {
  return ["error", "warning"]
    .map((severity) => [severity, problems.filter((problem) => problem.severity === severity).length])
    .filter(([, count]) => count)
    .map(([severity, count]) => `${count.toLocaleString("en")} ${severity}${count === 1 ? "" : "s"}`)
    .join(", ");
}
