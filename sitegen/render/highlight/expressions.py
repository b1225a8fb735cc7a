"""Regular expressions of lexers, read once and compiled when they are first tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property

# `re.Scanner` compiles what it has parsed itself in the same way; else every expression would be parsed twice.
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from sitegen.render.highlight.beginnings import Beginnings, find_beginnings


class Expression:
    """A regular expression, parsed once to look at its beginnings and to compile it."""

    def __init__(self, source: str, flags: int) -> None:
        self.parsed = parser.parse(source, flags)
        self.flags = flags

    @cached_property
    def beginnings(self) -> Beginnings:
        """Where it can match."""
        return find_beginnings(self.parsed)

    @cached_property
    def match(self) -> Callable[..., re.Match[str] | None]:
        """Matches it at a position."""
        compiled: re.Pattern[str] = compiler.compile(self.parsed, self.flags)
        return compiled.match


def spell(regex: Any) -> str:
    """An expression in the language of `re`."""
    return str(regex if isinstance(regex, str) else regex.get())


@cache
def read_expression(source: str, flags: int) -> Expression:
    """The expression that `source` spells, read once."""
    return Expression(source, flags)


@cache
def narrow(source: str, flags: int) -> str:
    """An expression that matches the same in ASCII text, without its sets of thousands of foreign letters."""
    if source.isascii() or flags & re.IGNORECASE or IGNORES_CASE.search(source):
        return source
    return SET_OR_ESCAPE.sub(_narrow_set, source)


IGNORES_CASE = re.compile(r"\(\?[aLmsux]*i")
SET_OR_ESCAPE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
FOREIGN = re.compile("(?:[^\x00-\x7f](?:-[^\x00-\x7f])?)+")


def _narrow_set(found: re.Match[str]) -> str:
    """A set of characters with one for all that are foreign; escapes as they are, since an escaped bracket begins no set."""
    return FOREIGN.sub("\x80", found[0]) if found[0][0] == "[" else found[0]
