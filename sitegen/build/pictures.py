"""The sizes of the pictures of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias
from xml.etree.ElementTree import ParseError, iterparse

from sitegen.model import Digest, SourcePath

LENGTH = re.compile(r"\s*([0-9.]+)\s*(px|)\s*$")


Size: TypeAlias = tuple[int, int] | None


class Pictures:
    """The sizes of the pictures of a project, by the digests of their contents; each is read once for ever."""

    def __init__(
        self, project: Path, digests: Mapping[SourcePath, Digest], known: Mapping[Digest, Size]
    ) -> None:
        self._project = project
        self._digests = digests
        self._known = dict(known)

    def size(self, source: SourcePath) -> Size:
        """Width and height in CSS pixels as a browser shows the picture; `None` when they cannot be read."""
        digest = self._digests[source]
        if digest not in self._known:
            path = self._project / source
            self._known[digest] = _svg_size(path) if source.lower().endswith(".svg") else _bitmap_size(path)
        return self._known[digest]

    def known(self) -> dict[Digest, Size]:
        """The sizes of the pictures that the project still has."""
        return {digest: self._known[digest] for digest in self._digests.values() if digest in self._known}


def _bitmap_size(path: Path) -> tuple[int, int] | None:
    if path.suffix.lower() not in {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico"}:
        return None
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # costs 40 ms, and only sites with pictures need it

    try:
        with Image.open(path) as image:
            width, height = image.size
            # A PNG would be decoded whole to look for EXIF behind its pixels.
            may_turn = image.format != "PNG" or "exif" in image.info
            turned = may_turn and image.getexif().get(0x0112, 1) >= 5  # orientations that swap the sides
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return (height, width) if turned else (width, height)


def _svg_size(path: Path) -> tuple[int, int] | None:
    """From `width` and `height`, else from `viewBox`; nothing beyond the root element is parsed."""
    try:
        with path.open("rb") as file:
            _, root = next(iter(iterparse(file, ("start",))))  # noqa: S314  # one element, and expat bounds entities
    except (OSError, ParseError, StopIteration, ValueError):
        return None
    sides = [LENGTH.match(root.get(name, "")) for name in ("width", "height")]
    box = [float(number) for number in re.findall(r"-?[0-9.]+", root.get("viewBox", ""))]
    width = float(sides[0][1]) if sides[0] else (box[2] if len(box) == 4 else 0.0)
    height = float(sides[1][1]) if sides[1] else (box[3] if len(box) == 4 else 0.0)
    return (round(width), round(height)) if width >= 1 and height >= 1 else None
