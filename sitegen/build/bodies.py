"""Bodies in the memo: what loading rendered, as the state keeps it and every process reads it."""

from __future__ import annotations

import lz4.block
import msgspec

from sitegen.build.state import StateError, StateReader
from sitegen.model import Body, Digest

_decoder = msgspec.msgpack.Decoder(Body)


class StateBodies:
    """Bodies as the state keeps them."""

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader

    def get(self, digest: Digest) -> Body:
        """The body with this digest. Raises `StateError` when the state has lost it."""
        return decode_body(self._reader.state.body(digest))


def compressed_body(encoded: bytes) -> bytes:
    """An encoded body as the memo keeps it, which takes a quarter of the room on disk and of the way there."""
    content: bytes = lz4.block.compress(encoded)
    return content


def decode_body(content: bytes) -> Body:
    """A body as the memo keeps it. Raises `StateError` for anything else."""
    try:
        return _decoder.decode(lz4.block.decompress(content))
    except (lz4.block.LZ4BlockError, ValueError, MemoryError) as error:
        raise StateError(str(error)) from error
