"""The target `s3`: a bucket whose objects are replaced one by one, with a manifest that is the lock as well.

The manifest is only ever replaced by who has seen what it replaces. So two deploys at once cannot both believe
that they are alone: the one that comes second plans anew on top of what the first left.

Where the bucket keeps versions, so does the manifest know the earlier ones, and rolling back reads those. It costs a
deploy nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from sitegen.build.inputs import hash_bytes
from sitegen.config import S3Target
from sitegen.deploy.bucket import Bucket, ConflictError, Held, Version, all_at_once, parse_version
from sitegen.deploy.cloudfront import Distribution
from sitegen.deploy.compression import compress, decompress
from sitegen.deploy.headers import CONTENT_ENCODING, with_headers
from sitegen.deploy.manifest import MANIFEST, Entry, Manifest, decode_manifest
from sitegen.deploy.plan import Plan, make_plan
from sitegen.deploy.target import Found, OutrunError, Release, Sent, Upload
from sitegen.errors import Problem, SitegenError
from sitegen.model import Value

_MANIFEST_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}

_ASKED_ONE_BY_ONE = 10
"""For more files than this, one list of the bucket is cheaper than a question for each."""


class Past(Value, frozen=True):
    """An earlier release."""

    release: str
    created: str
    files: int
    version: str
    """Of the manifest, which knows the versions of the files."""
    message: str = ""


class StoredManifest(Manifest, frozen=True, omit_defaults=True):
    """The manifest as a bucket holds it."""

    history: tuple[Past, ...] = ()
    """Newest first."""


class _SentObject(NamedTuple):
    """What is known to stand in the bucket since it was looked at."""

    hash: str
    version: Version
    is_confirmed: bool
    """Whether the store named the digest of what it had written, and it was right."""


class BucketRemote:
    """A bucket, opened for one command."""

    is_atomic = False

    def __init__(
        self, target: S3Target, bucket: Bucket, distribution: Distribution | None, now: datetime
    ) -> None:
        self.shown = bucket.shown
        self._target = target
        self._bucket = bucket
        self._distribution = distribution
        self._now = now
        self._seen: Version | None = None
        """Of the manifest, as it was read or written last."""
        self._history: tuple[Past, ...] = ()
        self._sent: dict[str, _SentObject] = {}
        self._release = ""

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
        manifest = self._decoded(held)
        self._seen = held.version
        self._history = self._with_current(held, manifest)
        altered = self._altered(manifest) if self._target.check_all else frozenset()
        return Found(manifest=manifest, altered=altered)

    def _decoded(self, held: Held) -> Manifest:
        return decode_manifest(held.content, self.shown)

    def _with_current(self, held: Held, manifest: Manifest) -> tuple[Past, ...]:
        """The earlier releases as they will be when this one is over."""
        history = msgspec.json.decode(held.content, type=StoredManifest).history
        version = held.version.version
        if version is None or manifest.claimed or not manifest.release:
            return history
        current = Past(
            release=manifest.release,
            created=manifest.created,
            files=len(manifest.files),
            version=version,
            message=manifest.message,
        )
        return (current, *(past for past in history if past.release != manifest.release))

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
            for upload, held in all_at_once(lambda upload: self._bucket.get(upload.path), uploads)
            if held is not None and not _has_content(held, upload.entry)
        )

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those of which the store does not hold this content.

        What was sent just now is not read again where the store has named the digest of what it has written.
        """
        unsure = [upload for upload in uploads if not self._is_confirmed(upload)]
        wrong = set()
        for upload, held in all_at_once(lambda upload: self._bucket.get(upload.path), unsure):
            if held and _has_content(held, upload.entry) and _has_headers(held, upload.entry):
                self._sent[upload.path] = _SentObject(upload.entry.hash, held.version, is_confirmed=True)
            else:
                wrong.add(upload.path)
        return frozenset(wrong)

    def _is_confirmed(self, upload: Upload) -> bool:
        sent = self._sent.get(upload.path)
        return sent is not None and sent.is_confirmed and sent.hash == upload.entry.hash

    def begin(self, plan: Plan) -> None:
        """Claims what is about to be sent, in the manifest."""
        self._release = plan.manifest.release
        self._write_manifest(plan.claim)

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Sends files, many at a time."""
        for upload, done in all_at_once(self._send, uploads):
            self._sent[upload.path] = done
            sent(upload.path)

    def _send(self, upload: Upload) -> _SentObject:
        headers = upload.entry.headers
        body = compress(upload.read(), headers.get(CONTENT_ENCODING, ""))
        version = self._bucket.put(upload.path, body, headers)
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        return _SentObject(upload.entry.hash, version, version.e_tag.strip('"') == digest)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Deletes objects, a thousand with one request."""
        for path in self._bucket.delete(paths):
            sent(path)

    def commit(self, manifest: Manifest) -> None:
        """Replaces the claim by the manifest of what stands there now."""
        files = {path: self._recorded(path, entry) for path, entry in manifest.files.items()}
        self._write_manifest(msgspec.structs.replace(manifest, files=files))

    def _recorded(self, path: str, entry: Entry) -> Entry:
        sent = self._sent.get(path)
        return entry if sent is None else msgspec.structs.replace(entry, remote=str(sent.version))

    def _write_manifest(self, manifest: Manifest) -> None:
        """Raises `OutrunError` when the manifest is no longer the one that was seen last."""
        past = [past for past in self._history if past.release != manifest.release or manifest.claimed]
        fields = msgspec.structs.asdict(manifest)
        stored = StoredManifest(**fields, history=tuple(past[: self._target.keep_releases - 1]))
        content = msgspec.json.encode(stored, order="deterministic") + b"\n"
        try:
            self._seen = self._bucket.replace(MANIFEST, content, _MANIFEST_HEADERS, self._seen)
        except ConflictError:
            message = f"somebody else keeps deploying to {self.shown}. Wait for him, then deploy again"
            raise OutrunError(Problem(code="rival", message=message)) from None

    def invalidate(self, paths: Collection[str]) -> None:
        """Makes CloudFront forget its copies of these files, where it stands in front of the bucket."""
        if self._distribution and paths:
            self._distribution.invalidate(paths, self._release)

    def releases(self) -> tuple[Release, ...]:
        """The current release, and the earlier ones whose versions the bucket keeps."""
        manifest = self.look().manifest
        if manifest is None:
            return ()
        current = Release(
            name=manifest.release,
            created=manifest.created,
            files=len(manifest.files),
            is_current=True,
            message=manifest.message,
        )
        earlier = (
            Release(
                name=past.release,
                created=past.created,
                files=past.files,
                is_current=False,
                message=past.message,
            )
            for past in self._history
            if past.release != manifest.release
        )
        return (current, *sorted(earlier, key=lambda release: release.name, reverse=True))

    def roll_back(self, release: str) -> None:
        """Sends the files of an earlier release again, as the bucket kept them."""
        current = self.look().manifest
        past = next((past for past in self._history if past.release == release), None)
        if current is None or past is None:
            raise SitegenError(self._no_release(release))
        held = self._bucket.get(MANIFEST, past.version)
        if held is None:
            raise SitegenError(self._no_release(release))
        manifest = self._decoded(held)
        uploads = {path: Upload(path=path, entry=entry) for path, entry in manifest.files.items()}
        standing = current.owned()
        for path in current.claimed:
            standing[path] = msgspec.structs.replace(standing[path], hash="")
        plan = make_plan(manifest.site, uploads, current, standing, self._now)
        self.begin(plan)
        for stage in plan.stages():
            self.put([upload for _, upload in all_at_once(self._kept, stage)], _nobody_watches)
        self.invalidate([step.path for step in plan.steps if step.action != "add"])
        self.delete(plan.deletions, _nobody_watches)
        self.commit(msgspec.structs.replace(manifest, retired=plan.manifest.retired))

    def _kept(self, upload: Upload) -> Upload:
        """A file with the content that an earlier release had. Raises `SitegenError` when it is gone."""
        held = self._bucket.get(upload.path, parse_version(upload.entry.remote).version)
        if held is None or not _has_content(held, upload.entry):
            message = f"{self.shown} no longer has this file as it was in that release"
            raise SitegenError(Problem(code="release", message=message, path=upload.path))
        content = decompress(held.content, held.headers.get(CONTENT_ENCODING, ""))
        return msgspec.structs.replace(upload, content=content or b"")

    def _no_release(self, release: str) -> Problem:
        message = f"{self.shown} has no release {release} to go back to. See: sitegen deploy list"
        if self._seen is not None and self._seen.version is None:
            message += ". Releases are kept in a bucket with versioning, which this one has not: switch it on"
        return Problem(code="release", message=message)


def _nobody_watches(path: str) -> None:
    """Takes note of nothing."""


def _has_content(held: Held, entry: Entry) -> bool:
    content = decompress(held.content, held.headers.get(CONTENT_ENCODING, ""))
    return content is not None and hash_bytes(content).hex() == entry.hash


def _has_headers(held: Held, entry: Entry) -> bool:
    return all(held.headers.get(name) == value for name, value in entry.headers.items())
