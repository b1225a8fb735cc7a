"""Files as they are sent compressed: the same bytes for the same content, whenever and wherever."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from typing import Literal, TypeAlias

from sitegen.deploy.extras import missing_library

Encoding: TypeAlias = Literal["gzip", "br"]
"""What the header `Content-Encoding` calls it."""

_SMALLEST = 512
"""Bytes; what is smaller hardly gets smaller still."""

_TEXT = ("text/", "application/json", "application/xml", "image/svg+xml", "application/manifest+json")
_TEXT_ENDINGS = ("+xml", "+json")


def is_worth_compressing(content_type: str, size: int) -> bool:
    """Whether a file of this type and size gets notably smaller."""
    kind = content_type.partition(";")[0].strip()
    return size >= _SMALLEST and (kind.startswith(_TEXT) or kind.endswith(_TEXT_ENDINGS))


def require(encoding: Encoding) -> None:
    """Raises `SitegenError` when the library for an encoding is missing."""
    if encoding == "br" and find_spec("brotli") is None:
        raise missing_library("Brotli", "brotli")


def compress(content: bytes, encoding: str) -> bytes:
    """The content in an encoding; an encoding that is not ours leaves it as it is."""
    match encoding:
        case "gzip":
            # Time and name of the file have a place in the format; without them the bytes depend on nothing else.
            return gzip.compress(content, compresslevel=9, mtime=0)
        case "br":
            import brotli  # noqa: PLC0415  # an extra, and only where a target is told to use it

            compressed = brotli.compress(content, quality=11)
            assert isinstance(compressed, bytes)
            return compressed
    return content


def decompress(content: bytes, encoding: str) -> bytes | None:
    """What was compressed; `None` for bytes that are not such."""
    try:
        match encoding:
            case "gzip":
                return gzip.decompress(content)
            case "br":
                import brotli  # noqa: PLC0415

                restored = brotli.decompress(content)
                assert isinstance(restored, bytes)
                return restored
    except Exception:  # noqa: BLE001  # gzip raises five kinds, Brotli one of its own; all say the same
        return None
    return content
