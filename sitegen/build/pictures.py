"""The sizes of the pictures of a project."""

from __future__ import annotations

import contextlib
import posixpath
import re
import warnings
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

from sitegen.build.inputs import read_again
from sitegen.errors import SitegenError
from sitegen.model import Digest, SourcePath

BITMAP_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico"})
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""A number as SVG writes it."""

PNG_BEGINNING = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
MANY_PIXELS = 50_000_000
"""What Pillow is asked about, which knows what is too much."""

LARGEST = 1_000_000
"""Pixels of a side. A drawing may say any number, and the largest are none that can be kept."""

Size: TypeAlias = tuple[int, int] | None


class Pictures:
    """The sizes of the pictures of a project, by content and ending of the name; each is read once for ever."""

    def __init__(
        self, project: Path, digests: Mapping[SourcePath, Digest], known: Mapping[bytes, Size]
    ) -> None:
        self._project = project
        self._digests = digests
        self._known = dict(known)

    def size(self, source: SourcePath) -> Size:
        """Width and height in CSS pixels as a browser shows the picture; `None` when it does not tell them.

        Raises `SitegenError` when the file cannot be read.
        """
        key = self._key(source)
        if key not in self._known:
            self._known[key] = _size(read_again(self._project, source, self._digests[source]), source)
        return self._known[key]

    def measure_all(self) -> Iterator[None]:
        """Reads the size of one picture with each step; what is wrong with one is told when it is used."""
        for source in self._digests:
            if _ending(source) in BITMAP_ENDINGS:
                with contextlib.suppress(SitegenError):
                    self.size(source)
                yield

    def known(self) -> dict[bytes, Size]:
        """The sizes of the pictures that the project still has."""
        return {key: self._known[key] for key in map(self._key, self._digests) if key in self._known}

    def _key(self, source: SourcePath) -> bytes:
        return self._digests[source] + _ending(source).encode()


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].lower()


def _size(content: bytes, name: str) -> Size:
    ending = _ending(name)
    if ending == ".svg":
        return _svg_size(content)
    return _plain_png_size(content) or _bitmap_size(content) if ending in BITMAP_ENDINGS else None


def _plain_png_size(content: bytes) -> Size:
    """The size of a PNG with a whole header, nothing in EXIF before its pixels and not too many of these.

    `None` for all others. Most blogs have pictures of this kind alone, and to import Pillow takes 20 ms and more.
    """
    header, pixels = content[12:29], content.find(b"IDAT")
    if not content.startswith(PNG_BEGINNING) or pixels < 0 or b"eXIf" in content[:pixels]:
        return None
    if crc32(header) != int.from_bytes(content[29:33], "big"):
        return None
    width, height = int.from_bytes(header[4:8], "big"), int.from_bytes(header[8:12], "big")
    return (width, height) if 0 < width * height <= MANY_PIXELS else None


def _bitmap_size(content: bytes) -> Size:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # costs 20 ms and more

    try:
        # Pillow warns of a picture that is large or damaged, in words that name no file.
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(content)) as image:
            width, height = image.size
            # A PNG would be decoded whole to look for EXIF behind its pixels.
            may_turn = image.format != "PNG" or "exif" in image.info
            orientation = image.getexif().get(0x0112) if may_turn else None  # of whatever type the file says
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    swaps_sides = isinstance(orientation, int) and orientation >= 5
    return (height, width) if swaps_sides else (width, height)


def _svg_size(content: bytes) -> Size:
    """From `width` and `height`, else from `viewBox`; nothing beyond the root element is parsed."""
    from xml.etree.ElementTree import ParseError, iterparse  # noqa: PLC0415  # only sites with SVG pictures need it

    try:
        _, root = next(iter(iterparse(BytesIO(content), ("start",))))  # noqa: S314  # one element, and expat bounds entities
    except (ParseError, StopIteration, ValueError, LookupError):  # the last for an unknown encoding
        return None
    box = [_number(text) for text in root.get("viewBox", "").replace(",", " ").split()]
    of_box = box[2:] if len(box) == 4 else [0.0, 0.0]
    said = [_number(root.get(name, "").strip().removesuffix("px")) for name in ("width", "height")]
    width, height = (length or side for length, side in zip(said, of_box, strict=True))
    return (round(width), round(height)) if 1 <= width <= LARGEST and 1 <= height <= LARGEST else None


def _number(text: str) -> float:
    """What a drawing says of its size; 0 for what is no number, such as a percentage."""
    return float(text) if NUMBER.fullmatch(text) else 0.0
