"""Serving: everything that runs as long as the preview does, from the watcher to the HTTP server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import h11
import uvicorn
from msgspec.structs import replace

from sitegen.build.live_values import LiveOptions
from sitegen.errors import Problem
from sitegen.model import Value
from sitegen.preview.application import Behaviour, OpenEditor, Preview
from sitegen.preview.connections import WaitingRoom, protocol
from sitegen.preview.hosts import Hosts, listening
from sitegen.preview.keeping import Clock, Keeper, News
from sitegen.preview.watching import SystemWatcher, places

FILES_AT_ONCE = 4096
"""File descriptors that the preview would like to have; many systems give 1,024 unless asked."""

GOODBYE_SECONDS = 1
"""How long answers under way may take when the preview ends."""


class PreviewOptions(Value, frozen=True):
    """What a preview is asked to do."""

    project: Path
    host: str
    port: int
    """The first to be tried; 0 for any."""
    machine: str
    """The name of this machine."""
    live: LiveOptions
    behaviour: Behaviour
    clock: Clock
    """Gives the moment that counts as now."""
    open_editor: OpenEditor | None = None


class Listener(Protocol):
    """One who tells the user what happens."""

    def looked(self, news: News) -> None:
        """Called after every look at the files."""

    def failed(self, problems: tuple[Problem, ...]) -> None:
        """Called with problems that only the making of a page brought to light."""

    def noted(self, text: str) -> None:
        """Called with what else the user should know."""


class PreviewServer:
    """A preview from its socket to its end. To be made, run and steered in one event loop."""

    def __init__(self, options: PreviewOptions, listener: Listener) -> None:
        """Takes the port. Raises `GuardError` when there is none to be had."""
        self._socket, self.hosts = listening(options.host, options.port, options.machine)
        self._listener = listener
        self._keeper = Keeper(options.project, options.live, options.clock, listener.noted)
        self._watcher = SystemWatcher(places(options.project), listener.noted)
        self._preview = Preview(
            self._keeper,
            self._watcher.catch_up,
            options.behaviour,
            report=listener.failed,
            open_editor=options.open_editor,
        )
        self._keeper.listen(listener.looked)
        self._work: set[asyncio.Task[None]] = set()
        self._server = _Server(_settings(self._preview, self.hosts))

    @property
    def url(self) -> str:
        """The first page of the site; before the first look, the root of the host."""
        return f"{self.hosts.url}{self._preview.home}"

    @property
    def shows_drafts(self) -> bool:
        """Whether drafts are shown."""
        return self._keeper.options.drafts

    async def run(self) -> None:
        """Serves until `stop` is called."""
        _allow_many_files()
        with _errors_go_to(self._listener.noted):
            self._watcher.start(self._keeper.touch)
            following = asyncio.create_task(self._keeper.follow())
            try:
                await self._server.serve(sockets=[self._socket])
            finally:
                following.cancel()
                self._watcher.close()
                await self._keeper.close()
                self._socket.close()

    def stop(self) -> None:
        """Ends the preview: streams at once, other answers when they are complete."""
        self._preview.visits.close()
        self._server.should_exit = True

    def rebuild(self) -> None:
        """Forgets all that is kept in memory and looks at every file."""
        self._show(self._keeper.options)

    def toggle_drafts(self) -> None:
        """Shows drafts, or no longer."""
        options = self._keeper.options
        self._show(replace(options, drafts=not options.drafts))

    def _show(self, options: LiveOptions) -> None:
        task = asyncio.create_task(self._keeper.show(options))
        self._work.add(task)
        task.add_done_callback(self._work.discard)


class _Server(uvicorn.Server):
    """The HTTP server, which leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def _settings(preview: Preview, hosts: Hosts) -> uvicorn.Config:
    return uvicorn.Config(
        preview.application(hosts),
        http=protocol(WaitingRoom()),
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_AT_ONCE if hard == resource.RLIM_INFINITY else min(FILES_AT_ONCE, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Errors(logging.Handler):
    """Takes what the HTTP server has to say of itself."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        """Passes a line on."""
        fault = record.exc_info[1] if record.exc_info else None
        if not isinstance(
            fault, h11.LocalProtocolError
        ):  # the client broke the protocol before it was answered
            self._note(self.format(record))


@contextlib.contextmanager
def _errors_go_to(note: Callable[[str], None]) -> Iterator[None]:
    """Sends errors of the HTTP server, which are bugs of ours, to `note`; malformed requests are no news."""
    logger = logging.getLogger("uvicorn.error")
    handler = _Errors(note)
    logger.addHandler(handler)
    before, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.propagate = before
        logger.removeHandler(handler)
