"""A site of Netlify: the stand-in, with the manifest under the name that it has elsewhere."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from sitegen.config import NetlifyTarget
from sitegen.deploy.manifest import MANIFEST
from sitegen.deploy.netlify import HEADERS
from sitegen.deploy.netlify_site import STORED_MANIFEST
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from tests.deploy.servers.netlify import SITE, Netlify, netlify
from tests.deploy.sites import ADDRESS, NOW


class NetlifyPlace:
    has_releases = True
    reads_are_exact = True
    refused_marks = "#?"

    def __init__(self, folder: Path, server: Netlify) -> None:
        self.netlify = server
        self.target = NetlifyTarget(
            site=SITE,
            endpoint=f"{server.server.address}/api/v1",
            timeout_seconds=5,
            patience_seconds=0,
        )
        self.surroundings = Surroundings(project=folder, environment=server.environment, home=None, now=NOW)

    def remote(self) -> Remote:
        return open_target(self.target, self.surroundings, ADDRESS)

    def visible(self) -> dict[str, bytes]:
        return {
            MANIFEST if path == STORED_MANIFEST else path: content
            for path, content in self.netlify.files().items()
            if path != HEADERS
        }

    def tamper(self, path: str, content: bytes | None) -> None:
        """A deploy by other means: the files of the last one, but for this."""
        files = dict(self.netlify.published.files) if self.netlify.published else {}
        place = f"/{STORED_MANIFEST if path == MANIFEST else path}"
        files.pop(place, None)
        if content is not None:
            files[place] = hashlib.sha1(content).hexdigest()
            self.netlify.contents[files[place]] = content
        self.netlify.publish_by_hand(files)


@contextlib.contextmanager
def site(folder: Path) -> Iterator[NetlifyPlace]:
    with netlify() as server:
        yield NetlifyPlace(folder, server)
