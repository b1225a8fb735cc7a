"""Formulas that keep their punctuation: browsers may end a line at the edge of any box, even right before `。`.

A formula in a line stands in `<span class="unbroken">` together with the text that must not be parted from it: brackets and
quotes that open before it, punctuation, brackets and quotes after it, the end of an ordinal (`$n$th`) and the mark
of a footnote. The text itself stays as the author typed it. Next to anything else a line may end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_OPENING = frozenset(["Ps", "Pi"])
_CLOSING = frozenset(["Pe", "Pf", "Po"])
_QUOTES = frozenset("\"'")


def add_unbroken_rule(parser: MarkdownIt) -> None:
    """Make `parser` keep each formula on one line with its punctuation."""
    parser.core.ruler.push("unbroken", keep_together)


def keep_together(state: StateCore) -> None:
    """The core rule that puts each formula into one element with what must not be parted from it."""
    if not state.env.get("has_formulas"):
        return
    for token in state.tokens:
        if token.type == "inline" and "$" in token.content:
            token.children = _together(token.children or [])


def _together(children: Sequence[Token]) -> list[Token]:
    result: list[Token] = []
    waiting = list(reversed(children))
    while waiting:
        token = waiting.pop()
        if token.type != "math_inline" or token.markup != "$" or "mathml" not in token.meta:
            result.append(token)
            continue
        group = [token]
        if result and result[-1].type == "text":
            before = result.pop()
            at = len(before.content) - _opening_length(before.content)
            result += _part(before, before.content[:at])
            group = [*_part(before, before.content[at:]), token]
        while waiting:
            after = waiting[-1]
            if after.type == "footnote_ref":
                group.append(waiting.pop())
                continue
            at = _closing_length(after.content) if after.type == "text" else 0
            if at == 0:
                break
            waiting.pop()
            group += _part(after, after.content[:at])
            waiting += _part(after, after.content[at:])
            if at < len(after.content):
                break
        result += group if len(group) == 1 else _wrapped(group)
    return result


def _part(text: Token, content: str) -> list[Token]:
    """A part of a text, nothing when it is empty."""
    return [text.copy(content=content)] if content else []


def _wrapped(group: Sequence[Token]) -> list[Token]:
    return [
        Token("unbroken_open", "span", 1, attrs={"class": "unbroken"}),
        *group,
        Token("unbroken_close", "span", -1),
    ]


def _opening_length(text: str) -> int:
    """How many characters at the end of a text open what follows."""
    return sum(1 for _ in takewhile(_opens, reversed(text)))


def _closing_length(text: str) -> int:
    """How many characters at the beginning of a text belong to what goes before."""
    letters = sum(1 for _ in takewhile(_is_letter, text))
    return letters + sum(1 for _ in takewhile(_closes, text[letters:]))


def _opens(character: str) -> bool:
    return category(character) in _OPENING or character in _QUOTES


def _closes(character: str) -> bool:
    return category(character) in _CLOSING or character == "-"


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()
