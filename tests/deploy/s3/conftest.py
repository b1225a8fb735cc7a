"""A bucket for each test of what only buckets do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.places.s3 import S3Place, bucket
from tests.deploy.s3.buckets import Site
from tests.deploy.sites import Deployer, make_site


@pytest.fixture
def place(tmp_path: Path) -> Iterator[S3Place]:
    """An empty bucket that keeps versions."""
    with bucket(tmp_path / "place") as opened:
        yield opened


@pytest.fixture
def deploy() -> Deployer:
    """Deploys without asking."""
    return Deployer()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Makes a built site from its files, each in a folder of its own."""
    folders = iter(range(10_000))
    return lambda files: make_site(tmp_path / f"site-{next(folders)}", files)
