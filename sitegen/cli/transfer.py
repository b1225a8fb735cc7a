"""Watching a deploy: a line for each step for those who want it, and a bar with rate and time left."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sitegen.cli.console import Console
from sitegen.deploy.plan import Plan

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 1.0


class TransferWatcher:
    """An observer of a deploy. Use it in a `with`, which takes the bar away again."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begin = time.perf_counter()
        self._actions: dict[str, tuple[str, int]] = {}
        self._sent = 0
        self._total = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def seconds(self) -> float:
        """Since the steps began."""
        return time.perf_counter() - self._begin

    def begin(self, plan: Plan) -> None:
        """Notes what is going to be done."""
        self._stop()
        self._begin = time.perf_counter()
        self._actions = {step.path: (step.action, step.size) for step in plan.steps}
        self._sent, self._total = 0, plan.bytes_to_send

    def done(self, path: str) -> None:
        """Notes that a step has been done."""
        action, size = self._actions.get(path, ("", 0))
        self._sent += size
        self._console.tell_more(f"    {action:<8}{path}")
        self._show("sending")

    def reading_back(self) -> None:
        """Notes that the rest is looking."""
        self._show("reading back")

    def _stop(self) -> None:
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _show(self, what: str) -> None:
        if not self._console.has_terminal or self.seconds < PATIENCE_SECONDS:
            return
        if self._bar is None:
            from rich.console import Console as Terminal  # noqa: PLC0415 - 50 ms, only for long deploys
            from rich.progress import (  # noqa: PLC0415
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description:12}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=Terminal(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(what, total=self._total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, description=what, completed=self._sent)
