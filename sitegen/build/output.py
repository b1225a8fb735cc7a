"""Writing: the output folder, in which every file is whole at every moment and only our own is ever replaced.

A build stages what it has rendered beside its destination under a temporary name, and only when every page is
there does it move them into place. A list of the files that sitegen owns lies in the folder itself; it names a
file before that file is written and until after it is deleted, so ownership survives any interruption.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from sitegen.build.inputs import signature_of
from sitegen.errors import GuardError, Problem, SitegenError
from sitegen.model import OutputPath, Signature

OWNED_LIST = ".sitegen-files"
"""The list of our files in the output folder: one path a line, sorted."""

WRITING = ".sitegen-writing"
"""Lies in the output folder while a build writes to it, so that the next one sees an interruption."""

TEMPORARY = ".sitegen-new"
"""Ends the name of a file that is not yet in place."""


class Output:
    """One output folder during one build. Paths are relative to it."""

    def __init__(self, folder: Path, remembered: Iterable[OutputPath] = ()) -> None:
        """Looks at a folder; `remembered` are files that the ledger says we wrote."""
        self.folder = folder
        self._root = str(folder)
        self._was_there = folder.is_dir()
        self._listed = _read_owned(folder)
        self._owned = self._listed.union(remembered)
        self._folders: set[str] = set()

    @property
    def owned(self) -> frozenset[str]:
        """The files that sitegen wrote, or was about to write when it was interrupted."""
        return self._owned

    def signature(self, path: OutputPath) -> Signature | None:
        """How a file of the site looks, `None` when it is missing or no plain file."""
        try:
            status = os.lstat(f"{self._root}/{path}")
        except OSError:
            return None
        return signature_of(status) if stat.S_ISREG(status.st_mode) else None

    def vandalised(self, written: Mapping[OutputPath, Signature]) -> frozenset[OutputPath]:
        """Those files that do not look as they did when they were written."""
        return frozenset(path for path, signature in written.items() if self.signature(path) != signature)

    def claim(self, paths: Collection[OutputPath]) -> None:
        """Notes that `paths` are ours, before any of them is written.

        Raises `GuardError` when something stands in the way that sitegen did not write.
        """
        foreign = sorted(
            path for path in paths if path not in self._owned and os.path.lexists(f"{self._root}/{path}")
        )
        if foreign:
            raise GuardError([_in_the_way(self.folder, path) for path in foreign])
        with _problems_named(WRITING, self.folder):
            os.makedirs(self._root, exist_ok=True)
            if os.path.exists(f"{self._root}/{WRITING}"):
                self._sweep()
            with open(f"{self._root}/{WRITING}", "wb"):
                pass
        self._write_owned(self._owned.union(paths))

    def _sweep(self) -> None:
        """Removes what an interrupted build left beside the places of its files."""
        for path in self._owned:
            with contextlib.suppress(OSError):
                os.unlink(f"{self._root}/{path}{TEMPORARY}")
        self._owned = frozenset(path for path in self._owned if os.path.lexists(f"{self._root}/{path}"))

    def stage(self, path: OutputPath, content: bytes) -> bool:
        """Puts content beside its destination; `False` when the destination holds just these bytes already."""
        destination = f"{self._root}/{path}"
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._make_folder(folder)
        if _holds(destination, content):
            return False
        with _problems_named(path, self.folder), open(destination + TEMPORARY, "wb", buffering=0) as file:
            file.write(content)
        return True

    def _make_folder(self, folder: str) -> None:
        """Makes a folder with those above it; raises `GuardError` where a link would lead out of the output."""
        parts = folder.split("/") if folder else []
        for depth in range(1, len(parts) + 1):
            place = "/".join(parts[:depth])
            if place in self._folders:
                continue
            path = f"{self._root}/{place}"
            if os.path.islink(path):
                raise GuardError(_in_the_way(self.folder, place))
            with _problems_named(place, self.folder), contextlib.suppress(FileExistsError):
                if place in self._owned and os.path.isfile(path):
                    os.unlink(path)
                os.mkdir(path)
            self._folders.add(place)
        self._folders.add(folder)

    def commit(self, staged: Iterable[OutputPath]) -> None:
        """Moves what is staged into place, in this order."""
        for path in staged:
            destination = f"{self._root}/{path}"
            with _problems_named(path, self.folder):
                if os.path.isdir(destination) and not os.path.islink(destination):
                    self._remove_own_folder(path)
                os.replace(destination + TEMPORARY, destination)

    def _remove_own_folder(self, folder: str) -> None:
        """Makes way for a file where a folder of earlier pages stands; anything foreign in it stays and stops us."""
        for path in sorted(self._owned):
            if path.startswith(f"{folder}/"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{self._root}/{path}")
                self._remove_empty_folders(os.path.dirname(path))
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(f"{self._root}/{folder}")

    def abandon(self, paths: Iterable[OutputPath]) -> None:
        """Removes what may have been staged of `paths`; the folder is as it was."""
        for path in paths:
            with contextlib.suppress(OSError):
                os.unlink(f"{self._root}/{path}{TEMPORARY}")
            self._remove_empty_folders(os.path.dirname(path))
        with contextlib.suppress(OSError, SitegenError):
            if self._listed:
                self._write_owned(self._listed)
            else:
                os.unlink(f"{self._root}/{OWNED_LIST}")
        with contextlib.suppress(OSError):
            os.unlink(f"{self._root}/{WRITING}")
            if not self._was_there:
                os.rmdir(self._root)

    def prune(self, wanted: Iterable[OutputPath]) -> int:
        """Deletes our files that are no longer wanted, and says how many; folders left empty go too."""
        keep = frozenset(wanted)
        deleted = 0
        for path in sorted(self._owned - keep):
            if self._leads_out(path):
                continue
            with (
                _problems_named(path, self.folder),
                contextlib.suppress(FileNotFoundError, NotADirectoryError),
            ):
                os.unlink(f"{self._root}/{path}")
                deleted += 1
            self._remove_empty_folders(os.path.dirname(path))
        self._write_owned(keep)
        with contextlib.suppress(OSError):
            os.unlink(f"{self._root}/{WRITING}")
        return deleted

    def _leads_out(self, path: str) -> bool:
        """Whether a folder above `path` has become a link, so that what is there is not ours."""
        folder = os.path.dirname(path)
        while folder:
            if os.path.islink(f"{self._root}/{folder}"):
                return True
            folder = os.path.dirname(folder)
        return False

    def _remove_empty_folders(self, folder: str) -> None:
        while folder:
            try:
                os.rmdir(f"{self._root}/{folder}")
            except OSError:
                return
            folder = os.path.dirname(folder)

    def _write_owned(self, paths: Collection[str]) -> None:
        owned = frozenset(paths)
        if owned != self._listed or not self._listed:
            content = "".join(f"{path}\n" for path in sorted(owned)).encode()
            destination = f"{self._root}/{OWNED_LIST}"
            with _problems_named(OWNED_LIST, self.folder):
                with open(destination + TEMPORARY, "wb", buffering=0) as file:
                    file.write(content)
                os.replace(destination + TEMPORARY, destination)
            self._listed = owned
        self._owned = owned


def _in_the_way(folder: Path, path: str) -> Problem:
    return Problem(
        code="output",
        message="this file was not written by sitegen and would be replaced. "
        "Move it away, or build elsewhere with --output.",
        path=f"{folder.name}/{path}",
    )


def _read_owned(folder: Path) -> frozenset[str]:
    try:
        lines = (folder / OWNED_LIST).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(
        line for line in lines if line and not line.startswith("/") and ".." not in line.split("/")
    )


def _holds(destination: str, content: bytes) -> bool:
    """Whether a file exists with exactly this content."""
    try:
        with open(destination, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            return size == len(content) and file.read() == content and not os.path.islink(destination)
    except OSError:
        return False


@contextlib.contextmanager
def _problems_named(path: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SitegenError(
            Problem(
                code="output",
                message=f"cannot write this file: {error.strerror}",
                path=f"{folder.name}/{path}",
            )
        ) from error
