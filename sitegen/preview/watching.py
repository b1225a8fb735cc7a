"""Watching: which files have been touched, by the system's notifications or, where these run out, by looking.

What a watcher tells is a hint. Whether a file has changed is for its signature and its content to decide.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol, TypeAlias

from sitegen.build.inputs import fingerprint
from sitegen.model import Value
from sitegen.render.theme.chain import builtin_themes
from sitegen.settings import FILE_NAME

FOLDERS = ("assets", "content", "data", "i18n", "static", "templates", "themes")
"""The folders of a project that a site is made from."""

POLLING_SECONDS = 1.0
"""How often a polling watcher looks; a look takes about 3 ms for each 1,000 files."""

Tell: TypeAlias = Callable[[Collection[Path] | None], None]
"""Hears which files have been touched; `None` means that any may have been."""

GiveUp: TypeAlias = Callable[[OSError], None]
"""Hears why the system cannot watch any longer."""


class Places(Value, frozen=True):
    """What is to be watched."""

    folders: tuple[Path, ...]
    """Each with everything below it; some may be missing."""
    project: Path
    """The folder in which those of the project come and go."""

    @property
    def settings(self) -> Path:
        """The file of settings."""
        return self.project / FILE_NAME


def places(project: Path) -> Places:
    """Everything that the site of a project can be made from."""
    return Places(folders=(*(project / name for name in FOLDERS), builtin_themes()), project=project)


class Watcher(Protocol):
    """Tells which files have been touched, from its `start` to its `close`, in the thread of the event loop."""

    def start(self, tell: Tell, give_up: GiveUp) -> None:
        """Begins. Raises `OSError` when the system's watches do not suffice."""

    async def catch_up(self) -> None:
        """Returns when everything that was written before this call has been told."""

    def close(self) -> None:
        """Ends it."""


class PollingWatcher:
    """Looks at all files now and then."""

    def __init__(self, watched: Places) -> None:
        self._places = (*watched.folders, watched.settings)
        self._task: asyncio.Task[None] | None = None

    def start(self, tell: Tell, give_up: GiveUp) -> None:  # noqa: ARG002 - looking never fails
        """Begins to look."""
        self._tell = tell
        self._seen = fingerprint(self._places).digest
        self._task = asyncio.create_task(self._keep_looking())

    async def catch_up(self) -> None:
        """Looks at once."""
        seen = await asyncio.to_thread(lambda: fingerprint(self._places).digest)
        if seen != self._seen:
            self._seen = seen
            self._tell(None)

    def close(self) -> None:
        """Looks no more."""
        if self._task:
            self._task.cancel()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(POLLING_SECONDS)
            await self.catch_up()


class SystemWatcher:
    """Watches by the system's notifications for as long as they suffice, then by looking, and says so."""

    def __init__(
        self,
        watched: Places,
        note: Callable[[str], None],
        notifying: Callable[[Places], Watcher] | None = None,
    ) -> None:
        """`note` hears what the user should know."""
        self._places = watched
        self._note = note
        self._notifying = notifying or _notifying_watcher
        self._current: Watcher | None = None

    def start(self, tell: Tell) -> None:
        """Begins."""
        self._tell = tell
        try:
            self._current = self._notifying(self._places)
            self._current.start(tell, self._look_instead)
        except OSError as error:
            self._look_instead(error)

    async def catch_up(self) -> None:
        """Returns when everything that was written before this call has been told."""
        if self._current:
            await self._current.catch_up()

    def close(self) -> None:
        """Ends it."""
        if self._current:
            self._current.close()
            self._current = None

    def _look_instead(self, error: OSError) -> None:
        self.close()
        self._note(
            f"The system cannot watch all folders ({error.strerror}), so they are looked at every second. "
            "On Linux, raising fs.inotify.max_user_watches and max_user_instances helps."
        )
        self._current = PollingWatcher(self._places)
        self._current.start(self._tell, self._look_instead)
        self._tell(None)


def _notifying_watcher(watched: Places) -> Watcher:
    if platform.system() == "Linux":
        from sitegen.preview.inotify import InotifyWatcher  # noqa: PLC0415 - there is inotify on Linux only

        return InotifyWatcher(watched)
    from sitegen.preview.observing import ObservingWatcher  # noqa: PLC0415 - not needed on Linux

    return ObservingWatcher(watched)
