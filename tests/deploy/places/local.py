"""A folder of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sitegen.config import LocalTarget, RsyncTarget
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from tests.conftest import tree
from tests.deploy.sites import ADDRESS, NOW

INTERNAL = (".sitegen-lock",)


class LocalPlace:
    reads_are_exact = False

    def __init__(self, folder: Path, *, releases: bool) -> None:
        self.has_releases = releases
        self.root = folder / "www"
        (folder / "project").mkdir(parents=True, exist_ok=True)
        self.target: LocalTarget | RsyncTarget = LocalTarget(folder="../www", releases=releases)
        self.surroundings = Surroundings(project=folder / "project", environment={}, home=None, now=NOW)

    @property
    def web_root(self) -> Path:
        return self.root / "current" if self.has_releases else self.root

    def remote(self) -> Remote:
        return open_target(self.target, self.surroundings, ADDRESS)

    def visible(self) -> dict[str, bytes]:
        if not self.web_root.exists():
            return {}
        return {
            path: content for path, content in tree(self.web_root.resolve()).items() if path not in INTERNAL
        }

    def tamper(self, path: str, content: bytes | None) -> None:
        place = self.web_root / path
        if content is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)  # it may be shared with other releases
            place.write_bytes(content)


@contextlib.contextmanager
def releases(folder: Path) -> Iterator[LocalPlace]:
    yield LocalPlace(folder, releases=True)


@contextlib.contextmanager
def plain(folder: Path) -> Iterator[LocalPlace]:
    yield LocalPlace(folder, releases=False)
