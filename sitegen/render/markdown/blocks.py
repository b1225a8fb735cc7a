"""The block parser: markdown-it's own rules, each tried only on lines that begin as it asks for.

Most lines of a post are prose, and markdown-it tries a dozen rules on each, several times over: as the start of
a block, as an underlined heading, as a paragraph that any of eight blocks might interrupt. Here the first
character of a line chooses the rules, and paragraphs and underlined headings are read in one pass. The tokens
are the same, which the tests check against the original.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate
from operator import add
from typing import Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType

from sitegen.render.markdown.fences import fence
from sitegen.render.markdown.outline import COLUMNS, depth_before, is_outline_line, read_code, read_outline
from sitegen.render.markdown.tokens import QuickToken

_Rules = tuple[RuleFuncBlockType, ...]

_RULE_CHARACTERS = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
"""With what the lines begin on which a rule of markdown-it can match; other rules are tried on every line."""

_INTERRUPTING_CHARACTERS = {"deflist": ":~"}
"""The same for rules that begin a block anywhere but end another only so."""

_DELIMITER_ROW = "|-:"
"""With what the second line of a table begins."""

_SIGNS_BELOW = "|-:~"
"""With what a line below the first begins in a table and in a list of definitions, which begin like any text."""

_NEEDING_SIGNS = ("table", "deflist")

_OF_ONE_TEXT = ("footnotes", "has_formulas", "missing_cells", "unclosed_fences")
"""What the rules note in the environment about the text at hand."""

DEEPEST = 60
"""Blocks nested deeper than this are text."""

BLANKS = " \t\n"
"""What does not count around a text. The ideographic space does: authors indent paragraphs with it."""

_LINE_BLANKS = (" ", "\t")

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r"(?:-+|=+)[ \t]*$")


class BlockState(StateBlock):
    """The state of one text, its lines measured."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__("", md, env, tokens)
        self.src = src
        lines = src.split("\n")
        lengths = [*map(len, lines)]
        begins = [*map(add, accumulate(lengths, initial=0), range(len(lines)))]
        ends = [*map(add, begins, lengths)]
        shifts, indents = [0] * len(lines), [0] * len(lines)
        for number, line in enumerate(lines):
            if line.startswith(_LINE_BLANKS):
                shifts[number] = blank = len(line) - len(line.lstrip(" \t"))
                indents[number] = len(line[:blank].expandtabs(4))
        # What follows the last line end is no line if it is blank.
        if shifts[-1] == ends[-1] - begins[-1]:
            for values in (begins, ends, shifts, indents):
                values.pop()
        self.lineMax = len(begins)
        self.bMarks = [*begins, len(src)]
        self.eMarks = [*ends, len(src)]
        self.tShift = [*shifts, 0]
        self.sCount = [*indents, 0]
        self.bsCount = [0] * len(self.bMarks)

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Append a token."""
        if nesting < 0:
            self.level -= 1
        token = QuickToken(ttype, tag, nesting, level=self.level, block=True)
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token


class InterruptRuler(Ruler[RuleFuncBlockType]):
    """The rules of the block parser, of which those that may end another block are asked by character, all at once.

    The rules for quotations, lists and references ask every rule of a chain on every line; here a chain is one.
    """

    def __init__(self, rules: Ruler[RuleFuncBlockType], characters: Mapping[str, str]) -> None:
        super().__init__()
        self.__rules__ = rules.__rules__
        self._chains = {
            chain: [self._interrupter(chain, characters)]
            for chain in ("paragraph", "reference", "blockquote", "list")
        }

    def getRules(self, chainName: str = "") -> list[RuleFuncBlockType]:  # noqa: N802, N803 - markdown-it's names
        """The rules of a chain in their order."""
        return self._chains[chainName] if chainName else super().getRules()

    def _interrupter(self, chain: str, characters: Mapping[str, str]) -> RuleFuncBlockType:
        """The one rule that stands for all of a chain: whether one of them matches."""
        rules = {rule.name: rule.fn for rule in self.__rules__ if rule.enabled and chain in rule.alt}
        table = rules.pop("table", None)
        by_character = {
            character: tuple(rule for name, rule in rules.items() if character in characters[name])
            for character in set("".join(characters[name] for name in rules))
        }

        def interrupts(state: StateBlock, line: int, end: int, silent: bool) -> bool:
            position = state.bMarks[line] + state.tShift[line]
            for rule in by_character.get(state.src[position : position + 1], ()):
                if rule(state, line, end, silent):
                    return True
            if not table or line + 1 >= end:
                return False
            position = state.bMarks[line + 1] + state.tShift[line + 1]
            return state.src[position : position + 1] in _DELIMITER_ROW and table(state, line, end, silent)

        return interrupts


class _Choice(NamedTuple):
    """The rules that can match on a line."""

    all_rules: _Rules
    by_one_line: _Rules
    """Those that need no sign on a line below."""

    @classmethod
    def of(cls, rules: Mapping[str, RuleFuncBlockType]) -> _Choice:
        """The choice of `rules` by name."""
        by_one_line = tuple(rule for name, rule in rules.items() if name not in _NEEDING_SIGNS)
        return cls(all_rules=tuple(rules.values()), by_one_line=by_one_line)


class BlockParser(ParserBlock):
    """Tokenises blocks by the rules that `rules` has when the parser is made.

    `characters` tells with what the lines begin on which our own rules can match. A rule that is not told there is
    tried on every line.
    """

    def __init__(
        self, rules: ParserBlock, characters: Mapping[str, str], *, has_outlines: bool = False
    ) -> None:
        super().__init__()
        rules.ruler.disable("lheading")
        rules.ruler.at("fence", fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
        rules.ruler.at("heading", heading, {"alt": ["paragraph", "reference", "blockquote"]})
        rules.ruler.at("paragraph", self._paragraph)
        begins = {**_RULE_CHARACTERS, **characters}
        self.ruler = InterruptRuler(rules.ruler, {**begins, **_INTERRUPTING_CHARACTERS})
        self._interrupts = self.ruler.getRules("paragraph")[0]
        self._has_outlines = has_outlines
        active = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(), strict=True))
        code = active.pop("code", self._paragraph)
        self._indented: _Rules = (self._outline, code) if has_outlines else (code,)
        self._everywhere = _Choice.of({name: rule for name, rule in active.items() if name not in begins})
        self._choices = {
            character: _Choice.of(
                {name: rule for name, rule in active.items() if character in begins.get(name, character)}
            )
            for character in set("".join(begins[name] for name in active if name in begins))
        }

    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        """Append the block tokens of `src` to `outTokens`."""
        # An excerpt is parsed with what its post left behind, of which only the definitions of links are for it.
        for key in _OF_ONE_TEXT:
            env.pop(key, None)
        if not src:
            return None
        state = BlockState(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        """Turn the lines from `startLine` to before `endLine` into tokens."""
        source = state.src
        line = startLine
        has_empty_lines = False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            rules: _Rules
            if state.is_code_block(line):
                rules = self._indented
            elif state.level < DEEPEST:
                first = source[state.bMarks[line] + state.tShift[line]]
                choice = self._choices.get(first, self._everywhere)
                rules = choice.all_rules if _has_sign_below(state, line, endLine) else choice.by_one_line
            else:
                rules = (self._paragraph,)
            for rule in rules:
                if rule(state, line, endLine, False):
                    break
            state.tight = not has_empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line

    def _paragraph(self, state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: ARG002, N803
        """The block rule for paragraphs and for headings that are underlined."""
        source, indent = state.src, state.blkIndent
        parent, state.parentType = state.parentType, "paragraph"
        limit = state.lineMax
        line = startLine + 1
        underline = ""
        while line < limit and not state.isEmpty(line):
            depth = state.sCount[line] - indent
            # Indented as code is, it can only go on; a negative count marks a lazy line of a quotation.
            if depth <= 3:
                position = state.bMarks[line] + state.tShift[line]
                if depth >= 0 and line < endLine and source[position] in "-=":
                    match = _UNDERLINE.match(source, position, state.eMarks[line])
                    if match:
                        underline = source[position]
                        break
                if state.sCount[line] >= 0 and self._interrupts(state, line, limit, True):
                    break
            elif self._has_outlines and is_outline_line(state, line):
                state.parentType = parent
                read_outline(state, startLine, self._interrupts)
                return True
            line += 1
        state.parentType = parent
        if line == startLine + 1:
            content = source[state.bMarks[startLine] + state.tShift[startLine] : state.eMarks[startLine]]
        else:
            content = state.getLines(startLine, line, indent, False)
        tag = "p" if not underline else "h1" if underline == "=" else "h2"
        state.line = line + 1 if underline else line
        _push_text(state, tag, content.strip(BLANKS), [startLine, line], underline)
        return True

    def _outline(self, state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: ARG002, N803
        """The block rule for indented text below an outline: more of it, or code."""
        depth = depth_before(state, startLine)
        if not depth:
            return False
        if state.sCount[startLine] // COLUMNS > depth:
            read_code(state, startLine, depth)
        else:
            read_outline(state, startLine, self._interrupts)
        return True


def _has_sign_below(state: StateBlock, line: int, end: int) -> bool:
    """Whether the next line that is not empty begins as in a table or a list of definitions; at most one is empty."""
    for below in range(line + 1, min(line + 3, end)):
        position = state.bMarks[below] + state.tShift[below]
        if position < state.eMarks[below]:
            return state.src[position] in _SIGNS_BELOW
    return False


def heading(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: ARG001, N803
    """The block rule for headings that begin with `#`."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    match = _HEADING.match(state.src, start, state.eMarks[startLine])
    if not match or state.is_code_block(startLine):
        return False
    if silent:
        return True
    content = state.src[match.end() : state.eMarks[startLine]].rstrip(" \t")
    closed = content.rstrip("#")
    if closed != content and closed[-1:] in ("", " ", "\t"):
        content = closed
    state.line = startLine + 1
    markup = match[1]
    _push_text(state, f"h{len(markup)}", content.strip(" \t"), [startLine, state.line], markup)
    return True


def _push_text(state: StateBlock, tag: str, content: str, lines: list[int], markup: str) -> None:
    """Push a paragraph or heading with its text; a paragraph has no markup."""
    name = "paragraph" if tag == "p" else "heading"
    level = state.level
    place = [lines[0], state.line]
    state.tokens += (
        QuickToken(f"{name}_open", tag, 1, map=place, level=level, markup=markup, block=True),
        QuickToken("inline", "", 0, map=lines, level=level + 1, children=[], content=content, block=True),
        QuickToken(f"{name}_close", tag, -1, level=level, markup=markup, block=True),
    )
