"""The thread that the live site belongs to."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from functools import partial

import pytest

from sitegen.preview.threads import WorkThread

from .conftest import PATIENCE_SECONDS


def test_everything_is_done_in_one_thread_in_order() -> None:
    done: list[tuple[int, int]] = []

    async def run() -> list[int]:
        thread = WorkThread("test")

        def work(number: int) -> int:
            done.append((number, threading.get_ident()))
            return number

        answers = await asyncio.gather(*(thread.do(partial(work, number)) for number in range(50)))
        thread.end()
        return answers

    assert asyncio.run(run()) == list(range(50))
    assert [number for number, _ in done] == list(range(50))
    assert len({thread for _, thread in done} - {threading.get_ident()}) == 1


def test_an_error_is_raised_where_the_work_was_asked_for() -> None:
    async def run() -> None:
        thread = WorkThread("test")
        with pytest.raises(ZeroDivisionError):
            await thread.do(lambda: 1 // 0)
        assert await thread.do(lambda: "still there") == "still there"
        thread.end()

    asyncio.run(run())


def test_a_program_ends_in_the_middle_of_work() -> None:
    """As when somebody presses Ctrl-C while 10,000 posts are loaded."""
    program = """
import asyncio, contextlib, threading
from sitegen.preview.threads import WorkThread

async def run():
    started = threading.Event()
    work = asyncio.create_task(WorkThread("test").do(lambda: (started.set(), threading.Event().wait())))
    await asyncio.to_thread(started.wait)
    work.cancel()

asyncio.run(run())
print("the end")
"""
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
    )
    assert (finished.stdout, finished.stderr) == ("the end\n", "")
