"""The planned pages, encoded until they are asked for: an edit concerns few of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from sitegen.build.recipes import Page
from sitegen.build.state import StateError
from sitegen.model import OutputPath

_decoder = msgspec.msgpack.Decoder(Page)
encode_page = msgspec.msgpack.Encoder().encode


class PlannedPages(Mapping[OutputPath, Page]):
    """Every file of the site by its path, in the order of writing."""

    def __init__(self, paths: Sequence[OutputPath], encoded: Sequence[bytes]) -> None:
        """Takes the pages as `encode_page` gives them. Raises `StateError` if these are not as many as the paths."""
        if len(paths) != len(encoded):
            raise StateError("a part of the plan is missing")
        self._encoded = dict(zip(paths, encoded, strict=True))

    def __getitem__(self, path: OutputPath) -> Page:
        """The page, decoded anew each time. Raises `StateError` for what no build wrote."""
        try:
            return _decoder.decode(self._encoded[path])
        except msgspec.DecodeError as error:
            raise StateError(str(error)) from error

    def __contains__(self, path: object) -> bool:
        return path in self._encoded

    def __iter__(self) -> Iterator[OutputPath]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)
