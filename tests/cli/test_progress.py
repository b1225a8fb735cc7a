"""Watching a build: times, and a bar when it takes long."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest

from sitegen.cli.progress import BuildWatcher
from tests.cli.conftest import REPOSITORY


def test_each_pass_is_timed_by_its_beginning_and_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.5, 1.0, 1.75, 2.0, 4.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    with BuildWatcher(shows_bar=False) as watcher:
        watcher.progress("scan", 0, 1)
        watcher.progress("load", 0, 2)
        watcher.progress("load", 2, 2)
        watcher.progress("write", 0, 1)
    assert watcher.pass_seconds == {"scan": 0.5, "load": 1.0, "write": 2.0}


def shown_on_a_terminal(patience: float) -> str:
    """What a build of two passes shows, one that finds this many seconds long."""
    code = (
        "from sitegen.cli import progress\n"
        f"progress.PATIENCE_SECONDS = {patience}\n"
        "with progress.BuildWatcher(shows_bar=True) as watcher:\n"
        "    watcher.progress('load', 0, 20)\n"
        "    watcher.progress('load', 12, 20)\n"
        "    watcher.progress('render', 0, 40)\n"
        "print('done')\n"
    )
    mine, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "PYTHONPATH": str(REPOSITORY)},
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(mine, 4096):
                shown += chunk
        except OSError:
            pass  # Linux says so when the other side has closed
        os.close(mine)
    assert process.returncode == 0
    return shown.decode()


def test_a_long_build_shows_how_far_it_is_and_wipes_the_bar_away() -> None:
    shown = shown_on_a_terminal(patience=-1)
    assert "render" in shown
    assert "0/40" in shown
    assert shown.index("\x1b[2K") < shown.index("done"), "the line is erased before anything else is said"


def test_a_short_build_shows_no_bar() -> None:
    assert shown_on_a_terminal(patience=1000) == "done\r\n"
