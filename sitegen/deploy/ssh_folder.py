"""A folder of another machine, reached by SFTP: its files, many at a time, and what can go wrong in the user's words.

asyncssh lives in an event loop of a thread of its own, so that whoever uses the folder need not.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import asyncssh

from sitegen.deploy.lock import LOCK, Holder
from sitegen.deploy.ssh_faults import SshFaults
from sitegen.deploy.ssh_files import SshFiles, folders_above
from sitegen.deploy.ssh_lock import SshLock
from sitegen.errors import SitegenError

PARALLEL = 64
"""Files at a time, over one connection: as many requests as the sftp of OpenSSH has on their way."""

PARTING_SECONDS = 10
"""How long a connection may take to end in peace."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class SshFolder:
    """One folder, while the connection stands. Paths are relative to it and plain, as `manifest.is_plain` means it."""

    def __init__(self, options: dict[str, Any], root: str, shown: str, timeout_seconds: float) -> None:
        self._options = options
        self._root = root
        self._shown = shown
        self._timeout = timeout_seconds
        self._faults = SshFaults(options["host"], shown, timeout_seconds)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._resources = contextlib.AsyncExitStack()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._session: SshFiles | None = None
        self._lock: SshLock | None = None
        self._under_way: list[set[asyncio.Task[Any]]] = []

    def open(self) -> None:
        """Connects. Raises `GuardError` for a host whose key is not the known one, and `SitegenError`."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._connect())

    def close(self) -> None:
        """Gives up the lock and ends the connection, with whatever is still under way."""
        if self._loop and self._thread and self._is_open:
            with contextlib.suppress(SitegenError):
                self._run(self._leave())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _connect(self) -> None:
        connecting = self._resources.enter_async_context(asyncssh.connect(**self._options))
        self._connection = await connecting
        async with asyncio.timeout(self._timeout):
            client = await self._resources.enter_async_context(self._connection.start_sftp_client())
        self._session = SshFiles(client, self._root, self._shown, self._timeout)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(PARTING_SECONDS):
                for running in self._under_way:
                    await _end(running)
                if self._lock:
                    await self._lock.release()
                await self._resources.aclose()
        finally:
            if self._connection:
                self._connection.abort()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        assert self._loop, "the folder was opened"
        with self._faults.told(""):
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @property
    def _files(self) -> SshFiles:
        assert self._session, "the folder was opened"
        return self._session

    def prepare(self, now: datetime) -> None:
        """Makes the folder itself, where there is none yet, and removes what was left half sent a day ago and before.

        What is younger may be another deploy's, which is at work.
        """
        self._run(self._named("", self._files.make_root()))
        left = self._run(self._named("", self._files.temporaries(before=now - timedelta(days=1))))
        for _ in self._each(left, lambda name: name, self._files.delete):
            pass

    def lock(self, holder: Holder, ended: str) -> None:
        """Keeps out deploys from anywhere until `close`; the lock of the deploy `ended` counts no more.

        Raises `GuardError` while another deploy holds it.
        """
        lock = SshLock(self._files, self._shown)
        self._run(self._named(LOCK, lock.take(holder, ended)))
        self._lock = lock

    # One file

    def read(self, path: str) -> bytes | None:
        """The content of a file, `None` where there is none. Raises `SitegenError`."""
        return self._run(self._named(path, self._files.read(path)))

    def write(self, path: str, content: bytes) -> None:
        """Replaces a file at once, with the folders above it. Raises `SitegenError`."""
        self._run(self._named(path, self._files.write(path, [content])))

    def names(self, folder: str) -> list[str]:
        """The names of what is in a folder, sorted; none where there is no such folder."""
        return self._run(self._files.names(folder))

    # Many files

    def each_read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of files as they come, `None` where there is no file."""
        return self._each(paths, lambda path: path, self._files.read)

    def each_hashed(self, paths: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        """The hashes of files as they come, `None` where there is no file; what is no file has none, `""`."""
        return self._each(paths, lambda path: path, self._files.hash)

    def each_written(self, files: Iterable[tuple[str, Callable[[], Iterable[bytes]]]]) -> Iterator[str]:
        """Replaces files by their parts, and gives the path of each when it stands."""

        async def write(file: tuple[str, Callable[[], Iterable[bytes]]]) -> None:
            await self._files.write(file[0], file[1]())

        for file, _ in self._each(files, lambda file: file[0], write):
            yield file[0]

    def each_linked(self, links: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Gives files a second name, at once in place of what has that name; the content is not sent.

        One that is not there gets none.
        """
        for link, _ in self._each(links, lambda link: link[1], lambda link: self._files.link(*link)):
            yield link

    def each_deleted(self, paths: Sequence[str]) -> Iterator[str]:
        """Deletes files, gives each when it is gone, and at last removes the folders that they leave empty."""
        for path, _ in self._each(paths, lambda path: path, self._files.delete):
            yield path
        folders = {parent for path in paths for parent in folders_above(path)}
        for folder in sorted(folders, key=lambda folder: folder.count("/"), reverse=True):
            self._run(self._files.remove_empty(folder))

    def _each(
        self,
        items: Iterable[_Item],
        path_of: Callable[[_Item], str],
        work: Callable[[_Item], Awaitable[_Result]],
    ) -> Iterator[tuple[_Item, _Result]]:
        """Does `work` with many items at a time. The first failure ends what has not begun."""
        waiting = iter(items)

        async def next_done() -> list[tuple[_Item, _Result]]:
            for item in waiting:
                running.add(asyncio.create_task(one(item)))
                if len(running) >= PARALLEL:
                    break
            if not running:
                return []
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            results = [task.result() for task in done]
            running.difference_update(done)
            return results

        async def one(item: _Item) -> tuple[_Item, _Result]:
            return item, await self._named(path_of(item), work(item))

        running: set[asyncio.Task[tuple[_Item, _Result]]] = set()
        self._under_way.append(running)
        try:
            while done := self._run(next_done()):
                yield from done
        finally:
            self._under_way.remove(running)
            # Of several that fail at the same moment one is told; the others have to be looked at all the same.
            if self._is_open:
                self._run(_end(running))

    @property
    def _is_open(self) -> bool:
        return self._loop is not None and not self._loop.is_closed()

    async def _named(self, path: str, work: Awaitable[_Result]) -> _Result:
        """Lets a failure name its file."""
        with self._faults.told(path):
            return await work


async def _end(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
