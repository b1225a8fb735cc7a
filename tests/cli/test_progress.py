"""Watching builds and deploys: times, and a bar when they take long."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time

import pytest

from sitegen.cli.progress import BuildWatcher
from sitegen.errors import display_width
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


def shown_on_a_terminal(code: str, columns: int = 80, **environment: str) -> str:
    """What a program in Python shows; its standard output comes last, because that is no terminal."""
    mine, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "TERM": "xterm",
            "COLUMNS": str(columns),
            "PYTHONPATH": str(REPOSITORY),
            **environment,
        },
        stdout=subprocess.PIPE,
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
        assert process.stdout
        printed = process.stdout.read()
    assert process.returncode == 0
    return (shown + printed).decode()


def shown_of_a_build(patience: float) -> str:
    """What a build of two passes shows, one that finds this many seconds long."""
    return shown_on_a_terminal(
        "from sitegen.cli import progress\n"
        f"progress.PATIENCE_SECONDS = {patience}\n"
        "with progress.BuildWatcher(shows_bar=True) as watcher:\n"
        "    watcher.progress('load', 0, 20)\n"
        "    watcher.progress('load', 12, 20)\n"
        "    watcher.progress('render', 0, 40)\n"
        "print('done')\n"
    )


def test_a_long_build_shows_how_far_it_is_and_wipes_the_bar_away() -> None:
    shown = shown_of_a_build(patience=-1)
    assert "render" in shown
    assert "0/40" in shown
    assert shown.index("\x1b[2K") < shown.index("done"), "the line is erased before anything else is said"


def test_a_short_build_shows_no_bar() -> None:
    assert shown_of_a_build(patience=1000) == "done\n"


DEPLOY = """
import time
from sitegen.cli import transfer
from sitegen.cli.console import Console
from sitegen.deploy.plan import Plan, Step

transfer.PATIENCE_SECONDS = {patience}
transfer.SILENCE_SECONDS = {silence}
steps = tuple(Step(action="add", path=f"{{number}}.html", kind=2, size={size}) for number in range(4))
plan = Plan(steps=steps, unchanged=0, previous=None, manifest=None, uploads={{}})
console = Console({console})
waiting = transfer.Waiting(console, "the bucket")
watcher = transfer.TransferWatcher(console, waiting)
with watcher, waiting:
    watcher.begin(plan)
    for step in steps[:3]:
        time.sleep(0.1)  # or the rate is none that a line has
        watcher.done(step.path)
    watcher.reading_back()
print("done")
"""


def shown_of_a_deploy(
    console: str = "", size: int = 1_000_000, columns: int = 80, patience: float = -1, **environment: str
) -> str:
    code = DEPLOY.format(patience=patience, silence=1000, size=size, console=console)
    return shown_on_a_terminal(code, columns, **environment)


def test_a_long_deploy_shows_how_far_it_is_and_wipes_the_bar_away() -> None:
    shown = shown_of_a_deploy()
    assert "reading back" in shown
    assert "3.0/4.0 MB" in shown
    assert re.search(r"[kM]B/s", shown)
    assert shown.index("\x1b[2K") < shown.index("done"), "the line is erased before anything else is said"


def test_a_narrow_terminal_shows_what_matters_on_one_line() -> None:
    shown = shown_of_a_deploy(columns=40)
    assert "75%" in shown
    assert re.search(r"[kM]B/s", shown)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines()
    assert max(map(display_width, lines)) <= 40
    assert "\u2026" not in shown, "nothing is cut off"


def test_one_large_file_is_shown_before_it_has_been_sent() -> None:
    assert "0.0/1.2 GB" in shown_of_a_deploy(size=300_000_000)
    assert shown_of_a_deploy(patience=1000) == "done\n"


def test_colours_are_left_out_of_the_bar_of_a_deploy() -> None:
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    assert coloured.search(shown_of_a_deploy())
    assert not coloured.search(shown_of_a_deploy("no_color=True"))
    assert not coloured.search(shown_of_a_deploy(NO_COLOR="1"))


def test_a_deploy_that_tells_each_step_has_no_bar_to_mingle_with() -> None:
    lines = [f"    add     {number}.html" for number in range(3)]
    assert shown_of_a_deploy("verbose=True").splitlines() == [*lines, "done"]


def test_a_quiet_deploy_shows_nothing() -> None:
    assert shown_of_a_deploy("quiet=True") == "done\n"


def test_what_is_silent_for_long_is_named() -> None:
    code = """
from sitegen.cli import transfer
from sitegen.cli.console import Console

transfer.SILENCE_SECONDS = 0.01
with transfer.Waiting(Console(), "the bucket") as waiting:
    waiting._timer.join()
    waiting.end()
    waiting.begin()
    waiting.end()
"""
    assert shown_on_a_terminal(code) == "Waiting for the bucket ...\r\n"
