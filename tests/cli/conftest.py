"""Running commands in this process, and in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sitegen.cli.program import run

REPOSITORY = Path(__file__).parents[2]
EPOCH = "1767225600"
"""2026-01-01 00:00:00 in UTC."""


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Sitegen = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to stand in, and a machine of which nothing matters but what the test says."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "TZ"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sitegen(capsys: pytest.CaptureFixture[str]) -> Sitegen:
    """Runs a command as `main` does: `sitegen("new", "Title")`."""

    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture
def blog(sitegen: Sitegen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new blog, in which the test stands."""
    assert sitegen("init", "blog").code == 0
    monkeypatch.chdir(tmp_path / "blog")
    return tmp_path / "blog"


def sitegen_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the real command in a process of its own, in the current folder."""
    return subprocess.run(
        [sys.executable, "-m", "sitegen", *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )
