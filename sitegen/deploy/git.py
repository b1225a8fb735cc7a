"""The target `git`: a branch that grows by one commit for each deploy, on top of whatever others put there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

from sitegen.config import GitTarget
from sitegen.deploy.commits import Commit, CommitWriter
from sitegen.deploy.manifest import MANIFEST, Entry, Manifest, decode_manifest, encode_manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.programs import without_user
from sitegen.deploy.releases import as_release, no_release, outrun
from sitegen.deploy.repository import Repository
from sitegen.deploy.target import Found, Release, Sent, Surroundings, Upload, made_upload

RELEASE = "Sitegen-Release"
"""The trailer of commits that names their release."""

LISTED_RELEASES = 30
"""How many releases a list goes back."""

ATTEMPTS = 8
"""How often a rollback is tried when others keep pushing."""

PLAIN_FILE = "100644"


class GitRemote:
    """A branch of a repository, or a folder of it."""

    is_atomic = True
    why_no_releases = ""

    def __init__(
        self, target: GitTarget, surroundings: Surroundings, address: str, *, squash: bool = False
    ) -> None:
        """`address` is the `base_url` of the site; with `squash`, the branch will be a single commit."""
        self.shown = f"the branch {target.branch} of {without_user(target.repository)}"
        self._repository = Repository(target.repository, target.branch, surroundings, target.timeout_seconds)
        self._prefix = f"{target.folder.strip('/')}/" if target.folder.strip("/") else ""
        self._cname = urlsplit(address).hostname if target.cname else None
        self._now = surroundings.now
        self._squash = squash
        self._tip: str | None = None
        self._tree: dict[str, tuple[str, str]] = {}
        self._writer: CommitWriter | None = None
        self._summary = ""

    def __enter__(self) -> Self:
        self._repository.prepare()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_writing()
        self._repository.close()

    def _stop_writing(self) -> None:
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def look(self) -> Found:
        """Fetches the tip of the branch and compares its tree with the manifest in it."""
        self._stop_writing()
        self._tip = self._repository.fetch()
        self._tree = self._repository.tree(self._tip) if self._tip else {}
        manifest = self._manifest(self._tip, self._tree)
        if manifest is None:
            return Found(manifest=None)
        altered = (
            path
            for path, entry in manifest.owned().items()
            if entry.remote and self._tree.get(self._prefix + path) != (PLAIN_FILE, entry.remote)
        )
        return Found(manifest=manifest, altered=frozenset(altered))

    def _manifest(self, commit: str | None, tree: Mapping[str, tuple[str, str]]) -> Manifest | None:
        found = tree.get(self._prefix + MANIFEST)
        if commit is None or found is None:
            return None
        return decode_manifest(self._repository.blob(found[1]), self.shown)

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files with `.nojekyll`, without which a forge leaves out `_names`, and with `CNAME` where asked for."""
        dressed = dict(files)
        if not files:
            return dressed
        if self._cname and "CNAME" not in files:
            dressed["CNAME"] = made_upload("CNAME", f"{self._cname}\n".encode())
        nojekyll = made_upload(".nojekyll", b"")
        if not self._prefix and ".nojekyll" not in files and not self.occupied([nojekyll]):
            dressed[".nojekyll"] = nojekyll
        return dressed

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place the branch has another file."""
        return frozenset(
            upload.path
            for upload in uploads
            if (found := self._tree.get(self._prefix + upload.path)) is not None
            and found != (PLAIN_FILE, self._repository.blob_id(upload))
        )

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those whose blob in the tree, or in the commit that is being made, is another."""
        if self._writer is not None:
            return frozenset(
                upload.path
                for upload in uploads
                if not self._writer.holds(self._prefix + upload.path, upload.entry)
            )
        return frozenset(upload.path for upload in uploads if not self._stands(upload.path, upload.entry))

    def _stands(self, path: str, entry: Entry) -> bool:
        mode, blob = self._tree.get(self._prefix + path, ("", ""))
        if mode != PLAIN_FILE:
            return False
        if entry.remote:
            return entry.remote == blob
        return self._repository.blob_hash(blob) == entry.hash

    def begin(self, plan: Plan) -> None:
        """Begins a commit on top of the tip."""
        self._writer = CommitWriter(self._repository)
        counts = (
            (plan.count("add"), "new"),
            (plan.count("change"), "changed"),
            (plan.count("delete"), "deleted"),
        )
        self._summary = ", ".join(f"{count:,} {what}" for count, what in counts if count) or "as before"

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Writes blobs into the local copy of the repository."""
        assert self._writer
        for upload in uploads:
            self._writer.add(self._prefix + upload.path, upload)
            sent(upload.path)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Leaves files out of the commit."""
        assert self._writer
        for path in paths:
            self._writer.remove(self._prefix + path)
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Commits and pushes, and returns when the branch was seen to hold the commit."""
        writer = self._writer
        assert writer
        files = {path: self._named(path, entry) for path, entry in manifest.files.items()}
        complete = msgspec.structs.replace(manifest, files=files)
        writer.add(self._prefix + MANIFEST, made_upload(MANIFEST, encode_manifest(complete)))
        subject = manifest.message or f"Deploy the site: {self._summary}"
        parent = None if self._squash else self._tip
        start = self._tip if self._squash else None
        made = writer.finish(Commit(_message(subject, manifest.release), self._now, parent, start))
        self._writer = None
        self._push(made)

    def _named(self, path: str, entry: Entry) -> Entry:
        """The entry with the id of its blob."""
        assert self._writer
        place = self._prefix + path
        blob = self._writer.blobs.get(place) or self._tree.get(place, ("", ""))[1]
        return msgspec.structs.replace(entry, remote=blob)

    def _push(self, made: str) -> None:
        if not self._repository.push(made, over=self._tip if self._squash else None):
            raise outrun(self.shown)

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: forges do that themselves."""

    def releases(self) -> tuple[Release, ...]:
        """The releases in the history of the branch, newest first, each once."""
        current = self.look().manifest
        found: dict[str, Release] = {}
        for name, commit in self._released():
            if name not in found and len(found) < LISTED_RELEASES:
                manifest = self._manifest(commit, self._repository.tree(commit, self._prefix + MANIFEST))
                if manifest is not None and manifest.release == name:
                    is_current = current is not None and current.release == name
                    found[name] = as_release(manifest, is_current=is_current)
        return tuple(sorted(found.values(), key=lambda release: release.name, reverse=True))

    def _released(self) -> list[tuple[str, str]]:
        """The name and the commit of every release in the history, newest first."""
        if self._tip is None:
            return []
        self._repository.fetch_history()
        return self._repository.trailers(self._tip, RELEASE)

    def roll_back(self, release: str) -> None:
        """Pushes a commit in which our files are those of the release; others' files stay as they are now."""
        for _ in range(ATTEMPTS):
            now = self.look().manifest
            commit = dict(reversed(self._released())).get(release)
            if commit is None or now is None:
                raise no_release(self.shown, release)
            tree = self._repository.tree(commit)
            manifest = self._manifest(commit, tree)
            assert manifest
            writer = CommitWriter(self._repository)
            for path in now.owned().keys() - manifest.owned().keys():
                writer.remove(self._prefix + path)
            for path in (*manifest.owned(), MANIFEST):
                place = self._prefix + path
                if place in tree:
                    writer.reuse(place, tree[place][1])
            message = _message(f"Roll back to {release}", release)
            if self._repository.push(writer.finish(Commit(message, self._now, self._tip))):
                return
        raise outrun(self.shown)


def _message(subject: str, release: str) -> str:
    return f"{subject}\n\n{RELEASE}: {release}\n"
