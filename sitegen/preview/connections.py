"""Connections: those that never finish asking are ended, and no crowd of them keeps others out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_TO_ASK = 10.0
"""How long a client may take to send a request, from its connecting or from its last answer."""

MOST_WAITING = 256
"""Connections that have not finished asking; when more come, the oldest is ended. Browsers open six."""


class WaitingRoom:
    """The connections of a server on which no whole request has arrived yet, the oldest first."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[asyncio.Transport, None] = OrderedDict()

    def enter(self, transport: asyncio.Transport) -> None:
        """Takes a connection in, and ends the oldest if there are too many."""
        self._waiting[transport] = None
        if len(self._waiting) > MOST_WAITING:
            oldest, _ = self._waiting.popitem(last=False)
            oldest.abort()

    def leave(self, transport: asyncio.Transport) -> None:
        """Lets a connection go that has asked or has ended."""
        self._waiting.pop(transport, None)


def protocol(room: WaitingRoom) -> type[H11Protocol]:
    """The HTTP protocol of a server, with limits on those who do not finish asking."""

    class Patient(H11Protocol):
        """HTTP/1.1 as uvicorn speaks it, with a limit on how long and how many may leave a request unfinished."""

        _end: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            self._served()
            super().connection_lost(exc)

        def handle_events(self) -> None:
            before = self.cycle
            try:
                super().handle_events()
            except h11.LocalProtocolError:
                # It wanted to call a request malformed on a connection that is past answering.
                self.transport.abort()
            if self.cycle is not before and not self.transport.is_closing():
                self._served()

        def on_response_complete(self) -> None:
            # Before the next request, which may be there already: then its arrival ends the waiting.
            if not self.transport.is_closing():
                self._wait()
            super().on_response_complete()

        def _wait(self) -> None:
            self._served()
            room.enter(self.transport)
            self._end = self.loop.call_later(SECONDS_TO_ASK, self.transport.abort)

        def _served(self) -> None:
            room.leave(self.transport)
            if self._end is not None:
                self._end.cancel()
                self._end = None

    return Patient
