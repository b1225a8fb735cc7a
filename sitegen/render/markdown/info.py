"""Reads the info string of a fence: the language and how its block is shown, in the spellings that blogs use."""

from __future__ import annotations

import re
from functools import lru_cache

from sitegen.model import Value
from sitegen.render.highlight import find_language
from sitegen.render.highlight.languages import PLAIN_NAMES

Ranges = tuple[tuple[int, int], ...]
"""Lines from … to, both included. They count from 1 at the first line of the block, unless it is said otherwise."""


class CodeOptions(Value, frozen=True):
    """What an author says of one code block."""

    language: str = ""
    """As typed; empty when there is none."""
    title: str = ""
    """A file name or caption."""
    url: str = ""
    """Where the code comes from; shown beside the title."""
    url_text: str = ""
    is_coloured: bool = True
    has_line_numbers: bool | None = None
    """Nothing leaves it to the settings."""
    first_number: int = 1
    """The number shown at the first line."""
    marked: Ranges = ()
    """Lines to highlight, as they are numbered on the page."""
    highlighted: Ranges = ()
    inserted: Ranges = ()
    deleted: Ranges = ()


TITLE_KEYS = frozenset({"title", "name", "filename", "file", "caption"})
NUMBER_KEYS = frozenset(
    {"linenos", "line_number", "line_numbers", "linenumbers", "showlinenumbers", "numberlines", "linenums"}
)
START_KEYS = frozenset({"first_line", "linenostart", "startfrom", "start_line", "startline"})
LINES_KEYS = {
    "hl_lines": "highlighted",
    "highlight": "highlighted",
    "mark": "highlighted",
    "ins": "inserted",
    "del": "deleted",
}
HEXO_KEYS = frozenset(
    {
        "line_number",
        "first_line",
        "mark",
        "highlight",
        "wrap",
        "line_threshold",
        "language_attr",
        "tab_replace",
    }
)
"""Keys that may be joined to their value by a colon, too."""

ITEM_PATTERN = r"""
      \{ (?P<braces> [^{}]* ) \}
    | (?P<key> [A-Za-z][A-Za-z0-9_-]* ) (?P<sign> [=:] )
      (?P<value> "[^"]*" | '[^']*' | \[[^\]]*\] | \{[^{}]*\} | [^SEPARATOR{}]+ )
    | (?P<word> [^SEPARATOR]+ )
"""
ITEM = re.compile(ITEM_PATTERN.replace("SEPARATOR", r" \t"), re.VERBOSE)
ITEM_IN_BRACES = re.compile(ITEM_PATTERN.replace("SEPARATOR", r" \t,"), re.VERBOSE)
LINES = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)
LONGEST = 1_000
"""Characters of an info string that are read."""

FALSE = frozenset({"false", "0", "no", "off"})


@lru_cache(maxsize=256)
def read_info(info: str) -> tuple[CodeOptions, tuple[str, ...]]:
    """What an info string says, and what in it cannot be understood.

    Read are the shapes of Hexo (`python Caption https://example.org Link text mark:1,4-7 first_line:3`), of
    Docusaurus and others (`python {1,4-7} title="main.py" showLineNumbers`), of Hugo
    (`go {linenos=true, hl_lines=["2-3"], linenostart=5}`), of Pandoc (`{.python .numberLines}`) and of Zenn
    (`python:main.py`). `mark:` counts lines as they are numbered on the page, all others count from 1.
    Options of other programs that mean nothing here are passed over. Most blocks of a blog say one of a few words,
    so the last results are kept.
    """
    reader = _InfoReader()
    reader.read(info[:LONGEST].strip(" \t\n"))
    return reader.options(), tuple(reader.complaints)


class _InfoReader:
    """Gathers options while an info string is read from left to right."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.language = ""
        self.title = ""
        self.caption: list[str] = []
        self.is_coloured = True
        self.has_line_numbers: bool | None = None
        self.first_number: int | None = None
        self.lines: dict[str, list[tuple[int, int]]] = {
            name: [] for name in ("marked", "highlighted", "inserted", "deleted")
        }

    def read(self, info: str) -> None:
        head = re.match(r"[^ \t{]*", info)
        assert head is not None
        if not re.match(r"[A-Za-z_]+=", head[0]):
            self._read_language(head[0])
            info = info[head.end() :]
        for item in ITEM.finditer(info):
            if item["braces"] is not None:
                self._read_braces(item["braces"])
            elif item["key"] and (item["sign"] == "=" or item["key"].lower() in HEXO_KEYS):
                self._read_option(item["key"], item["value"], printed=item["sign"] == ":")
            elif item[0].lower().replace("-", "") in NUMBER_KEYS:
                self.has_line_numbers = True
            else:
                self.caption.append(item[0])

    def options(self) -> CodeOptions:
        """All that was gathered, as a value."""
        caption = " ".join(self.caption)
        link = re.search(r"(?:^|[ \t])(https?://[^ \t]+)(?:[ \t]+(.+))?$", caption)
        return CodeOptions(
            language=self.language,
            title=self.title or (caption[: link.start()] if link else caption),
            url=link[1] if link else "",
            url_text=(link[2] or "") if link else "",
            is_coloured=self.is_coloured,
            has_line_numbers=True
            if self.has_line_numbers is None and self.first_number is not None
            else self.has_line_numbers,
            first_number=1 if self.first_number is None else self.first_number,
            **{name: tuple(lines) for name, lines in self.lines.items()},
        )

    def _read_language(self, word: str) -> None:
        name, colon, title = word.partition(":")
        if colon and title and not title.startswith("//") and _is_known(name):
            self.language, self.title = name, title
        else:
            # `rust,ignore`: what follows a comma is meant for another program.
            self.language = word.partition(",")[0].rstrip(":")

    def _read_braces(self, text: str) -> None:
        """What stands in `{…}`: lines, or options and classes."""
        if re.fullmatch(r"[\d,\- \t]+", text):
            self._read_lines("highlighted", text)
            return
        for item in ITEM_IN_BRACES.finditer(text):
            word = item[0].removeprefix(".")
            if item["key"] and item["sign"] == "=":
                self._read_option(item["key"], item["value"], printed=False)
            elif word.lower().replace("-", "") in NUMBER_KEYS:
                self.has_line_numbers = True
            elif not self.language and _is_known(word):
                self.language = word

    def _read_option(self, key: str, value: str, *, printed: bool) -> None:
        key = key.lower().replace("-", "_")
        plain = value.strip("\"'")
        if key in TITLE_KEYS:
            self.title = plain
        elif key in START_KEYS or (key == "linenums" and plain.isdecimal()):
            self._read_first_number(key, plain)
        elif key in NUMBER_KEYS:
            self.has_line_numbers = plain.lower() not in FALSE
        elif key == "highlight" and plain.lower() in FALSE:
            self.is_coloured = False
        elif key == "mark" and printed:
            self._read_lines("marked", plain)
        elif key in LINES_KEYS and plain.lower() != "true":
            self._read_lines(LINES_KEYS[key], value)

    def _read_first_number(self, key: str, value: str) -> None:
        if re.fullmatch(r"\d{1,9}", value, re.ASCII):
            self.first_number = int(value)
        else:
            self.complaints.append(f'{key} is "{value}"; it must be a number.')

    def _read_lines(self, name: str, value: str) -> None:
        for part in re.split(r"[,\s\[\]{}\"']+", value):
            found = LINES.fullmatch(part)
            if found:
                self.lines[name].append((int(found[1]), int(found[2] or found[1])))
            elif part:
                self.complaints.append(f'"{part}" is no line of a code block; write lines as 1,4-7.')


def _is_known(name: str) -> bool:
    return name.lower() in PLAIN_NAMES or find_language(name) is not None
