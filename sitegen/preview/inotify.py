"""Watching on Linux, in the order in which the kernel saw things happen, so that a request can wait for its turn.

This uses watchdog below the level of its observers. These keep one thread for each folder that is scheduled, hide it
when watches run out for a folder further down, and tell nobody when the kernel's queue overflows.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree

from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from sitegen.preview.watching import GiveUp, Places, Tell
from sitegen.settings import FILE_NAME

CATCH_UP_SECONDS = 2.0
"""A kernel that has not told of a file within this time has lost the message."""

_ALL = Mask(
    InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_ONLYDIR
)
_OURS = CallbackId(1)

_AGAIN_SECONDS = 0.02
"""How long changes among the folders are gathered before all are watched afresh."""

_NOT_WATCHED = {".git", ".hg", ".svn", "node_modules"}
"""Folders in which thousands of files come and go that are not of the site."""


class InotifyWatcher:
    """Watches each folder by itself, all through one queue of the kernel.

    When a folder comes, goes or moves, or the queue overflows, all folders are watched afresh, and any file may have
    been touched.
    """

    def __init__(self, watched: Places) -> None:
        """Raises `OSError` when the system gives no further instance."""
        self._places = watched
        self._source = InotifyFD()
        self._folders: dict[WatchDescriptor, str | None] = {}
        """The path of each folder; `None` for one whose files have other paths as well."""
        self._lock = threading.Lock()
        self._events: list[InotifyEvent | None] = []
        self._again: asyncio.TimerHandle | None = None
        self._beacons = Path(tempfile.mkdtemp(prefix="sitegen-"))
        self._numbers = itertools.count()
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def start(self, tell: Tell, give_up: GiveUp) -> None:
        """Begins. Raises `OSError` when the system's watches do not suffice."""
        self._tell = tell
        self._give_up = give_up
        self._loop = asyncio.get_running_loop()
        self._source.start()
        self._beacon_watch = self._watch(os.fspath(self._beacons))
        self._watch_folders()

    async def catch_up(self) -> None:
        """Returns when everything that was written before this call has been told.

        The kernel keeps one queue for all folders. A file made now in a folder of our own comes after all that was
        written before, so when it is told, that has been told as well.
        """
        name = str(next(self._numbers))
        told = self._waiting[name] = self._loop.create_future()
        beacon = self._beacons / name
        try:
            os.close(os.open(beacon, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            beacon.unlink()
            async with asyncio.timeout(CATCH_UP_SECONDS):
                await told
        except (OSError, TimeoutError):
            self._tell(None)
        finally:
            del self._waiting[name]
        if self._again:
            self._watch_again()

    def close(self) -> None:
        """Ends it."""
        if self._again:
            self._again.cancel()
        self._source.stop()
        self._source.join()
        rmtree(self._beacons, ignore_errors=True)

    # What the thread that reads the queue calls

    def on_event(self, event: InotifyEvent) -> None:
        """Takes an event to the thread of the event loop."""
        self._deliver(event)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Does nothing: the folder above tells that one is gone."""

    def on_queue_overflow(self) -> None:
        """Notes that events have been lost."""
        self._deliver(None)

    def _deliver(self, event: InotifyEvent | None) -> None:
        with self._lock:
            is_first = not self._events
            self._events.append(event)
        if is_first:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._take_in)

    # What happens in the thread of the event loop

    def _take_in(self) -> None:
        with self._lock:
            events, self._events = self._events, []
        beacons = [event for event in events if event and event.wd == self._beacon_watch]
        touched = self._touched([event for event in events if event not in beacons])
        if touched is None:
            self._again = self._again or self._loop.call_later(_AGAIN_SECONDS, self._watch_again)
        elif touched:
            self._tell(touched)
        for beacon in beacons:
            waiting = self._waiting.get(os.fsdecode(beacon.name))
            if waiting and not waiting.done():
                waiting.set_result(None)

    def _touched(self, events: Sequence[InotifyEvent | None]) -> set[Path] | None:
        """The files that events tell of; `None` when there is no saying which."""
        touched: set[Path] = set()
        for event in events:
            if event is None:
                return None
            if event.wd not in self._folders:
                continue
            folder, name = self._folders[event.wd], os.fsdecode(event.name)
            if folder == os.fspath(self._places.project):
                if name == FILE_NAME:
                    touched.add(self._places.settings)
                elif (
                    event.is_directory and not event.is_attrib and Path(folder, name) in self._places.folders
                ):
                    return None
            elif folder is None or (event.is_directory and not event.is_attrib):
                return None
            elif not event.is_directory:
                touched.add(Path(folder, name))
        return touched

    def _watch_again(self) -> None:
        """Watches all folders afresh; what happened meanwhile is found by a look at everything."""
        if self._again:
            self._again.cancel()
            self._again = None
        self._source.remove_callbacks([(watch, _OURS) for watch in self._folders])
        self._folders.clear()
        try:
            self._watch_folders()
        except OSError as error:
            self._give_up(error)
        self._tell(None)

    def _watch_folders(self) -> None:
        """Raises `OSError` when the watches do not suffice."""
        watches: dict[str, WatchDescriptor] = {}
        for folder, real in _folders(self._places):
            if real in watches:
                self._folders[watches[real]] = None
                continue
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                watches[real] = self._watch(folder)
                self._folders[watches[real]] = folder

    def _watch(self, folder: str) -> WatchDescriptor:
        return self._source.add_callback(os.fsencode(folder), _ALL, self, _OURS)


def _folders(watched: Places) -> Iterator[tuple[str, str]]:
    """Every folder to be watched, and where it really is.

    One of which files are also known by another path, through a link, comes once more at the end.
    """
    yield os.fspath(watched.project), os.path.realpath(watched.project)
    linked: set[str] = set()
    passed: set[str] = set()
    waiting = [os.fspath(folder) for folder in watched.folders]
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder)
        if real in passed:
            linked.add(real)
            continue
        passed.add(real)
        yield folder, real
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name not in _NOT_WATCHED:
                        waiting.append(entry.path)
                elif entry.is_symlink():
                    linked.add(os.path.dirname(os.path.realpath(entry.path)))
    for real in linked - passed:
        yield real, real
    for real in linked:
        yield real, real
