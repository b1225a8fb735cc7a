"""The target `local`: a folder of this machine, with releases and a switch, or with its files replaced in place."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sitegen.build.guards import refuse_dangerous_folder
from sitegen.config import LocalTarget
from sitegen.deploy.folder import TEMPORARY, Folder
from sitegen.deploy.lock import Lock
from sitegen.deploy.manifest import MANIFEST, Manifest, decode_manifest, encode_manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.target import Found, OutrunError, Release, Remote, Sent, Surroundings, Upload
from sitegen.errors import GuardError, Problem, SitegenError

CURRENT = "current"
"""The link to the current release, which a web server serves."""

RELEASES = "releases"
INCOMING = ".incoming"
"""The release that is being made."""


def local_remote(target: LocalTarget, surroundings: Surroundings) -> Remote:
    """The folder that the settings name. Raises `GuardError` for one that holds the project's sources."""
    root = surroundings.path(target.folder)
    refuse_dangerous_folder(root, surroundings.project, surroundings.home)
    return LocalReleases(root, target.keep_releases) if target.releases else LocalFolder(root)


class LocalFolder:
    """A folder whose files are replaced one by one."""

    is_atomic = False

    def __init__(self, root: Path) -> None:
        self.shown = str(root)
        self.root = root
        self._folder = Folder(root)
        self._lock = Lock(root, str(root))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def look(self) -> Found:
        """What the manifest in the folder says."""
        return Found(manifest=read_manifest(self._folder, self.shown))

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as they are: a folder has no headers."""
        return dict(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place something else stands."""
        return occupied(self._folder, uploads)

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing."""
        return differing(self._folder, uploads)

    def begin(self, plan: Plan) -> None:
        """Locks the folder and claims what is about to be written."""
        self._lock.take()
        if read_manifest(self._folder, self.shown) != plan.previous:
            raise outrun(self.shown)
        self._folder.write(MANIFEST, encode_manifest(plan.claim))

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Replaces files, each at once."""
        for upload in uploads:
            self._folder.write(upload.path, upload.read())
            sent(upload.path)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes files and the folders they leave empty."""
        for path in paths:
            self._folder.delete(path)
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Writes the manifest of what stands there now."""
        self._folder.write(MANIFEST, encode_manifest(manifest))

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: a folder has no caches."""

    def releases(self) -> tuple[Release, ...]:
        """The current release alone."""
        manifest = self.look().manifest
        return () if manifest is None else (as_release(manifest, is_current=True),)

    def roll_back(self, release: str) -> None:
        """Refuses: the files of earlier releases are gone."""
        raise SitegenError(no_releases(self.shown, release))


class LocalReleases:
    """A folder with releases, one of which is current."""

    is_atomic = True

    def __init__(self, root: Path, keep: int) -> None:
        self.shown = str(root)
        self.root = root
        self._keep = keep
        self._lock = Lock(root, str(root))
        self._current: str | None = None
        self._folder = Folder(root / INCOMING)
        self._is_making = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def look(self) -> Found:
        """What the manifest of the current release says."""
        self._is_making = False
        self._current = self._current_release()
        if self._current is None:
            return Found(manifest=None)
        return Found(manifest=read_manifest(self._release(self._current), self.shown))

    def _current_release(self) -> str | None:
        """The release that the link leads to. Raises `GuardError` for a link or a folder that is not ours."""
        link = self.root / CURRENT
        if not os.path.lexists(link):
            return None
        folder, _, name = os.readlink(link).partition("/") if link.is_symlink() else ("", "", "")
        if folder != RELEASES or not _is_release_name(name):
            message = f"{link} is not a link that sitegen made. Move it away, or name another folder"
            raise GuardError(Problem(code="foreign", message=message))
        return name

    def _release(self, name: str) -> Folder:
        return Folder(self.root / RELEASES / name)

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as they are: a folder has no headers."""
        return dict(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place somebody put a file into the current release."""
        return occupied(self._release(self._current), uploads) if self._current else frozenset()

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing, in the release that is being made or in the current one."""
        if self._is_making:
            return differing(self._folder, uploads)
        return differing(self._release(self._current), uploads) if self._current else _paths(uploads)

    def begin(self, plan: Plan) -> None:
        """Locks the folder and begins a release with links to all files that stay, others' included."""
        self._lock.take()
        incoming = self._folder.root
        replaced = {step.path for step in plan.steps if step.action != "headers"}
        with self._folder.named(""):
            if incoming.exists():
                shutil.rmtree(incoming)
            incoming.mkdir(parents=True)
            if self._current is not None:
                _link_tree(self._release(self._current).root, incoming, {MANIFEST, TEMPORARY, *replaced})
        self._folder = Folder(incoming)
        self._is_making = True

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Writes files into the release."""
        for upload in uploads:
            self._folder.write(upload.path, upload.read())
            sent(upload.path)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Leaves files out of the release."""
        for path in paths:
            self._folder.delete(path)
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Switches the link to the new release, then removes the oldest ones."""
        self._folder.write(MANIFEST, encode_manifest(manifest))
        self._switch(self._folder.root, manifest.release)
        self._prune()

    def _switch(self, made: Path | None, release: str) -> None:
        """Makes a release current; `made` is its folder, when it is a new one."""
        place = self.root / RELEASES / release
        link = self.root / TEMPORARY
        with self._folder.named(""):
            if self._current_release() != self._current:
                raise outrun(self.shown)
            if made is not None:
                place.parent.mkdir(exist_ok=True)
                if place.exists():  # the same release, rolled back from in the same second
                    shutil.rmtree(place)
                made.rename(place)
            with contextlib.suppress(FileNotFoundError):
                link.unlink()
            link.symlink_to(f"{RELEASES}/{release}")
            os.replace(link, self.root / CURRENT)
        self._current = release

    def _prune(self) -> None:
        for name in self._names()[: -self._keep]:
            if name != self._current:
                with self._folder.named("", "delete"):
                    shutil.rmtree(self.root / RELEASES / name)

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: a folder has no caches."""

    def _names(self) -> list[str]:
        """Every release there is, oldest first; what else lies in the folder is not ours."""
        try:
            names = os.listdir(self.root / RELEASES)
        except FileNotFoundError:
            return []
        return sorted(name for name in names if self._is_release(name))

    def _is_release(self, name: str) -> bool:
        place = self.root / RELEASES / name
        return _is_release_name(name) and (place / MANIFEST).is_file() and not place.is_symlink()

    def releases(self) -> tuple[Release, ...]:
        """Every release there is, newest first."""
        current = self._current_release()
        found = []
        for name in reversed(self._names()):
            manifest = read_manifest(self._release(name), self.shown)
            if manifest is not None:
                found.append(as_release(manifest, is_current=name == current))
        return tuple(found)

    def roll_back(self, release: str) -> None:
        """Switches the link back."""
        if release not in self._names():
            raise SitegenError(no_releases(self.shown, release))
        self._lock.take()
        self._current = self._current_release()
        self._switch(None, release)


def read_manifest(folder: Folder, shown: str) -> Manifest | None:
    """The manifest in a folder, `None` where there is none. Raises `GuardError` for a broken one."""
    content = folder.read(MANIFEST)
    return None if content is None else decode_manifest(content, shown)


def occupied(folder: Folder, uploads: Sequence[Upload]) -> frozenset[str]:
    """Those in whose place something stands that is not just the same file."""
    return frozenset(
        upload.path for upload in uploads if folder.digest(upload.path) not in (None, upload.entry.hash)
    )


def differing(folder: Folder, uploads: Sequence[Upload]) -> frozenset[str]:
    """Those whose file has other bytes or is missing."""
    return frozenset(upload.path for upload in uploads if folder.digest(upload.path) != upload.entry.hash)


def as_release(manifest: Manifest, *, is_current: bool) -> Release:
    """A release as its manifest describes it."""
    return Release(
        name=manifest.release,
        created=manifest.created,
        files=len(manifest.files),
        is_current=is_current,
        message=manifest.message,
    )


def outrun(shown: str) -> OutrunError:
    """That somebody else deployed in between."""
    message = f"somebody else keeps deploying to {shown}. Wait for him, then deploy again"
    return OutrunError(Problem(code="rival", message=message))


def no_releases(shown: str, release: str) -> Problem:
    """That a release cannot be rolled back to."""
    return Problem(
        code="release", message=f"{shown} has no release {release} to go back to. See: sitegen deploy list"
    )


def _paths(uploads: Sequence[Upload]) -> frozenset[str]:
    return frozenset(upload.path for upload in uploads)


def _is_release_name(name: str) -> bool:
    return bool(name) and "/" not in name and not name.startswith(".")


def _link_tree(source: Path, destination: Path, left_out: Collection[str], below: str = "") -> None:
    """Fills a folder with hard links to the files of another; links stay links."""
    for entry in os.scandir(source / below):
        path = f"{below}/{entry.name}" if below else entry.name
        if path in left_out and not entry.is_dir(follow_symlinks=False):
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            (destination / path).mkdir()
            _link_tree(source, destination, left_out, path)
        else:
            os.link(entry.path, destination / path, follow_symlinks=False)
