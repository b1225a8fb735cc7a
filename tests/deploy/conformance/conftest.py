"""Every test of the suite runs once for each kind of place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.places import PLACES, Place, open_place
from tests.deploy.sites import Deployer


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty remote place."""
    with open_place(request.param, tmp_path / "place") as opened:
        yield opened


@pytest.fixture
def deploy() -> Deployer:
    """Deploys without asking, and lets any number of files vanish; each deploy is planned on its own before."""
    return Deployer(plans_first=True)
