"""The headers that a host is told to answer with: what kind of content a file is, and how long it may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import msgspec

from sitegen.build.recipes import FileKind
from sitegen.content_types import content_type
from sitegen.deploy.compression import Encoding, is_worth_compressing
from sitegen.deploy.manifest import Entry
from sitegen.deploy.target import Upload

CONTENT_ENCODING = "Content-Encoding"

_REVALIDATED = "public, max-age=0, must-revalidate"

CACHE_CONTROL = {
    FileKind.ASSET: "public, max-age=31536000, immutable",
    FileKind.RESOURCE: "public, max-age=3600",
    FileKind.PAGE: _REVALIDATED,
    FileKind.LIST: _REVALIDATED,
}
"""How long browsers and caches may keep a file without asking: for ever when another content has another address."""

Rules = Mapping[str, Mapping[str, str]]
"""Headers by the pattern of the paths they are for; `*` stands for anything, `/` included."""


def with_headers(
    files: Mapping[str, Upload], rules: Rules, encoding: Encoding | None = None
) -> dict[str, Upload]:
    """The files with all their headers; text is marked to be sent in `encoding`."""
    return {path: _dressed(upload, rules, encoding) for path, upload in files.items()}


def _dressed(upload: Upload, rules: Rules, encoding: Encoding | None) -> Upload:
    headers = file_headers(upload.path, upload.entry, rules)
    if encoding and is_worth_compressing(headers.get("Content-Type", ""), upload.entry.size):
        headers.setdefault(CONTENT_ENCODING, encoding)
    entry = msgspec.structs.replace(upload.entry, headers=dict(sorted(headers.items())))
    return msgspec.structs.replace(upload, entry=entry)


def file_headers(path: str, entry: Entry, rules: Rules) -> dict[str, str]:
    """The headers of one file. A later rule wins over an earlier one, and an empty value takes a header away."""
    headers = {"Content-Type": content_type(path), "Cache-Control": CACHE_CONTROL[entry.kind]}
    for pattern, wanted in rules.items():
        if fnmatchcase(path, pattern.lstrip("/")):
            headers.update({canonical(name): value for name, value in wanted.items()})
    return {name: value for name, value in headers.items() if value}


def canonical(name: str) -> str:
    """`cache-control` as `Cache-Control`, so that one header has one name."""
    return "-".join(part.capitalize() for part in name.split("-"))
