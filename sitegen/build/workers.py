"""Work spread over forked processes, with results that do not depend on how many there are.

A worker is a fork of the build: it has the site, the theme and the templates already, gets the numbers of tasks
and gives back bytes. Nothing is pickled.
"""

from __future__ import annotations

import contextlib
import fcntl
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
NUMBER = struct.Struct("<I")
AHEAD = 1024
"""Chunks that are given out before any has come back; so many numbers go into a pipe at once."""

PIPE_SIZE = 1 << 20
"""How much workers may have to say while the build is at something else, where the system allows it."""

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


@contextlib.contextmanager
def at_work(work: Work, tasks: int, workers: int, chunk: int) -> Iterator[Crew]:
    """Those who do all tasks, at work from now until the end of the block."""
    chunks = [range(start, min(start + chunk, tasks)) for start in range(0, tasks, chunk)]
    workers = min(workers, len(chunks))
    crew = Crew(work, chunks)
    if workers <= 1:
        yield crew
        return
    gc.freeze()
    try:
        with _uninterrupted():
            crew.start(workers)
        yield crew
    except BaseException:
        crew.kill()
        raise
    finally:
        crew.end()
        gc.unfreeze()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C off. Processes forked meanwhile never hear it: the build does, and ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Crew:
    """Those who do the tasks of one pass: processes, or where none were started, whoever asks for the results.

    Processes take the numbers of their chunks from one pipe, so none waits for the build.
    """

    def __init__(self, work: Work, chunks: Sequence[Sequence[int]]) -> None:
        self._work = work
        self._chunks = chunks
        self._workers: list[_Worker] = []
        self._numbers: tuple[int, ...] = ()
        """The pipe of numbers: where they are taken, and where they are given."""
        self._given = 0

    @property
    def is_apart(self) -> bool:
        """Whether other processes do the tasks, which have all in memory that there was when they began."""
        return bool(self._workers)

    def start(self, workers: int) -> None:
        """Forks so many processes, which begin at once."""
        self._numbers = take, give = os.pipe()
        self._give_out(AHEAD)
        for _ in range(workers):
            not_its_own = [give, *(worker.results for worker in self._workers)]
            self._workers.append(_Worker(self._work, self._chunks, take, not_its_own))

    def results(self, meanwhile: Iterator[object] | None = None) -> Iterator[tuple[int, bytes]]:
        """What came of each chunk as it is done: (number of the chunk, what the work said of it).

        `meanwhile` is taken a step further whenever processes are at work and none has said anything; the steps
        should be short, and need not come to an end. With the last result the processes are let go, but not waited
        for: to give back their memory takes them some milliseconds. Raises `WorkerError` for an exception in the
        work, and `SitegenError` when a process is killed.
        """
        if not self._workers:
            for number, numbers in enumerate(self._chunks):
                yield number, self._work(numbers)
            return
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.results, selectors.EVENT_READ, worker)
            has_more = meanwhile is not None
            done = 0
            while done < len(self._chunks):
                ready = selector.select(0 if has_more else None)
                if not ready:
                    has_more = next(meanwhile or iter(()), self) is not self
                for key, _ in ready:
                    result = key.data.read()
                    done += 1
                    self._give_out(1)
                    yield result
        self._let_go()

    def _give_out(self, count: int) -> None:
        """Lets the workers take so many chunks more, if there are."""
        numbers = range(self._given, min(self._given + count, len(self._chunks)))
        if numbers:
            os.write(self._numbers[1], b"".join(map(NUMBER.pack, numbers)))
            self._given = numbers.stop

    def kill(self) -> None:
        """Ends the processes whatever they are doing."""
        for worker in self._workers:
            worker.kill()

    def _let_go(self) -> None:
        """Tells the processes that there are no more chunks."""
        for descriptor in self._numbers:
            os.close(descriptor)
        self._numbers = ()

    def end(self) -> None:
        """Lets the processes go and waits for them, if there are any."""
        self._let_go()
        for worker in self._workers:
            worker.end()


class _Worker:
    """One forked process."""

    def __init__(
        self, work: Work, chunks: Sequence[Sequence[int]], take: int, not_its_own: Sequence[int]
    ) -> None:
        """Forks a process that takes numbers from the pipe `take` and closes the ends of pipes `not_its_own`."""
        self.results, result_write = os.pipe()
        with contextlib.suppress(OSError):
            fcntl.fcntl(result_write, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            for descriptor in (*not_its_own, self.results):
                os.close(descriptor)
            _serve(work, chunks, take, result_write)
        os.close(result_write)

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
        os.close(self.results)
        if self._pid:
            os.waitpid(self._pid, 0)


def _serve(work: Work, chunks: Sequence[Sequence[int]], take: int, results: int) -> NoReturn:
    """The life of a worker: from its fork to the end of the numbers."""
    code = 0
    try:
        while taken := os.read(take, NUMBER.size):
            (number,) = NUMBER.unpack(taken)
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
