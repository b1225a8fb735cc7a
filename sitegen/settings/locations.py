"""Where each key and value of a TOML file stands, which `tomllib` does not tell."""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""The way to a value from the top of the file: `("menu", 0, "title")`."""

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRING = re.compile(
    r"""
      \"{3} (?:[^\\]|\\.)*? "{3,5}
    | '{3} .*? '{3,5}
    | " (?:[^"\\]|\\.)* "
    | ' [^']* '
    """,
    re.DOTALL | re.VERBOSE,
)


class Span(NamedTuple):
    """A piece of one line: line and column counted from 1, the length in characters."""

    line: int
    column: int
    length: int


class Location(NamedTuple):
    """Where a setting stands. A table made by its header has no value of its own."""

    key: Span
    value: Span | None = None


class Locations(NamedTuple):
    """What `locate` finds."""

    by_path: dict[KeyPath, Location]
    repeated: list[tuple[KeyPath, Span]]
    """Keys and tables that were there before, each with the place of the later one."""


def locate(text: str) -> Locations:
    """The location of every key, table and list item of a text that `tomllib` accepts.

    The text may break off anywhere, and keys may repeat; then what stands before is located.
    """
    scanner = _Scanner(text)
    with suppress(_Unreadable):
        scanner.document()
    return Locations(scanner.by_path, scanner.repeated)


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    """The text is not TOML from here on."""


class _Scanner:
    """One walk over a text; it trusts the text to be TOML and gives up where it is not."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.lengths: dict[KeyPath, int] = {}
        """How many entries each list of tables has so far."""
        self.tables: set[KeyPath] = set()
        self.by_path: dict[KeyPath, Location] = {}
        self.repeated: list[tuple[KeyPath, Span]] = []

    def document(self) -> None:
        """Walks over the whole text."""
        table: KeyPath = ()
        while True:
            self.skip(_BLANK)
            if self.position == len(self.text):
                return
            if self.text.startswith("[", self.position):
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> KeyPath:
        """The table that a line `[a.b]` or `[[a.b]]` opens."""
        is_list = self.text.startswith("[[", self.position)
        self.position += 2 if is_list else 1
        start, parts = self.dotted_key()
        span = self.span(start, self.position)
        self.skip(_SPACE)
        self.expect("]]" if is_list else "]")
        path: KeyPath = ()
        for part, _ in parts[:-1]:
            path = self.latest((*path, part))
            self.by_path.setdefault(path, Location(span))
        path = (*path, parts[-1][0])
        if is_list:
            self.by_path.setdefault(path, Location(span))
            self.lengths[path] = self.lengths.get(path, 0) + 1
            path = self.latest(path)
        elif path in self.tables:
            self.repeated.append((path, span))
        self.tables.add(path)
        self.by_path.setdefault(path, Location(span))
        return path

    def latest(self, path: KeyPath) -> KeyPath:
        """The last entry where `path` is a list of tables, else `path`."""
        count = self.lengths.get(path)
        return path if count is None else (*path, count - 1)

    def pair(self, table: KeyPath) -> None:
        """Walks over `key = value`."""
        _, parts = self.dotted_key()
        path = table
        for part, span in parts[:-1]:
            path = (*path, part)
            self.by_path.setdefault(path, Location(span))
        path = (*path, parts[-1][0])
        key = parts[-1][1]
        self.skip(_SPACE)
        self.expect("=")
        self.skip(_SPACE)
        value = self.value(path)
        if path in self.by_path:
            self.repeated.append((path, key))
        else:
            self.by_path[path] = Location(key, value)

    def dotted_key(self) -> tuple[int, list[tuple[str, Span]]]:
        """Where a key begins, and its parts, each with its place."""
        self.skip(_SPACE)
        start = self.position
        parts = [self.simple_key()]
        while True:
            end = self.position
            self.skip(_SPACE)
            if not self.text.startswith(".", self.position):
                self.position = end
                return start, parts
            self.position += 1
            self.skip(_SPACE)
            parts.append(self.simple_key())

    def simple_key(self) -> tuple[str, Span]:
        """One part of a key without its quotes, with its place."""
        start = self.position
        is_quoted = self.text.startswith(('"', "'"), start)
        match = (_STRING if is_quoted else _BARE_KEY).match(self.text, start)
        if match is None:
            raise _Unreadable
        self.position = match.end()
        name = match.group()
        if name.startswith('"'):
            name = _unescape(name[1:-1])
        elif name.startswith("'"):
            name = name[1:-1]
        return name, self.span(start, self.position)

    def value(self, path: KeyPath) -> Span:
        """The place of the value that begins here; locates what stands in it."""
        start = self.position
        if self.text.startswith("[", start):
            self.list_items(path)
        elif self.text.startswith("{", start):
            self.inline_table(path)
        else:
            match = _STRING.match(self.text, start) or _SCALAR.match(self.text, start)
            assert match  # a scalar may be empty
            self.position = start + len(match.group().rstrip(" \t"))
            if self.position == start:
                raise _Unreadable
        return self.span(start, self.position)

    def list_items(self, path: KeyPath) -> None:
        """Walks over `[…]`."""
        self.position += 1
        index = 0
        while True:
            self.skip(_BLANK)
            if self.text.startswith("]", self.position):
                self.position += 1
                return
            item = (*path, index)
            span = self.value(item)
            self.by_path[item] = Location(span, span)
            index += 1
            self.skip(_BLANK)
            if not self.text.startswith("]", self.position):
                self.expect(",")

    def inline_table(self, path: KeyPath) -> None:
        """Walks over `{…}`."""
        self.position += 1
        while True:
            self.skip(_BLANK)
            if self.text.startswith("}", self.position):
                self.position += 1
                return
            self.pair(path)
            self.skip(_BLANK)
            if not self.text.startswith("}", self.position):
                self.expect(",")

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Steps over what `pattern` matches here, which may be nothing."""
        match = pattern.match(self.text, self.position)
        assert match
        self.position = match.end()

    def expect(self, mark: str) -> None:
        """Steps over `mark`."""
        if not self.text.startswith(mark, self.position):
            raise _Unreadable
        self.position += len(mark)

    def span(self, start: int, end: int) -> Span:
        """The place from `start` to `end`, or to the end of the first line."""
        line = bisect_right(self.line_starts, start)
        line_end = self.text.find("\n", start, end)
        stop = end if line_end < 0 else line_end
        return Span(line, start - self.line_starts[line - 1] + 1, max(stop - start, 1))


_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([btnfr"\\]))')
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    """A quoted key as `tomllib` reads it."""

    def character(match: re.Match[str]) -> str:
        hexadecimal = match[1] or match[2]
        return chr(int(hexadecimal, 16)) if hexadecimal else _ESCAPED[match[3]]

    return _ESCAPE.sub(character, text)
