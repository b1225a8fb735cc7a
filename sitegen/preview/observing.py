"""Watching where there is no inotify, by the observer of watchdog that suits the system."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

from watchdog.events import FileClosedNoWriteEvent, FileOpenedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from sitegen.preview.watching import GiveUp, Places, Tell


class ObservingWatcher(FileSystemEventHandler):
    """Tells of anything that an observer reports as of everything, for its order and completeness are unknown."""

    def __init__(self, watched: Places) -> None:
        self._places = watched
        self._observer = Observer()

    def start(self, tell: Tell, give_up: GiveUp) -> None:  # noqa: ARG002 - it fails at the start or not at all
        """Begins. Raises `OSError` when the system's watches do not suffice."""
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._observer.schedule(self, os.fspath(self._places.project), recursive=True)
        for folder in self._places.folders:
            if not folder.is_relative_to(self._places.project):
                self._observer.schedule(self, os.fspath(folder), recursive=True)
        self._observer.start()

    async def catch_up(self) -> None:
        """Has everything looked at, as nothing says whether the observer has told of all that was written."""
        self._tell(None)

    def close(self) -> None:
        """Ends it."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Takes an event to the thread of the event loop."""
        if isinstance(event, FileOpenedEvent | FileClosedNoWriteEvent):
            return
        path = Path(os.fsdecode(event.src_path))
        places = (*self._places.folders, self._places.settings)
        if any(path.is_relative_to(place) for place in places):
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._tell, None)
