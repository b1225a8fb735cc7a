"""Written files: how each file of a site looked to `stat` after it was written.

Every build compares all of them, so they are kept in one column: for each file the four numbers of its signature.
"""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Collection
from pathlib import Path

from sitegen.build.state_folder import StateFolder, name_for
from sitegen.model import OutputPath, Signature, Value

WHOLE = (1 << 64) - 1
"""What fits into a number of the column; a moment before 1970 becomes a large one."""

ROW = 32
"""Bytes of a signature in the column."""

NOT_THERE = bytes(ROW)
"""The row of a file that is missing or no plain file; no file has it."""


class WrittenFiles(Value, frozen=True):
    """The files of a site as they looked when they were written."""

    paths: tuple[OutputPath, ...] = ()
    looks: bytes = b""
    """A row for each."""

    def changed(self, folder: Path) -> frozenset[OutputPath]:
        """Those that do not look as they did."""
        now = looks_of(folder, self.paths)
        if now == self.looks:
            return frozenset()
        pairs = zip(self.paths, rows(self.looks, ROW), rows(now, ROW), strict=True)
        return frozenset(path for path, before, after in pairs if before != after)


NO_FILES = WrittenFiles()


def column_name(column: str, folder: Path) -> str:
    """What a column of the ledger of an output folder is called in the state."""
    return name_for(column, folder)


def remembered_files(state: StateFolder, folder: Path) -> WrittenFiles:
    """The files of an output folder, none at first. Raises `StateError` for what no build wrote."""
    return WrittenFiles(
        paths=state.load(column_name("paths", folder), tuple[OutputPath, ...]) or (),
        looks=state.load(column_name("looks", folder), bytes) or b"",
    )


def looks_of(folder: Path, paths: Collection[OutputPath]) -> bytes:
    """How files of a site look now, a row for each."""
    try:
        root = os.open(
            folder, os.O_RDONLY | os.O_DIRECTORY
        )  # so that the way there is not gone for each file
    except OSError:
        return NOT_THERE * len(paths)
    try:
        numbers = array("Q")
        missing = array("Q", NOT_THERE)
        for path in paths:
            try:
                status = os.lstat(path, dir_fd=root)
            except OSError:
                numbers.extend(missing)
                continue
            if stat.S_ISREG(status.st_mode):
                moments = (status.st_mtime_ns & WHOLE, status.st_ctime_ns & WHOLE)
                numbers.extend((*moments, status.st_size, status.st_ino))
            else:
                numbers.extend(missing)
    finally:
        os.close(root)
    return numbers.tobytes()


def rows(column: bytes, width: int) -> list[bytes]:
    """The rows of a column."""
    return [column[start : start + width] for start in range(0, len(column), width)]


def signature_in(row: bytes) -> Signature:
    """The signature in a row."""
    mtime_ns, ctime_ns, size, inode = array("Q", row)
    return Signature(mtime_ns=mtime_ns, ctime_ns=ctime_ns, size=size, inode=inode)
