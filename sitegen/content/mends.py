"""Front matter that is not quite YAML but plain in its meaning, read as its author meant it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sitegen.content.scalars import SyntaxFault
from sitegen.model import Value

_MOST = 50
"""Mends in one file; a block that needs more is something else than front matter."""

_ENTRY = re.compile(r"(?P<head>[ ]*(?:-[ ]+)*(?P<key>[A-Za-z_][\w.-]*)[ ]*:[ ]+|[ ]*-[ ]+)(?P<value>[^ ].*)")
_WIDE_COLON = re.compile(r"(?P<key>[ ]*[A-Za-z_][\w.-]*)[ ]*：[ \u3000]*(?P<value>.*)")
_NO_SPACE = re.compile(r"(?P<key>[A-Za-z_][\w.-]*):(?P<value>(?!//)[^ ].*)")
_EARLY_TAB = re.compile(r"[ ]*(?:-[ ]*)?\t")
_COMMENT = re.compile(r"[ \t]#")
_APOSTROPHES = re.compile(r"'(?:[^']|(?<=\w)'(?=\w))*'")
_LISTED = re.compile(r"\[(?P<items>[^\[\]{}\"']*)\]")

LIST_KEYS = frozenset(
    {"tags", "tag", "categories", "category", "aliases", "redirect_from", "authors", "photos"}
)
"""Keys whose value in brackets is a list and no text."""


class Mend(Value, frozen=True):
    """One line that was read as something else than YAML makes of it."""

    line: int
    """Of the block, counted from 0."""
    column: int
    """Counted from 0."""
    length: int
    message: str
    """What is wrong, and how it was read."""


def load_mended(load: Callable[[str], dict[str, Any]], block: str) -> tuple[dict[str, Any], tuple[Mend, ...]]:
    """What `load` makes of `block`, with the mends that it took.

    A mend changes one line, and is kept only if reading then comes further. Raises the `SyntaxFault` of the
    block as it stands when no mend helps.
    """
    lines = block.split("\n")
    mends: list[Mend] = []
    first: SyntaxFault | None = None
    fault: SyntaxFault | None = None
    while len(mends) <= _MOST:
        try:
            return load("\n".join(lines)), tuple(mends)
        except SyntaxFault as found:
            fault = found
        first = first or fault
        better = next(_helpful(load, lines, fault), None)
        if better is None:
            break
        lines[better[0].line] = better[1]
        mends.append(better[0])
    assert first is not None
    assert fault is not None
    raise fault if not mends else first


def written_value(text: str) -> str:
    """A value as it was typed, without the comment behind it."""
    comment = _COMMENT.search(text)
    return (text[: comment.start()] if comment else text).strip(" \t")


def quoted(text: str) -> str:
    """`text` as a YAML value in quotes."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _helpful(
    load: Callable[[str], dict[str, Any]], lines: list[str], fault: SyntaxFault
) -> Iterator[tuple[Mend, str]]:
    """Mends of the lines that `fault` may come from, each with the line as it should be, that bring reading on."""
    for number in dict.fromkeys((fault.line, fault.reached, fault.reached - 1)):
        if not 0 <= number < len(lines):
            continue
        for mend, mended in _mends_of(number, lines[number]):
            attempt = [*lines[:number], mended, *lines[number + 1 :]]
            try:
                load("\n".join(attempt))
            except SyntaxFault as later:
                if later.reached <= max(fault.reached, number):
                    continue
            yield mend, mended


def _mends_of(number: int, line: str) -> Iterator[tuple[Mend, str]]:
    """What could be meant by a line, the likeliest first."""
    if _EARLY_TAB.match(line):
        mended = line.replace("\t", "  ")
        message = "YAML does not allow tabs here; each was read as two spaces"
        yield Mend(line=number, column=line.index("\t"), length=1, message=message), mended
    wide = _WIDE_COLON.fullmatch(line)
    if wide:
        mended = f"{wide['key']}: {wide['value']}"
        message = f'"：" does not end a key: write ":" and a space. Read as: {mended.strip(" ")}'
        yield Mend(line=number, column=line.index("："), length=1, message=message), mended
    close = _NO_SPACE.fullmatch(line)
    if close:
        mended = f"{close['key']}: {close['value']}"
        message = f"a space is missing after the colon. Read as: {mended}"
        yield Mend(line=number, column=close.end("key"), length=1, message=message), mended
    entry = _ENTRY.fullmatch(line)
    if entry:
        mended_value = _meant(entry["key"], written_value(entry["value"]))
        if mended_value is not None:
            mended = entry["head"] + mended_value
            message = f"{_reason(written_value(entry['value']))}. Read as: {mended.strip(' ')}"
            yield (
                Mend(line=number, column=entry.start("value"), length=len(entry["value"]), message=message),
                mended,
            )


def _meant(key: str | None, value: str) -> str | None:
    """The YAML for a value that is none, or None if its meaning is not plain."""
    first, last = value[0], value[-1]
    if first in "\"'" and last == first and len(value) > 1:
        return quoted(value[1:-1]) if _APOSTROPHES.fullmatch(value) else None
    if first in "\"'" and first not in value[1:]:
        return None
    if first == "[" and (key in LIST_KEYS or last == "]"):
        listed = _LISTED.fullmatch(value)
        if not listed:
            return None
        items = [item.strip(" \t") for item in listed["items"].split(",")]
        return "[" + ", ".join(quoted(item) for item in items if item) + "]"
    if first == "[" and "]" not in value:
        return None
    if first == "{" and not value.startswith(("{{", "{%")):
        return None
    return quoted(value)


def _reason(value: str) -> str:
    """Why a value needs quotes."""
    if value[0] == "[" and value[-1] == "]":
        return "what stands in this list needs quotes"
    if value[0] == value[-1] == "'":
        return "an apostrophe may not stand between such quotes"
    if value[0] in "[]{}*&!|>%@`\"'#,?-":
        return f"a value that begins with {value[0]} needs quotes"
    if ": " in value or value.endswith(":"):
        return 'a value with ": " in it needs quotes'
    return "this value needs quotes"
