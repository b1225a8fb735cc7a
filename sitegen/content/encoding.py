"""Bytes of a source file as clean text."""

from __future__ import annotations

import codecs
import functools
import re

from sitegen.errors import Problem, SitegenError

_FOREIGN_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SUSPECT_BYTES = bytes((*range(0x09), *range(0x0B, 0x20), 0x7F, 0xC2, *range(0xF0, 0xF5)))
"""Control characters of ASCII, and what begins the encoding of others or of a character above U+FFFF."""

_MARKS = (codecs.BOM_UTF8, *(mark for mark, _ in _FOREIGN_MARKS))
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONGEST_SHOWN = 300


def decode(data: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, its lines ended by LF, without a byte-order mark, with what had to be mended.

    Characters that no page or feed can show are taken out with a warning: NUL becomes U+FFFD, as Markdown has it;
    a vertical tab or form feed becomes a space; other control characters and noncharacters are left out.
    Raises `SitegenError` for bytes that are no UTF-8, with their place.
    """
    if data.startswith(_MARKS):
        data = _without_mark(data, path)
    if b"\0" in data and data.count(0, 0, 4096) * 8 > min(len(data), 4096):
        raise SitegenError(_problem(path, "the file holds more zero bytes than a text can: save it as UTF-8"))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise SitegenError(_not_utf8(data, error.start, path)) from None
    if b"\r" in data:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(data.translate(None, _SUSPECT_BYTES)) == len(data) and not _holds_noncharacter(data, text):
        return text, ()  # quicker by far than to look for each character
    return _cleaned(text, path)


def _without_mark(data: bytes, path: str) -> bytes:
    for mark, name in _FOREIGN_MARKS:
        if data.startswith(mark):
            raise SitegenError(_problem(path, f"the file is in {name}: save it as UTF-8"))
    while data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    return data


def _holds_noncharacter(data: bytes, text: str) -> bool:
    """Whether one of those up to U+FFFF may be in `text`."""
    return not text.isascii() and ("\ufffe" in text or "\uffff" in text or b"\xef\xb7" in data)


def clean_text(text: str) -> str:
    """`text` without what no page or feed can show; for values whose notation can spell such characters out."""
    return _SURROGATES.sub("\ufffd", text.translate(_replacements()))


@functools.cache
def _replacements() -> dict[int, str]:
    """What stands for each character that cannot be shown."""
    codes = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xFDD0, 0xFDF0)]
    codes += [plane | last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)]
    return dict.fromkeys(codes, "") | {0x00: "\ufffd", 0x0B: " ", 0x0C: " "}


def _cleaned(text: str, path: str) -> tuple[str, tuple[Problem, ...]]:
    found = _UNSHOWABLE.search(text)
    if found is None:
        return text, ()
    cleaned = text.translate(_replacements())
    count = len(text) - len(cleaned) + sum(text.count(replaced) for replaced in "\x00\x0b\x0c")
    start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.start())
    line = text[start : end if end >= 0 else len(text)]
    further = f"; so were {count - 1:,} more like it" if count > 1 else ""
    message = f"the character U+{ord(found[0]):04X} cannot be shown and was taken out{further}"
    shown = "".join(character if character.isprintable() or character == "\t" else " " for character in line)
    problem = Problem(
        code="encoding",
        message=message,
        path=path,
        line=text.count("\n", 0, start) + 1,
        column=found.start() - start + 1,
        source=shown if len(line) <= _LONGEST_SHOWN else None,
        severity="warning",
    )
    return cleaned, (problem,)


def _not_utf8(data: bytes, position: int, path: str) -> Problem:
    before = data[:position]
    start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
    column = len(data[start:position].decode()) + 1
    end = min(
        place for place in (data.find(b"\n", position), data.find(b"\r", position), len(data)) if place >= 0
    )
    line = data[start:end].decode(errors="replace")
    return Problem(
        code="encoding",
        message=(
            f"byte 0x{data[position]:02X} at offset {position:,} is not UTF-8. "
            f"{_likely(data, position)}Save the file as UTF-8"
        ),
        path=path,
        line=before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1,
        column=column,
        source="".join(c if c.isprintable() else "\ufffd" for c in line)
        if len(line) <= _LONGEST_SHOWN
        else None,
    )


def _likely(data: bytes, position: int) -> str:
    """What the file seems to be instead, for the encoding that Chinese authors meet."""
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(data[position : position + 2000])
    except UnicodeDecodeError:
        return ""
    others = [character for character in text if not character.isascii()]
    common = sum(
        "\u4e00" <= character <= "\u9fff" or character in "，。、：；？！（）《》“”‘’" for character in others
    )
    return "It looks like GBK (GB18030). " if others and common * 10 >= len(others) * 9 else ""


def _problem(path: str, message: str) -> Problem:
    return Problem(code="encoding", message=message, path=path, line=1, column=1)
