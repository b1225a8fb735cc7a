"""Values of front matter: nothing is a number or a date before the key it stands under says so."""

from __future__ import annotations

import re

DEEPEST = 32
"""Levels of lists and mappings in front matter and data files."""

TOO_DEEP = f"lists and mappings go {DEEPEST} levels deep here at most"

_NOTHING = ("", "~", "null")
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")


class Plain(str):
    """A value that the author wrote without quotes: its text, until a key gives it a meaning."""

    __slots__ = ()


class SyntaxFault(ValueError):  # noqa: N818 — in the language of the site's author it is no error of the program
    """Where and why a text cannot be read; lines and columns are counted from 0."""

    def __init__(
        self, message: str, line: int, column: int, length: int = 1, reached: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.length = length
        self.reached = line if reached is None else reached
        """The line up to which reading came, which may be below the one that is to be mended."""


def settle(value: object) -> object:
    """`value` with its plain texts as what YAML 1.2 takes them for, as far as nothing typed is lost.

    `true`, `false`, `null`, `~` and nothing at all have their meaning; a number is one if it prints as it was typed:
    `42` and `1.5`, while `1.10`, `007`, `1e3`, `12:30:45`, `2018-05-08` and `yes` stay texts.
    """
    match value:
        case Plain():
            return _settled(str(value))
        case list():
            return [settle(item) for item in value]
        case dict():
            return {key: settle(item) for key, item in value.items()}
    return value


def is_nothing(value: object) -> bool:
    """Whether the author gave a key no value: nothing at all, `~` or `null`."""
    return value is None or (type(value) is Plain and value in _NOTHING)


def _settled(text: str) -> object:
    match text:
        case "" | "~" | "null" | "Null" | "NULL":
            return None
        case "true" | "True" | "TRUE":
            return True
        case "false" | "False" | "FALSE":
            return False
    if _WHOLE_NUMBER.fullmatch(text) and text != "-0":
        return int(text)
    if _FRACTION.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text
