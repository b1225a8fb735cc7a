"""The more marker: where it stands in the tokens of a post, and the tokens before it."""

from __future__ import annotations

import re

from markdown_it.token import Token

from sitegen.model import Value
from sitegen.render.markdown.markup import tags

MARKER = re.compile(r"<!---?[ \t]*more[ \t]*-?-->", re.IGNORECASE)
"""The comment that ends the summary of a post."""

ANCHOR = '<span id="more"></span>'
"""What stands in its place on the post's own page."""


class Cut(Value, frozen=True):
    """Where the marker stood: before the token with this number, or inside it."""

    token: int
    child: int | None = None
    """In an inline token: the child before which the marker stood."""
    offset: int = 0
    """In an HTML block: the length of the text before the marker."""


def take_marker(tokens: list[Token]) -> Cut | None:
    """Put the anchor where the first marker stands and remove all others; the place of the anchor, if any.

    A marker inside a footnote counts as standing before the block that follows the footnote in the source: that is
    where its author put it.
    """
    cut: Cut | None = None
    in_footnotes = 0
    misplaced: int | None = None
    for index, token in enumerate(tokens):
        if token.type == "footnote_block_open":
            in_footnotes = index
        if token.type == "html_block":
            offset = _replace(token, keep=cut is None and not in_footnotes)
            if offset is not None:
                if in_footnotes:
                    misplaced = misplaced or _line_before(tokens, index)
                elif cut is None:
                    cut = Cut(token=index, offset=offset)
        elif token.type == "inline" and "<!-" in token.content:
            for number, child in enumerate(token.children or ()):
                if child.type == "html_inline" and MARKER.fullmatch(child.content):
                    if in_footnotes:
                        misplaced = misplaced or _line_before(tokens, index)
                    child.content = ""
                    if cut is None and not in_footnotes:
                        child.content = ANCHOR
                        cut = Cut(token=index, child=number)
    if cut is None and misplaced is not None:
        return _insert_anchor(tokens, misplaced)
    return cut


def _replace(token: Token, *, keep: bool) -> int | None:
    """Take the markers out of an HTML block; the place of the first, where the anchor now is if it is to be kept."""
    if not MARKER.search(token.content):
        return None
    html = token.content
    pieces: list[str] = []
    position = 0
    found: int | None = None
    for tag in tags(html):
        if tag.name or not MARKER.fullmatch(html, tag.start, tag.end):
            continue
        pieces.append(html[position : tag.start])
        if found is None:
            found = len("".join(pieces))
            if keep:
                pieces.append(ANCHOR)
        position = tag.end
    pieces.append(html[position:])
    token.content = "".join(pieces)
    return found


def _line_before(tokens: list[Token], index: int) -> int:
    """The line of the nearest token at or before `index` that knows its own."""
    return next(token.map[0] for token in reversed(tokens[: index + 1]) if token.map)


def _insert_anchor(tokens: list[Token], line: int) -> Cut:
    """Put the anchor before the first block that begins after `line`, or at the end of the text."""
    index = next(
        number
        for number, token in enumerate(tokens)
        if token.type == "footnote_block_open" or (token.level == 0 and token.map and token.map[0] > line)
    )
    tokens.insert(index, Token("html_block", "", 0, content=ANCHOR + "\n", block=True))
    return Cut(token=index)


def has_rest(tokens: list[Token], cut: Cut) -> bool:
    """Whether anything to read stands after a cut."""
    target = tokens[cut.token]
    if cut.child is not None:
        if any(child.content or child.type == "image" for child in (target.children or [])[cut.child + 1 :]):
            return True
    elif target.content[cut.offset + len(ANCHOR) :].strip(" \t\n"):
        return True
    return any(
        token.nesting == 0 and (token.content or token.tag == "hr") for token in tokens[cut.token + 1 :]
    )


def tokens_before(tokens: list[Token], cut: Cut) -> list[Token]:
    """The tokens before a cut, with every block and span that is open there closed again.

    What would be empty is left out; a table row is filled up with empty cells.
    """
    before = tokens[: cut.token]
    target = tokens[cut.token]
    if cut.child is not None:
        children = _balanced(target.children or [], cut.child)
        if children:
            before.append(target.copy(children=children))
    elif target.content[: cut.offset].strip(" \t\n"):
        before.append(target.copy(content=target.content[: cut.offset]))
    return _closed(before, tokens, cut.token + 1)


def _balanced(children: list[Token], end: int) -> list[Token]:
    """The inline tokens before `end`, balanced, without blanks and line breaks at the end."""
    before = children[:end]
    while before:
        last = before[-1]
        if last.type in {"softbreak", "hardbreak"} or last.nesting == 1:
            before.pop()
        elif last.type == "text":
            text = last.content.rstrip(" \t\n")
            before.pop()
            if text:
                before.append(last.copy(content=text))
                break
        else:
            break
    return before + _closers(before, children, end)


def _closed(before: list[Token], tokens: list[Token], rest: int) -> list[Token]:
    """Block tokens with the ends of all that is open after them; `rest` is where the others begin in `tokens`."""
    while before and before[-1].nesting == 1:
        before.pop()
    closers = _closers(before, tokens, rest)
    return before + _with_cells(before, closers)


def _closers(before: list[Token], tokens: list[Token], rest: int) -> list[Token]:
    """The tokens from `rest` on that close what is open in `before`."""
    depth: int = sum(token.nesting for token in before)
    # What was dropped from the end of `before` is closed first, and those closers are passed over.
    level: int = sum(token.nesting for token in tokens[:rest])
    closers: list[Token] = []
    while depth > 0:
        token = tokens[rest]
        rest += 1
        level += token.nesting
        if level < depth:
            closers.append(token)
            depth -= 1
    return closers


def _with_cells(before: list[Token], closers: list[Token]) -> list[Token]:
    """The closers of a row of a table after as many empty cells as the row lacks."""
    row = next((number for number, token in enumerate(closers) if token.type == "tr_close"), None)
    if row is None:
        return closers
    start = max(number for number, token in enumerate(before) if token.type == "tr_open")
    table = max(number for number, token in enumerate(before) if token.type == "table_open")
    columns = 0
    for token in before[table:]:
        if token.type == "th_open":
            columns += 1
        elif token.type == "thead_close":
            break
    present = sum(token.type in {"td_open", "th_open"} for token in before[start:])
    kind = "td" if any(token.type == "tbody_open" for token in before[table:]) else "th"
    cells: list[Token] = []
    for _ in range(columns - present):
        cells += [Token(f"{kind}_open", kind, 1, block=True), Token(f"{kind}_close", kind, -1, block=True)]
    return closers[:row] + cells + closers[row:]
