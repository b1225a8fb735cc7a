"""Tells with which characters a match of a regular expression can begin.

The answer errs on one side only: a character that is ruled out can never begin a match. So rules can be left out
by a glance at the character ahead, which is what makes `sitegen.render.highlight.lexing` fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The parser of `re` has no public name; nothing else in the standard library tells what an expression means.
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from sitegen.model import Value

Items = Iterable[tuple[Any, Any]]
"""What the parser makes of an expression: operators with their arguments."""

Mask = int
"""A set of what can stand ahead: bit n is the character n of ASCII, bit 128 all others, bit 129 the end of the text."""

BEYOND_ASCII = 1 << 128
END = 1 << 129
ANYTHING = (1 << 130) - 1
ASCII = [chr(code) for code in range(128)]


class Beginnings(Value, frozen=True):
    """Where the matches of an expression can begin."""

    ahead: Mask
    """What can stand ahead of a match: its first character, or what follows it if it is empty."""
    at_line_start: bool
    """Whether a match begins at the start of a line (or of the text) only."""
    single: Mask
    """Characters at which a match is always that one character."""


def mask_of(character: str, *, ignore_case: bool = False) -> Mask:
    """The set of one character, an empty text standing for the end; with `ignore_case` of all that equal it."""
    mask = (1 << ord(character) if character < "\x80" else BEYOND_ASCII) if character else END
    return _any_case(mask) if ignore_case else mask


def find_beginnings(expression: Any) -> Beginnings:
    """Where an expression can match that the parser of `re` has read."""
    flags = expression.state.flags
    first = list(expression)
    while first and first[0][0] is op.SUBPATTERN:
        first = list(first[0][1][3])
    is_set = len(expression) == 1 and expression[0][0] in (op.LITERAL, op.IN)
    ahead = _ahead(expression, ANYTHING, bool(flags & re.IGNORECASE))
    return Beginnings(
        ahead=ahead,
        at_line_start=bool(first) and first[0] in LINE_STARTS,
        single=ahead & ~BEYOND_ASCII if is_set and not flags & (re.IGNORECASE | re.ASCII) else 0,
    )


LINE_STARTS = ((op.AT, op.AT_BEGINNING), (op.AT, op.AT_BEGINNING_STRING))


def _ahead(items: Items, rest: Mask, ignore_case: bool) -> Mask:
    """What can stand ahead of a sequence, if `rest` can stand ahead of what follows it."""
    leading = []
    for item in items:
        leading.append(item)
        if item[0] in TAKES_ONE:
            break
    for operator, argument in reversed(leading):
        rest = _ahead_of_item(operator, argument, rest, ignore_case)
    return rest


TAKES_ONE = (op.LITERAL, op.IN, op.ANY, op.NOT_LITERAL)
"""Operators that always take a character, so that what follows them does not matter."""


def _ahead_of_item(operator: Any, argument: Any, rest: Mask, ignore_case: bool) -> Mask:
    match operator:
        case op.LITERAL:
            return _members([(operator, argument)], ignore_case)
        case op.IN:
            return _members(argument, ignore_case)
        case op.ANY | op.NOT_LITERAL:
            return ANYTHING & ~END
        case op.AT:
            return rest
        case op.ASSERT:
            direction, inner = argument
            return rest if direction < 0 else rest & _ahead(inner, ANYTHING, ignore_case)
        case op.ASSERT_NOT:
            direction, inner = argument
            is_set = (
                direction > 0 and len(inner) == 1 and inner[0][0] in (op.LITERAL, op.IN) and not ignore_case
            )
            return rest & ~_ahead(inner, 0, ignore_case) | rest & BEYOND_ASCII if is_set else rest
        case op.SUBPATTERN:
            _, added_flags, _, inner = argument
            return _ahead(inner, rest, ignore_case or bool(added_flags & re.IGNORECASE))
        case op.ATOMIC_GROUP:
            return _ahead(argument, rest, ignore_case)
        case op.BRANCH:
            return union(_ahead(branch, rest, ignore_case) for branch in argument[1])
        case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
            least, _, inner = argument
            return _ahead(inner, rest, ignore_case) | (rest if least == 0 else 0)
    # A reference to a group, or what a later Python invents.
    return ANYTHING


def _members(members: Items, ignore_case: bool) -> Mask:
    """A set of characters as a mask."""
    characters = 0
    is_negated = False
    for operator, argument in members:
        match operator:
            case op.NEGATE:
                is_negated = True
            case op.LITERAL:
                characters |= _span(argument, argument)
            case op.RANGE:
                characters |= _span(*argument)
            case op.CATEGORY:
                characters |= CATEGORIES[argument]
    if is_negated:
        return _others(characters)
    return _any_case(characters) if ignore_case else characters


def _any_case(characters: Mask) -> Mask:
    """The characters and those that equal them when case is ignored."""
    # Some letters beyond ASCII (`ſ`, `K`, `ı`) equal one within it.
    foreign = UPPER | LOWER if characters & BEYOND_ASCII else 0
    return characters | (characters & UPPER) << 32 | (characters & LOWER) >> 32 | foreign | BEYOND_ASCII


def _span(first: int, last: int) -> Mask:
    """The characters of a range."""
    ascii_part = (1 << min(last, 127) + 1) - (1 << first) if first < 128 else 0
    return ascii_part | BEYOND_ASCII if last > 127 else ascii_part


def union(masks: Iterable[Mask]) -> Mask:
    """What is in any of the sets."""
    whole = 0
    for mask in masks:
        whole |= mask
    return whole


def _others(characters: Mask) -> Mask:
    """The complement of a set. Both hold characters beyond ASCII, of which one bit tells too little."""
    return ANYTHING & ~END & ~characters | BEYOND_ASCII


UPPER = union(map(mask_of, filter(str.isupper, ASCII)))
LOWER = union(map(mask_of, filter(str.islower, ASCII)))
DIGITS = union(map(mask_of, filter(str.isdecimal, ASCII))) | BEYOND_ASCII
SPACES = union(map(mask_of, filter(str.isspace, ASCII))) | BEYOND_ASCII
LETTERS = union(map(mask_of, filter(str.isalnum, ASCII))) | mask_of("_") | BEYOND_ASCII
CATEGORIES: dict[Any, Mask] = {
    op.CATEGORY_DIGIT: DIGITS,
    op.CATEGORY_SPACE: SPACES,
    op.CATEGORY_WORD: LETTERS,
    op.CATEGORY_NOT_DIGIT: _others(DIGITS),
    op.CATEGORY_NOT_SPACE: _others(SPACES),
    op.CATEGORY_NOT_WORD: _others(LETTERS),
}
