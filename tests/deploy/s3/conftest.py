"""A bucket for each test of what only buckets do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.places.s3 import S3Place, bucket


@pytest.fixture
def place(tmp_path: Path) -> Iterator[S3Place]:
    """An empty bucket that keeps versions."""
    with bucket(tmp_path / "place") as opened:
        yield opened
