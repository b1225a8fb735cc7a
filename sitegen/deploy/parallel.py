"""Many requests at a time, from threads, and waiting for them in a way that Ctrl-C ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def all_at_once(
    work: Callable[[_Item], _Result], items: Iterable[_Item], at_a_time: int
) -> Iterator[tuple[_Item, _Result]]:
    """Does `work` for many items at a time; the results as they come.

    The first failure ends what has not begun, and is raised when what has begun is over.
    """
    pool = ThreadPoolExecutor(at_a_time)
    try:
        futures = {pool.submit(work, item): item for item in items}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except Exception:
        pool.shutdown(cancel_futures=True)
        raise
    finally:
        # After Ctrl-C nothing is waited for: what has begun ends with the process.
        pool.shutdown(wait=False, cancel_futures=True)


def interruptible(work: Callable[[], _Result]) -> _Result:
    """What `work` gives, for a library that does not hear Ctrl-C until it is done, or its patience is over."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(work).result()
    finally:
        pool.shutdown(wait=False)
