// A problem as the terminal shows it, in elements.

/** A new element with properties and children. */
export function element(name, properties, children = []) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

/** The item of a list for one problem; `open(path, line)` opens its file in the editor. */
export function problemItem(problem, open) {
  const item = element("li", { className: problem.severity }, [heading(problem, open)]);
  const [source] = problem.lines.filter(({ role }) => role === "source");
  const [caret] = problem.lines.filter(({ role }) => role === "caret");
  if (source) item.append(excerpt(problem, source.text, caret?.text));
  for (const { text } of problem.lines.filter(({ role }) => role === "note")) {
    item.append(element("p", { className: "remark", textContent: text.trim() }));
  }
  return item;
}

/** `content/a.md:3:7: error[date]: what is wrong`, of which the place is a button. */
function heading({ path, line, column, severity, code, message }, open) {
  const parts = [element("strong", { textContent: `${severity}[${code}]` }), `: ${message}`];
  if (path) {
    const location = [path, line, line && column].filter(Boolean).join(":");
    const button = element("button", { type: "button", className: "place", textContent: location });
    button.title = "Open in the editor";
    button.addEventListener("click", () => open(path, line ?? 1));
    parts.unshift(button, ": ");
  }
  return element("p", { className: "words" }, parts);
}

/**
 * The line of the source with what is meant underlined.
 *
 * Where the carets stand is measured by the same characters set once more, unseen: no browser sets a Chinese
 * character exactly as wide as two Latin ones.
 */
function excerpt({ source, column, length }, shown, caret) {
  const [line] = shown.trimStart().split("|");
  const gutter = `${line}| `;
  const pre = element("pre", { tabIndex: 0 });
  if (!column || !caret) {
    pre.append(gutter, source);
    return pre;
  }
  const characters = [...source];
  const [before, meant, after] = [
    characters.slice(0, column - 1),
    characters.slice(column - 1, column - 1 + Math.max(length, 1)),
    characters.slice(column - 1 + Math.max(length, 1)),
  ].map((part) => part.join(""));
  pre.append(
    gutter,
    before,
    element("mark", { textContent: meant }),
    `${after}\n${gutter.replace(/[^|]/g, " ")}`,
    element("span", { className: "unseen", textContent: before }),
    element("span", { className: "caret", textContent: caret.replace(/[^^]/g, "") }),
  );
  return pre;
}
