"""The manifest of a bucket that keeps versions: it tells of earlier releases, each a version of the manifest itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sitegen.deploy.manifest import Manifest
from sitegen.deploy.target import Release
from sitegen.model import Value


class Past(Value, frozen=True):
    """An earlier release."""

    release: str
    created: str
    files: int
    version: str
    """Of the manifest, which knows the versions of the files."""
    message: str = ""

    def as_release(self) -> Release:
        """What a list says of it."""
        return Release(
            name=self.release,
            created=self.created,
            files=self.files,
            is_current=False,
            message=self.message,
        )


class _Stored(Manifest, frozen=True, omit_defaults=True):
    history: tuple[Past, ...] = ()
    """Newest first."""


def with_history(manifest: Manifest, history: Sequence[Past], keep: int) -> bytes:
    """The manifest as it is stored, with the newest of the releases before, so that there are `keep` in all."""
    # A claim bears the name of the release that stands, which is known by its own version already. Otherwise a
    # release of this name is one that is gone back to.
    past = [past for past in history if past.release != manifest.release or manifest.claimed]
    stored = _Stored(**msgspec.structs.asdict(manifest), history=tuple(past[: keep - 1]))
    return msgspec.json.encode(stored, order="deterministic") + b"\n"


def history_after(content: bytes, manifest: Manifest, version: str | None) -> tuple[Past, ...]:
    """The earlier releases as they will be when the one of this manifest is over.

    `content` is the manifest as it is stored, and `version` names it in a bucket that keeps such. A history that
    cannot be understood is none: it is not what a deploy depends on.
    """
    try:
        history = msgspec.json.decode(content, type=_Stored).history
    except msgspec.DecodeError:
        history = ()
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
