"""The remote places that the conformance suite deploys to, each with what a test needs to look behind it.

A module of this package for each kind of place: a function of a folder that gives a `Place` in a `with`, which
starts the server it needs and ends it. It is listed in `PLACES`, and the whole suite runs against it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from sitegen.config import TargetConfig
from sitegen.deploy.target import Remote, Surroundings


class Place(Protocol):
    """One remote place, empty at first."""

    has_releases: bool
    """Whether earlier releases can be rolled back to."""
    reads_are_exact: bool
    """Whether a look at the place alone shows that somebody changed one of our files."""

    @property
    def target(self) -> TargetConfig:
        """The settings by which it is opened."""

    @property
    def surroundings(self) -> Surroundings:
        """The machine that it is opened from."""

    def remote(self) -> Remote:
        """The place as the target opens it, anew for each command."""

    def visible(self) -> dict[str, bytes]:
        """What visitors can get, by path; what is no part of the site (such as .git) left out."""

    def tamper(self, path: str, content: bytes | None) -> None:
        """Changes or deletes a file that visitors can get, by hand."""


PlaceFactory = Callable[[Path], AbstractContextManager[Place]]

PLACES = {
    "git": "git:by_path",
    "git-ssh": "git:over_ssh",
    "rsync": "rsync:releases",
    "rsync-plain": "rsync:plain",
    "local": "local:releases",
    "local-plain": "local:plain",
    "netlify": "netlify:site",
    "s3": "s3:bucket",
    "sftp": "sftp:folder",
}
"""By name: the module below this package and its function."""

SLOW = frozenset({"git", "git-ssh", "rsync", "rsync-plain"})
"""Places that start programs for each request; a usual run of the tests tries a part of their faults."""


def open_place(name: str, folder: Path) -> AbstractContextManager[Place]:
    """A new place of that kind, which may use the folder."""
    module, _, function = PLACES[name].partition(":")
    factory = getattr(import_module(f"{__name__}.{module}"), function)
    return cast("PlaceFactory", factory)(folder)
