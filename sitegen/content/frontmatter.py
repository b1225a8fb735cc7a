"""Front matter: where it begins and ends in a file, what it says, and where each key stands."""

from __future__ import annotations

import re
from typing import Any

from sitegen.content.boundaries import BOUNDARIES, Notation
from sitegen.content.mends import Mend, load_mended
from sitegen.content.plain_yaml import read_plain_yaml
from sitegen.content.scalars import SyntaxFault
from sitegen.errors import Problem, Severity, SitegenError
from sitegen.model import Value

LARGEST = 100_000
"""Characters of front matter in one file."""

_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*+")
_OPENER = re.compile(r"(?:(-{3,})|(\+{3,})|(;{3,}))[ \t]*(?:\n|$)")
_KEY_LINE = re.compile(r"[\"']?[^\W\d][\w.-]*[\"']?[ \t]*:(?=[ \t\n]|$)|[A-Za-z_][\w.-]*[ \t]*[:：](?!//)")
_KNOWN_KEY_LINE = re.compile(
    r"^(?:title|date|tags?|categor(?:y|ies)|layout)[ \t]*[:：]", re.IGNORECASE | re.MULTILINE
)
_WITHOUT_OPENER = re.compile(r"^(?:title|date)[ \t]*[:：]", re.IGNORECASE | re.MULTILINE)
_COMMENT_LINES = re.compile(r"(?:[ \t]*(?:#.*)?\n)*")
_BEFORE_COMMENT = re.compile(r"""\#.*|(?:"(?:[^"\\]|\\.)*+"|'[^']*+'|(?![ \t]+\#).)*+""")
_LONGEST_SHOWN = 300
"""Characters of a line that a message shows; a longer line is not shown at all."""


class Place(Value, frozen=True):
    """Where something stands in a file."""

    line: int
    column: int
    length: int
    source: str | None


class FrontMatter(Value, frozen=True):
    """What the head of one file says, with the means to tell where."""

    values: dict[str, Any] = {}
    """Texts, lists and dicts; `Plain` texts have no meaning yet, other values are of the notation's own types."""
    text: str = ""
    """As the author typed it, between the fences."""
    first_line: int = 1
    """The line of the file on which `text` begins."""
    notation: Notation = "yaml"

    def written(self, key: str) -> str:
        """What stands behind a key on its line, as typed; empty if the key cannot be found."""
        found = self._find(key)
        return found["value"].rstrip(" \t") if found else ""

    def place(self, key: str, *, on_key: bool = False) -> Place:
        """Where the value of `key` stands, or the key itself: if asked for, or if its value is not on its line."""
        found = self._find(key)
        if not found:
            return Place(line=self.first_line, column=1, length=1, source=None)
        part = "value" if found["value"] and not on_key else "key"
        start = self.text.rfind("\n", 0, found.start()) + 1
        number = self.text.count("\n", 0, start)
        shown = found[part].rstrip(" \t,") if self.notation == "json" else _without_comment(found[part])
        return self.place_at(number, found.start(part) - start, len(shown))

    def place_at(self, line: int, column: int, length: int = 1) -> Place:
        """The place in the file of a place in `text`, both counted from 0."""
        return place_in(self.text, self.first_line, line, column, length)

    def _find(self, key: str) -> re.Match[str] | None:
        name = f"(?P<key>[\"']?{re.escape(key)}[\"']?)"
        pattern = {
            "yaml": rf"^[ \t]*{name}[ \t]*[:：][ \t]*(?P<value>.*)",
            "toml": rf"^[ \t]*{name}[ \t]*=[ \t]*(?P<value>.*)",
            "json": rf"{name}[ \t]*:[ \t]*(?P<value>.*)",
        }[self.notation]
        return re.search(pattern, self.text, re.MULTILINE)


def _without_comment(value: str) -> str:
    # In a long value, which is not shown, unclosed quotes would be looked for again and again.
    found = _BEFORE_COMMENT.match(value) if len(value) <= _LONGEST_SHOWN else None
    return (found[0] if found else value).rstrip(" \t")


def place_in(text: str, first_line: int, line: int, column: int, length: int = 1) -> Place:
    """The place in a file of a place in `text`, counted from 0, if `text` begins on `first_line`."""
    lines = text.split("\n")
    source = lines[line] if line < len(lines) else ""
    return Place(
        line=first_line + line,
        column=column + 1,
        length=max(1, min(length, len(source) - column)),
        source=source if len(source) <= _LONGEST_SHOWN else None,
    )


def problem_at(
    path: str, place: Place, message: str, *, code: str = "front-matter", severity: Severity = "error"
) -> Problem:
    """A problem of the file `path` at `place`."""
    return Problem(
        code=code,
        message=message,
        path=path,
        line=place.line,
        column=place.column,
        length=place.length,
        source=place.source,
        severity=severity,
    )


class Parts(Value, frozen=True):
    """A file taken apart."""

    front_matter: FrontMatter
    body: str
    body_line: int
    """The line of the file on which `body` begins."""
    problems: tuple[Problem, ...] = ()
    """Warnings: what had to be mended."""


def take_apart(text: str, path: str) -> Parts:
    """The front matter of a file and its body; a file without front matter is all body.

    Front matter is YAML between `---` (or from the first line to a `---`, or to `...`), TOML between `+++`, or
    the members of a JSON object between `;;;`. Two rules with no `key: value` line after the first are body.
    Raises `SitegenError` for front matter that cannot be read.
    """
    start = _BLANK_LINES.match(text).end()  # type: ignore[union-attr]
    opener = _OPENER.match(text, start)
    if opener is None:
        return _without_opener(text, start, path)
    notation: Notation = "yaml" if opener[1] else "toml" if opener[2] else "json"
    closer = BOUNDARIES[notation].search(text, opener.end())
    line = text.count("\n", 0, opener.end()) + 1
    if closer is None:
        if notation != "yaml" or _begins_with_key(text[opener.end() : opener.end() + LARGEST]):
            raise SitegenError(_never_closed(opener[0].strip(" \t\n"), text, opener.start(), path))
        return Parts(front_matter=FrontMatter(), body=text, body_line=1)
    block = text[opener.end() : closer.start()]
    if notation == "yaml" and not _is_yaml_front_matter(block):
        return Parts(front_matter=FrontMatter(), body=text, body_line=1)
    return _read(notation, block, line, text, closer.end(), path)


def _without_opener(text: str, start: int, path: str) -> Parts:
    """A file whose front matter begins without a fence, or that has none."""
    whole = Parts(front_matter=FrontMatter(), body=text, body_line=1)
    line = text.count("\n", 0, start) + 1
    if text.startswith('"', start):
        closer = BOUNDARIES["json"].search(text, start)
        return (
            _read("json", text[start : closer.start()], line, text, closer.end(), path) if closer else whole
        )
    if not _KEY_LINE.match(text, start):
        return whole
    closer = re.compile(r"^-{3,}[ \t]*$", re.MULTILINE).search(text, start, start + LARGEST)
    if closer is None or not _WITHOUT_OPENER.search(text, start, closer.start()):
        return whole
    return _read("yaml", text[start : closer.start()], line, text, closer.end(), path)


def _read(notation: Notation, block: str, line: int, text: str, end: int, path: str) -> Parts:
    front_matter = FrontMatter(text=block, first_line=line, notation=notation)
    if len(block) > LARGEST:
        message = (
            f"front matter of {len(block):,} characters; at most {LARGEST:,} are read. Is its end missing?"
        )
        raise SitegenError(problem_at(path, front_matter.place_at(0, 0), message))
    try:
        values, mends = _values(notation, block)
    except SyntaxFault as fault:
        place = front_matter.place_at(fault.line, fault.column, fault.length)
        raise SitegenError(problem_at(path, place, fault.message)) from None
    problems = tuple(
        problem_at(
            path, front_matter.place_at(mend.line, mend.column, mend.length), mend.message, severity="warning"
        )
        for mend in mends
    )
    body_start = min(end + 1, len(text))
    return Parts(
        front_matter=FrontMatter(values=values, text=block, first_line=line, notation=notation),
        body=text[body_start:],
        body_line=text.count("\n", 0, body_start) + 1,
        problems=problems,
    )


def _values(notation: Notation, block: str) -> tuple[dict[str, Any], tuple[Mend, ...]]:
    """What a block says, with the mends that it took. Raises `SyntaxFault`."""
    if notation == "yaml" and (values := read_plain_yaml(block)) is not None:
        return values, ()
    # python-frontmatter and PyYAML take 8 ms, and most front matter is plain.
    from sitegen.content.notations import HANDLERS  # noqa: PLC0415

    load = HANDLERS[notation].load
    return load_mended(load, block) if notation == "yaml" else (load(block), ())


def _is_yaml_front_matter(block: str) -> bool:
    """Whether the author means `block` as front matter, be it well written or not."""
    return not block.strip(" \t\n") or _begins_with_key(block) or _KNOWN_KEY_LINE.search(block) is not None


def _begins_with_key(block: str) -> bool:
    """Whether the first line that is no comment has the form `key: value`, or there is no such line."""
    start = _COMMENT_LINES.match(block).end()  # type: ignore[union-attr]
    return start == len(block) or _KEY_LINE.match(block, start) is not None


def _never_closed(fence: str, text: str, start: int, path: str) -> Problem:
    line = text.count("\n", 0, start) + 1
    return Problem(
        code="front-matter",
        message=f"front matter begins here and never ends: add a line {fence} after it",
        path=path,
        line=line,
        column=1,
        length=len(fence),
        source=fence,
    )
