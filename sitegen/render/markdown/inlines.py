"""The inline parser: markdown-it's own rules, each tried only at the characters where it can match.

markdown-it tries every rule at every character that any rule might want. Here a rule is registered with the
characters it begins with, text between them is taken in one step, and the passes that pair delimiters run only
over text that has some. The tokens are the same, which the tests check against the original.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from sitegen.render.markdown.cjk import FIRST_CJK, flanking
from sitegen.render.markdown.spans import plain_span_rules
from sitegen.render.markdown.tokens import QuickToken

_RULE_CHARACTERS = {
    "text": "",
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
"""Where the rules that markdown-it brings can match; the parser itself stands in for its rule for text."""

_CONDITIONS = {
    "!": r"(?=\[)",
    "^": r"(?=\[)",
    ":": "(?=//)",
    "_": "(?:(?<![A-Za-z0-9]_)|(?![A-Za-z0-9]))",
}
"""What must stand around a character for it to mean anything; elsewhere it is text and needs no rule."""

_LETTER, _BLANK, _PUNCTUATION = 0, 1, 2
_ASCII_KINDS = tuple(
    _BLANK if isWhiteSpace(code) else _PUNCTUATION if isMdAsciiPunct(code) else _LETTER for code in range(128)
)


class InlineState(StateInline):
    """The state of one inline text, in which CJK characters count for emphasis."""

    is_cjk_friendly: bool = True

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """How long the run of delimiters at `start` is, whether it can open and close."""
        source, limit = self.src, self.posMax
        marker = source[start]
        end = start + 1
        while end < limit and source[end] == marker:
            end += 1
        before = source[start - 1] if start else " "
        after = source[end] if end < limit else " "
        before_kind, after_kind = _kind(before), _kind(after)
        # The amendment for CJK leaves `_` alone, which follows the rule for words.
        if (before >= FIRST_CJK or after >= FIRST_CJK) and marker != "_" and self.is_cjk_friendly:
            left, right = flanking(source, start, end, limit)
        else:
            left = after_kind == _LETTER or (after_kind == _PUNCTUATION and before_kind != _LETTER)
            right = before_kind == _LETTER or (before_kind == _PUNCTUATION and after_kind != _LETTER)
        if canSplitWord:
            return Scanned(left, right, end - start)
        return Scanned(
            left and (not right or before_kind == _PUNCTUATION),
            right and (not left or after_kind == _PUNCTUATION),
            end - start,
        )

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Append a token, after one for the text before it."""
        if self._pending_buffer or self._pending:
            self.pushPending()
        token = QuickToken(ttype, tag, nesting)
        meta = None
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._prev_delimiters.pop()
        token.level = self.level
        if nesting > 0:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            meta = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(meta)
        return token

    def pushPending(self) -> Token:  # noqa: N802
        """Append a token for the text read so far."""
        buffer = self._pending_buffer
        content = buffer[0] if len(buffer) == 1 and not self._pending else self.pending
        token = QuickToken("text", "", 0, level=self.pendingLevel, content=content)
        self.tokens.append(token)
        self._pending = ""
        buffer.clear()
        return token


class InlineParser(ParserInline):
    """Tokenises inline text by the rules that `rules` has when the parser is made.

    `characters` tells with what the text begins on which each of our own rules can match.
    """

    def __init__(self, rules: ParserInline, characters: Mapping[str, str], *, is_cjk_friendly: bool) -> None:
        super().__init__()
        self.ruler = rules.ruler
        self.ruler2 = rules.ruler2
        self._is_cjk_friendly = is_cjk_friendly
        begins = {**_RULE_CHARACTERS, **characters}
        by_character: dict[str, list[RuleFuncInlineType]] = {}
        for name, rule in zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True):
            for character in begins[name]:
                by_character.setdefault(character, []).append(rule)
        for character, rule in plain_span_rules({*by_character, "]"}).items():
            by_character[character].insert(0, rule)
        self._rules = {character: tuple(rules) for character, rules in by_character.items()}
        self._special = _special_characters(self._rules)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Append the tokens of `src` to `tokens`, and return these."""
        if not self._special.search(src):
            if src:
                tokens.append(QuickToken("text", "", 0, content=src))
            return tokens
        state = InlineState(src, md, env, tokens)
        state.is_cjk_friendly = self._is_cjk_friendly
        self.tokenize(state)
        if state.delimiters or any(meta and meta["delimiters"] for meta in state.tokens_meta):
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Turn the text from `state.pos` to `state.posMax` into tokens."""
        source, end = state.src, state.posMax
        search, rules_at = self._special.search, self._rules
        too_deep = state.level >= state.md.options["maxNesting"]
        while state.pos < end:
            position = state.pos
            found = search(source, position, end)
            start = found.start() if found else end
            if start > position:
                state.append_pending(source[position:start])
                state.pos = start
                if start == end:
                    break
            if not too_deep:
                for rule in rules_at.get(source[start], ()):
                    if rule(state, False):
                        break
            if state.pos == start:
                state.append_pending(source[start])
                state.pos = start + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - markdown-it's name
        """Move `state.pos` behind the next token without making it."""
        position = state.pos
        cache = state.cache
        if position in cache:
            state.pos = cache[position]
            return
        found = self._special.search(state.src, position, state.posMax)
        start = found.start() if found else state.posMax
        if start > position:
            state.pos = start
        elif state.level >= state.md.options["maxNesting"]:
            # Links nested this deep are nobody's; markdown-it gives up on the rest of the text as well.
            state.pos = state.posMax
        else:
            for rule in self._rules.get(state.src[position], ()):
                state.level += 1
                matched = rule(state, True)
                state.level -= 1
                if matched:
                    break
            else:
                state.pos = position + 1
        cache[position] = state.pos


def _kind(character: str) -> int:
    """What `character` is to emphasis: blank, punctuation or part of a word."""
    if character < "\x80":
        return _ASCII_KINDS[ord(character)]
    if isWhiteSpace(ord(character)):
        return _BLANK
    return _PUNCTUATION if isPunctChar(character) else _LETTER


def _special_characters(characters: Collection[str]) -> re.Pattern[str]:
    """The pattern that finds the next of `characters`, and the bracket that closes a label.

    It begins with one set of characters, for which the search is ten times faster than for alternatives.
    """
    plain = re.escape("".join(sorted(set(characters) - _CONDITIONS.keys())) + "]")
    conditional = [character for character in _CONDITIONS if character in characters]
    alternatives = [f"(?<={re.escape(character)}){_CONDITIONS[character]}" for character in conditional]
    every = plain + re.escape("".join(conditional))
    return re.compile(f"[{every}](?:{'|'.join([f'(?<=[{plain}])', *alternatives])})")


def emphasis(state: StateInline, silent: bool) -> bool:
    """The inline rule for `*` and `_`; a run that can neither open nor close stays text at once."""
    if silent:
        return False
    marker = state.src[state.pos]
    scanned = state.scanDelims(state.pos, marker == "*")
    if not (scanned.can_open or scanned.can_close):
        state.append_pending(marker * scanned.length)
    else:
        for _ in range(scanned.length):
            state.push("text", "", 0).content = marker
            state.delimiters.append(
                Delimiter(
                    marker=ord(marker),
                    length=scanned.length,
                    token=len(state.tokens) - 1,
                    end=-1,
                    open=scanned.can_open,
                    close=scanned.can_close,
                )
            )
    state.pos += scanned.length
    return True


def join_text(state: StateCore) -> None:
    """The core rule that makes one text of escaped characters, entities and the text around them."""
    for token in state.tokens:
        if token.type == "inline" and ("\\" in token.content or "&" in token.content):
            token.children = _joined(token.children or [])


def _joined(tokens: list[Token]) -> list[Token]:
    """Inline tokens of which no two neighbours are text, in pictures too."""
    joined: list[Token] = []
    run: list[str] = []
    for token in tokens:
        if token.type in ("text", "text_special"):
            if not run:
                token.type = "text"
                joined.append(token)
            run.append(token.content)
            continue
        if len(run) > 1:
            joined[-1].content = "".join(run)
        run = []
        if token.children:
            token.children = _joined(token.children)
        joined.append(token)
    if len(run) > 1:
        joined[-1].content = "".join(run)
    return joined
