"""Two builds at once, builds that are killed, and builds that are interrupted."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitegen.build import BuildOptions
from sitegen.build.builder import build_clean
from sitegen.build.cleaning import clean
from sitegen.build.staging_folder import STAGING
from sitegen.errors import GuardError, SitegenError
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}

BLOG = """\
-- sitegen.toml --
title = "Test"
[feeds]
formats = []
-- content/posts/one.md --
---
title: One
date: 2024-01-01
permalink: /one/
---
First.
"""

SUBJECT = """
import os, sys, time
from pathlib import Path
from sitegen.build import load, output, staging
from sitegen.cli.program import run

marks = Path(sys.argv[1])
parent = os.getpid()

def wait_once(name, in_worker):
    "Says that a pass is reached and stays there for a minute."
    if (os.getpid() != parent) == in_worker:
        try:
            mark = open(marks / name, "x")
        except FileExistsError:
            return
        with mark:
            mark.write(str(os.getpid()))
        time.sleep(60)

def waiting(module, attribute, name, in_worker=False):
    real = getattr(module, attribute)
    def stand_in(*arguments, **named):
        wait_once(name, in_worker)
        return real(*arguments, **named)
    setattr(module, attribute, stand_in)

{preparation}
sys.exit(run(sys.argv[2:]))
"""

WORKERS = "load.POSTS_WORTH_A_WORKER = load.CHUNK = staging.PAGES_WORTH_A_WORKER = staging.CHUNK = 1"

STOPS = {
    "load": 'waiting(load, "_result", "load")',
    "load in a worker": f'{WORKERS}; waiting(load, "_result", "load in a worker", True)',
    "render": 'waiting(staging, "_make", "render")',
    "render in a worker": f'{WORKERS}; waiting(staging, "_make", "render in a worker", True)',
    "write": 'waiting(output.os, "replace", "write")',
    "delete": 'waiting(output.Output, "_delete", "delete")',
}
"""Places in which a build can be held up, and what brings it to stop there."""


KILLED = (
    "a process of this build was ended, as the system does when memory runs out. "
    "Build again, with --jobs 1 if it happens again."
)


class Running:
    """A build in a process of its own that stops somewhere on its way."""

    def __init__(self, project: Project, stop: str, jobs: int) -> None:
        self._mark = project.root.parent / "marks" / stop
        self._mark.parent.mkdir(exist_ok=True)
        self._mark.unlink(missing_ok=True)
        program = SUBJECT.replace("{preparation}", STOPS[stop])
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                program,
                str(self._mark.parent),
                "build",
                "-s",
                str(project.root),
                f"-j{jobs}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=ENVIRONMENT,
            start_new_session=True,
        )
        wait_until(lambda: self._mark.exists() and self._mark.read_text() != "")
        self.where = int(self._mark.read_text())
        """The process that stands still."""

    def end(self) -> tuple[int, str]:
        """The exit code and what was said."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err

    def wait_until_gone(self) -> None:
        """Returns when none of its processes is left; the system may take a moment to clear those away that were killed."""
        wait_until(lambda: self.descendants() == [])

    def descendants(self) -> list[int]:
        """The processes of its session."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
            except (OSError, ValueError, IndexError):
                continue
            if session == self.process.pid:
                found.append(int(entry.name))
        return found


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("waited for half a minute")


@pytest.fixture
def project(site: SiteFactory) -> Project:
    project = site(BLOG)
    for number in range(8):
        project.put(
            f"content/posts/p{number}.md", f"---\ntitle: P{number}\ndate: 2023-01-01\n---\nx\n".encode()
        )
    project.put("output/CNAME", b"mine\n")
    return project


@pytest.fixture
def start(project: Project) -> Iterator[Callable[[str, int], Running]]:
    """Starts builds, and sees to it that none outlives the test."""
    running: list[Running] = []

    def begin(stop: str, jobs: int = 1) -> Running:
        running.append(Running(project, stop, jobs))
        return running[-1]

    yield begin
    for build in running:
        for process in build.descendants():
            os.kill(process, signal.SIGKILL)
        build.process.communicate()


def command(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sitegen", *arguments, "-s", str(project.root)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        check=False,
    )


def clean_files(project: Project, tmp_path: Path) -> dict[str, bytes]:
    """What an undisturbed build writes, and what was there before."""
    config, _ = read_config(project.root)
    build_clean(project.root, config, BuildOptions(now=NOW, jobs=1), tmp_path / "clean")
    return tree(tmp_path / "clean") | {"CNAME": b"mine\n"}


# Two at once


def test_a_second_build_names_the_process_of_the_first(
    project: Project, start: Callable[..., Running]
) -> None:
    first = start("render")
    second = command(project, "build")
    assert second.returncode == 3
    assert second.stderr == (
        f"error[lock]: another build of this project is at work (process {first.process.pid}). "
        "Wait for it, or end it.\nNothing was written. 1 problem.\n"
    )
    assert first.process.poll() is None


def test_two_projects_do_not_write_to_one_folder_at_once(
    project: Project, start: Callable[..., Running], tmp_path: Path
) -> None:
    start("render")
    other = Project(tmp_path / "other")
    other.root.mkdir()
    other.write(BLOG)
    refused = command(other, "build", "--output", str(project.output))
    assert refused.returncode == 3
    assert refused.stderr == (
        "output: error[lock]: another build is writing to this folder. Wait for it, or end it.\n"
        "Nothing was written. 1 problem.\n"
    )


def test_builds_without_a_state_do_not_write_to_one_folder_at_once(
    project: Project, start: Callable[..., Running]
) -> None:
    project.put(".sitegen", b"a file in its place")
    start("render")
    refused = command(project, "build")
    assert refused.returncode == 3
    assert "another build is writing to this folder" in refused.stderr


def test_a_site_is_not_cleaned_under_a_build(project: Project, start: Callable[..., Running]) -> None:
    project.build()
    before = tree(project.output)
    project.put("content/posts/p0.md", b"---\ntitle: New\ndate: 2023-01-01\n---\nx\n")
    start("render")
    refused = command(project, "clean")
    assert refused.returncode == 3
    assert "is at work" in refused.stderr
    assert before.items() <= tree(project.output).items()


def test_the_lock_is_free_after_a_build_and_after_a_failed_one(project: Project) -> None:
    project.build()
    project.put("content/posts/bad.md", b"---\ntitle: [\n---\n")
    with pytest.raises(SitegenError):
        project.build()
    (project.root / "content/posts/bad.md").unlink()
    for folder in (project.root / ".sitegen/lock", project.output):
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)
    config, _ = read_config(project.root)
    assert clean(project.root, config) > 0


def test_a_lock_that_somebody_else_holds_is_told_without_a_number(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.build.state_folder.ORPHAN_SECONDS", 1)
    monkeypatch.setattr("sitegen.build.state_folder.time.sleep", lambda _: None)
    project.build()
    lock = project.root / ".sitegen/lock"
    lock.write_bytes(b"\xff no number")
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(GuardError) as caught:
            project.build()
    assert str(caught.value) == (
        "error[lock]: another build of this project is at work. Wait for it, or end it."
    )


# Killed


@pytest.mark.parametrize(
    ("stop", "jobs"),
    [("load", 1), ("load in a worker", 2), ("render", 1), ("render in a worker", 2), ("write", 1)],
)
def test_a_killed_build_keeps_nobody_from_the_next(
    project: Project, start: Callable[..., Running], tmp_path: Path, stop: str, jobs: int
) -> None:
    killed = start(stop, jobs)
    killed.process.kill()
    killed.process.wait()
    if jobs > 1:
        os.kill(killed.where, signal.SIGKILL)  # it would notice in a minute, when it has slept
    project.build()
    assert tree(project.output) == clean_files(project, tmp_path)


def test_a_build_waits_for_the_workers_of_a_killed_one(
    project: Project, start: Callable[..., Running], tmp_path: Path
) -> None:
    killed = start("render in a worker", 2)
    killed.process.kill()
    killed.process.wait()
    following = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "build", "-s", str(project.root)],
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    time.sleep(1.5)
    assert following.poll() is None
    os.kill(killed.where, signal.SIGKILL)
    assert following.wait(30) == 0
    assert tree(project.output) == clean_files(project, tmp_path)


def test_a_killed_worker_is_told_and_the_next_build_is_right(
    project: Project, start: Callable[..., Running], tmp_path: Path
) -> None:
    for stop in ("load in a worker", "render in a worker"):
        build = start(stop, 2)
        os.kill(build.where, signal.SIGKILL)
        code, said = build.end()
        assert (code, said) == (
            1,
            f"error[worker]: {KILLED}\nNothing was written. 1 problem.\n",
        )
        build.wait_until_gone()
        assert tree(project.output) == {"CNAME": b"mine\n"}
    project.build()
    assert tree(project.output) == clean_files(project, tmp_path)


# Interrupted


@pytest.mark.parametrize("signals", [1, 2])
@pytest.mark.parametrize("stop", sorted(STOPS))
def test_an_interrupted_build_leaves_nothing_half_done(
    project: Project, start: Callable[..., Running], tmp_path: Path, stop: str, signals: int
) -> None:
    if stop == "delete":
        project.build()
        (project.root / "content/posts/p0.md").unlink()
    before = tree(project.output)
    build = start(stop, 2 if "worker" in stop else 1)
    for _ in range(signals):  # as by an impatient Ctrl-C, which all processes hear
        os.killpg(build.process.pid, signal.SIGINT)
    code, said = build.end()
    assert (code, said) == (130, "\nInterrupted.\n")  # an empty line, for the terminal shows ^C
    build.wait_until_gone()
    if stop not in ("write", "delete"):
        assert tree(project.output) == before
    assert signals > 1 or not (project.output / STAGING).exists()
    project.build()
    assert tree(project.output) == clean_files(project, tmp_path)


# Any number of processes


def test_any_number_of_processes_builds_the_same(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("load.POSTS_WORTH_A_WORKER", "staging.PAGES_WORTH_A_WORKER", "load.CHUNK", "staging.CHUNK"):
        monkeypatch.setattr(f"sitegen.build.{name}", 1)
    trees = {}
    for jobs in (1, 2, 5):
        output = tmp_path / f"output {jobs}"
        report = project.build(jobs=jobs, output=output, rehash=True)
        trees[jobs] = (tree(output), report.problems, report.written)
        for path in (project.root / ".sitegen").iterdir():
            path.unlink()
    assert trees[1] == trees[2] == trees[5]
    assert trees[1][2] > 20
