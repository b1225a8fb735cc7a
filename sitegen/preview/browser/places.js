// Where on the screen something is: what the reader sees stays where it is, and what changed is shown.

const SHOWN_FOR = 1600;
const MARK = "sitegen-changed";
const COLOUR = "oklch(72% 0.16 75)";

/** Something in view that is to stay where it is while the page around it changes. */
export class Anchor {
  #places;
  #style;

  static find() {
    const [x, height] = [innerWidth / 2, innerHeight];
    const nodes = [0.3, 0.5, 0.15, 0.7].flatMap((part) => {
      const node = document.elementFromPoint(x, height * part);
      return node ? [node, node.parentElement].filter((element) => element && element !== document.body) : [];
    });
    return new Anchor(nodes.filter((node) => node !== document.documentElement));
  }

  constructor(nodes) {
    this.#places = nodes.map((node) => [node, node.getBoundingClientRect().top]);
    // The browser's own way of doing this would do it twice.
    this.#style = document.documentElement.style.overflowAnchor;
    document.documentElement.style.overflowAnchor = "none";
  }

  restore() {
    const place = this.#places.find(([node]) => node.isConnected);
    if (place && scrollY > 0) {
      const moved = place[0].getBoundingClientRect().top - place[1];
      if (moved) scrollBy({ top: moved, behavior: "instant" });
    }
    document.documentElement.style.overflowAnchor = this.#style;
    if (!document.documentElement.getAttribute("style")) document.documentElement.removeAttribute("style");
  }
}

/** Brings the first changed block into view, if it is not, and marks it for a moment. */
export function reveal(places) {
  const visible = places.filter(({ node }) => node && document.body.contains(node));
  // What an author typed, rather than what the theme says about it.
  const inText = visible.filter(
    ({ node, isNew }) => element(node).closest("[data-line]") || (isNew && element(node).querySelector("[data-line]")),
  );
  const first = (inText.length ? inText : visible).find((place) => rectangle(place));
  if (!first) return;
  const block = blockOf(first.node);
  const { top, bottom } = rectangle(first);
  // Whoever writes this post is not to be led away by the new title of another.
  const isOfAnother = !inText.length && document.querySelector("[data-line]") && element(first.node).closest("a");
  if (!isOfAnother && (bottom < 0.08 * innerHeight || top > 0.92 * innerHeight)) {
    const start = block.getBoundingClientRect();
    // A block that is longer than the window says little by its beginning.
    const aim = start.height < 0.6 * innerHeight ? start.top : top;
    scrollBy({ top: aim - 0.25 * innerHeight, behavior: "instant" });
  }
  mark(block);
}

function mark(block) {
  document.getAnimations().forEach((animation) => animation.id === MARK && animation.cancel());
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const there = { outline: `3px solid ${COLOUR}`, outlineOffset: "4px", borderRadius: "3px" };
  const gone = { ...there, outlineColor: "transparent" };
  const animation = block.animate(isCalm ? [there, there] : [there, { ...there, offset: 0.4 }, gone], SHOWN_FOR);
  animation.id = MARK;
}

/** The block that a node belongs to: the innermost that has a line of its own, or that is drawn as a block. */
function blockOf(node) {
  const start = element(node);
  const marked = start.closest("[data-line]:not(pre *)");
  if (marked) return marked;
  let block = start;
  while (block.parentElement !== document.body && getComputedStyle(block).display.startsWith("inline")) {
    block = block.parentElement;
  }
  return block;
}

function element(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
}

/** Where a place is in the window; nothing if it is not drawn. */
function rectangle({ node, offset }) {
  if (node.nodeType === Node.ELEMENT_NODE) {
    const box = node.getBoundingClientRect();
    return box.width || box.height ? box : undefined;
  }
  const range = document.createRange();
  range.setStart(node, Math.min(offset ?? 0, node.data.length));
  range.setEnd(node, Math.min((offset ?? 0) + 1, node.data.length));
  const box = range.getClientRects()[0] ?? node.parentElement?.getBoundingClientRect();
  return box?.height && node.data.trim() ? box : undefined;
}
