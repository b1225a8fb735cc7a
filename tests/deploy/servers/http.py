"""An HTTP server on loopback that notes what it is asked, and misbehaves as it is told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

DEADLINE = 20.0
"""Seconds after which whoever waits for something that does not come gives up."""


def free_port() -> int:
    """A port on loopback that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when the process listens."""
    deadline = time.monotonic() + DEADLINE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, f"{process.args!r} has ended"
        assert time.monotonic() < deadline, f"{process.args!r} does not listen"
        time.sleep(0.02)


class Fault(Enum):
    """What can go wrong with a request."""

    ERROR = auto()
    """500, and nothing was done."""
    ERROR_AFTERWARDS = auto()
    """500, although what was asked for has been done."""
    FULL = auto()
    """507, because there is no space left."""
    BUSY = auto()
    """503 with Retry-After, and nothing was done."""
    RESET_IN_REQUEST = auto()
    """The connection is reset when half of the body has come."""
    RESET_IN_RESPONSE = auto()
    """What was asked for has been done; the connection is reset in the middle of the answer."""
    SILENCE = auto()
    """No answer ever comes; nothing was done."""


class Request(NamedTuple):
    method: str
    target: str
    """As it stands in the request line: path and query, percent-encoded."""
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


class FaultyServer:
    """Passes every request to `answer`, unless it was told to fail it."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        """All that came, in order, failed or not."""
        self.moments: list[float] = []
        """When each of them came, in seconds."""
        self.in_flight = 0
        self.most_in_flight = 0
        self.after_each: Callable[[Request], None] = lambda _: None
        """Called after each request that was acted upon, before anything else is."""
        self._faults: Callable[[int], Fault | None] = lambda _: None
        self._crowd = 0
        self._held: Callable[[Request], bool] = lambda _: False
        self._changed = threading.Condition()
        self._one_by_one = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail(self, fault: Fault, *, at: int, times: int = 1_000_000) -> None:
        """From the request numbered `at` on, counted from 0 and from now, so many requests fail."""
        first = len(self.requests) + at
        self._faults = lambda number: fault if first <= number < first + times else None

    def recover(self) -> None:
        self._faults = lambda _: None

    def hold_until(self, in_flight: int, held: Callable[[Request], bool]) -> None:
        """Answers none of the requests that are `held` until so many have been open at the same time."""
        self._crowd, self._held = in_flight, held
        self.most_in_flight = 0

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _arrived(self, request: Request) -> Fault | None:
        with self._changed:
            number = len(self.requests)
            self.requests.append(request)
            self.moments.append(time.monotonic())
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            self._changed.notify_all()
            if self._held(request):
                self._changed.wait_for(lambda: self.most_in_flight >= self._crowd, timeout=DEADLINE)
            return self._faults(number)

    def _left(self) -> None:
        with self._changed:
            self.in_flight -= 1

    def _act(self, request: Request) -> Response:
        # Holding the lock, a look at the state after a request sees the outcome of that request alone.
        with self._one_by_one:
            response = self.answer(request)
            self.after_each(request)
            return response


@contextlib.contextmanager
def serving(answer: Callable[[Request], Response]) -> Iterator[FaultyServer]:
    server = FaultyServer(answer)
    try:
        yield server
    finally:
        server.close()


def _handler(server: FaultyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits for the acknowledgement of its headers

        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            length = int(headers.get("content-length", "0"))
            request = Request(self.command, self.path, headers, b"")
            fault = server._arrived(request)
            try:
                if fault is Fault.RESET_IN_REQUEST:
                    self.rfile.read(length // 2)
                    self.reset()
                    return
                self.respond(request._replace(body=self.rfile.read(length)), fault)
            finally:
                server._left()

        do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815

        def respond(self, request: Request, fault: Fault | None) -> None:
            match fault:
                case Fault.SILENCE:
                    server._closing.wait(DEADLINE)
                    self.reset()
                case Fault.ERROR:
                    self.send(Response(500, {}, b"made to fail"))
                case Fault.FULL:
                    self.send(Response(507, {}, b"no space left"))
                case Fault.BUSY:
                    self.send(Response(503, {"Retry-After": "1"}, b"made to wait"))
                case Fault.ERROR_AFTERWARDS:
                    server._act(request)
                    self.send(Response(500, {}, b"made to fail"))
                case Fault.RESET_IN_RESPONSE:
                    self.send(server._act(request), is_whole=False)
                    self.reset()
                case _:
                    self.send(server._act(request))

        def send(self, response: Response, *, is_whole: bool = True) -> None:
            self.send_response_only(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            has_body = self.command != "HEAD" and response.status != 204
            if "content-length" not in {name.lower() for name in response.headers} and has_body:
                self.send_header("Content-Length", str(len(response.body)))
            if not is_whole:
                self.wfile.flush()
                return
            self.end_headers()
            if has_body:
                self.wfile.write(response.body)

        def reset(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                self.connection.close()

        def log_message(self, *arguments: object) -> None:
            """Says nothing: the tests look at `requests`."""

    return Handler
