"""A bucket of an object store: its requests, many at a time, and what can go wrong with them in the user's words."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from sitegen.deploy.manifest import MANIFEST
from sitegen.deploy.parallel import all_at_once, interruptible
from sitegen.deploy.store_faults import reason
from sitegen.deploy.target import PART_BYTES, Upload
from sitegen.errors import Problem, SitegenError

if TYPE_CHECKING:
    from obstore import GetOptions, GetResult, PutMode
    from obstore.store import ObjectStore

PARALLEL = 64
"""Requests at a time about small files: the way there and back is long."""

SMALL = 1 << 18
"""Bytes of a file that is small."""

PARALLEL_LARGE = 4
"""Requests at a time about larger files, of which the memory and the line hold only few."""

SENT_WHOLE = 5 << 20
"""Bytes of the largest file that is sent with one request; larger ones go in parts, which stores want so large."""

DELETED_AT_ONCE = 1000
"""Objects that one request deletes, where the store can."""

TRIES = 3
"""How often the manifest is tried to be written, for as long as patience lasts."""

_Result = TypeVar("_Result")


class Version(NamedTuple):
    """What a store calls the present content of an object."""

    e_tag: str
    version: str | None
    """In a bucket that keeps versions: by which this content can be had when it has been replaced."""

    def __str__(self) -> str:
        """One text, as a manifest keeps it."""
        return f"{self.e_tag} {self.version}" if self.version else self.e_tag


def parse_version(text: str) -> Version:
    """The version that a manifest keeps."""
    e_tag, _, version = text.partition(" ")
    return Version(e_tag, version or None)


class Held(NamedTuple):
    """An object that is being read."""

    parts: Iterator[bytes]
    """Its content, which comes as it is asked for. Raises `SitegenError`."""
    headers: dict[str, str]
    version: Version

    def read(self) -> bytes:
        """Its content, all of it. Raises `SitegenError`."""
        return b"".join(self.parts)


class Written(NamedTuple):
    """An object as it was written."""

    version: Version
    is_confirmed: bool
    """Whether the store named the digest of what it had written, and it was right."""


_OF_NOTHING = f'"{hashlib.md5(usedforsecurity=False).hexdigest()}"'
"""What stores call the content of an empty object."""


class _NoObjectError(Exception):
    """The object that was to be replaced is not there."""


class ConflictError(Exception):
    """The object is not, or no longer, the one that was to be replaced."""


class Bucket:
    """One bucket, or a folder in it, which keys are relative to."""

    def __init__(self, store: ObjectStore, shown: str, patience_seconds: float) -> None:
        """`patience_seconds` is for writes with a condition; the store repeats all other requests itself."""
        self._store = store
        self.shown = shown
        self._patience = patience_seconds

    def get(self, key: str, version: str | None = None) -> Held | None:
        """An object, or an earlier version of it; `None` where there is none. Raises `SitegenError`."""
        options: GetOptions = {"version": version} if version else {}
        with self._told("read", key):
            try:
                found = interruptible(lambda: obstore.get(self._store, key, options=options))
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None
            headers = {str(name): value for name, value in found.attributes.items()}
            return Held(
                self._parts(key, found), headers, _version(found.meta["e_tag"], found.meta["version"])
            )

    def _parts(self, key: str, found: GetResult) -> Iterator[bytes]:
        with self._told("read", key):
            for part in found.stream(min_chunk_size=PART_BYTES):
                yield bytes(part)

    def put(self, key: str, parts: Iterable[bytes], size: int, headers: dict[str, str]) -> Written:
        """Writes an object whole, once all parts have come; there are `size` bytes of them at most.

        Raises `SitegenError`.
        """
        if size <= SENT_WHOLE:
            content = b"".join(parts)
            version = self._put(key, content, headers, "overwrite")
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            return Written(version, is_confirmed=version.e_tag.strip('"') == digest)
        with self._told("write", key):
            put = interruptible(
                lambda: obstore.put(
                    self._store,
                    key,
                    iter(parts),
                    attributes={**headers},
                    use_multipart=True,
                    chunk_size=SENT_WHOLE,
                    max_concurrency=1,
                )
            )
            return Written(_version(put["e_tag"], put["version"]), is_confirmed=False)

    def replace(self, key: str, content: bytes, headers: dict[str, str], standing: Version | None) -> Version:
        """Writes an object if what stands there is still `standing`, or nothing for `None`.

        Raises `ConflictError` when something else does, and `SitegenError`.
        """
        mode: PutMode = "create"
        if standing is not None:
            mode = {"e_tag": standing.e_tag}
            if standing.version:
                mode["version"] = standing.version
        end = time.monotonic() + self._patience
        for left in range(TRIES - 1, -1, -1):
            try:
                return self._put(key, content, headers, mode)
            except (AlreadyExistsError, PreconditionError, _NoObjectError):
                # When the answer to a request was lost, it is made again, and finds its own outcome.
                held = self.get(key)
                if held is not None and held.read() == content:
                    return held.version
                raise ConflictError(key) from None
            except SitegenError:
                # The library repeats no write with a condition when the line fails. The condition makes it safe.
                if not left or time.monotonic() >= end:
                    raise
        raise AssertionError("there is one try at least")

    def heeds_conditions(self, key: str, content: bytes, headers: dict[str, str]) -> bool:
        """Whether the store refuses to replace an object that is not the one named; `content` is what stands there.

        Raises `SitegenError`.
        """
        try:
            self._put(key, content, headers, {"e_tag": _OF_NOTHING})
        except (AlreadyExistsError, PreconditionError):
            return True
        return False

    def _put(self, key: str, content: bytes, headers: dict[str, str], mode: PutMode) -> Version:
        with self._told("write", key):
            put = interruptible(
                lambda: obstore.put(
                    self._store, key, content, attributes={**headers}, mode=mode, use_multipart=False
                )
            )
            return _version(put["e_tag"], put["version"])

    def delete(self, keys: Sequence[str]) -> Iterator[str]:
        """Deletes objects, and gives each key when its object is gone. Raises `SitegenError`."""
        for start in range(0, len(keys), DELETED_AT_ONCE):
            some = keys[start : start + DELETED_AT_ONCE]
            with self._told("delete", some[0]):
                interruptible(partial(self._delete, some))
            yield from some

    def _delete(self, keys: Sequence[str]) -> None:
        try:
            obstore.delete(self._store, keys)
        except FileNotFoundError:
            # Some stores mind that one is gone already, and leave the others.
            for key in keys:
                with contextlib.suppress(FileNotFoundError):
                    obstore.delete(self._store, key)

    def listed(self) -> dict[str, Version]:
        """Every object there is. Raises `SitegenError`."""
        with self._told("list", ""):
            items = interruptible(lambda: obstore.list(self._store).collect())
            return {item["path"]: _version(item["e_tag"], item["version"]) for item in items}

    @contextlib.contextmanager
    def _told(self, verb: str, key: str) -> Iterator[None]:
        """Turns what the library raises into a `SitegenError`, but for conflicts."""
        try:
            yield
        except (AlreadyExistsError, PreconditionError):
            raise
        except FileNotFoundError as error:
            if verb == "write" and "NoSuchKey" in str(error):
                raise _NoObjectError from None
            raise SitegenError(self._failed(verb, key, error)) from None
        except (PermissionDeniedError, UnauthenticatedError) as error:
            if "RequestTimeTooSkewed" in str(error):
                message = f"{self.shown} says that the clock of this machine is wrong. Set it"
                raise SitegenError(Problem(code="clock", message=message)) from None
            message = (
                f"{self.shown} refuses the credentials, or they may not {verb} objects: {reason(error)}. "
                "Check the environment or the provider's configuration that they come from"
            )
            raise SitegenError(Problem(code="credentials", message=message)) from None
        except (BaseError, OSError, ValueError) as error:
            raise SitegenError(self._failed(verb, key, error)) from None

    def _failed(self, verb: str, key: str, error: Exception) -> Problem:
        what = "there is no such bucket" if "NoSuchBucket" in str(error) else reason(error)
        message = f"cannot {verb} {key or 'objects'} in {self.shown}: {what}"
        return Problem(code="deploy", message=message, path=key if key and key != MANIFEST else None)


def small_ones_first(
    work: Callable[[Upload], _Result], uploads: Iterable[Upload]
) -> Iterator[tuple[Upload, _Result]]:
    """Does `work` for many files at a time, and for large ones after the others; the results as they come."""
    sizes = {True: list[Upload](), False: list[Upload]()}
    for upload in uploads:
        sizes[upload.entry.size <= SMALL].append(upload)
    for is_small, alike in sizes.items():
        yield from all_at_once(work, alike, PARALLEL if is_small else PARALLEL_LARGE)


def _version(e_tag: str | None, version: str | None) -> Version:
    # "null" is what S3 calls the only version in a bucket that keeps none.
    return Version(e_tag or "", None if version == "null" else version)
