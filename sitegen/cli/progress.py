"""Watching a build: how long each pass takes, and a bar once it takes more than a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 1.0


class BuildWatcher:
    """An observer of a build. Use it in a `with`, which takes the bar away again."""

    def __init__(self, *, shows_bar: bool) -> None:
        self._shows_bar = shows_bar
        self._begin = time.perf_counter()
        self._pass_begin = self._begin
        self._pass_name: str | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._finished: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_pass(time.perf_counter())
        if self._bar:
            self._bar.stop()
            self._bar = None

    def progress(self, name: str, done: int, total: int) -> None:
        """Notes that the pass `name` has done so much."""
        now = time.perf_counter()
        if name != self._pass_name:
            self._end_pass(now)
            self._pass_name, self._pass_begin = name, now
        if self._shows_bar and now - self._begin > PATIENCE_SECONDS:
            self._show(name, done, total)

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.perf_counter() - self._begin

    @property
    def pass_seconds(self) -> dict[str, float]:
        """How long each finished pass took, in their order."""
        return dict(self._finished)

    def _end_pass(self, now: float) -> None:
        if self._pass_name:
            spent = self._finished.get(self._pass_name, 0.0)
            self._finished[self._pass_name] = spent + now - self._pass_begin
            self._pass_name = None

    def _show(self, name: str, done: int, total: int) -> None:
        if self._bar is None:
            from rich.console import Console  # noqa: PLC0415 - 50 ms, only for builds that take longer
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

            self._bar = Progress(
                TextColumn("{task.description:8}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(name, total=total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, description=name, completed=done, total=total)
