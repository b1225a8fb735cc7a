"""The manifest: what sitegen has put into a remote place, kept in that place, so that nothing else is ever touched."""

from __future__ import annotations

import posixpath
from typing import Literal

import msgspec

from sitegen.build.recipes import FileKind
from sitegen.errors import GuardError, Problem
from sitegen.model import Value

MANIFEST = ".sitegen-manifest.json"
"""The name of the manifest in a remote place."""


class Entry(Value, frozen=True, omit_defaults=True):
    """One file of a site as a remote place holds it."""

    hash: str
    """32 hexadecimal digits of BLAKE2b over the content as the build wrote it."""
    size: int
    kind: FileKind
    headers: dict[str, str] = {}
    """What a host that is told so answers with it."""
    remote: str = ""
    """The place's own name of the content, such as a blob's id, by which it can tell changes made by hand."""


class Manifest(Value, frozen=True, omit_defaults=True):
    """What sitegen has put into a remote place."""

    site: str
    """The `base_url` of the site."""
    release: str
    """The name of the release, which sorts by time."""
    created: str
    """When it was made, in UTC: `2026-11-26T23:13:42Z`."""
    files: dict[str, Entry]
    """The files of the release by path, sorted."""
    retired: dict[str, Entry] = {}
    """Assets of the release before, left for visitors who still look at its pages."""
    claimed: dict[str, Entry] = {}
    """While a deploy is under way in a place without a switch: files that may or may not have been sent yet."""
    message: str = ""
    format: Literal[1] = 1

    def owned(self) -> dict[str, Entry]:
        """Every file of ours that may stand there, as far as known with what is in it."""
        return {**self.claimed, **self.retired, **self.files}


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as it is stored; equal manifests give equal bytes."""
    return msgspec.json.encode(manifest, order="deterministic") + b"\n"


def decode_manifest(content: bytes, shown: str) -> Manifest:
    """A stored manifest; `shown` is the place as messages name it.

    Raises `GuardError` for one that cannot be understood, because then nobody knows which files are ours.
    """
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = (
            f"{shown} has a {MANIFEST} that cannot be understood ({error}), so it is not known which files are "
            "sitegen's. Mend it; or remove it, and deploy with --take-over"
        )
        raise GuardError(Problem(code="manifest", message=message)) from None
    for path in manifest.owned():
        if not is_plain(path):
            message = f'{shown} has a {MANIFEST} that names "{path}", which no site has. Remove it'
            raise GuardError(Problem(code="manifest", message=message))
    return manifest


def is_plain(path: str) -> bool:
    """Whether `path` leads to a place below the folder it is relative to, and not to the manifest."""
    return (
        posixpath.normpath(path) == path
        and not path.startswith(("/", "../"))
        and path not in (".", "..", MANIFEST)
        and "\0" not in path
        and "\n" not in path
    )
