// Brings a page on the screen up to date: only the blocks that differ are replaced.

import { swapStylesheet } from "./files.js";
import { correspond } from "./sequences.js";
import { WHOLE } from "./source.js";

/**
 * Makes `source` what `fresh` is, and the page on the screen with it.
 *
 * Gives the places on the screen where something changed, in the order of the page: `{ node, offset, isNew }`. Raises
 * an error where the page on the screen cannot follow, because scripts took away what has changed.
 */
export function patch(source, fresh, twins) {
  const patch = new Patch(twins, source.hasTemplates || fresh.hasTemplates);
  patch.element(source.document.documentElement, fresh.document.documentElement);
  source.hasTemplates = fresh.hasTemplates;
  source.digest = fresh.digest;
  writeLines(source, fresh, twins);
  return patch.places;
}

class Patch {
  places = [];
  #twins;
  #isSame;

  constructor(twins, hasTemplates) {
    this.#twins = twins;
    // What is in a template counts for nothing when nodes are compared.
    this.#isSame = hasTemplates ? (a, b) => html(a) === html(b) : (a, b) => a.isEqualNode(b);
  }

  /** Two elements of the same name. */
  element(old, fresh) {
    if (this.#isSame(old, fresh)) return;
    this.#attributes(old, fresh);
    this.#children(old, fresh);
  }

  #children(old, fresh) {
    const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
    let start = 0;
    while (start < before.length && start < after.length && this.#isSame(before[start], after[start])) start += 1;
    let end = 0;
    const shorter = Math.min(before.length, after.length) - start;
    while (end < shorter && this.#isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;

    let previous = before[start - 1] ?? null;
    const [left, right] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
    const keys = left.length === 1 && right.length === 1 ? [likeness] : [html, likeness];
    for (const [node, model] of correspond(left, right, keys)) {
      if (!model) {
        this.#remove(node);
        continue;
      }
      if (!node) previous = this.#insert(old, previous, model);
      else {
        if (node.nodeType === Node.ELEMENT_NODE) this.element(node, model);
        else if (node.data !== model.data) this.#text(node, model.data);
        previous = node;
      }
    }
  }

  #attributes(old, fresh) {
    const names = new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()]);
    const changed = [...names].filter((name) => old.getAttribute(name) !== fresh.getAttribute(name));
    if (!changed.length) return;
    const twin = this.#twin(old);
    for (const name of changed) {
      const value = fresh.getAttribute(name);
      if (name === "class") changeClasses(twin, old, fresh);
      else if (name === "href" && isStylesheet(twin)) this.#twins.set(old, swapStylesheet(twin, value));
      else setAttribute(twin, name, value);
      setAttribute(old, name, value);
    }
    this.places.push({ node: twin });
  }

  #text(old, data) {
    const twin = this.#twin(old);
    const start = commonStart(old.data, data);
    const end = commonEnd(old.data, data, start);
    const [from, length, text] = [start, old.data.length - start - end, data.slice(start, data.length - end)];
    // Just the characters that differ, so that a selection around them stays. A script may have changed them.
    if (twin.data === old.data) twin.replaceData(from, length, text);
    else twin.data = data;
    old.data = data;
    this.places.push({ node: twin, offset: Math.min(start, twin.data.length) });
  }

  #insert(parent, previous, fresh) {
    const twin = document.importNode(fresh, true);
    const node = parent.ownerDocument.importNode(fresh, true);
    this.#place(parent, previous, twin);
    parent.insertBefore(node, previous ? previous.nextSibling : parent.firstChild);
    this.#twins.setAll(node, twin);
    this.places.push({ node: twin, isNew: true });
    return node;
  }

  /** Puts a new node on the screen behind the twin of `previous`, or of what was before that. */
  #place(parent, previous, node) {
    const container = this.#twin(parent);
    for (let before = previous; before; before = before.previousSibling) {
      const place = childHolding(container, this.#twins.get(before));
      if (place) {
        place.after(node);
        return;
      }
    }
    for (let after = previous ? previous.nextSibling : parent.firstChild; after; after = after.nextSibling) {
      const place = childHolding(container, this.#twins.get(after));
      if (place) {
        place.before(node);
        return;
      }
    }
    container.append(node);
  }

  #remove(old) {
    const twin = this.#twins.get(old);
    old.remove();
    if (!twin) return;
    const neighbour = twin.nextElementSibling ?? twin.previousElementSibling ?? twin.parentElement;
    if (twin.nodeType === Node.ELEMENT_NODE || twin.data.trim()) this.places.push({ node: neighbour });
    twin.remove();
  }

  #twin(node) {
    const twin = this.#twins.get(node);
    if (!twin) throw new Error(`A script took away a ${node.nodeName.toLowerCase()} that has changed.`);
    return twin;
  }
}

/** Writes the lines of a source on the screen; blocks move in the file when others above them grow. */
function writeLines(source, fresh, twins) {
  const [nodes, models] = [source, fresh].map(({ document }) => document.documentElement.querySelectorAll("*"));
  source.lines = new Map();
  nodes.forEach((node, index) => {
    const line = fresh.lines.get(models[index]);
    const twin = twins.get(node);
    if (line) source.lines.set(node, line);
    if (twin && (twin.dataset?.line ?? null) !== (line ?? null) && !twin.matches("pre *")) {
      setAttribute(twin, "data-line", line ?? null);
    }
  });
}

/** What a node is compared by. */
function html(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.outerHTML : `${node.nodeName} ${node.data}`;
}

/** What two nodes share that are taken for the same node with other content; `null` for what is exchanged as a whole. */
function likeness(node) {
  return WHOLE.has(node.nodeName.toUpperCase()) ? null : node.nodeName;
}

function isStylesheet(element) {
  return element instanceof HTMLLinkElement && element.relList.contains("stylesheet");
}

/** Gives and takes the classes that the source gave or took; those that a script gave or took stay so. */
function changeClasses(twin, old, fresh) {
  if (twin.className === old.className) {
    setAttribute(twin, "class", fresh.getAttribute("class"));
    return;
  }
  twin.classList.remove(...[...old.classList].filter((name) => !fresh.classList.contains(name)));
  twin.classList.add(...[...fresh.classList].filter((name) => !old.classList.contains(name)));
}

function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** The child of `container` that is or holds `node`. */
function childHolding(container, node) {
  let child = node;
  while (child && child.parentNode !== container) child = child.parentNode;
  return child;
}

function commonStart(a, b) {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function commonEnd(a, b, start) {
  let length = 0;
  while (length < Math.min(a.length, b.length) - start && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}
