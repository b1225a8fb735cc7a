// A click with Alt opens the editor where what was clicked is written.

/** Calls `open({ page, line })` for clicks with Alt: `page` is that of a link to elsewhere, none for this one. */
export function listenForEditing(open) {
  document.addEventListener(
    "click",
    (event) => {
      if (!event.altKey || event.button !== 0 || !(event.target instanceof Element)) return;
      // Browsers download what a link with Alt leads to.
      event.preventDefault();
      event.stopImmediatePropagation();
      open(placeOf(event.target, event));
    },
    { capture: true },
  );
}

function placeOf(target, event) {
  const block = target.closest("[data-line]:not(pre *)");
  if (block) return { line: Number(block.dataset.line) + linesBefore(block, event) };
  const link = linkOf(target);
  return link ? { page: link.pathname } : {};
}

/** How many lines of the source lie between the beginning of a block and the place that was clicked. */
function linesBefore(block, { clientX, clientY }) {
  const caret = caretAt(clientX, clientY);
  if (!caret || !block.contains(caret.node)) return 0;
  const range = document.createRange();
  range.setStart(block.querySelector("pre code") ?? block, 0);
  if (range.comparePoint(caret.node, caret.offset) < 0) return 0;
  range.setEnd(caret.node, caret.offset);
  const lines = range.toString().split("\n").length - 1;
  // Code between fences begins on the line after that of the block.
  return block.matches("figure:has(> pre)") ? lines + 1 : lines;
}

function caretAt(x, y) {
  const position = document.caretPositionFromPoint?.(x, y);
  if (position) return { node: position.offsetNode, offset: position.offset };
  const range = document.caretRangeFromPoint?.(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}

/** The link that something on a list belongs to: itself, or the first of its item. */
function linkOf(target) {
  const link = target.closest("a[href]") ?? target.closest("article, li, section, tr")?.querySelector("a[href]");
  return link?.origin === location.origin && link.pathname !== location.pathname ? link : undefined;
}
