"""Releases in a folder of this machine, and the link that is switched from one to the next."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sitegen.deploy.folder import TEMPORARY, Folder
from sitegen.deploy.lock import Lock
from sitegen.deploy.manifest import MANIFEST, Manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.releases import (
    CURRENT,
    INCOMING,
    RELEASES,
    as_release,
    current_release,
    is_release_name,
    no_release,
    outrun,
)
from sitegen.deploy.sending import online_already
from sitegen.deploy.target import Found, Release, Sent, Upload
from sitegen.errors import Problem, SitegenError


class LocalReleases:
    """A folder with releases, one of which is current."""

    is_atomic = True
    why_no_releases = ""

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
        return Found(manifest=self._release(self._current).manifest(self.shown))

    def _current_release(self) -> str | None:
        """The release that the link leads to. Raises `GuardError` for a link or a folder that is not ours."""
        link = self.root / CURRENT
        if not os.path.lexists(link):
            return None
        return current_release(os.readlink(link) if link.is_symlink() else "?", self.shown)

    def _release(self, name: str) -> Folder:
        return Folder(self.root / RELEASES / name)

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as they are: a folder has no headers."""
        return dict(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place somebody put a file into the current release."""
        return self._release(self._current).occupied(uploads) if self._current else frozenset()

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing, in the release that is being made or in the current one."""
        if self._is_making:
            return self._folder.differing(uploads)
        if self._current is None:
            return frozenset(upload.path for upload in uploads)
        return self._release(self._current).differing(uploads)

    def begin(self, plan: Plan) -> None:
        """Locks the folder and begins a release with links to all files that stay, others' included."""
        self._lock.take()
        if self._current_release() != self._current:
            raise outrun(self.shown)
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
        self._folder.put_all(uploads, sent)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Leaves files out of the release."""
        self._folder.delete_all(paths, sent)

    def commit(self, manifest: Manifest) -> None:
        """Switches the link to the new release, then removes the oldest ones."""
        self._folder.write_manifest(manifest)
        self._switch(self._folder.root, manifest.release)
        with online_already():
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
        incoming = self.root / INCOMING
        for name in self._names()[: -self._keep]:
            if name == self._current:
                continue
            place = self.root / RELEASES / name
            try:
                # Under this name, what an interruption leaves of it is no release, and the next deploy removes it.
                place.rename(incoming)
                shutil.rmtree(incoming)
            except OSError as error:
                message = f"cannot remove the old release {place}: {error.strerror}"
                raise SitegenError(Problem(code="deploy", message=message)) from error

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
        return is_release_name(name) and (place / MANIFEST).is_file() and not place.is_symlink()

    def releases(self) -> tuple[Release, ...]:
        """Every release there is, newest first."""
        current = self._current_release()
        found = []
        for name in reversed(self._names()):
            manifest = self._release(name).manifest(self.shown)
            if manifest is not None:
                found.append(as_release(manifest, is_current=name == current))
        return tuple(found)

    def roll_back(self, release: str) -> None:
        """Switches the link back."""
        if release not in self._names():
            raise no_release(self.shown, release)
        self._lock.take()
        self._current = self._current_release()
        self._switch(None, release)


def _link_tree(source: Path, destination: Path, left_out: Collection[str], below: str = "") -> None:
    """Fills a folder with hard links to the files of another; links stay links."""
    # Texts instead of paths: for a large site, to join paths takes longer than to link files.
    with os.scandir(f"{source}/{below}") as entries:
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                os.mkdir(f"{destination}/{path}")
                _link_tree(source, destination, left_out, f"{path}/")
            elif path not in left_out:
                os.link(entry.path, f"{destination}/{path}", follow_symlinks=False)
