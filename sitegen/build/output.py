"""Writing: the output folder, in which every file is whole at every moment and only our own is ever replaced.

A build stages what it has rendered in a folder of its own inside the output, and only when every page is there
does it move them into place. A list of the files that sitegen owns lies in the output too; it names a file before
that file is put there and until after it is deleted, so ownership survives any interruption.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from sitegen.build.staging_folder import STAGING, StagingFolder
from sitegen.build.written import NO_FILES, WrittenFiles
from sitegen.errors import GuardError, Problem, SitegenError, UnfinishedError
from sitegen.model import OutputPath

OWNED_LIST = ".sitegen-files"
"""The list of our files in the output folder: one path a line, sorted."""

OWN_NAMES = (OWNED_LIST, STAGING)
"""The names in the output folder that no file of a site can have."""

LONGEST_PATH = 4000
NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)

FOREIGN = "this file was not written by sitegen and would be replaced. Move it away, or build elsewhere with --output."
LINK = "this is a link, and sitegen writes through none. Move it away, or build elsewhere with --output."


class Output:
    """One output folder during one build. Paths are relative to it."""

    def __init__(self, folder: Path, written: WrittenFiles = NO_FILES) -> None:
        """Looks at a folder. `written` are the files that the ledger says we wrote, as they looked then."""
        self.folder = folder
        self._root = str(folder)
        self._staging = StagingFolder(self._root)
        self._was_there = folder.is_dir()
        listed, is_sound = _read_list(folder, written.paths)
        self._listed = listed if is_sound else frozenset()
        self._before = listed
        if not listed.issuperset(written.paths):
            self._before = listed.union(frozenset(written.paths) - written.changed(folder))
        self._owned = self._before
        self._placed: set[str] = set()
        self._has_changed = False

    @property
    def owned(self) -> frozenset[str]:
        """The files that sitegen wrote, or was about to write when it was interrupted."""
        return self._owned

    @contextlib.contextmanager
    def writing(self, wanted: Iterable[OutputPath], outdated: Iterable[OutputPath]) -> Iterator[None]:
        """Holds the folder for writing `outdated`, which are among all the files that are `wanted` in the end.

        Raises `GuardError` naming everything in the way that is not ours, and when another build is writing;
        then, and after an error before the first `commit`, the folder is as it was. Raises `UnfinishedError` for
        later ones.
        """
        with self._held():
            with _problems_named("", self.folder):
                problems = sorted(set(self._in_the_way(outdated)), key=lambda problem: problem.path or "")
            if problems:
                raise GuardError(problems)
            try:
                self._begin(wanted)
                yield
                self._end()
            except BaseException as error:
                with contextlib.suppress(OSError, SitegenError):
                    self._give_up()
                if isinstance(error, SitegenError) and self._has_changed:
                    raise UnfinishedError(error.problems) from error
                raise

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """Keeps other builds from writing to the same folder, whatever project they are of."""
        with _problems_named("", self.folder):
            os.makedirs(self._root, exist_ok=True)
            descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with contextlib.suppress(OSError):  # some network file systems lock no folders
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    message = "another build is writing to this folder. Wait for it, or end it."
                    raise GuardError(Problem(code="lock", message=message, path=self.folder.name)) from None
            yield
        finally:
            os.close(descriptor)

    def _in_the_way(self, outdated: Iterable[OutputPath]) -> Iterator[Problem]:
        """Whatever stands where `outdated` or sitegen's own names go, and is not ours."""
        if self._mode(OWNED_LIST) and not stat.S_ISREG(self._mode(OWNED_LIST)):
            yield self._problem(OWNED_LIST, FOREIGN)
        if self._mode(STAGING) and not stat.S_ISDIR(self._mode(STAGING)):
            yield self._problem(STAGING, FOREIGN)
        seen: dict[str, int] = {}
        for path in outdated:
            place = ""
            for part in path.split("/")[:-1]:
                place = f"{place}/{part}" if place else part
                mode = seen[place] if place in seen else self._mode(place)
                seen[place] = mode
                if stat.S_ISLNK(mode) and place not in self._owned:
                    yield self._problem(place, LINK)
                elif mode and not stat.S_ISDIR(mode) and place not in self._owned:
                    yield self._problem(place, FOREIGN)
                if not stat.S_ISDIR(mode):
                    break
            else:
                if stat.S_ISDIR(self._mode(path)):
                    yield from (
                        self._problem(leaf, FOREIGN) for leaf in self._leaves(path) if leaf not in self._owned
                    )
                elif path not in self._owned and self._mode(path):
                    yield self._problem(path, FOREIGN)

    def _mode(self, path: str) -> int:
        """What kind of thing is at a path; 0 for nothing."""
        try:
            return os.lstat(f"{self._root}/{path}").st_mode
        except OSError as error:
            if error.errno in NOTHING_THERE:
                return 0
            raise

    def _leaves(self, folder: str) -> Iterator[str]:
        """Everything below a folder that is no folder itself."""
        for entry in sorted(os.scandir(f"{self._root}/{folder}"), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield from self._leaves(f"{folder}/{entry.name}")
            else:
                yield f"{folder}/{entry.name}"

    def _begin(self, wanted: Iterable[OutputPath]) -> None:
        with _problems_named(STAGING, self.folder):
            self._staging.begin()
        self._write_list(self._owned.union(wanted))

    def _end(self) -> None:
        with _problems_named(STAGING, self.folder):
            self._staging.remove()

    def _give_up(self) -> None:
        """Takes back what was staged and claimed; what is in place already stays, and stays ours."""
        with contextlib.suppress(FileNotFoundError):
            self._staging.empty()
        ours = self._before.union(self._placed)
        if self._has_changed:
            gone = {path for path in ours if not self._mode(path)}
            for path in gone:
                self._remove_empty_folders(path)
            ours -= gone
        if ours:
            self._write_list(ours)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self._root}/{OWNED_LIST}")
        with contextlib.suppress(FileNotFoundError):
            self._staging.remove()
        if not self._was_there:
            os.rmdir(self._root)

    def stage(self, path: OutputPath, content: bytes) -> bool:
        """Keeps content for `commit`; `False` when the destination holds just these bytes already."""
        with _problems_named(path, self.folder):
            if self._staging.unit(path) == path and self._holds(path, content):  # a new folder holds nothing
                return False
            self._staging.put(path, content)
        return True

    def _holds(self, path: str, content: bytes) -> bool:
        """Whether a plain file has exactly this content."""
        place = f"{self._root}/{path}"
        try:
            status = os.lstat(place)
            if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
                return False
            with open(place, "rb", buffering=0) as file:
                return file.read() == content
        except OSError:
            return False

    def commit(self, staged: Iterable[OutputPath]) -> None:
        """Moves what is staged into place, in this order; a folder that is new comes with its first file."""
        units: dict[str, list[OutputPath]] = {}
        for path in staged:
            units.setdefault(self._staging.unit(path), []).append(path)
        for unit, paths in units.items():
            with _problems_named(paths[0], self.folder):
                self._placed.update(paths)
                self._has_changed = True
                self._move(unit)

    def _move(self, unit: str) -> None:
        """Puts a file or folder into place, in place of a folder or file of ours if there is one."""
        try:
            self._staging.move(unit)
        except IsADirectoryError:
            self._remove_own_folder(unit)
        except NotADirectoryError:
            if unit not in self._owned:
                raise
            os.unlink(f"{self._root}/{unit}")
        else:
            return
        self._staging.move(unit)

    def _remove_own_folder(self, folder: str) -> None:
        """Makes way for a file where a folder of earlier pages stands; anything foreign in it stays and stops us."""
        for path in list(self._leaves(folder)):
            if path in self._owned:
                os.unlink(f"{self._root}/{path}")
        for place, _, _ in os.walk(f"{self._root}/{folder}", topdown=False):
            os.rmdir(place)

    def prune(self, wanted: Iterable[OutputPath]) -> int:
        """Deletes our files that are not wanted, and says how many; folders left empty go too."""
        keep = frozenset(wanted)
        deleted = 0
        for path in sorted(self._owned - keep):
            with _problems_named(path, self.folder, "delete"):
                deleted += self._delete(path)
        self._write_list(keep)
        return deleted

    def _delete(self, path: str) -> bool:
        """Deletes a plain file; what else is in its place, be it a link, or lies behind a link is not ours."""
        if self._is_behind_link(path):
            return False
        mode = self._mode(path)
        is_ours = stat.S_ISREG(mode)
        if is_ours:
            self._has_changed = True
            os.unlink(f"{self._root}/{path}")
        self._remove_empty_folders(path)
        return is_ours

    def _is_behind_link(self, path: str) -> bool:
        return any(stat.S_ISLNK(self._mode(folder)) for folder in _folders_of(path))

    def _remove_empty_folders(self, path: str) -> None:
        """Deletes the folders in which a file was, as far as nothing is in them and they are no links."""
        if self._is_behind_link(path):
            return
        for folder in reversed(_folders_of(path)):
            try:
                os.rmdir(f"{self._root}/{folder}")
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
                    break
                if error.errno not in NOTHING_THERE:
                    raise

    def _write_list(self, paths: Collection[str]) -> None:
        owned = frozenset(paths)
        if owned != self._listed:
            content = _list_of(owned)
            with _problems_named(OWNED_LIST, self.folder):
                if self.stage(OutputPath(OWNED_LIST), content):
                    self._staging.move(OWNED_LIST)
            self._listed = owned
        self._owned = owned

    def _problem(self, path: str, message: str) -> Problem:
        return Problem(code="output", message=message, path=f"{self.folder.name}/{path}")


def was_interrupted(folder: Path) -> bool:
    """Whether a build that wrote to this folder did not come to its end."""
    return os.path.lexists(folder / STAGING)


def _list_of(paths: Iterable[str]) -> bytes:
    return "".join([f"{path}\n" for path in sorted(paths)]).encode()


def _read_list(folder: Path, expected: Collection[str]) -> tuple[frozenset[str], bool]:
    """The files that the list in a folder names, `expected` as a rule, and whether it is just as sitegen writes it."""
    place = folder / OWNED_LIST
    with _problems_named(OWNED_LIST, folder, "read"):
        try:
            content = place.read_bytes() if stat.S_ISREG(os.lstat(place).st_mode) else b""
        except (FileNotFoundError, NotADirectoryError):
            return frozenset(), True
    if content == _list_of(expected):
        return frozenset(expected), True
    *lines, rest = content.decode(errors="replace").split("\n")
    paths = frozenset(line for line in lines if _is_inside(line))
    return paths, not rest and len(paths) == len(lines) and lines == sorted(lines)


def _folders_of(path: str) -> list[str]:
    """`a` and `a/b` for `a/b/c`."""
    return [path[: found.start()] for found in re.finditer("/", path)]


def _is_inside(line: str) -> bool:
    is_plain = os.path.normpath(line) == line and line not in (".", "..") and "\0" not in line
    return is_plain and not line.startswith(("/", "../")) and len(line) < LONGEST_PATH


@contextlib.contextmanager
def _problems_named(path: str, folder: Path, verb: str = "write") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SitegenError(
            Problem(
                code="output",
                message=f"cannot {verb} this {'file' if path else 'folder'}: {error.strerror}",
                path=f"{folder.name}/{path}" if path else folder.name,
            )
        ) from error
