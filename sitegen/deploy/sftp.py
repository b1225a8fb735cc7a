"""The target `sftp`: a folder of a host that gives nothing but SFTP, whose files are replaced one by one.

What a release replaces or deletes gets a second name before, in a folder of its own. So earlier releases cost the
host some space and the line nothing, and rolling back sends no file either.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from sitegen.build.state_folder import NAME
from sitegen.config import SftpTarget
from sitegen.deploy.extras import missing_library
from sitegen.deploy.lock import Holder, Lock
from sitegen.deploy.manifest import MANIFEST, Manifest, decode_manifest, encode_manifest
from sitegen.deploy.plan import Plan, make_plan
from sitegen.deploy.releases import as_release, no_release, outrun
from sitegen.deploy.sending import half_way
from sitegen.deploy.target import Found, Release, Remote, Sent, Surroundings, Upload
from sitegen.digests import blake2b
from sitegen.errors import Problem, SitegenError

if TYPE_CHECKING:
    from sitegen.deploy.ssh_folder import SshFolder

KEPT = ".sitegen-kept"
"""The folder of what earlier releases had: files by their hash, and manifests by the release."""

PASSWORD = "SITEGEN_SFTP_PASSWORD"  # noqa: S105  # the name of a variable
"""The variable with the password, for hosts that take no key."""


def sftp_remote(target: SftpTarget, surroundings: Surroundings) -> Remote:
    """The folder that the settings name. Raises `SitegenError` when the library is missing."""
    if find_spec("asyncssh") is None:
        raise missing_library('target = "sftp"', "sftp")
    from sitegen.deploy.ssh_folder import SshFolder  # noqa: PLC0415  # the library is an extra

    user, _, host = target.host.rpartition("@")
    options: dict[str, Any] = {
        "host": host,
        "connect_timeout": target.timeout_seconds,
        "keepalive_interval": target.timeout_seconds,
    }
    if target.port:
        options["port"] = target.port
    if user:
        options["username"] = user
    if target.ssh_config:
        options["config"] = [str(surroundings.path(target.ssh_config))]
    if password := surroundings.environment.get(PASSWORD):
        options["password"] = password
    shown = f"{target.host}:{target.folder}"
    folder = SshFolder(options, target.folder, shown, target.timeout_seconds)
    name = blake2b(f"{shown}\0{target.port}".encode(), digest_size=8).hexdigest()
    lock = Lock(surroundings.project / NAME / "deploy" / name, shown)
    return SftpRemote(folder, lock, _holder(surroundings), shown, target.keep_releases, surroundings.now)


def _holder(surroundings: Surroundings) -> Holder:
    """This deploy."""
    user = surroundings.environment.get("USER") or surroundings.environment.get("LOGNAME") or "somebody"
    return Holder(
        deploy=secrets.token_hex(8),
        name=f"{user}@{socket.gethostname()}",
        since=surroundings.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


class SftpRemote:
    """A folder of a host, opened for one command."""

    is_atomic = False
    why_no_releases = ""

    def __init__(
        self, folder: SshFolder, lock: Lock, holder: Holder, shown: str, keep: int, now: datetime
    ) -> None:
        """`lock` keeps out deploys from this project; those from elsewhere find that `holder` has locked the folder."""
        self.shown = shown
        self._folder = folder
        self._lock = lock
        self._holder = holder
        self._is_locked = False
        self._keep = keep
        self._now = now
        self._seen: bytes | None = None
        """The manifest, as it was read or written last."""
        self._previous: Manifest | None = None

    def __enter__(self) -> Self:
        try:
            self._folder.open()
        except BaseException:
            self._folder.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.close()
        self._lock.release()

    def look(self) -> Found:
        """What the manifest says."""
        self._seen = self._folder.read(MANIFEST)
        self._previous = None if self._seen is None else decode_manifest(self._seen, self.shown)
        return Found(manifest=self._previous)

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as they are: a folder has no headers."""
        return dict(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place something else stands."""
        wanted = {upload.path: upload.entry.hash for upload in uploads}
        there = self._folder.each_hashed(wanted)
        return frozenset(path for path, found in there if found not in (None, wanted[path]))

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing."""
        wanted = {upload.path: upload.entry.hash for upload in uploads}
        there = self._folder.each_hashed(wanted)
        return frozenset(path for path, found in there if found != wanted[path])

    def begin(self, plan: Plan) -> None:
        """Keeps what the release replaces, then claims what is about to be sent."""
        self._take_locks()
        self._assert_unchanged()
        if self._previous is not None and self._keep > 1:
            self._keep_files(self._previous, (step.path for step in plan.steps))
        self._write_manifest(plan.claim)

    def _take_locks(self) -> None:
        """Keeps other deploys out. Raises `GuardError` while one is at work."""
        if self._is_locked:
            return
        self._lock.take()
        self._folder.prepare(self._now)
        # Who holds the lock here knows that the deploy from here before is over, even if it could not say so there.
        ended = self._lock.read_note()
        self._lock.note(self._holder.deploy)
        self._folder.lock(self._holder, ended)
        self._is_locked = True

    def _assert_unchanged(self) -> None:
        """Raises `OutrunError` when the manifest is no longer the one that was seen last."""
        if self._folder.read(MANIFEST) != self._seen:
            raise outrun(self.shown)

    def _write_manifest(self, manifest: Manifest) -> None:
        content = encode_manifest(manifest)
        self._folder.write(MANIFEST, content)
        self._seen = content

    def _keep_files(self, previous: Manifest, paths: Iterable[str]) -> None:
        # A claim is written only after all this. So where there is one, everything was kept already, and what
        # stands there may no longer be what the manifest says.
        if previous.claimed:
            return
        kept, owned = set(self._folder.names(KEPT)), previous.owned()
        links = {
            entry.hash: path
            for path in paths
            if (entry := owned.get(path)) is not None and entry.hash not in kept
        }
        _exhaust(self._folder.each_linked((path, f"{KEPT}/{name}") for name, path in links.items()))

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Replaces files, each at once."""
        for path in self._folder.each_written((upload.path, upload.parts) for upload in uploads):
            sent(path)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes files and the folders they leave empty."""
        for path in self._folder.each_deleted(paths):
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Replaces the claim by the manifest of what stands there now, and forgets the oldest releases."""
        self._assert_unchanged()
        previous = self._previous
        if previous is not None and previous.release and self._keep > 1:
            settled = msgspec.structs.replace(previous, claimed={})
            self._folder.write(f"{KEPT}/{previous.release}.json", encode_manifest(settled))
        self._write_manifest(manifest)
        self._prune()

    def _prune(self) -> None:
        kept = self._folder.names(KEPT)
        records = [name for name in kept if name.endswith(".json")]
        gone = records[: max(0, len(records) - self._keep + 1)]
        if not gone:
            return
        needed: set[str] = set()
        for past in self._records(name for name in records if name not in gone):
            needed.update(entry.hash for entry in past.files.values())
        unneeded = [name for name in kept if not name.endswith(".json") and name not in needed]
        _exhaust(self._folder.each_deleted([f"{KEPT}/{name}" for name in (*gone, *unneeded)]))

    def _records(self, names: Iterable[str]) -> list[Manifest]:
        found = self._folder.each_read(f"{KEPT}/{name}" for name in names)
        return [decode_manifest(content, self.shown) for _, content in found if content is not None]

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: a folder has no caches."""

    def releases(self) -> tuple[Release, ...]:
        """The current release, and those whose files were kept."""
        current = self.look().manifest
        if current is None:
            return ()
        records = self._records(name for name in self._folder.names(KEPT) if name.endswith(".json"))
        earlier = [as_release(past, is_current=False) for past in records if past.release != current.release]
        earlier.sort(key=lambda release: release.name, reverse=True)
        return (as_release(current, is_current=True), *earlier)

    def roll_back(self, release: str) -> None:
        """Gives the kept files of a release their old names again."""
        current = self.look().manifest
        past = next(iter(self._records([f"{release}.json"])), None) if "/" not in release else None
        if current is None or past is None or current.release == release:
            raise no_release(self.shown, release)
        uploads = {path: Upload(path=path, entry=entry) for path, entry in past.files.items()}
        standing = current.owned()
        for path in current.claimed:
            standing[path] = msgspec.structs.replace(standing[path], hash="")
        plan = make_plan(past.site, uploads, current, standing, self._now)
        self._assert_kept([upload for stage in plan.stages() for upload in stage])
        self.begin(plan)
        with half_way():
            _exhaust(self._folder.each_deleted(plan.in_the_way))
            for stage in plan.stages():
                _exhaust(
                    self._folder.each_linked((f"{KEPT}/{upload.entry.hash}", upload.path) for upload in stage)
                )
            _exhaust(self._folder.each_deleted(plan.deletions))
            self.commit(msgspec.structs.replace(past, retired=plan.manifest.retired))

    def _assert_kept(self, uploads: Sequence[Upload]) -> None:
        """Raises `SitegenError`, with nothing changed, when a file is not there as the release had it."""
        kept = dict(self._folder.each_hashed({f"{KEPT}/{upload.entry.hash}" for upload in uploads}))
        lost = [upload.path for upload in uploads if kept[f"{KEPT}/{upload.entry.hash}"] != upload.entry.hash]
        if lost:
            message = f"{self.shown} no longer has this file as it was in that release"
            raise SitegenError(Problem(code="release", message=message, path=path) for path in lost)


def _exhaust(results: Iterable[object]) -> None:
    """Does everything, whatever comes of it one by one."""
    for _ in results:
        pass
