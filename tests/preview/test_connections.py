"""Clients that misbehave: malformed requests by the thousand, and connections on which nobody finishes asking."""

from __future__ import annotations

import gc
import os
import random
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from sitegen import cli
from sitegen.cli.console import Console
from sitegen.cli.preview import run_preview
from sitegen.preview import connections, events
from tests.conftest import Project

from .conftest import HELLO_URL, PATIENCE_SECONDS, TOKEN, Running, eventually
from .terminal import serve

MALFORMED = 100 * int(os.environ.get("SITEGEN_SOAK_STEPS", "100"))
"""Requests; 100,000 in the long form."""


def garbage(chance: random.Random, host: str) -> bytes:
    """One malformed or odd request."""
    line = bytes(chance.choices(range(256), k=chance.randrange(1, 40)))
    return chance.choice(
        [
            line,
            b"GET " + line + b" HTTP/1.1\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: " + line + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            b"GET / HTTP/1.1\r\n " + line + b"\r\n\r\n",
            f"GET /{chance.random()} HTTP/1.1\r\nHost: {host}\r\nContent-Length: x\r\n\r\n".encode(),
            f"GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n".encode(),
            f"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
            f"GET / HTTP/1.1\r\nHost: {host}\r\nX: ".encode() + b"y" * 20000,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + line,
            b"\r\n" * 50,
        ]
    )


def resident_bytes(process: int) -> int:
    """The memory that a process holds now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_thousands_of_malformed_requests_leave_it_alive_and_its_memory_steady(blog: Project) -> None:
    chance = random.Random(15)
    with serve(blog.root) as terminal:
        address = ("127.0.0.1", terminal.port)

        def memory_after(count: int) -> int:
            for _ in range(count):
                with socket.create_connection(address, timeout=PATIENCE_SECONDS) as connection:
                    connection.sendall(garbage(chance, f"127.0.0.1:{address[1]}"))
            with urlopen(f"http://127.0.0.1:{address[1]}{HELLO_URL}", timeout=PATIENCE_SECONDS) as answer:
                assert b"First words" in answer.read()
            return resident_bytes(terminal.process.pid)

        before = memory_after(MALFORMED // 2)
        assert memory_after(MALFORMED // 2) - before < 10_000_000
        assert terminal.text.count("\n") == 2


@contextmanager
def half_open(preview: Running, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """Connections on which a part of a request has been sent."""
    with ExitStack() as stack:
        found = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", preview.port), timeout=5))
            connection.sendall(said)
            found.append(connection)
        yield found


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


@pytest.fixture
def _many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_many_files")
@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: 127"])
def test_a_thousand_half_open_connections_keep_nobody_out(target: Running, said: bytes) -> None:
    with half_open(target, 1_000, said) as crowd:
        assert "First words" in target.page(HELLO_URL)
        eventually(lambda: sum(map(is_closed, crowd)) >= 1_000 - connections.MOST_WAITING)


def test_a_connection_that_never_finishes_asking_is_ended(
    target: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.2)
    with half_open(target, 3, b"GET / HTTP/1.1\r\nHo") as waiting:
        eventually(lambda: all(map(is_closed, waiting)))


def test_one_that_asks_byte_by_byte_is_ended(target: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.3)
    with half_open(target, 1, b"GET / HTTP/1.1\r\nX: ") as (connection,):
        connection.setblocking(True)
        end = time.monotonic() + PATIENCE_SECONDS

        def drip() -> None:
            while time.monotonic() < end:
                connection.sendall(b"x")
                time.sleep(0.02)

        with pytest.raises(OSError, match=r"reset|pipe"):
            drip()


def test_an_event_stream_is_no_unfinished_request(target: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.2)
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.3)
    with target.events() as stream:
        stream.next()
        assert [stream.answer.readline() for _ in range(6)].count(b":\n") == 3


def test_streams_are_numbered_and_come_free_again(target: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_VISITS", 2)
    address = f"/__sitegen__/events?token={TOKEN}&page=/"
    with target.events() as first, target.events() as second:
        first.next()
        second.next()
        assert target.get(address).status == 503
    eventually(lambda: not target.server._preview.visits.are_full)


def test_a_preview_looks_for_garbage_more_often_than_commands_that_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Requests leave some, malformed ones above all."""
    seen: list[int] = []

    async def run(*_: object, **__: object) -> None:
        seen.append(gc.get_threshold()[0])

    monkeypatch.setattr("sitegen.cli.preview._run", run)
    options: Any = None  # nothing is served
    before = gc.get_threshold()
    try:
        gc.set_threshold(cli.COLLECTED_AFTER)
        run_preview(options, Console(), opens=False)
    finally:
        gc.set_threshold(*before)
    assert seen[0] <= cli.COLLECTED_AFTER // 10
