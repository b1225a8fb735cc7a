"""Bytes of a source file as clean text."""

from __future__ import annotations

import codecs
import re

from sitegen.errors import Problem, SitegenError

_FOREIGN_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_ASCII_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n")
_FURTHER_SIGNS = (b"\xc2", b"\xef\xb7", b"\xbf\xbe", b"\xbf\xbf")
"""Bytes without which a text holds none of the further characters below."""

_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_LONGEST_SHOWN = 300


def decode(data: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, its lines ended by LF, without a byte-order mark, with what had to be mended.

    Characters that no page or feed can show are taken out with a warning: NUL becomes U+FFFD, as Markdown has it;
    a vertical tab or form feed becomes a space; other control characters and noncharacters are left out.
    Raises `SitegenError` for bytes that are no UTF-8, with their place.
    """
    for mark, name in _FOREIGN_MARKS:
        if data.startswith(mark):
            raise SitegenError(_problem(path, f"the file is in {name}: save it as UTF-8"))
    while data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    if data.count(0, 0, 4096) * 8 > min(len(data), 4096):
        raise SitegenError(_problem(path, "the file holds more zero bytes than a text can: save it as UTF-8"))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise SitegenError(_not_utf8(data, error.start, path)) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(data.translate(None, _ASCII_CONTROLS)) < len(data) or any(sign in data for sign in _FURTHER_SIGNS):
        return _cleaned(text, path)
    return text, ()


def clean_text(text: str) -> str:
    """`text` without what no page or feed can show; for values whose notation can spell such characters out."""
    return _UNSHOWABLE.sub(_shown_instead, text).encode("utf-8", "replace").decode()


def _cleaned(text: str, path: str) -> tuple[str, tuple[Problem, ...]]:
    found = _UNSHOWABLE.search(text)
    if found is None:
        return text, ()
    cleaned, count = _UNSHOWABLE.subn(_shown_instead, text)
    start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.start())
    line = text[start : end if end >= 0 else len(text)]
    what = f"the character U+{ord(found[0]):04X} cannot be shown"
    message = (
        f"{what}; it was left out" if count == 1 else f"{what}; this and {count - 1:,} more were left out"
    )
    problem = Problem(
        code="encoding",
        message=message,
        path=path,
        line=text.count("\n", 0, start) + 1,
        column=found.start() - start + 1,
        source="".join(c if c.isprintable() or c == "\t" else " " for c in line)
        if len(line) <= _LONGEST_SHOWN
        else None,
        severity="warning",
    )
    return cleaned, (problem,)


def _shown_instead(found: re.Match[str]) -> str:
    match found[0]:
        case "\x00":
            return "\ufffd"
        case "\x0b" | "\x0c":
            return " "
    return ""


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
            f"{_likely(data)}Save the file as UTF-8"
        ),
        path=path,
        line=len(re.findall(rb"\r\n|\r|\n", before)) + 1,
        column=column,
        source="".join(c if c.isprintable() else "\ufffd" for c in line)
        if len(line) <= _LONGEST_SHOWN
        else None,
    )


def _likely(data: bytes) -> str:
    """What the file seems to be instead, for the encodings that Chinese authors meet."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    others = [character for character in text if ord(character) > 0x7F]
    common = sum(
        "\u4e00" <= character <= "\u9fff" or character in "，。、：；？！（）《》“”‘’" for character in others
    )
    return "It looks like GBK (GB18030). " if common * 10 >= len(others) * 9 else ""


def _problem(path: str, message: str) -> Problem:
    return Problem(code="encoding", message=message, path=path, line=1, column=1)
