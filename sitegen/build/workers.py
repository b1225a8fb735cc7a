"""Work spread over forked processes, with results that do not depend on how many there are.

A worker is a fork of the build: it has the site, the theme and the templates already, gets the numbers of tasks
and gives back bytes. Nothing is pickled.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn, TypeAlias

from sitegen.errors import Problem, SitegenError

Work: TypeAlias = Callable[[Sequence[int]], bytes]
"""Does the tasks with these numbers and says what came of them."""

HEADER = struct.Struct("<II")
FAILED = 0xFFFFFFFF
"""In place of a chunk's number: what follows is a traceback."""


class WorkerError(Exception):
    """A worker met a bug; the message is its traceback."""


def worker_count(jobs: int, tasks: int, tasks_worth_a_worker: int) -> int:
    """How many processes to use: as asked for, else as many as there are processors and enough work for each.

    One where forking is not safe: beside other threads, and where the system has no fork or warns of it.
    """
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return 1
    wanted = jobs or len(os.sched_getaffinity(0))
    return max(1, min(wanted, tasks // tasks_worth_a_worker))


def spread(work: Work, tasks: int, workers: int, chunk: int) -> Iterator[tuple[int, bytes]]:
    """The results of all tasks by chunk, as they come: (number of the chunk, what `work` said of it).

    Raises `WorkerError` for an exception in `work`, and `SitegenError` when a worker is killed.
    """
    chunks = [range(start, min(start + chunk, tasks)) for start in range(0, tasks, chunk)]
    if workers <= 1 or len(chunks) <= 1:
        for number, numbers in enumerate(chunks):
            yield number, work(numbers)
        return
    gc.collect()
    gc.freeze()
    pool: list[_Worker] = []
    try:
        with _uninterrupted():
            pool.extend(_Worker(work, chunks, pool) for _ in range(min(workers, len(chunks))))
        yield from _collect(pool, len(chunks))
    except BaseException:
        for worker in pool:
            worker.kill()
        raise
    finally:
        for worker in pool:
            worker.end()
        gc.unfreeze()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C off. Processes forked meanwhile never hear it: the build does, and ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _collect(pool: list[_Worker], chunks: int) -> Iterator[tuple[int, bytes]]:
    waiting = iter(range(chunks))
    with selectors.DefaultSelector() as selector:
        for worker in pool:
            selector.register(worker.results, selectors.EVENT_READ, worker)
            worker.ask(next(waiting))
        done = 0
        while done < chunks:
            for key, _ in selector.select():
                worker = key.data
                number, result = worker.read()
                following = next(waiting, None)
                if following is not None:
                    worker.ask(following)
                done += 1
                yield number, result


class _Worker:
    """One forked process that does chunks as it is asked."""

    def __init__(self, work: Work, chunks: Sequence[Sequence[int]], siblings: Sequence[_Worker]) -> None:
        ask_read, self._ask = os.pipe()
        self.results, result_write = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            for sibling in siblings:
                os.close(sibling._ask)  # noqa: SLF001  # so that a sibling sees its end of file
                os.close(sibling.results)
            os.close(self._ask)
            os.close(self.results)
            _serve(work, chunks, ask_read, result_write)
        os.close(ask_read)
        os.close(result_write)

    def ask(self, chunk: int) -> None:
        """Sets the worker to a chunk."""
        try:
            os.write(self._ask, HEADER.pack(chunk, 0))
        except BrokenPipeError:
            raise self._death() from None

    def read(self) -> tuple[int, bytes]:
        """The chunk done and its result."""
        header = _read_exactly(self.results, HEADER.size)
        if header is None:
            raise self._death()
        number, size = HEADER.unpack(header)
        result = _read_exactly(self.results, size)
        if result is None:
            raise self._death()
        if number == FAILED:
            raise WorkerError(result.decode())
        return number, result

    def _death(self) -> SitegenError:
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            end = f"was ended by {signal.Signals(-code).name}, as the system does when memory runs out"
        else:
            end = f"ended with {code}"
        message = f"a process of this build {end}. Build again, with --jobs 1 if it happens again."
        return SitegenError(Problem(code="worker", message=message))

    def kill(self) -> None:
        """Ends the process whatever it is doing."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)

    def end(self) -> None:
        """Lets the process go and waits for it."""
        os.close(self._ask)
        os.close(self.results)
        if self._pid:
            os.waitpid(self._pid, 0)


def _serve(work: Work, chunks: Sequence[Sequence[int]], ask: int, results: int) -> NoReturn:
    """The life of a worker: from its fork to the end of its input."""
    code = 0
    try:
        while (header := _read_exactly(ask, HEADER.size)) is not None:
            number, _ = HEADER.unpack(header)
            try:
                answer = work(chunks[number])
            except Exception:  # noqa: BLE001  # told to the build, which raises it
                import traceback  # noqa: PLC0415  # a worker that meets a bug has time

                number, answer = FAILED, traceback.format_exc().encode()
            _write_all(results, HEADER.pack(number, len(answer)))
            _write_all(results, answer)
    except BrokenPipeError:
        code = 1
    finally:
        os._exit(code)  # nothing of the build's own may run at the end of a worker


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    """So many bytes, or `None` when the other end closed before."""
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
