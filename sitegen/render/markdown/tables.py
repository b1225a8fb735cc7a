"""Tables as in GFM: their alignment by class, and room to scroll in where they are wider than the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MOST_MISSING_CELLS = 0x10000
"""Cells that rows of one text may lack; else a few kilobytes could ask for a gigabyte of empty cells."""

_DELIMITER = r"[ \t]*+:?-++:?[ \t]*+"
_DELIMITER_ROW = re.compile(rf"\|?{_DELIMITER}(?:\|{_DELIMITER})*+\|?[ \t]*+$")
_PIPE = re.compile(r"(?<!\\)\|")
_BLANKS = " \t"


def add_table_rules(parser: MarkdownIt) -> None:
    """Make `parser` read tables, and render them without inline style, which the site's security policy forbids."""
    parser.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    parser.add_render_rule("table_open", _render_open)
    parser.add_render_rule("table_close", _render_close)
    parser.add_render_rule("missing_cells", _render_missing)


def table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The block rule for a table; its second line tells it from text."""
    line = startLine + 1
    if line >= endLine or state.sCount[line] < state.blkIndent or state.is_code_block(line):
        return False
    delimiters = _text(state, line)
    # `- -` is a list in a list.
    if delimiters[:2] in ("- ", "-\t") or not _DELIMITER_ROW.match(delimiters):
        return False
    header = _text(state, startLine)
    if "|" not in header or state.is_code_block(startLine):
        return False
    classes = [_alignment(cell) for cell in _cells(delimiters)]
    titles = _cells(header)
    if not titles or len(titles) != len(classes):
        return False
    if silent:
        return True

    parent, state.parentType = state.parentType, "table"
    state.push("table_open", "table", 1).map = lines = [startLine, 0]
    state.push("thead_open", "thead", 1).map = [startLine, startLine + 1]
    _push_row(state, startLine, titles, classes, "th")
    state.push("thead_close", "thead", -1)
    line = _push_body(state, startLine + 2, endLine, classes)
    state.push("table_close", "table", -1)
    state.parentType = parent
    state.line = lines[1] = line
    return True


def _push_body(state: StateBlock, start: int, end: int, classes: Sequence[str]) -> int:
    """Push the rows from `start` on; the line behind the last."""
    interrupting = state.md.block.ruler.getRules("blockquote")
    line = start
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if any(rule(state, line, end, True) for rule in interrupting) or state.is_code_block(line):
            break
        cells = _cells(_text(state, line))
        missing = len(classes) - len(cells)
        if missing > 0:
            state.env["missing_cells"] = state.env.get("missing_cells", 0) + missing
            if state.env["missing_cells"] > MOST_MISSING_CELLS:
                break
        if line == start:
            state.push("tbody_open", "tbody", 1).map = lines = [start, 0]
        _push_row(state, line, cells, classes, "td")
        line += 1
    if line > start:
        lines[1] = line
        state.push("tbody_close", "tbody", -1)
    return line


def _push_row(state: StateBlock, line: int, cells: Sequence[str], classes: Sequence[str], tag: str) -> None:
    """Push a row of as many cells as there are classes."""
    lines = [line, line + 1]
    state.push("tr_open", "tr", 1).map = lines
    for cell, class_ in zip(cells, classes, strict=False):
        text = cell.strip(_BLANKS)
        # A header without text heads nothing, so it is an ordinary cell.
        element = tag if text else "td"
        opening = state.push(f"{tag}_open", element, 1)
        if class_:
            opening.attrs = {"class": class_}
        inline = state.push("inline", "", 0)
        inline.map = lines
        inline.content = text
        inline.children = []
        state.push(f"{tag}_close", element, -1)
    if len(cells) < len(classes):
        state.push("missing_cells", "", 0).meta = {"count": len(classes) - len(cells)}
    state.push("tr_close", "tr", -1)


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip(_BLANKS)


def _cells(row: str) -> list[str]:
    """The text of each cell of a row, without the pipes around them."""
    cells = _PIPE.split(row)
    if not cells[0].strip(_BLANKS):
        del cells[0]
    if cells and not cells[-1].strip(_BLANKS):
        del cells[-1]
    return [cell.replace("\\|", "|") for cell in cells] if "\\|" in row else cells


def _alignment(delimiter: str) -> str:
    delimiter = delimiter.strip(_BLANKS)
    left, right = delimiter.startswith(":"), delimiter.endswith(":")
    return "align-center" if left and right else "align-right" if right else "align-left" if left else ""


def _render_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    # Whoever has no mouse must be able to scroll as well, so the box takes the focus.
    return f'<div class="table-scroll" tabindex="0">\n<table{self.renderAttrs(tokens[index])}>\n'


def _render_close(
    _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table>\n</div>\n"


def _render_missing(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "<td></td>\n" * int(tokens[index].meta["count"])
