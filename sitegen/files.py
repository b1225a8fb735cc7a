"""Reading files of the user: what cannot be read is a problem that names the file, whatever the system calls it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sitegen.errors import Problem, SitegenError


def read_file(path: Path | str, shown: str) -> bytes:
    """The content of a file. Raises `SitegenError` naming it as `shown` when it cannot be read."""
    try:
        # `Path.read_bytes` takes twice as long for a file of the size of a post.
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except OSError as error:
        raise SitegenError(unreadable(shown, error)) from error


def unreadable(shown: str, error: OSError) -> Problem:
    """What is told of a file or folder that the system does not let us read."""
    return Problem(code="file", message=f"cannot be read: {error.strerror}", path=shown)


def files_below(folder: Path, shown: str) -> Iterator[str]:
    """The paths of all files below a folder, relative to it, sorted within each folder; none where it is missing.

    Names that begin with a dot are passed over, and links to folders are not followed. Raises `SitegenError`
    for what cannot be read.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise SitegenError(unreadable(shown, error)) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        place = f"{shown}/{entry.name}"
        try:
            is_folder, is_file = entry.is_dir(follow_symlinks=False), entry.is_file()
        except OSError as error:
            raise SitegenError(unreadable(place, error)) from error
        if is_folder:
            yield from (f"{entry.name}/{name}" for name in files_below(folder / entry.name, place))
        elif is_file:
            yield entry.name
