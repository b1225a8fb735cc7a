"""The target `local`: a folder of this machine, with releases and a switch, or with its files replaced in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sitegen.build.guards import refuse_dangerous_folder
from sitegen.config import LocalTarget
from sitegen.deploy.folder import Folder
from sitegen.deploy.local_releases import LocalReleases
from sitegen.deploy.lock import Lock
from sitegen.deploy.manifest import Manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.releases import IN_PLACE, as_release, no_release, outrun
from sitegen.deploy.target import Found, Release, Remote, Sent, Surroundings, Upload


def local_remote(target: LocalTarget, surroundings: Surroundings) -> Remote:
    """The folder that the settings name. Raises `GuardError` for one that holds the project's sources."""
    root = surroundings.path(target.folder)
    if ".." in root.parts:  # so that messages name it as the user would
        root = root.resolve()
    refuse_dangerous_folder(root, surroundings.project, surroundings.home)
    return LocalReleases(root, target.keep_releases) if target.releases else LocalFolder(root)


class LocalFolder:
    """A folder whose files are replaced one by one."""

    is_atomic = False
    why_no_releases = IN_PLACE

    def __init__(self, root: Path) -> None:
        self.shown = str(root)
        self._folder = Folder(root)
        self._lock = Lock(root, self.shown)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def look(self) -> Found:
        """What the manifest in the folder says."""
        return Found(manifest=self._folder.manifest(self.shown))

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as they are: a folder has no headers."""
        return dict(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place something else stands."""
        return self._folder.occupied(uploads)

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing."""
        return self._folder.differing(uploads)

    def begin(self, plan: Plan) -> None:
        """Locks the folder and claims what is about to be written."""
        self._lock.take()
        if self._folder.manifest(self.shown) != plan.previous:
            raise outrun(self.shown)
        self._folder.write_manifest(plan.claim)

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Replaces files, each at once."""
        self._folder.put_all(uploads, sent)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes files and the folders they leave empty."""
        self._folder.delete_all(paths, sent)

    def commit(self, manifest: Manifest) -> None:
        """Writes the manifest of what stands there now."""
        self._folder.write_manifest(manifest)

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: a folder has no caches."""

    def releases(self) -> tuple[Release, ...]:
        """The current release alone."""
        manifest = self.look().manifest
        return () if manifest is None else (as_release(manifest, is_current=True),)

    def roll_back(self, release: str) -> None:
        """Refuses: the files of earlier releases are gone."""
        raise no_release(self.shown, release, IN_PLACE)
