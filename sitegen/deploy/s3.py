"""The target `s3`: a bucket whose objects are replaced one by one, with a manifest that is the lock as well.

The manifest is only ever replaced by who has seen what it replaces. So two deploys at once cannot both believe
that they are alone: the one that comes second plans anew on top of what the first left.

Where the bucket keeps versions, so does the manifest know the earlier ones, and rolling back reads those. It costs a
deploy nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from sitegen.config import S3Target
from sitegen.deploy.bucket import (
    Bucket,
    ConflictError,
    Held,
    Version,
    Written,
    parse_version,
    small_ones_first,
)
from sitegen.deploy.cloudfront import Distribution
from sitegen.deploy.compression import NotCompressedError, compressed, decompressed
from sitegen.deploy.headers import CONTENT_ENCODING, with_headers
from sitegen.deploy.history import Past, history_after, with_history
from sitegen.deploy.manifest import MANIFEST, Entry, Manifest, decode_manifest
from sitegen.deploy.memory import Memory
from sitegen.deploy.plan import Plan, make_plan
from sitegen.deploy.releases import as_release, no_release, outrun
from sitegen.deploy.sending import half_way, read_back
from sitegen.deploy.target import Found, Release, Sent, Upload, hash_parts
from sitegen.digests import blake2b
from sitegen.errors import GuardError, Problem, SitegenError

_MANIFEST_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}

_ASKED_ONE_BY_ONE = 10
"""For more files than this, one list of the bucket is cheaper than a question for each."""


class _Standing(NamedTuple):
    """What is known to stand in the bucket since it was looked at."""

    hash: str
    written: Written


class BucketRemote:
    """A bucket, opened for one command."""

    is_atomic = False

    def __init__(
        self,
        target: S3Target,
        bucket: Bucket,
        distribution: Distribution | None,
        memory: Memory,
        now: datetime,
    ) -> None:
        self.shown = bucket.shown
        self._target = target
        self._bucket = bucket
        self._distribution = distribution
        self._memory = memory
        self._heeds_conditions = False
        """Whether that is known; what is remembered is of stores that do."""
        self._now = now
        self._seen: Version | None = None
        """Of the manifest, as it was read or written last."""
        self._history: tuple[Past, ...] = ()
        self._sent: dict[str, _Standing] = {}
        self._making: Manifest | None = None
        """Of the release that is being made."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def look(self) -> Found:
        """What the manifest says; with `check_all`, compared with a list of the bucket."""
        held = self._bucket.get(MANIFEST)
        self._seen, self._history = None, ()
        self._sent.clear()
        if held is None:
            return Found(manifest=None)
        manifest = self._understood(held.read(), held.version)
        altered = self._altered(manifest) if self._target.check_all else frozenset()
        return Found(manifest=manifest, altered=altered)

    def recall(self) -> Found | None:
        """What this machine left in the bucket last, if the store notices when somebody else has been there since."""
        kept = None if self._target.check_all else self._memory.recall()
        if kept is None:
            return None
        version, content = kept
        try:
            return Found(manifest=self._understood(content, parse_version(version)))
        except GuardError:
            return None

    def _understood(self, content: bytes, version: Version) -> Manifest:
        manifest = decode_manifest(content, self.shown)
        self._seen = version
        self._history = history_after(content, manifest, version.version)
        return manifest

    def _remember(self, content: bytes) -> None:
        """Keeps the manifest that was written, unless the store takes changes by those who have not seen it."""
        assert self._seen
        # The deploy is done; a failure only costs the next one a look.
        with contextlib.suppress(SitegenError):
            if self._heeds_conditions or self._bucket.heeds_conditions(MANIFEST, content, _MANIFEST_HEADERS):
                self._memory.keep(str(self._seen), content)

    def _altered(self, manifest: Manifest) -> frozenset[str]:
        listed = self._bucket.listed()
        return frozenset(
            path
            for path, entry in manifest.files.items()
            if path not in listed
            or (entry.remote and listed[path].e_tag != parse_version(entry.remote).e_tag)
        )

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files with their headers."""
        encoding = None if self._target.compress == "none" else self._target.compress
        return with_headers(files, self._target.headers, encoding)

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place another object stands."""
        if len(uploads) > _ASKED_ONE_BY_ONE:
            listed = self._bucket.listed()
            uploads = [upload for upload in uploads if upload.path in listed]
        return frozenset(
            upload.path
            for upload, held in small_ones_first(lambda upload: self._bucket.get(upload.path), uploads)
            if held is not None and not _has_content(held, upload.entry)
        )

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those of which the store does not hold this content.

        What was sent just now is not read again where the store has named the digest of what it has written.
        """
        unsure = [upload for upload in uploads if not self._is_confirmed(upload)]
        wrong = set()
        for upload, held in small_ones_first(lambda upload: self._bucket.get(upload.path), unsure):
            if held and _has_content(held, upload.entry) and _has_headers(held, upload.entry):
                written = Written(held.version, is_confirmed=True)
                self._sent[upload.path] = _Standing(upload.entry.hash, written)
            else:
                wrong.add(upload.path)
        return frozenset(wrong)

    def _is_confirmed(self, upload: Upload) -> bool:
        sent = self._sent.get(upload.path)
        return sent is not None and sent.written.is_confirmed and sent.hash == upload.entry.hash

    def begin(self, plan: Plan) -> None:
        """Claims what is about to be sent, in the manifest."""
        self._making = plan.manifest
        # What an interruption leaves is another thing than what is remembered.
        self._heeds_conditions = self._memory.forget() or self._heeds_conditions
        self._write_manifest(plan.claim)

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Sends files, many at a time."""
        self._put(uploads, lambda upload: upload.parts(), sent)

    def _put(
        self, uploads: Sequence[Upload], content: Callable[[Upload], Iterable[bytes]], sent: Sent
    ) -> None:
        def send(upload: Upload) -> Written:
            headers = upload.entry.headers
            body = compressed(content(upload), headers.get(CONTENT_ENCODING, ""))
            return self._bucket.put(upload.path, body, upload.entry.size, headers)

        for upload, written in small_ones_first(send, uploads):
            self._sent[upload.path] = _Standing(upload.entry.hash, written)
            sent(upload.path)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes objects, a thousand with one request."""
        for path in self._bucket.delete(paths):
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Replaces the claim by the manifest of what stands there now."""
        files = {path: self._recorded(path, entry) for path, entry in manifest.files.items()}
        self._remember(self._write_manifest(msgspec.structs.replace(manifest, files=files)))

    def _recorded(self, path: str, entry: Entry) -> Entry:
        sent = self._sent.get(path)
        return entry if sent is None else msgspec.structs.replace(entry, remote=str(sent.written.version))

    def _write_manifest(self, manifest: Manifest) -> bytes:
        """The manifest as it was written. Raises `OutrunError` when the manifest is no longer the one that was seen last."""
        content = with_history(manifest, self._history, self._target.keep_releases)
        try:
            self._seen = self._bucket.replace(MANIFEST, content, _MANIFEST_HEADERS, self._seen)
        except ConflictError:
            raise outrun(self.shown) from None
        return content

    def invalidate(self, paths: Collection[str]) -> None:
        """Makes CloudFront forget its copies of these files, where it stands in front of the bucket."""
        if self._distribution and paths:
            assert self._making
            self._distribution.invalidate(paths, self._making.site, self._making.release)

    def releases(self) -> tuple[Release, ...]:
        """The current release, and the earlier ones whose versions the bucket keeps."""
        manifest = self.look().manifest
        if manifest is None:
            return ()
        current = as_release(manifest, is_current=True)
        earlier = [past.as_release() for past in self._history if past.release != manifest.release]
        return (current, *sorted(earlier, key=lambda release: release.name, reverse=True))

    def roll_back(self, release: str) -> None:
        """Sends the files of an earlier release again, as the bucket kept them."""
        current = self.look().manifest
        past = next((past for past in self._history if past.release == release), None)
        if current is None or past is None:
            raise no_release(self.shown, release, self.why_no_releases)
        held = self._bucket.get(MANIFEST, past.version)
        if held is None:
            raise no_release(self.shown, release, self.why_no_releases)
        manifest = decode_manifest(held.read(), self.shown)
        uploads = {path: Upload(path=path, entry=entry) for path, entry in manifest.files.items()}
        standing = current.owned()
        for path in current.claimed:
            standing[path] = msgspec.structs.replace(standing[path], hash="")
        plan = make_plan(manifest.site, uploads, current, standing, self._now)
        self.begin(plan)
        with half_way():
            for stage in plan.stages():
                self._put(stage, self._kept, _nobody_watches)
                read_back(self, stage)
            self.invalidate(plan.outdated_copies)
            self.delete(plan.deletions, _nobody_watches)
            self.commit(msgspec.structs.replace(manifest, retired=plan.manifest.retired))

    def _kept(self, upload: Upload) -> Iterator[bytes]:
        """The content that a file had in an earlier release. Raises `SitegenError` at its end when it is gone."""
        held = self._bucket.get(upload.path, parse_version(upload.entry.remote).version)
        digest = blake2b(digest_size=16)
        if held is not None:
            with contextlib.suppress(NotCompressedError):
                for part in decompressed(held.parts, held.headers.get(CONTENT_ENCODING, "")):
                    digest.update(part)
                    yield part
        if digest.hexdigest() != upload.entry.hash:
            message = f"{self.shown} no longer has this file as it was in that release"
            raise SitegenError(Problem(code="release", message=message, path=upload.path))

    @property
    def why_no_releases(self) -> str:
        """What the bucket lacks, once its manifest was read."""
        if self._seen is None or self._seen.version:
            return ""
        return "Releases are kept in a bucket with versioning, which this one has not: switch it on"


def _nobody_watches(path: str) -> None:
    """Takes note of nothing."""


def _has_content(held: Held, entry: Entry) -> bool:
    try:
        return hash_parts(decompressed(held.parts, held.headers.get(CONTENT_ENCODING, ""))) == entry.hash
    except NotCompressedError:
        return False


def _has_headers(held: Held, entry: Entry) -> bool:
    return all(held.headers.get(name) == value for name, value in entry.headers.items())
