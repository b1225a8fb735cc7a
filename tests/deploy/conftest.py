"""What tests of deploys begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploy.sites import Deployer, SiteMaker, make_site


@pytest.fixture
def deploy() -> Deployer:
    """Deploys without asking."""
    return Deployer()


@pytest.fixture
def site(tmp_path: Path) -> SiteMaker:
    """Makes a built site from its files, each in a folder of its own."""
    folders = iter(range(10_000))
    return lambda *arguments, **options: make_site(tmp_path / f"site-{next(folders)}", *arguments, **options)
