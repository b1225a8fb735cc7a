"""Every test of the suite runs once for each kind of place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitegen.deploy.site import BuiltSite
from tests.deploy.places import PLACES, Place, open_place
from tests.deploy.sites import ADDRESS, Deployer, Files, make_site

SiteMaker = Callable[..., BuiltSite]


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty remote place."""
    with open_place(request.param, tmp_path / "place") as opened:
        yield opened


@pytest.fixture
def deploy() -> Deployer:
    """Deploys without asking, and lets any number of files vanish; each deploy is planned on its own before."""
    return Deployer(plans_first=True)


@pytest.fixture
def site(tmp_path: Path) -> SiteMaker:
    """Makes a built site from its files, each in a folder of its own."""
    count = 0

    def make(files: Files, address: str = ADDRESS) -> BuiltSite:
        nonlocal count
        count += 1
        return make_site(tmp_path / f"site-{count}", files, address)

    return make
