"""Work over processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from typing import NoReturn

import pytest

from sitegen.build.workers import Work, WorkerError, at_work, worker_count
from sitegen.errors import SitegenError


def double(numbers: Sequence[int]) -> bytes:
    return b",".join(str(number * 2).encode() for number in numbers)


def results_of(work: Work, tasks: int, workers: int, chunk: int) -> dict[int, bytes]:
    with at_work(work, tasks, workers, chunk) as crew:
        return dict(crew.results())


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_results_do_not_depend_on_the_number_of_workers(workers: int) -> None:
    results = results_of(double, tasks=23, workers=workers, chunk=4)
    joined = b",".join(results[number] for number in sorted(results))
    assert joined == double(range(23))


def test_large_results_pass_whole() -> None:
    def large(numbers: Sequence[int]) -> bytes:
        return bytes([numbers[0]]) * 3_000_000

    results = results_of(large, tasks=4, workers=2, chunk=1)
    assert {number: (len(result), result[0]) for number, result in results.items()} == {
        number: (3_000_000, number) for number in range(4)
    }


def test_a_bug_in_a_worker_comes_with_its_traceback() -> None:
    def fails(numbers: Sequence[int]) -> bytes:
        raise ZeroDivisionError(f"task {numbers[0]}")

    with pytest.raises(WorkerError, match=r"ZeroDivisionError: task \d"):
        results_of(fails, tasks=4, workers=2, chunk=1)


def test_a_killed_worker_is_noticed() -> None:
    def dies(numbers: Sequence[int]) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    with pytest.raises(SitegenError) as caught:
        results_of(dies, tasks=4, workers=2, chunk=1)
    assert str(caught.value) == (
        "error[worker]: a process of this build was ended, as the system does when memory runs out. "
        "Build again, with --jobs 1 if it happens again."
    )


def test_what_the_first_chunks_take_is_there_for_all_processes() -> None:
    prepared: list[int] = []

    def work(_: Sequence[int]) -> bytes:
        if not prepared:
            prepared.append(os.getpid())
        time.sleep(0.01)  # so that others come to take some
        return f"{prepared[0]} {os.getpid()}".encode()

    with at_work(work, tasks=20, workers=3, chunk=1, alone=2) as crew:
        results = {number: tuple(map(int, result.split())) for number, result in crew.results()}
    first = results[0][0]
    assert results[1] == (first, first)
    assert {who for who, _ in results.values()} == {first}
    assert {pid for _, pid in results.values()} > {first}
    assert first != os.getpid()


def test_there_may_be_fewer_chunks_than_are_done_alone() -> None:
    with at_work(double, tasks=2, workers=2, chunk=1, alone=5) as crew:
        assert dict(crew.results()) == {0: b"0", 1: b"2"}


def test_all_processes_end_with_the_first() -> None:
    told, tell = os.pipe()

    def waits(_: Sequence[int]) -> bytes:
        os.write(tell, os.getpid().to_bytes(4, "little"))
        signal.pause()
        return b""

    def all_begun() -> NoReturn:
        pids: set[int] = set()
        while len(pids) < 3:
            pids.add(int.from_bytes(os.read(told, 4), "little"))
        raise LookupError

    with pytest.raises(LookupError), at_work(waits, tasks=3, workers=3, chunk=1):
        all_begun()
    os.close(tell)
    assert os.read(told, 1) == b""  # nobody has the other end any more
    os.close(told)


def test_workers_are_at_work_before_anyone_asks_for_results() -> None:
    begun, ended = os.pipe()

    def tells(numbers: Sequence[int]) -> bytes:
        os.write(ended, b".")
        return double(numbers)

    with at_work(tells, tasks=2, workers=2, chunk=1) as crew:
        assert os.read(begun, 1) == b"."
        assert dict(crew.results()) == {0: b"0", 1: b"2"}
    os.close(begun)
    os.close(ended)


def test_an_error_beside_them_ends_workers_that_would_go_on_for_ever() -> None:
    def waits(_: Sequence[int]) -> bytes:
        signal.pause()
        return b""

    with pytest.raises(LookupError), at_work(waits, tasks=2, workers=2, chunk=1):
        raise LookupError


def test_few_tasks_start_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = 1  # whatever other tests have left behind
    monkeypatch.setattr("threading.active_count", lambda: threads)
    assert worker_count(0, tasks=3, tasks_worth_a_worker=10) == 1
    assert worker_count(8, tasks=1000, tasks_worth_a_worker=10) == 8
    threads = 2
    assert worker_count(8, tasks=1000, tasks_worth_a_worker=10) == 1
