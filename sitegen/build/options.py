"""What a build is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from msgspec.structs import replace

from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.model import Value

Pass = Literal["scan", "load", "organise", "plan", "render", "write"]
Watch: TypeAlias = Callable[[Pass, int, int], None]


class BuildOptions(Value, frozen=True):
    """What one build is asked to do, apart from the settings."""

    now: datetime
    """The moment that counts as today; aware."""
    output: Path | None = None
    """Where to write instead of the folder in the settings."""
    home: Path | None = None
    """The user's home folder, which is never written to."""
    drafts: bool = False
    future: bool = False
    expired: bool = False
    strict: bool = False
    """Warnings are errors."""
    keep_going: bool = False
    """Write the healthy pages although there are errors."""
    rehash: bool = False
    """Read every source again, whatever its signature says."""
    jobs: int = 0
    """How many processes; 0 leaves it to the build."""


class Job(Value, frozen=True):
    """One build: of which project, where to, under which settings and options."""

    project: Path
    folder: Path
    """The output folder."""
    config: Config
    options: BuildOptions


def job_for(project: Path, config: Config, options: BuildOptions) -> Job:
    """The job that these settings and options mean. Where the site is sent to has no part in it."""
    folder = options.output or project / config.output
    return Job(project=project, folder=folder, config=replace(config, deploy={}), options=options)


class Change(Value, frozen=True):
    """Something that changed since the last build, and how many pages were rendered for it."""

    what: str
    pages: int


class BuildReport(Value, frozen=True):
    """What a build did."""

    output: Path
    written: int
    deleted: int
    unchanged: int
    posts: int
    rendered: int = 0
    """Pages that were made anew, whether or not their bytes came out the same."""
    changes: tuple[Change, ...] = ()
    """What the rendered pages were rendered for, the most pages first."""
    problems: tuple[Problem, ...] = ()
    """Warnings, and with `keep_going` the errors too."""
    notes: tuple[str, ...] = ()
    """What else the user should know, such as a state that could not be read."""

    @property
    def has_errors(self) -> bool:
        """Whether pages are missing because of errors."""
        return any(problem.severity == "error" for problem in self.problems)


class Observer(Protocol):
    """Someone who watches a build."""

    def progress(self, name: Pass, done: int, total: int) -> None:
        """Called with 0 done when a pass begins, then as it goes on."""


def nobody_watches(_name: Pass, _done: int, _total: int) -> None:
    """Takes progress and does nothing."""
