"""Fenced code: the block that posts have most of, found by its closing line instead of line by line."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import fence as original

_OPENING = re.compile(r"(`{3,})([^`\n]*)$|(~{3,})(.*)$", re.MULTILINE)


def fence(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The block rule for code between fences."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    opening = _OPENING.match(state.src, start, state.eMarks[startLine])
    if not opening or state.is_code_block(startLine):
        return False
    if silent:
        return True
    if state.level or state.blkIndent:
        # Inside a list or quotation each line has a beginning of its own.
        return original(state, startLine, endLine, silent)
    run = opening[1] or opening[3]
    closing = re.compile(rf"^ {{0,3}}{run}{run[0]}*[ \t]*$", re.MULTILINE)
    first = state.bMarks[startLine + 1] if startLine + 1 < endLine else len(state.src)
    found = closing.search(state.src, first)
    last = startLine + 1 + state.src.count("\n", first, found.start()) if found else endLine
    state.line = last + 1 if found else endLine
    token = state.push("fence", "code", 0)
    token.info = opening[2] or opening[4] or ""
    token.markup = run
    token.map = [startLine, state.line]
    if state.sCount[startLine]:
        token.content = state.getLines(startLine + 1, last, state.sCount[startLine], True)
    elif last > startLine + 1:
        token.content = state.src[first : state.eMarks[last - 1] + 1]
    return True
