"""Parts of files, which players of music and films ask for."""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class RangeError(ValueError):
    """A range that lies outside the file."""


def part(header: str | None, size: int) -> range | None:
    """The bytes that a `Range` header asks for; `None` for the whole file.

    A header that is not understood, or asks for several parts, is ignored, as the protocol allows. Raises
    `RangeError` for a range of which the file has nothing.
    """
    found = _RANGE.fullmatch(header.replace(" ", "").lower()) if header else None
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        wanted = range(max(size - int(last), 0), size)
    else:
        if last and int(last) < int(first):
            return None
        wanted = range(int(first), min(int(last), size - 1) + 1 if last else size)
    if not wanted:
        raise RangeError(f"the file has {size} bytes")
    return wanted
