"""A thread that does one thing after the other for an event loop, and keeps no program from ending."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

Answer = TypeVar("Answer")


class WorkThread:
    """One thread for objects that belong to one thread.

    The threads of `concurrent.futures` are waited for when the program ends, which may take as long as loading all
    posts of a large site. This one may be left in the middle of its work.
    """

    def __init__(self, name: str) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def do(self, work: Callable[[], Answer]) -> Answer:
        """What `work` gives, or raises, when it has been done in the thread."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Answer] = loop.create_future()

        def tell(settle: Callable[[], None]) -> None:
            def unless_cancelled() -> None:
                if not done.done():
                    settle()

            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(unless_cancelled)

        def run() -> None:
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
                fault = error
                tell(lambda: done.set_exception(fault))
            else:
                tell(lambda: done.set_result(answer))

        self._work.put(run)
        return await done

    def end(self) -> None:
        """Lets the thread end when it has done what it was asked for."""
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
