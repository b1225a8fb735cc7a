"""What several of these tests do with a bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sitegen.deploy.manifest import MANIFEST
from tests.deploy.places.s3 import S3Place
from tests.deploy.servers.http import Request, Response
from tests.deploy.sites import Files


def told(place: S3Place, **settings: Any) -> S3Place:
    """The place with other settings."""
    place.target = msgspec.structs.replace(place.target, **settings)
    return place


def as_bytes(files: Files) -> dict[str, bytes]:
    return {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}


def contents(place: S3Place) -> dict[str, bytes]:
    return {path: content for path, content in place.visible().items() if path != MANIFEST}


def asked_for(place: S3Place, work: Callable[[], object]) -> list[str]:
    """The methods of the requests that some work takes, sorted."""
    before = len(place.store.server.requests)
    work()
    return sorted(request.method for request in place.store.server.requests[before:])


def spoil(place: S3Place, path: str) -> None:
    """Has the store hold something else than it was sent, and name the digest of that."""
    answer = place.store.server.answer

    def spoiling(request: Request) -> Response:
        if request.method != "PUT" or path not in request.target:
            return answer(request)
        taken = answer(request)  # the signature is of the right content
        place.tamper(path, b"spoilt")
        return taken._replace(headers={**taken.headers, "ETag": f'"{"0" * 32}"'})

    place.store.server.answer = spoiling
