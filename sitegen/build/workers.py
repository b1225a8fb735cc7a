"""Work spread over forked processes, with results that do not depend on how many there are.

A worker is a fork of the build, or of the first worker: it has the site, the theme and the templates already, gets the
numbers of tasks and gives back bytes. Nothing is pickled.
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
from itertools import count
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
def at_work(work: Work, tasks: int, workers: int, chunk: int, alone: int = 0) -> Iterator[Crew]:
    """Those who do all tasks, at work from now until the end of the block.

    One process does the first `alone` chunks and then forks the others: what it has imported and compiled for them,
    each of the others would do again.
    """
    chunks = [range(start, min(start + chunk, tasks)) for start in range(0, tasks, chunk)]
    workers = min(workers, len(chunks))
    crew = Crew(work, chunks)
    if workers <= 1:
        yield crew
        return
    gc.freeze()
    try:
        with _uninterrupted():
            crew.start(workers, alone)
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
        self._first = 0
        """The process that forks the others."""
        self._results: list[int] = []
        """The pipes on which processes say what came of their chunks."""
        self._numbers: tuple[int, ...] = ()
        """The pipe of numbers: where they are taken, and where they are given."""
        self._given = 0

    @property
    def is_apart(self) -> bool:
        """Whether other processes do the tasks, which have all in memory that there was when they began."""
        return bool(self._first)

    def start(self, workers: int, alone: int) -> None:
        """Forks so many processes, the first of which begins at once."""
        self._numbers = take, give = os.pipe()
        self._give_out(AHEAD)
        pipes = [_result_pipe() for _ in range(workers)]
        sys.stdout.flush()
        sys.stderr.flush()
        self._first = os.fork()
        if self._first == 0:
            for descriptor in (give, *(told for told, _ in pipes)):
                os.close(descriptor)
            _lead(self._work, self._chunks, take, [tell for _, tell in pipes], alone)
        with contextlib.suppress(PermissionError, ProcessLookupError):  # it was quicker, or has ended
            os.setpgid(self._first, self._first)
        for told, tell in pipes:
            os.close(tell)
            self._results.append(told)

    def results(self, meanwhile: Iterator[object] | None = None) -> Iterator[tuple[int, bytes]]:
        """What came of each chunk as it is done: (number of the chunk, what the work said of it).

        `meanwhile` is taken a step further whenever processes are at work and none has said anything; the steps
        should be short, and need not come to an end. With the last result the processes are let go, but not waited
        for: to give back their memory takes them some milliseconds. Raises `WorkerError` for an exception in the
        work, and `SitegenError` when a process is killed.
        """
        if not self._first:
            for number, numbers in enumerate(self._chunks):
                yield number, self._work(numbers)
            return
        with selectors.DefaultSelector() as selector:
            for pipe in self._results:
                selector.register(pipe, selectors.EVENT_READ)
            has_more = meanwhile is not None
            done = 0
            while done < len(self._chunks):
                ready = selector.select(0 if has_more else None)
                if not ready:
                    has_more = next(meanwhile or iter(()), self) is not self
                for key, _ in ready:
                    result = _read_result(key.fd)
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
        """Ends the processes whatever they are doing; when it returns, none of them does anything any more."""
        if self._first:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._first, signal.SIGKILL)
        for pipe in self._results:
            while os.read(pipe, PIPE_SIZE):
                pass

    def _let_go(self) -> None:
        """Tells the processes that there are no more chunks."""
        for descriptor in self._numbers:
            os.close(descriptor)
        self._numbers = ()

    def end(self) -> None:
        """Lets the processes go and waits for them, if there are any."""
        self._let_go()
        for pipe in self._results:
            os.close(pipe)
        self._results = []
        if self._first:
            os.waitpid(self._first, 0)


def _result_pipe() -> tuple[int, int]:
    told, tell = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(tell, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    return told, tell


def _read_result(pipe: int) -> tuple[int, bytes]:
    """A chunk that was done, and its result."""
    header = _read_exactly(pipe, HEADER.size)
    number, size = HEADER.unpack(header) if header else (0, 0)
    result = _read_exactly(pipe, size) if header else None
    if result is None:
        message = (
            "a process of this build was ended, as the system does when memory runs out. "
            "Build again, with --jobs 1 if it happens again."
        )
        raise SitegenError(Problem(code="worker", message=message))
    if number == FAILED:
        raise WorkerError(result.decode())
    return number, result


def _lead(
    work: Work, chunks: Sequence[Sequence[int]], take: int, results: Sequence[int], alone: int
) -> NoReturn:
    """The life of the first process, and of those that it forks when it has done `alone` chunks.

    They are a group of their own, by which they can be ended together.
    """
    code = 1
    others: list[int] = []
    try:
        with contextlib.suppress(PermissionError):  # the build was quicker
            os.setpgid(0, 0)
        own, *further = results
        _serve(work, chunks, take, own, alone)
        gc.freeze()
        for pipe in further:
            others.append(os.fork())
            if not others[-1]:
                os.close(own)
                own, others = pipe, []
                break
        for pipe in further:
            if pipe != own:
                os.close(pipe)
        _serve(work, chunks, take, own)
        for other in others:
            os.waitpid(other, 0)
        code = 0
    except BrokenPipeError:
        pass
    finally:
        os._exit(code)  # nothing of the build's own may run at the end of a worker


def _serve(
    work: Work, chunks: Sequence[Sequence[int]], take: int, results: int, most: int | None = None
) -> None:
    """Does chunks to the end of the numbers, or so many."""
    for _ in count() if most is None else range(most):
        taken = os.read(take, NUMBER.size)
        if not taken:
            return
        (number,) = NUMBER.unpack(taken)
        try:
            answer = work(chunks[number])
        except Exception:  # noqa: BLE001  # told to the build, which raises it
            import traceback  # noqa: PLC0415  # a worker that meets a bug has time

            number, answer = FAILED, traceback.format_exc().encode()
        _write_all(results, HEADER.pack(number, len(answer)))
        _write_all(results, answer)


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
