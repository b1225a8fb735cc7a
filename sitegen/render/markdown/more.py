"""The more marker: where it stands in the tokens of a post, and the tokens before it."""

from __future__ import annotations

import re

from markdown_it.token import Token

from sitegen.model import Value
from sitegen.render.markdown.elements import open_tags
from sitegen.render.markdown.markup import tags

MARKER = re.compile(r"<!---?[ \t]*more[ \t]*-?-->", re.IGNORECASE)
"""The comment that ends the summary of a post."""

ANCHOR = '<span id="more"></span>'
"""What stands in its place on the post's own page."""


_WITHOUT_TEXT = frozenset(
    [
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "colgroup",
        "ul",
        "ol",
        "menu",
        "dl",
        "select",
        "optgroup",
        "picture",
    ]
)
"""Elements between whose children no text may stand, and so no anchor."""


class Cut(Value, frozen=True):
    """Where the summary of a text ends: before the token with this number, or inside it."""

    token: int
    child: int | None = None
    """In an inline token: the child before which it ends."""


def take_marker(tokens: list[Token]) -> Cut | None:
    """Put the anchor where the first marker stands and remove all others; where the summary ends, if there is one.

    A marker inside a footnote counts as standing before the block that follows the footnote in the source: that is
    where its author put it. An HTML block is divided at its marker.
    """
    cut: Cut | None = None
    offset: int | None = None
    line_of_footnote: int | None = None
    for index, token in enumerate(tokens):
        if token.nesting:
            continue
        child: int | None = None
        place: int | None = None
        if token.type == "html_block":
            place = _take_from_html(token)
        elif token.type == "inline" and "<!-" in token.content:
            child = _take_from_inline(token)
        if place is None and child is None:
            continue
        if any(before.type == "footnote_block_open" for before in tokens[:index]):
            line_of_footnote = line_of_footnote or _line_before(tokens, index)
        elif cut is None:
            cut, offset = Cut(token=index, child=child), place
    if cut is None:
        if line_of_footnote is None:
            return None
        cut, offset = _cut_after_line(tokens, line_of_footnote), 0
        tokens.insert(cut.token, _html_block("\n"))
    if cut.child is not None:
        (tokens[cut.token].children or [])[cut.child].content = ANCHOR
        return cut
    return _divide(tokens, cut.token, offset or 0)


def _html_block(content: str, line: int | None = None) -> Token:
    """A block of raw HTML that begins on `line` of the text, counted from 0."""
    return Token("html_block", "", 0, content=content, map=None if line is None else [line, line], block=True)


def _take_from_html(token: Token) -> int | None:
    """Take the markers out of an HTML block; the place where the first stood."""
    html = token.content
    if not MARKER.search(html):
        return None
    pieces: list[str] = []
    position = 0
    place: int | None = None
    for tag in tags(html):
        if not tag.name and MARKER.fullmatch(html, tag.start, tag.end):
            pieces.append(html[position : tag.start])
            position = tag.end
            if place is None:
                place = tag.start
    pieces.append(html[position:])
    token.content = "".join(pieces)
    return place


def _take_from_inline(token: Token) -> int | None:
    """Empty the markers among inline tokens; the number of the first."""
    place: int | None = None
    for number, child in enumerate(token.children or ()):
        if child.type == "html_inline" and MARKER.fullmatch(child.content):
            child.content = ""
            if place is None:
                place = number
    return place


def _divide(tokens: list[Token], index: int, offset: int) -> Cut:
    """Divide an HTML block in two, and put the anchor between them as a block of its own.

    Where the marker divided the rows or items of a raw table or list, the anchor goes before that.
    """
    tokens[index : index + 1] = _halves(tokens[index], offset)
    blocks = [number for number in range(index + 1) if tokens[number].type == "html_block"]
    before = "".join(tokens[number].content for number in blocks)
    around = open_tags(before) if before else []
    place: int | None = None
    while around and around[-1].name in _WITHOUT_TEXT:
        place = around.pop().start
    if place is None:
        tokens.insert(index + 1, _html_block(ANCHOR))
        return Cut(token=index + 1)
    for number in blocks:
        if place < len(tokens[number].content):
            first, second = _halves(tokens[number], place)
            tokens[number : number + 1] = [first, _html_block(ANCHOR), second]
            break
        place -= len(tokens[number].content)
    return Cut(token=index + 3)


def _halves(block: Token, offset: int) -> list[Token]:
    """An HTML block divided in two."""
    line = block.map[0] if block.map else None
    before, after = block.content[:offset], block.content[offset:]
    return [
        _html_block(before, line),
        _html_block(after, line if line is None else line + before.count("\n")),
    ]


def _line_before(tokens: list[Token], index: int) -> int:
    """The line of the nearest token at or before `index` that knows its own."""
    return next(token.map[0] for token in reversed(tokens[: index + 1]) if token.map)


def _cut_after_line(tokens: list[Token], line: int) -> Cut:
    """A cut before the first block that begins after `line`, or before the footnotes."""
    return next(
        Cut(token=index)
        for index, token in enumerate(tokens)
        if token.type == "footnote_block_open" or (token.level == 0 and token.map and token.map[0] > line)
    )


def has_rest(tokens: list[Token], cut: Cut) -> bool:
    """Whether anything to read stands after a cut."""
    children = tokens[cut.token].children or []
    if any(child.content or child.type == "image" for child in children[(cut.child or 0) + 1 :]):
        return True
    return any(
        token.nesting == 0 and (token.tag == "hr" or token.content.strip(" \t\n") not in ("", ANCHOR))
        for token in tokens[cut.token + (cut.child is not None) :]
    )


def tokens_before(tokens: list[Token], cut: Cut) -> list[Token]:
    """The tokens before a cut, with every block and span that is open there closed again.

    What would be empty is left out; a table row is filled up with empty cells.
    """
    before = [token for token in tokens[: cut.token] if not _is_empty_html(token)]
    rest = cut.token
    if cut.child is not None:
        rest += 1
        children = _balanced(tokens[cut.token].children or [], cut.child)
        if children:
            before.append(tokens[cut.token].copy(children=children))
    return _closed(before, tokens, rest)


def _is_empty_html(token: Token) -> bool:
    return token.type == "html_block" and token.content.strip(" \t\n") in ("", ANCHOR)


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
    return _with_definition(before + _with_cells(before, closers))


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


def _with_definition(tokens: list[Token]) -> list[Token]:
    """Tokens whose last definition list does not end with a term alone."""
    for index in range(len(tokens) - 1, 0, -1):
        if tokens[index].nesting != -1:
            break
        if tokens[index].type == "dl_close" and tokens[index - 1].type == "dt_close":
            tokens[index:index] = [
                Token("dd_open", "dd", 1, block=True),
                Token("dd_close", "dd", -1, block=True),
            ]
    return tokens
