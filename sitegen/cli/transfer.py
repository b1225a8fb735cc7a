"""Watching a deploy: a line for each step for those who want it, and for others a bar with rate and time left."""

from __future__ import annotations

import time
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sitegen.cli.console import Console
from sitegen.deploy.plan import Plan

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.progress import Progress, ProgressColumn, TaskID

PATIENCE_SECONDS = 1.0
SILENCE_SECONDS = 5.0
"""How long a place may say nothing before it is told that it is waited for."""

_LARGE = 10_000_000
"""Bytes that surely take longer than `PATIENCE_SECONDS`, even if they are one file."""

_NARROW = 64
"""Columns of a terminal that has no room for everything."""


class Waiting:
    """Says what is being waited for when a remote place keeps silent. Use it in a `with`."""

    def __init__(self, console: Console, place: str) -> None:
        """`place` is what messages call it."""
        self._console = console
        self._text = f"Waiting for {place} ..."
        self._timer: Timer | None = None

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def begin(self) -> None:
        """Notes that the place has been asked something."""
        self.end()
        self._timer = Timer(SILENCE_SECONDS, self._console.note, [self._text])
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Notes that it has answered, or that somebody else is waited for."""
        if self._timer:
            self._timer.cancel()
            self._timer = None


class TransferWatcher:
    """An observer of a deploy. Use it in a `with`, which takes the bar away again."""

    def __init__(self, console: Console, waiting: Waiting) -> None:
        self._console = console
        self._waiting = waiting
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
        self.pause()

    @property
    def seconds(self) -> float:
        """Since the steps began."""
        return time.perf_counter() - self._begin

    def pause(self) -> None:
        """Takes the bar away, for something else to be said."""
        self._waiting.end()
        if self._bar:
            self._bar.stop()
            self._bar = None

    def begin(self, plan: Plan) -> None:
        """Notes what is going to be done."""
        self.pause()
        self._waiting.begin()
        self._begin = time.perf_counter()
        self._actions = {step.path: (step.action, step.size) for step in plan.steps}
        self._sent, self._total = 0, plan.bytes_to_send
        if self._total > _LARGE:
            self._show("sending")

    def done(self, path: str) -> None:
        """Notes that a step has been done."""
        self._waiting.end()
        action, size = self._actions.get(path, ("", 0))
        self._sent += size
        self._console.tell_more(f"    {action:<8}{path}")
        if self.seconds > PATIENCE_SECONDS:
            self._show("sending")

    def reading_back(self) -> None:
        """Notes that the rest is looking."""
        if self.seconds > PATIENCE_SECONDS:
            self._show("reading back")

    def _show(self, what: str) -> None:
        # With -v each step has a line, which says as much, and which a bar would mingle with.
        if not self._console.has_terminal or self._console.verbose:
            return
        if self._bar is None:
            from rich.console import Console as Terminal  # noqa: PLC0415 - 50 ms, only for long deploys
            from rich.progress import Progress  # noqa: PLC0415 - as above

            terminal = Terminal(stderr=True, no_color=self._console.no_color or None)
            self._bar = Progress(*_columns(terminal), console=terminal, transient=True, redirect_stdout=False)
            self._task = self._bar.add_task(what, total=self._total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, description=what, completed=self._sent)


def _columns(terminal: Terminal) -> list[ProgressColumn]:
    """What is shown, as far as the terminal is wide enough; the bar itself takes what is left."""
    from rich.progress import (  # noqa: PLC0415 - only where a bar is shown
        BarColumn,
        DownloadColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.table import Column  # noqa: PLC0415 - as above

    words, rate = TextColumn("{task.description}"), TransferSpeedColumn(table_column=Column(no_wrap=True))
    if terminal.width < _NARROW:
        return [words, TaskProgressColumn(), rate, TimeRemainingColumn()]
    return [words, BarColumn(bar_width=None), DownloadColumn(), rate, TimeRemainingColumn()]
