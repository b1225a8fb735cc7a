"""At any system call a build may be killed or stopped, or find the disk full or broken or a permission lost.

Every file stays whole, old or new, the exit code and the words are true, and the next build is a clean one's twin.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from sitegen.build.output import OWNED_LIST
from tests.conftest import tree
from tests.crash.blog import forget, put
from tests.crash.faults import Builder, Call, Outcome

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing")

FOREIGN = {"CNAME": b"example.org\n", "thing-of-mine/notes.txt": b"mine\n"}

Tree = Mapping[str, bytes]


class Trial:
    """A blog of which two versions are built in turn, the build of each being hit by a fault first."""

    def __init__(self, project: Path, builder: Builder) -> None:
        self._project = project
        self._output = project / "output"
        self._builder = builder
        self._clean: list[Tree] = []
        self._names: list[set[str]] = []
        for version in (0, 1):
            forget(project)
            self._put(version)
            assert self._build().code == 0
            self._clean.append(tree(self._output))
            self._names.append(names(self._output))

    def _put(self, version: int) -> None:
        put(self._project, version)
        for path, content in FOREIGN.items():
            (self._output / path).parent.mkdir(parents=True, exist_ok=True)
            (self._output / path).write_bytes(content)

    def _build(self, fault: str | None = None, *, is_watched: bool = False) -> Outcome:
        return self._builder.build("--jobs", "1", fault=fault, is_watched=is_watched)

    def calls(self, version: int, *, is_first: bool) -> list[Call]:
        """What the build of a version does, after that of the other one or as the first of all."""
        self._begin(version, is_first=is_first)
        outcome = self._build(is_watched=True)
        assert outcome.code == 0, outcome.words
        return [call for call in outcome.calls if call.path.startswith(str(self._project))]

    def _begin(self, version: int, *, is_first: bool) -> None:
        if is_first:
            forget(self._project)
        elif tree(self._output) != self._clean[1 - version]:
            self._put(1 - version)
            assert self._build().code == 0
        self._put(version)

    def hit(self, version: int, call: Call, fault: str, *, is_first: bool) -> Call | None:
        """Builds a version with a fault, checks what must hold then and after the next build; the call that was hit."""
        self._begin(version, is_first=is_first)
        before, sources, right = tree(self._output), self._sources(), self._clean[version]
        outcome = self._build(f"{call.name}:{fault}:when={call.number}")
        after = tree(self._output)
        said = f"{outcome.hit} {fault}: {outcome.code} {outcome.words}"
        assert self._sources() == sources, said
        assert torn(after, before, right) == [], said
        assert dishonesty(outcome, fault, after, before, right) is None, said
        again = self._build()
        assert again.code == 0, f"{said}\n{again.words}"
        assert different(tree(self._output), right) == [], said
        if not (
            outcome.code == 1 and outcome.hit and outcome.hit.name == "rmdir"
        ):  # which leaves it for good
            assert names(self._output) == self._names[version], said
        assert names(self._project / ".sitegen") == {"lock", "state.db"}, said
        return outcome.hit

    def _sources(self) -> Tree:
        everything = tree(self._project)
        return {
            path: content
            for path, content in everything.items()
            if not path.startswith(("output/", ".sitegen/"))
        }


def torn(after: Tree, before: Tree, right: Tree) -> list[str]:
    """The files that are neither old nor new or on no list, and foreign files that are no longer there."""
    pages = [path for path in after if not path.startswith(".sitegen")]
    halves = [path for path in pages if after[path] not in (before.get(path), right.get(path))]
    listed = after.get(OWNED_LIST, b"").decode().split("\n")
    unclaimed = [path for path in pages if path not in listed and path not in FOREIGN]
    return sorted(halves + unclaimed + [path for path in FOREIGN if after.get(path) != FOREIGN[path]])


def names(folder: Path) -> set[str]:
    """All there is below a folder, folders too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def different(one: Tree, other: Tree) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def dishonesty(outcome: Outcome, fault: str, after: Tree, before: Tree, right: Tree) -> str | None:
    """What is not true in what a build said of itself."""
    hit = outcome.hit
    if "Traceback" in outcome.words:
        return "a traceback"
    if outcome.code == 0:
        return "it ended well" if different(after, right) else None
    if outcome.code in (-9, 130):
        return None if {-9: "KILL", 130: "INT"}[outcome.code] in fault else "another end"
    if outcome.code != 1 or hit is None:
        return "the exit code"
    name = hit.path.partition("/project/")[2] or hit.path
    if (name.partition("/")[0] if name.startswith(("output/", ".sitegen/")) else name) not in outcome.words:
        return f"{name} is not named"
    if "Nothing was written" in outcome.words and different(after, before):
        return "something was written"
    return None


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    project, aside = tmp_path / "project", tmp_path / "aside"
    project.mkdir()
    aside.mkdir()
    put(project, 0)
    with Builder(project, aside) as builder:
        yield Trial(project, builder)


class Fault(NamedTuple):
    inject: str
    """What strace does at the call."""
    meets: Callable[[Call], bool]
    """Whether the fault can happen at a call."""
    step: int
    """Every which of the calls is tried where not all are."""


EVERY_POINT = "SITEGEN_SOAK_STEPS" in os.environ

BY_NAME = frozenset({"openat", "mkdir", "rename", "unlink", "rmdir", "utimensat"})
"""Calls that make and unmake names, which matter most."""

FAULTS = {
    "killed": Fault("signal=KILL", lambda call: call.changes, step=1),
    "stopped by Ctrl-C": Fault("signal=INT", lambda call: call.changes, step=5),
    "a full disk": Fault(
        "error=ENOSPC", lambda call: call.changes and call.name not in ("unlink", "rmdir"), step=1
    ),
    "a broken disk": Fault("error=EIO", lambda _: True, step=1),
    "a lost permission": Fault(
        "error=EACCES", lambda call: call.name in BY_NAME or call.name in ("getdents64", "newfstatat"), step=7
    ),
}


def points(calls: Iterable[Call], fault: Fault) -> list[Call]:
    """The calls to try: all that the fault can meet in the long form of the tests, else a sample."""
    met = [call for call in calls if fault.meets(call)]
    if EVERY_POINT:
        return met
    # An even number would try, of each page, always the same call.
    changing = [call for call in met if call.changes and call.name in BY_NAME]
    writing = [call for call in met if call.changes and call.name not in BY_NAME]
    reading = [call for call in met if not call.changes]
    return [*changing[:: fault.step], *writing[:: 4 * fault.step], *reading[:: 12 * fault.step]]


def each_version(*, is_first: bool) -> Iterator[int]:
    """The versions whose builds are tried: both after one another, or one alone."""
    yield 1
    if EVERY_POINT and not is_first:
        yield 0


@pytest.mark.parametrize("is_first", [False, True], ids=["after a build", "the first build"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_build_survives(trial: Trial, name: str, *, is_first: bool) -> None:
    """Being hit at any point; of first builds, every point is tried in the long form alone."""
    fault = FAULTS[name]
    for version in each_version(is_first=is_first):
        planned = points(trial.calls(version, is_first=is_first), fault)
        if is_first and not EVERY_POINT:
            planned = planned[::9]
        met = [trial.hit(version, call, fault.inject, is_first=is_first) for call in planned]
        assert len(planned) >= (2 if is_first else 15)
        assert sum(call is not None for call in met) > 0.9 * len(planned)


def test_a_build_makes_all_the_calls_that_matter(trial: Trial) -> None:
    """Or the other tests would try nothing."""
    calls = trial.calls(1, is_first=False)
    assert {"openat", "mkdir", "rename", "unlink", "rmdir", "write", "pwrite64"} <= {
        call.name for call in calls if call.changes
    }
    assert sum(call.changes for call in calls) > 100
