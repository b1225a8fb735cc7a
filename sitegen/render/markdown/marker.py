"""The more marker where raw HTML is switched off: the one comment that is still none of the text."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from sitegen.render.markdown.more import MARKER


def add_marker_rules(parser: MarkdownIt) -> None:
    """Make `parser` read the more marker as the token that it is where raw HTML is read."""
    parser.block.ruler.before(
        "heading", "marker", marker_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.inline.ruler.before("autolink", "marker", marker_inline)


def marker_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: ARG001, N803
    """The block rule for a marker alone on its line."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    text = state.src[start : state.eMarks[startLine]].rstrip(" \t")
    if not MARKER.fullmatch(text) or state.is_code_block(startLine):
        return False
    if not silent:
        state.line = startLine + 1
        token = state.push("html_block", "", 0)
        token.map = [startLine, state.line]
        token.content = text + "\n"
    return True


def marker_inline(state: StateInline, silent: bool) -> bool:
    """The inline rule for a marker beside text."""
    match = MARKER.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = match[0]
    state.pos = match.end()
    return True
