"""Values as front matter writes them, and the few changes that sitegen makes to front matter.

A file is changed line by line, so that everything else in it stays as its author typed it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sitegen.settings.notation import toml_value

Language = Literal["yaml", "toml", "json"]

_LANGUAGES: dict[str, Language] = {"-": "yaml", "+": "toml", ";": "json"}
_FENCE = re.compile(r"-{3,}|\+{3,}|;{3,}")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_BLANK = "\ufeff \t\r\n"
_PLAIN_MARKS = frozenset(" -_./+()，。、；：！？（）《》“”‘’—…·")
_WORDS_OF_YAML = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def yaml_text(text: str) -> str:
    """`text` as YAML reads it back, in quotes where it needs them or might."""
    is_plain = (
        text[:1].isalpha()
        and text == text.strip()
        and all(character.isalnum() or character in _PLAIN_MARKS for character in text)
        and text.lower() not in _WORDS_OF_YAML
    )
    if is_plain:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def front_matter_value(value: str | datetime | Sequence[str | Sequence[str]], language: Language) -> str:
    """A value on one line in the language of the front matter; a date is written as the clock on the wall."""
    match value, language:
        case datetime(), "json":
            return json.dumps(f"{value:%Y-%m-%d %H:%M:%S}")
        case datetime(), _:
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case str(), "yaml":
            return yaml_text(value)
        case str(), "json":
            return json.dumps(value, ensure_ascii=False)
        case str(), _:
            return toml_value(value)
        case _:
            return f"[{', '.join(front_matter_value(item, language) for item in value)}]"


class FrontMatterText(NamedTuple):
    """A source file taken apart by lines, each with its end."""

    language: Language
    opening: str
    """The first fence, with what stands before it; empty where the file has none."""
    lines: tuple[str, ...]
    """Between the fences."""
    rest: str
    """The second fence and all that follows."""

    @property
    def text(self) -> str:
        """The whole file."""
        return "".join((self.opening, *self.lines, self.rest))

    def position(self, key: str) -> int | None:
        """The line that sets `key`."""
        indentation, mark = ("[ \t]*", ":") if self.language == "json" else ("", "[=:]")
        setting = re.compile(rf"{indentation}([\"']?){re.escape(key)}\1[ \t]*{mark}")
        for number, line in enumerate(self.lines):
            if self.language == "toml" and line.startswith("["):
                return None
            if setting.match(line):
                return number
        return None

    def is_empty(self, key: str) -> bool:
        """Whether nothing is said about `key`: it is not there, or has no value."""
        number = self.position(key)
        if number is None:
            return True
        value = re.split("[=:]", self.lines[number], maxsplit=1)[1].partition(" #")[0].strip(" \t\r\n,")
        return value in ("", "null", "~", "[]", '""', "''") and self._end_of(number) == number + 1

    def with_value(self, key: str, value: str) -> FrontMatterText:
        """With `key` set to a value that is written already: in its place, else below the title."""
        line = self._line(key, value)
        number = self.position(key)
        if number is not None:
            return self._replaced(number, self._end_of(number), (line,))
        title = self.position("title")
        below = 0 if title is None or self.language == "json" else self._end_of(title)
        return self._replaced(below, below, (line,))

    def without(self, key: str) -> FrontMatterText:
        """Without the lines that set `key`."""
        number = self.position(key)
        return self if number is None else self._replaced(number, self._end_of(number), ())

    def _end_of(self, number: int) -> int:
        """The line after the setting that begins on line `number`."""
        end = number + 1
        while self.language == "yaml" and end < len(self.lines) and self.lines[end][0] in " \t-":
            end += 1
        return end

    def _replaced(self, start: int, stop: int, lines: tuple[str, ...]) -> FrontMatterText:
        return self._replace(lines=(*self.lines[:start], *lines, *self.lines[stop:]))

    def _line(self, key: str, value: str) -> str:
        end = "\r\n" if "\r\n" in self.text else "\n"
        match self.language:
            case "yaml":
                return f"{key}: {value}{end}"
            case "toml":
                return f"{key} = {value}{end}"
            case "json":
                comma = "," if any(line.strip() for line in self.lines) else ""
                return f'"{key}": {value}{comma}{end}'


def take_apart(text: str) -> FrontMatterText:
    """The parts of a source file; one without front matter gets an empty one."""
    lines = _LINE.findall(text)
    start = next((number for number, line in enumerate(lines) if line.strip(_BLANK)), len(lines))
    first = lines[start].strip(_BLANK) if start < len(lines) else ""
    if _FENCE.fullmatch(first):
        fence, begin = first[0], start + 1
    elif re.match(r"[^\s:]+:([ \t]|$)", first):
        fence, begin = "-", start  # the first fence is missing, which the loader accepts
    else:
        fence, begin = "", start
    for number in range(begin, len(lines)):
        line = lines[number].strip(_BLANK)
        if fence and line.startswith(fence) and _FENCE.fullmatch(line):
            return FrontMatterText(
                language=_LANGUAGES[fence],
                opening="".join(lines[:begin]),
                lines=tuple(lines[begin:number]),
                rest="".join(lines[number:]),
            )
    return FrontMatterText(language="yaml", opening="---\n", lines=(), rest=f"---\n\n{text}")
