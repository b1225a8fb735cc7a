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


def leads_out(path: Path | str, project: Path | str) -> bool:
    """Whether a path, its links followed, is that of something outside the project."""
    return not (os.path.realpath(path) + os.sep).startswith(os.path.realpath(project) + os.sep)


LEADS_OUT = "is a link that leads out of the project: copy what it shows into the project"


def files_below(folder: Path, shown: str, project: Path) -> Iterator[str]:
    """The paths of all files below a folder, relative to it, sorted within each folder; none where it is missing.

    Names that begin with a dot are passed over. Raises `SitegenError` for what cannot be read, for a link that leads
    out of the project and, so that no walk goes in a circle, for one to a folder.
    """
    if leads_out(folder, project):
        raise SitegenError(Problem(code="file", message=LEADS_OUT, path=shown))
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
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError as error:
            raise SitegenError(unreadable(place, error)) from error
        if entry.is_symlink():
            _check_link(entry.path, place, project, to_folder=is_folder)
        if is_folder:
            yield from (f"{entry.name}/{name}" for name in files_below(folder / entry.name, place, project))
        elif is_file:
            yield entry.name


def _check_link(link: str, shown: str, project: Path, *, to_folder: bool) -> None:
    if leads_out(link, project):
        raise SitegenError(Problem(code="file", message=LEADS_OUT, path=shown))
    if to_folder:
        message = "is a link to a folder, which is not followed here: copy the folder"
        raise SitegenError(Problem(code="file", message=message, path=shown))
