"""Which file of the site a request means: its path decoded once, and looked up in what the site consists of."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from sitegen.model import OutputPath, Url, Value
from sitegen.urls import BaseUrl, percent_encode

OURS = "/__sitegen__/"
"""Below this lie the script, the style sheet and the event stream of the preview, whatever the site's sub-path."""

_STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_FORBIDDEN = re.compile("[\x00-\x1f\\\\\x7f-\x9f]")


class AddressError(ValueError):
    """A path that no browser sends for a link of a site; the message says what is wrong with it."""


class Wanted(Value, frozen=True):
    """What a path asks for."""

    path: OutputPath | None
    """The file, should the site have it; `None` for a path that is not below the site's sub-path."""
    folder: OutputPath | None = None
    """The file that a `/` at the end of the path would ask for."""


def decoded(raw: bytes) -> str:
    """The path of a request, percent-decoded once, in NFC.

    Raises `AddressError` for what has no business in a path: encoded slashes, backslashes and control characters,
    dot segments, empty segments, bytes that are not UTF-8.
    """
    if not raw.startswith(b"/"):
        raise AddressError("the path does not begin with /")
    if _STRAY_PERCENT.search(raw):
        raise AddressError("a % in the path encodes nothing")
    if b"%2f" in raw.lower():
        raise AddressError("the path holds an encoded /")
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise AddressError("the path is not UTF-8") from None
    if _FORBIDDEN.search(path):
        raise AddressError("the path holds a character that no address has")
    segments = path.removesuffix("/").split("/")[1:]
    if "" in segments or "." in segments or ".." in segments:
        raise AddressError("the path holds an empty or a dot segment")
    return unicodedata.normalize("NFC", path)


def wanted(path: str, base: BaseUrl) -> Wanted:
    """The file of the site that a decoded path means."""
    if not path.startswith(f"{base.path}/"):
        return Wanted(path=None, folder=OutputPath("index.html") if path == base.path else None)
    inside = path.removeprefix(base.path)[1:]
    if not inside or inside.endswith("/"):
        return Wanted(path=OutputPath(f"{inside}index.html"))
    return Wanted(path=OutputPath(inside), folder=OutputPath(f"{inside}/index.html"))


def link(url: Url, base: BaseUrl) -> str:
    """An address of the site as a browser asks for it, in ASCII."""
    return percent_encode(base.path + url)
