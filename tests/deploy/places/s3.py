"""A bucket that keeps versions, in a store that speaks S3."""

from __future__ import annotations

import atexit
import contextlib
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sitegen.config import S3Target
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from tests.deploy.servers.object_store import ObjectStore, moto_server, object_store
from tests.deploy.sites import ADDRESS, NOW


@cache
def shared_moto() -> str:
    """The address of a server for all tests of this process."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(moto_server())


class S3Place:
    has_releases = True
    reads_are_exact = False

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        self.store = store
        self.target = S3Target(
            bucket=f"s3://{store.bucket}",
            endpoint=store.server.address,
            timeout_seconds=2,
            patience_seconds=0,
        )
        self.surroundings = Surroundings(project=folder, environment=store.environment, home=None, now=NOW)
        self._known: dict[tuple[str, str], bytes] = {}

    def remote(self) -> Remote:
        return open_target(self.target, self.surroundings, ADDRESS)

    def visible(self) -> dict[str, bytes]:
        found = {}
        for key, e_tag in self.store.listed().items():
            if (key, e_tag) not in self._known:
                self._known[key, e_tag] = self.store.get(key).content
            found[key] = self._known[key, e_tag]
        return found

    def tamper(self, path: str, content: bytes | None) -> None:
        if content is None:
            self.store.delete(path)
        else:
            self.store.put(path, content)


@contextlib.contextmanager
def bucket(folder: Path) -> Iterator[S3Place]:
    with object_store(shared_moto(), f"blog-{uuid.uuid4().hex}") as store:
        store.keep_versions()
        yield S3Place(folder, store)
