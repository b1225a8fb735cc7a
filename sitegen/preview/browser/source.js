// A page as the server sent it, and which node of the page on the screen each of its nodes became.
//
// Scripts of the theme go on to change the page on the screen: they add buttons, wrap tables, open details. So what
// changed is found by comparing the old source with the new one, and only that is carried over to the screen.

import { correspond } from "./sequences.js";

/** Elements that are taken as a whole: what is in them is no child, or is read once only. */
export const WHOLE = new Set(["NOSCRIPT", "TEMPLATE", "TITLE", "SCRIPT", "VIDEO", "AUDIO", "PICTURE", "OBJECT", "SVG", "MATH"]);

/** Where scripts would run that the browser has not met yet. */
const EXECUTABLE = /^(?:|module|importmap|speculationrules|(?:text|application)\/(?:x-)?(?:java|ecma)script)$/i;

export class Source {
  /** Raises an error if the server did not add its script, so that this is no page of the preview. */
  constructor(html) {
    this.document = new DOMParser().parseFromString(html, "text/html");
    const script = this.document.querySelector("script[data-token][data-digest]");
    if (!script) throw new Error("This is no page of the preview.");
    ({ token: this.token, digest: this.digest, page: this.page } = script.dataset);
    script.remove();
    this.lines = this.#takeLines();
    this.hasTemplates = this.document.querySelector("template") !== null;
  }

  /** Takes the lines out, so that a block is the same wherever in the file it stands. */
  #takeLines() {
    const lines = new Map();
    for (const element of this.document.querySelectorAll("[data-line]")) {
      if (element.matches("pre *")) continue;
      lines.set(element, element.dataset.line);
      element.removeAttribute("data-line");
    }
    return lines;
  }

  get title() {
    return this.document.title;
  }

  /** What its scripts are: a page whose scripts change must be loaded anew. */
  get scripts() {
    return [...this.document.scripts]
      .filter((script) => EXECUTABLE.test(script.type.trim()))
      .map((script) => script.outerHTML)
      .join("\n");
  }
}

/** For each node of a source the node on the screen that it became. */
export class Twins {
  #nodes = new WeakMap();

  /** Finds the twins of a whole page, which scripts may have changed already. */
  static find(source) {
    const twins = new Twins();
    twins.#find(source.document.documentElement, document.documentElement);
    return twins;
  }

  /** The twin of a node, if it is still on the page. */
  get(node) {
    const twin = this.#nodes.get(node);
    return twin?.isConnected ? twin : undefined;
  }

  set(node, twin) {
    this.#nodes.set(node, twin);
  }

  /** Notes two trees that are the same. */
  setAll(node, twin) {
    this.set(node, twin);
    node.childNodes.forEach((child, index) => this.setAll(child, twin.childNodes[index]));
  }

  #find(node, twin) {
    this.set(node, twin);
    if (WHOLE.has(node.nodeName.toUpperCase())) return;
    const lost = [];
    const extra = [];
    for (const [child, other] of correspond([...node.childNodes], [...twin.childNodes], [withText, named])) {
      if (child && other) this.#find(child, other);
      else if (child?.nodeType === Node.ELEMENT_NODE) lost.push(child);
      else if (other?.nodeType === Node.ELEMENT_NODE) extra.push(other);
    }
    // What a script wrapped is inside something that it added.
    for (const child of lost) {
      const candidates = extra.flatMap((wrapper) => [...wrapper.querySelectorAll(child.localName)]);
      const other = candidates.find((candidate) => withText(candidate) === withText(child));
      if (other) this.#find(child, other);
    }
  }
}

/** What a node is, with its text. */
function withText(node) {
  return `${named(node)} ${node.textContent}`;
}

/** What a node is. */
function named(node) {
  return node.nodeType === Node.ELEMENT_NODE ? `${node.nodeName} ${node.id}` : `${node.nodeName} ${node.data}`;
}
