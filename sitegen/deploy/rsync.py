"""The target `rsync`: a folder of a host, with releases and a switch, or with its files replaced in place."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sitegen.build.inputs import hash_file
from sitegen.config import RsyncTarget
from sitegen.deploy.lock import at_work
from sitegen.deploy.manifest import MANIFEST, Manifest, decode_manifest, encode_manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.programs import ProgramError
from sitegen.deploy.releases import (
    CURRENT,
    IN_PLACE,
    INCOMING,
    RELEASES,
    as_release,
    current_release,
    is_release_name,
    no_release,
    outrun,
)
from sitegen.deploy.scripts import (
    BEGIN,
    COMMIT,
    DELETE,
    HASH,
    HOLD,
    LIST,
    LOOK,
    PRUNE_FOLDERS,
    REMOVE_RELEASES,
    RESUMED,
    ROLL_BACK,
    STANDING,
    WRITE,
)
from sitegen.deploy.sending import online_already
from sitegen.deploy.ssh import Connection, hang_up
from sitegen.deploy.target import Found, Release, Sent, Surroundings, Upload
from sitegen.errors import Problem, SitegenError

SEND = ("--checksum", "--perms", "--chmod=D755,F644", "--out-format=%n")


class RsyncRemote:
    """A folder of a host."""

    def __init__(self, target: RsyncTarget, surroundings: Surroundings) -> None:
        self.is_atomic = target.releases
        self.why_no_releases = "" if target.releases else IN_PLACE
        self._root = target.folder.rstrip("/")
        self.shown = f"{target.host}:{self._root}"
        self._keep = target.keep_releases
        self._connection = Connection(target, surroundings)
        self._holder: subprocess.Popen[bytes] | None = None
        self._current = ""
        self._is_making = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._holder is not None:
            hang_up(self._holder)
        self._connection.close()
        if self._holder is not None:
            self._holder.wait()
            self._holder = None

    @property
    def _place(self) -> str:
        """The folder that is read, or the one that is being filled."""
        if not self.is_atomic:
            return self._root
        return f"{self._root}/{INCOMING}" if self._is_making else f"{self._root}/{CURRENT}"

    def _run(self, script: str, lines: Sequence[str], doing: str, content: bytes = b"") -> bytes:
        return self._connection.run(script, lines, f"{doing} on {self.shown}", content)

    def _ask(self, script: str, lines: Sequence[str], doing: str) -> bytes:
        return self._connection.ask(script, lines, f"{doing} on {self.shown}")

    def look(self) -> Found:
        """What the manifest on the host says."""
        self._is_making = False
        name = f"{CURRENT}/{MANIFEST}" if self.is_atomic else MANIFEST
        link, manifest = self._read(name)
        if self.is_atomic:
            self._current = current_release(link, self.shown) or ""
        return Found(manifest=manifest)

    def _read(self, name: str) -> tuple[str, Manifest | None]:
        """Where the link to the current release leads, and the manifest in the file of this name."""
        answer = self._ask(LOOK, [self._root, name], "read the manifest")
        link, _, rest = answer.partition(b"\n")
        manifest = decode_manifest(rest[2:], self.shown) if rest.startswith(b"+\n") else None
        return _text(link), manifest

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files as they are: the web server of the host says with which headers."""
        return dict(files)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place something stands on the host, or that lie behind a link there."""
        folders = sorted({folder for upload in uploads for folder in _folders(upload.path)})
        asked = [self._place, *folders, *(upload.path for upload in uploads)]
        answer = self._run(STANDING, asked, "look for files")
        links = {line[1:] for line in _lines(answer) if line.startswith("L")}
        there = {line[1:] for line in _lines(answer) if line.startswith("F")}
        behind = {
            upload.path
            for upload in uploads
            if upload.path in links or not links.isdisjoint(_folders(upload.path))
        }
        same = [upload for upload in uploads if upload.path in there - behind]
        return frozenset(behind) | (self.differing(same) if same else frozenset())

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose file has other bytes or is missing on the host."""
        if not uploads:
            return frozenset()
        names = [f"./{upload.path}" for upload in uploads]
        answer = self._run(HASH, [self._place, *names], "read files back")
        if answer == b"none\n":
            return self._differing_here(uploads)
        hashes = {}
        for line in answer.split(b"\0")[:-1]:
            digest, _, name = line.partition(b"  ")
            hashes[_text(name).removeprefix("./")] = digest.decode()
        return frozenset(upload.path for upload in uploads if hashes.get(upload.path) != upload.entry.hash)

    def _differing_here(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """The same for a host that cannot hash: the files are fetched."""
        with tempfile.TemporaryDirectory(prefix="sitegen-") as room:
            places = (self._connection.remote(f"{self._place}/"), f"{room}/")
            names = [upload.path for upload in uploads]
            try:
                list(self._connection.rsync(names, (), places, f"read files back from {self.shown}"))
            except ProgramError as error:
                if error.answer.code != MISSING_FILES:
                    raise
            return frozenset(
                upload.path for upload in uploads if _hash(Path(room) / upload.path) != upload.entry.hash
            )

    def begin(self, plan: Plan) -> None:
        """Locks the folder; begins a release with links to all files that stay, or claims what is to be sent."""
        self._hold()
        if not self.is_atomic:
            if self.look().manifest != plan.previous:
                raise outrun(self.shown)
            self._write(plan.claim)
            return
        replaced = [step.path for step in plan.steps if step.action in ("change", "delete")]
        self._run(BEGIN, [self._root, self._current, *replaced, MANIFEST], "begin a release")
        self._is_making = True

    def _hold(self) -> None:
        """Takes the lock. Raises `GuardError` while another deploy holds it."""
        if self._holder is not None:
            return
        self._holder, answer = self._connection.hold(HOLD, [self._root], f"lock {self.shown}")
        if answer == "busy":
            raise at_work(self.shown)
        if answer not in ("locked", "none"):
            message = f"cannot make the folder {self.shown}: {answer}"
            raise SitegenError(Problem(code="deploy", message=message))

    def _write(self, manifest: Manifest) -> None:
        self._run(WRITE, [self._root], "write the manifest", encode_manifest(manifest))

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Sends files by rsync, which replaces each at once."""
        place = uploads[0].place
        assert place, "the files of a site are files"
        root = str(place).removesuffix(uploads[0].path)
        resume = [f"--link-dest=../{RESUMED}"] if self.is_atomic else []
        left = {upload.path: None for upload in uploads}
        places = (root, self._connection.remote(f"{self._place}/"))
        for line in self._connection.rsync(
            list(left), [*SEND, *resume], places, f"send files to {self.shown}"
        ):
            if line in left:
                del left[line]
                sent(line)
        for path in left:  # they were there already
            sent(path)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes files and the folders they leave empty."""
        if not paths:
            return
        self._run(DELETE, [self._place, *(f"./{path}" for path in paths)], "delete files")
        folders = {folder for path in paths for folder in _folders(path)}
        deepest_first = sorted(folders, key=lambda folder: -folder.count("/"))
        self._run(
            PRUNE_FOLDERS, [self._place, *(f"./{folder}" for folder in deepest_first)], "delete folders"
        )
        for path in paths:
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Switches the link to the new release, then removes the oldest ones; or writes the manifest."""
        if not self.is_atomic:
            self._write(manifest)
            return
        before = f"{RELEASES}/{self._current}" if self._current else ""
        said = self._run(
            COMMIT,
            [self._root, before, manifest.release],
            "make the release current",
            encode_manifest(manifest),
        )
        link, *names = _lines(said)
        if link == "outrun":
            raise outrun(self.shown)
        self._assert_switched(link, manifest.release)
        self._current, self._is_making = manifest.release, False
        old = [
            name for name in sorted(filter(is_release_name, names))[: -self._keep] if name != self._current
        ]
        if not old:
            return
        with online_already():
            self._run(REMOVE_RELEASES, [self._root, *old], "remove old releases")

    def _assert_switched(self, link: str, release: str) -> None:
        if link != f"{RELEASES}/{release}":
            message = f"{self.shown}/{CURRENT} could not be switched"
            raise SitegenError(Problem(code="deploy", message=message))

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: a folder has no caches."""

    def releases(self) -> tuple[Release, ...]:
        """Every release there is, newest first."""
        if not self.is_atomic:
            manifest = self.look().manifest
            return () if manifest is None else (as_release(manifest, is_current=True),)
        link, _, answer = self._ask(LIST, [self._root], "list the releases").partition(b"\n")
        current = current_release(_text(link), self.shown)
        found = []
        while answer:
            name, length, rest = answer.split(b"\n", 2)
            content, answer = rest[: int(length)], rest[int(length) :]
            if is_release_name(_text(name)):
                is_current = _text(name) == current
                found.append(as_release(decode_manifest(content, self.shown), is_current=is_current))
        return tuple(sorted(found, key=lambda release: release.name, reverse=True))

    def roll_back(self, release: str) -> None:
        """Switches the link back."""
        if not self.is_atomic or not is_release_name(release):
            raise no_release(self.shown, release, self.why_no_releases)
        answer = _text(self._ask(ROLL_BACK, [self._root, release], "make the release current").strip())
        if answer == "busy":
            raise at_work(self.shown)
        if answer == "missing":
            raise no_release(self.shown, release)
        self._assert_switched(answer, release)


MISSING_FILES = 23
"""What rsync answers when some files could not be transferred."""


def _text(said: bytes) -> str:
    return said.decode("utf-8", "surrogateescape")


def _lines(said: bytes) -> list[str]:
    return _text(said).splitlines() or [""]


def _folders(path: str) -> list[str]:
    """`a` and `a/b` for `a/b/c`."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _hash(path: Path) -> str | None:
    try:
        return hash_file(path).hex()
    except OSError:
        return None
