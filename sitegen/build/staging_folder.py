"""The staging folder: where the files of a build wait until every page is there.

It lies in the output, so what waits comes into place by a rename. What is renamed is a *unit*, the topmost part of
a path that is not there yet: a file, where its folder stands already, or a whole new folder. So the folders of a
first build are made by the processes that render their pages, and a few renames put the site into place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat

from sitegen.digests import hash_bytes
from sitegen.model import OutputPath

STAGING = ".sitegen-new"
"""The folder in the output for files that are not yet in place. It is there while a build writes, and after a
build that was killed."""

STAGED_NAME = re.compile(r"[0-9a-f]{32}")
"""The name of a unit there: the digest of its path, which any process can tell."""


class StagingFolder:
    """The staging folder of one output during one build. All processes of the build use it."""

    def __init__(self, output: str) -> None:
        self._output = output
        self._place = f"{output}/{STAGING}"
        self._is_there: dict[str, bool] = {}
        self._made: set[str] = set()

    def begin(self) -> None:
        """Makes the folder, empty of what an interrupted build has left."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._place)
        self.empty()

    def unit(self, path: OutputPath) -> str:
        """What is moved to bring a file into place: its own path, or that of the topmost folder that is new.

        What there was at the first question counts for the whole build.
        """
        end = path.find("/")
        while end >= 0:
            folder = path[:end]
            is_there = self._is_there.get(folder)
            if is_there is None:
                is_there = self._is_there[folder] = self._is_folder(folder)
            if not is_there:
                return folder
            end = path.find("/", end + 1)
        return path

    def _is_folder(self, folder: str) -> bool:
        try:
            return stat.S_ISDIR(os.lstat(f"{self._output}/{folder}").st_mode)
        except OSError:
            return False  # what is wrong with it is told when something is to be put there

    def put(self, path: OutputPath, content: bytes) -> None:
        """Lets a file wait."""
        unit = self.unit(path)
        place = self._waiting(unit) + path[len(unit) :]
        if unit != path:
            self._make_folder(place.rpartition("/")[0])
        _write(place, content)

    def _make_folder(self, folder: str) -> None:
        """Makes a folder below the staging folder, with those above it; another process may do the same."""
        if folder in self._made or folder == self._place:
            return
        self._make_folder(folder.rpartition("/")[0])
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder)
        self._made.add(folder)

    def move(self, unit: str) -> None:
        """Puts a unit into its place, where it replaces a file but no folder that holds anything."""
        os.replace(self._waiting(unit), f"{self._output}/{unit}")

    def _waiting(self, unit: str) -> str:
        return f"{self._place}/{hash_bytes(unit.encode()).hex()}"

    def empty(self) -> None:
        """Removes what this or an interrupted build lets wait; anything else in there is not ours."""
        with os.scandir(self._place) as entries:
            for entry in entries:
                if not STAGED_NAME.fullmatch(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    from shutil import rmtree  # noqa: PLC0415  # only after a build that failed

                    rmtree(entry.path)
                else:
                    os.unlink(entry.path)

    def remove(self) -> None:
        """Removes the folder, unless there is something in it that is not ours."""
        try:
            os.rmdir(self._place)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise


def _write(place: str, content: bytes) -> None:
    """Makes a new file. A single `write` may stop short: at a full disk, a limit or two gigabytes."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
