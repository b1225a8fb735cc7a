"""Files as they are sent compressed: the same bytes for the same content, whenever and wherever."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Literal, TypeAlias

from sitegen.deploy.extras import missing_library

Encoding: TypeAlias = Literal["gzip", "br"]
"""What the header `Content-Encoding` calls it."""

_SMALLEST = 512
"""Bytes; what is smaller hardly gets smaller still."""

_TEXT = ("text/", "application/json", "application/xml", "image/svg+xml", "application/manifest+json")
_TEXT_ENDINGS = ("+xml", "+json")


_GZIP = 31
"""What zlib calls its largest window within gzip's format."""


class NotCompressedError(Exception):
    """Content is not in the encoding that it is said to be in."""


def is_worth_compressing(content_type: str, size: int) -> bool:
    """Whether a file of this type and size gets notably smaller."""
    kind = content_type.partition(";")[0].strip()
    return size >= _SMALLEST and (kind.startswith(_TEXT) or kind.endswith(_TEXT_ENDINGS))


def require(encoding: Encoding) -> None:
    """Raises `SitegenError` when the library for an encoding is missing."""
    if encoding == "br" and find_spec("brotli") is None:
        raise missing_library("Brotli", "brotli")


def compressed(parts: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The content in an encoding, in parts; an encoding that is not ours leaves it as it is."""
    match encoding:
        case "gzip":
            # A format with room for a time and a name; zlib leaves both empty, so the bytes depend on nothing else.
            deflated = zlib.compressobj(level=9, wbits=_GZIP)
            for part in parts:
                yield deflated.compress(part)
            yield deflated.flush()
        case "br":
            import brotli  # noqa: PLC0415  # an extra, and only where a target is told to use it

            brotlied = brotli.Compressor(quality=11)
            for part in parts:
                yield brotlied.process(part)
            yield brotlied.finish()
        case _:
            yield from parts


def decompressed(parts: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """What was compressed, in parts. Raises `NotCompressedError` for bytes that are not such, or not all of them."""
    match encoding:
        case "gzip":
            inflated = zlib.decompressobj(wbits=_GZIP)
            try:
                for part in parts:
                    yield inflated.decompress(part)
            except zlib.error as error:
                raise NotCompressedError from error
            if not inflated.eof:
                raise NotCompressedError
        case "br":
            import brotli  # noqa: PLC0415

            restored = brotli.Decompressor()
            try:
                for part in parts:
                    yield restored.process(part)
            except brotli.error as error:
                raise NotCompressedError from error
            if not restored.is_finished():
                raise NotCompressedError
        case _:
            yield from parts
