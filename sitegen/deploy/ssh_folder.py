"""A folder of another machine, reached by SFTP: its files, many at a time, and what can go wrong in the user's words.

asyncssh lives in an event loop of a thread of its own, so that whoever uses the folder need not.
"""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
import secrets
import stat
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from typing import Any, TypeVar, cast

import asyncssh

from sitegen.deploy.ssh_faults import SshFaults
from sitegen.deploy.target import PART_BYTES
from sitegen.errors import GuardError, Problem, SitegenError

PARALLEL = 32
"""Files at a time, over one connection."""

TEMPORARY = ".sitegen-new-"
"""What files are called until they are whole, in the folder itself; they then move to their places at once."""

_GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)
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
        self._sftp: asyncssh.SFTPClient | None = None
        self._own = secrets.token_hex(4)
        """What tells our temporary names from those of another deploy."""
        self._numbers = count()
        self._folders: set[str] = set()
        """Those known to be there, and to be folders rather than links to some."""

    def open(self) -> None:
        """Connects. Raises `GuardError` for a host whose key is not the known one, and `SitegenError`."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._connect())

    def close(self) -> None:
        """Ends the connection."""
        if self._loop and self._thread:
            with contextlib.suppress(SitegenError):
                self._run(self._resources.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _connect(self) -> None:
        connection = await self._resources.enter_async_context(asyncssh.connect(**self._options))
        self._sftp = await self._resources.enter_async_context(connection.start_sftp_client())

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        assert self._loop, "the folder was opened"
        with self._faults.told(""):
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @property
    def _client(self) -> asyncssh.SFTPClient:
        assert self._sftp, "the folder was opened"
        return self._sftp

    def _place(self, path: str) -> str:
        return posixpath.join(self._root, path)

    # One file

    def read(self, path: str) -> bytes | None:
        """The content of a file, `None` where there is none. Raises `SitegenError`."""
        return self._run(self._named(path, self._read(path)))

    def write(self, path: str, content: bytes) -> None:
        """Replaces a file at once, with the folders above it. Raises `SitegenError`."""
        self._run(self._named(path, self._write(path, [content])))

    def names(self, folder: str) -> list[str]:
        """The names of what is in a folder, sorted; none where there is no such folder."""
        return self._run(self._names(folder))

    # Many files

    def each_read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of files as they come, `None` where there is no file."""
        return self._each(paths, lambda path: path, self._read)

    def each_hashed(self, paths: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        """The hashes of files as they come, `None` where there is no file; what is no file has none, `""`."""
        return self._each(paths, lambda path: path, self._hash)

    def each_written(self, files: Iterable[tuple[str, Callable[[], Iterable[bytes]]]]) -> Iterator[str]:
        """Replaces files by their parts, and gives the path of each when it stands."""

        async def write(file: tuple[str, Callable[[], Iterable[bytes]]]) -> None:
            await self._write(file[0], file[1]())

        for file, _ in self._each(files, lambda file: file[0], write):
            yield file[0]

    def each_linked(self, links: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Gives files a second name, at once in place of what has that name; the content is not sent.

        One that is not there gets none.
        """
        for link, _ in self._each(links, lambda link: link[1], lambda link: self._link(*link)):
            yield link

    def each_deleted(self, paths: Sequence[str]) -> Iterator[str]:
        """Deletes files, gives each when it is gone, and at last removes the folders that they leave empty."""
        for path, _ in self._each(paths, lambda path: path, self._delete):
            yield path
        folders = {parent for path in paths for parent in _above(path)}
        for folder in sorted(folders, key=lambda folder: folder.count("/"), reverse=True):
            self._run(self._remove_empty(folder))

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

        async def end() -> None:
            for task in running:
                task.cancel()
            # Of several that fail at the same moment one is told; the others have to be looked at all the same.
            await asyncio.gather(*running, return_exceptions=True)

        running: set[asyncio.Task[tuple[_Item, _Result]]] = set()
        try:
            while done := self._run(next_done()):
                yield from done
        finally:
            self._run(end())

    # What a file takes

    async def _read(self, path: str) -> bytes | None:
        attributes = await self._about(path)
        if attributes is None:
            return None
        if not _is_file(attributes):
            return None if _is_folder(attributes) else b"\0"
        return b"".join([part async for part in self._parts(path, attributes)])

    async def _hash(self, path: str) -> str | None:
        attributes = await self._about(path)
        if attributes is None:
            return None
        if not _is_file(attributes):
            return None if _is_folder(attributes) else ""
        digest = blake2b(digest_size=16)
        async for part in self._parts(path, attributes):
            digest.update(part)
        return digest.hexdigest()

    async def _about(self, path: str) -> asyncssh.SFTPAttrs | None:
        try:
            return await self._soon(self._client.lstat(self._place(path)))
        except _GONE:
            return None

    async def _parts(self, path: str, attributes: asyncssh.SFTPAttrs) -> AsyncIterator[bytes]:
        left = attributes.size or 0
        async with self._opened(self._place(path), "rb") as file:
            while left > 0 and (part := await self._soon(file.read(min(left, PART_BYTES)))):
                left -= len(part)
                yield cast("bytes", part)  # typed as text, which it is in other modes

    async def _write(self, path: str, parts: Iterable[bytes]) -> None:
        async with self._temporary() as temporary:
            async with self._opened(temporary, "wb") as file:
                for part in parts:
                    await self._soon(file.write(part))
            await self._move(temporary, path)

    async def _link(self, path: str, further: str) -> None:
        async with self._temporary() as temporary:
            try:
                await self._soon(self._client.link(self._place(path), temporary))
            except _GONE:
                return
            except (asyncssh.SFTPOpUnsupported, asyncssh.SFTPFailure):
                attributes = await self._about(path)
                if attributes is None:
                    return
                async with self._opened(temporary, "wb") as file:
                    async for part in self._parts(path, attributes):
                        await self._soon(file.write(part))
            await self._move(temporary, further)

    @contextlib.asynccontextmanager
    async def _opened(self, place: str, mode: str) -> AsyncIterator[asyncssh.SFTPClientFile]:
        file = await self._soon(self._client.open(place, mode))
        try:
            yield file
        finally:
            await self._soon(file.close())

    @contextlib.asynccontextmanager
    async def _temporary(self) -> AsyncIterator[str]:
        temporary = self._place(f"{TEMPORARY}{self._own}-{next(self._numbers)}")
        try:
            yield temporary
        except BaseException:
            with contextlib.suppress(asyncssh.Error, OSError):
                await self._soon(self._client.remove(temporary))
            raise

    async def _move(self, temporary: str, path: str) -> None:
        for folder in reversed(_above(path)):
            await self._make_folder(folder)
        place = self._place(path)
        try:
            await self._soon(self._client.posix_rename(temporary, place))
        except asyncssh.SFTPOpUnsupported:
            # The server is not OpenSSH's; its own way to rename replaces nothing.
            with contextlib.suppress(*_GONE):
                await self._soon(self._client.remove(place))
            await self._soon(self._client.rename(temporary, place))

    async def _make_folder(self, folder: str) -> None:
        if folder in self._folders:
            return
        place = self._place(folder)
        try:
            attributes = await self._soon(self._client.lstat(place))
        except _GONE:
            with contextlib.suppress(asyncssh.SFTPFailure):  # another file's folder as well, made just now
                await self._soon(self._client.mkdir(place))
        else:
            if attributes.permissions is not None and stat.S_ISLNK(attributes.permissions):
                message = (
                    f"{folder} is a link in {self._shown}, and sitegen writes through none. Move it away"
                )
                raise GuardError(Problem(code="foreign", message=message))
        self._folders.add(folder)

    async def _delete(self, path: str) -> None:
        with contextlib.suppress(*_GONE):
            await self._soon(self._client.remove(self._place(path)))

    async def _remove_empty(self, folder: str) -> None:
        self._folders.discard(folder)
        with contextlib.suppress(asyncssh.SFTPError):  # it is not empty, or gone
            await self._soon(self._client.rmdir(self._place(folder)))

    async def _names(self, folder: str) -> list[str]:
        try:
            names = await self._soon(self._client.listdir(self._place(folder)))
        except _GONE:
            return []
        return sorted(str(name) for name in names if name not in (".", ".."))

    def prepare(self, now: datetime) -> None:
        """Makes the folder itself, where there is none yet, and removes what was left half sent a day ago and before.

        What is younger may be another deploy's, which is at work.
        """
        self._run(self._named("", self._soon(self._client.makedirs(self._root, exist_ok=True))))
        left = self._run(self._named("", self._temporaries(before=now - timedelta(days=1))))
        for _ in self._each(left, lambda name: name, self._delete):
            pass

    async def _temporaries(self, before: datetime) -> list[str]:
        found = await self._soon(self._client.readdir(self._root))
        return [
            str(entry.filename)
            for entry in found
            if str(entry.filename).startswith(TEMPORARY) and (entry.attrs.mtime or 0) < before.timestamp()
        ]

    async def _soon(self, answer: Awaitable[_Result]) -> _Result:
        """The answer to one request. A large file takes many, each of which has the same time."""
        return await asyncio.wait_for(answer, self._timeout)

    async def _named(self, path: str, work: Awaitable[_Result]) -> _Result:
        """Lets a failure name its file."""
        with self._faults.told(path):
            return await work


def _is_file(attributes: asyncssh.SFTPAttrs) -> bool:
    # A server that tells no permissions is believed to hold files.
    return attributes.permissions is None or stat.S_ISREG(attributes.permissions)


def _is_folder(attributes: asyncssh.SFTPAttrs) -> bool:
    return attributes.permissions is not None and stat.S_ISDIR(attributes.permissions)


def _above(path: str) -> list[str]:
    """The folders above a file, nearest first."""
    folders = []
    while path := posixpath.dirname(path):
        folders.append(path)
    return folders
