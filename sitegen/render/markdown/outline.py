"""Outline mode: posts that are written as plain notes, indented by tabs, read as their author typed them.

It is on with `markdown.breaks`, where a line is a line. Markdown throws the indentation of such notes away, turns
what follows a blank line into code and cannot see a fence among them. The rule that mends this:

1. Only text outside lists, quotations and other containers is an outline; in these a tab has a meaning already.
2. A paragraph is an *outline* if a line of it, after the first, is indented by four columns or more with at least
   one tab. Spaces alone do not make an outline: wrapped prose is often aligned with them.
3. The *depth* of a line is its indentation in columns divided by four. Each line of an outline is a line of its
   own, at its depth; Markdown in it ends with it.
4. An outline ends where a paragraph does: before a blank line, or before a block at depth 0 that may interrupt a
   paragraph. It is never the text of an underlined heading: `---` below it is a rule.
5. A blank line separates siblings and does not change the level. So the indented text after it goes on with the
   outline if its first line is not deeper than the last line before. A deeper one begins indented code, as in
   CommonMark after a line at depth 0: code can be set below any line by a blank line and one tab more, and ends
   where the depth of that line is reached again. A comment such as the more marker may stand between.
6. Inside an outline a fence may be indented, if it is closed; its indentation is taken off the code, and the
   outline goes on behind it. A line that is only a comment is a block as well.

Text without tabs, and every list, quotation and block of code outside outlines, is plain CommonMark.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

COLUMNS = 4
"""The width of one level."""

DEEPEST_CLASS = 9
"""Lines deeper than this look like this one: the style sheet has a class for each."""

INDENT = "\u2003\u2003"
"""What stands for one level where no style sheet is read, in feeds and in copied text: two em spaces."""

_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_COMMENT = re.compile(r"(?:<!--(?:>|->|.*?-->)[ \t]*)+$")


class Line(NamedTuple):
    """One line of an outline."""

    depth: int
    text: str


def is_outline_line(state: StateBlock, line: int) -> bool:
    """Whether `line`, which goes on with a paragraph, makes this an outline."""
    if state.level or state.blkIndent or state.sCount[line] < COLUMNS:
        return False
    start = state.bMarks[line]
    return "\t" in state.src[start : start + state.tShift[line]]


def depth_before(state: StateBlock, line: int) -> int:
    """The depth of the outline line that the indented text at `line` stands below, 0 if there is no outline."""
    if not is_outline_line(state, line):
        return 0
    index = len(state.tokens) - 1
    while (
        index >= 0
        and state.tokens[index].type == "html_block"
        and _COMMENT.match(state.tokens[index].content)
    ):
        index -= 1
    return int(state.tokens[index].meta.get("depth", 0)) if index >= 0 else 0


def read_code(state: StateBlock, start: int, depth: int) -> None:
    """Push the code that begins at `start`, below an outline line of this depth."""
    indent = (depth + 1) * COLUMNS
    end = line = start
    while line < state.lineMax and (state.isEmpty(line) or state.sCount[line] >= indent):
        line += 1
        end = end if state.isEmpty(line - 1) else line
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(start, end, indent, False) + "\n"
    token.map = [start, end]
    token.meta = {"depth": depth}
    state.line = end


def read_outline(state: StateBlock, start: int, interrupts: RuleFuncBlockType) -> None:
    """Push the tokens of the outline whose first line is `start`: paragraphs, fences and comments."""
    end = state.lineMax
    first = line = start
    lines: list[Line] = []
    while line < end and not state.isEmpty(line):
        depth = state.sCount[line] // COLUMNS
        if depth == 0 and line > start and interrupts(state, line, end, True):
            break
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip(" \t")
        block_end = _block_end(state, line, text) if depth else line
        if block_end == line:
            lines.append(Line(depth, text))
            line += 1
            continue
        _push_paragraph(state, lines, first, line)
        _push_block(state, line, block_end, text)
        first = line = block_end
        lines = []
    _push_paragraph(state, lines, first, line)
    state.line = line


def line_tokens(lines: list[Line], parse: Callable[[str, list[Token]], object]) -> list[Token]:
    """The inline tokens of an outline: each line parsed for itself, with a break between any two."""
    tokens: list[Token] = []
    for number, (depth, text) in enumerate(lines):
        if number:
            tokens.append(Token("hardbreak", "br", 0))
        if not depth:
            parse(text, tokens)
            continue
        tokens.append(Token("outline_open", "span", 1, meta={"depth": depth}))
        inner: list[Token] = []
        parse(text, inner)
        for token in inner:
            token.level += 1
        tokens.extend(inner)
        tokens.append(Token("outline_close", "span", -1))
    return tokens


def render_outline_open(
    _self: RendererHTML, tokens: list[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """The beginning of an indented line; the style sheet makes it hang by the width of the spaces."""
    depth = min(tokens[index].meta["depth"], DEEPEST_CLASS)
    return f'<span class="outline-{depth}">{INDENT * depth}'


def _push_paragraph(state: StateBlock, lines: list[Line], first: int, end: int) -> None:
    """Push the lines gathered so far, which are those from `first` to before `end`."""
    if not lines:
        return
    opening = state.push("paragraph_open", "p", 1)
    opening.map = [first, end]
    opening.attrs = {"class": "outline"}
    inline = state.push("inline", "", 0)
    inline.content = "\n".join(line.text for line in lines)
    inline.map = [first, end]
    inline.children = []
    inline.meta = {"lines": lines}
    state.push("paragraph_close", "p", -1).meta = {"depth": lines[-1].depth}


def _block_end(state: StateBlock, line: int, text: str) -> int:
    """The line behind the fence or comment that begins at `line`, or `line` itself if neither does."""
    if text.startswith("<!--") and state.md.options["html"] and _COMMENT.match(text):
        return line + 1
    fence = _FENCE.match(text)
    if not fence:
        return line
    run = fence[1] or fence[3]
    unclosed: dict[str, int] = state.env.setdefault("unclosed_fences", {})
    if len(run) >= unclosed.get(run[0], len(run) + 1):
        return line
    for below in range(line + 1, state.lineMax):
        start = state.bMarks[below] + state.tShift[below]
        if state.src.startswith(run, start):
            rest = state.src[start : state.eMarks[below]].rstrip(" \t")
            if rest == run[0] * len(rest):
                return below + 1
    # What no later line closes need not be looked for again, however many fences are opened.
    unclosed[run[0]] = len(run)
    return line


def _push_block(state: StateBlock, line: int, end: int, text: str) -> None:
    """Push the fence or comment that stands in the lines from `line` to before `end`."""
    fence = _FENCE.match(text)
    token = state.push("fence", "code", 0) if fence else state.push("html_block", "", 0)
    token.map = [line, end]
    token.meta = {"depth": state.sCount[line] // COLUMNS}
    if fence:
        token.markup = fence[1] or fence[3]
        token.info = fence[2] or fence[4] or ""
        token.content = state.getLines(line + 1, end - 1, state.sCount[line], True)
    else:
        token.content = text + "\n"
