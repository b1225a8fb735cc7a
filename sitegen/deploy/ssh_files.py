"""The files of a folder that SFTP reaches, one by one: what a few requests do with one of them."""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
import secrets
import stat
from collections.abc import AsyncIterator, Awaitable, Iterable
from datetime import datetime
from itertools import count
from typing import TypeVar, cast

import asyncssh

from sitegen.deploy.target import PART_BYTES
from sitegen.digests import blake2b
from sitegen.errors import GuardError, Problem

TEMPORARY = ".sitegen-new-"
"""What files are called until they are whole, in the folder itself; they then move to their places at once."""

GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)
"""How servers say that there is no such file."""

_Result = TypeVar("_Result")


class SshFiles:
    """The files of one folder over one session. Paths are relative to it and plain, as `manifest.is_plain` means it.

    Raises what asyncssh raises, `TimeoutError` for a server that does not answer, and `GuardError` for a link in the way.
    """

    def __init__(self, client: asyncssh.SFTPClient, root: str, shown: str, timeout_seconds: float) -> None:
        self._client = client
        self._root = root
        self._shown = shown
        self._timeout = timeout_seconds
        self._own = secrets.token_hex(4)
        """What tells our temporary names from those of another deploy."""
        self._numbers = count()
        self._folders: set[str] = set()
        """Those known to be there, and to be folders rather than links to some."""
        self._made: set[str] = set()
        """Those of them that this deploy has made."""

    def _place(self, path: str) -> str:
        return posixpath.join(self._root, path)

    async def make_root(self) -> None:
        """Makes the folder itself, where there is none yet."""
        await self._soon(self._client.makedirs(self._root, exist_ok=True))

    async def read(self, path: str) -> bytes | None:
        """The content of a file, `None` where there is none; of what is no file, something that no file of ours has."""
        attributes = await self.about(path)
        if attributes is None:
            return None
        if not _is_file(attributes):
            return None if _is_folder(attributes) else b"\0"
        return b"".join([part async for part in self._parts(path, attributes)])

    async def hash(self, path: str) -> str | None:
        """The hash of a file, `None` where there is none; what is no file has none, `""`."""
        attributes = await self.about(path)
        if attributes is None:
            return None
        if not _is_file(attributes):
            return None if _is_folder(attributes) else ""
        digest = blake2b(digest_size=16)
        async for part in self._parts(path, attributes):
            digest.update(part)
        return digest.hexdigest()

    async def about(self, path: str) -> asyncssh.SFTPAttrs | None:
        """What the server says of a file, `None` where there is none."""
        try:
            return await self._soon(self._client.lstat(self._place(path)))
        except GONE:
            return None

    async def _parts(self, path: str, attributes: asyncssh.SFTPAttrs) -> AsyncIterator[bytes]:
        left = attributes.size or 0
        async with self.opened(path, "rb") as file:
            while left > 0 and (part := await self._soon(file.read(min(left, PART_BYTES)))):
                left -= len(part)
                yield cast("bytes", part)  # typed as text, which it is in other modes

    async def write(self, path: str, parts: Iterable[bytes]) -> None:
        """Replaces a file at once, with the folders above it, when all parts of its content have come."""
        async with self.temporary(parts) as temporary:
            await self._move(temporary, path)

    async def link(self, path: str, further: str) -> None:
        """Gives a file a second name, at once in place of what has that name; one that is not there gets none."""
        async with self._temporary() as temporary:
            try:
                await self._soon(self._client.link(self._place(path), self._place(temporary)))
            except GONE:
                return
            except (asyncssh.SFTPOpUnsupported, asyncssh.SFTPFailure):
                attributes = await self.about(path)
                if attributes is None:
                    return
                await self._fill(temporary, [part async for part in self._parts(path, attributes)])
            await self._move(temporary, further)

    async def delete(self, path: str) -> None:
        """Deletes a file, if it is there."""
        with contextlib.suppress(*GONE):
            await self._soon(self._client.remove(self._place(path)))

    async def remove_empty(self, folder: str) -> None:
        """Removes a folder, if nothing is in it."""
        self._folders.discard(folder)
        self._made.discard(folder)
        with contextlib.suppress(asyncssh.SFTPError):  # it is not empty, or gone
            await self._soon(self._client.rmdir(self._place(folder)))

    async def names(self, folder: str) -> list[str]:
        """The names of what is in a folder, sorted; none where there is no such folder."""
        try:
            names = await self._soon(self._client.listdir(self._place(folder)))
        except GONE:
            return []
        return sorted(str(name) for name in names if name not in (".", ".."))

    async def temporaries(self, before: datetime) -> list[str]:
        """The temporary names in the folder that are older than that."""
        found = await self._soon(self._client.readdir(self._root))
        return [
            str(entry.filename)
            for entry in found
            if str(entry.filename).startswith(TEMPORARY) and (entry.attrs.mtime or 0) < before.timestamp()
        ]

    @contextlib.asynccontextmanager
    async def opened(
        self, path: str, mode: str, permissions: int | None = None
    ) -> AsyncIterator[asyncssh.SFTPClientFile]:
        """A file for as long as one works with it; a new one gets the permissions."""
        # Each call is one request then. What asyncssh makes of larger ones are tasks that it forgets when the call is
        # cancelled.
        attributes = asyncssh.SFTPAttrs(permissions=permissions)
        file = await self._soon(self._client.open(self._place(path), mode, attributes, block_size=0))
        try:
            yield file
        finally:
            await self._soon(file.close())

    async def _fill(self, path: str, parts: Iterable[bytes], permissions: int | None = None) -> None:
        most, offset = self._client.limits.max_write_len, 0
        async with self.opened(path, "wb", permissions) as file:
            for part in parts:
                writes = [file.write(part[at : at + most], offset + at) for at in range(0, len(part), most)]
                await self._soon(asyncio.gather(*writes))
                offset += len(part)

    @contextlib.asynccontextmanager
    async def temporary(self, parts: Iterable[bytes], permissions: int | None = None) -> AsyncIterator[str]:
        """A temporary name of a file with this content, which is gone after a failure."""
        async with self._temporary() as temporary:
            await self._fill(temporary, parts, permissions)
            yield temporary

    @contextlib.asynccontextmanager
    async def _temporary(self) -> AsyncIterator[str]:
        temporary = f"{TEMPORARY}{self._own}-{next(self._numbers)}"
        try:
            yield temporary
        except BaseException:
            with contextlib.suppress(asyncssh.Error, OSError):
                await self.delete(temporary)
            raise

    async def rename(self, path: str, further: str) -> None:
        """Gives a file another name. Raises `SFTPError` where something has it already."""
        await self._soon(self._client.rename(self._place(path), self._place(further)))

    async def _move(self, temporary: str, path: str) -> None:
        for folder in reversed(folders_above(path)):
            await self._make_folder(folder)
        source, place = self._place(temporary), self._place(path)
        try:
            await self._soon(self._client.posix_rename(source, place))
        except asyncssh.SFTPOpUnsupported:
            # The server is not OpenSSH's; its own way to rename replaces nothing.
            await self.delete(path)
            await self._soon(self._client.rename(source, place))

    async def _make_folder(self, folder: str) -> None:
        if folder in self._folders:
            return
        # Nothing can be in a folder that we have just made, so there is no need to look first.
        attributes = None if posixpath.dirname(folder) in self._made else await self.about(folder)
        if attributes is None:
            try:
                await self._soon(self._client.mkdir(self._place(folder)))
                self._made.add(folder)
            except asyncssh.SFTPFailure:  # another file's folder as well, made just now
                attributes = await self.about(folder)
        if attributes and attributes.permissions is not None and stat.S_ISLNK(attributes.permissions):
            message = f"{folder} is a link in {self._shown}, and sitegen writes through none. Move it away"
            raise GuardError(Problem(code="foreign", message=message))
        self._folders.add(folder)

    async def _soon(self, answer: Awaitable[_Result]) -> _Result:
        """The answer to one request. A large file takes many, each of which has the same time."""
        async with asyncio.timeout(self._timeout):
            return await answer


def _is_file(attributes: asyncssh.SFTPAttrs) -> bool:
    # A server that tells no permissions is believed to hold files.
    return attributes.permissions is None or stat.S_ISREG(attributes.permissions)


def _is_folder(attributes: asyncssh.SFTPAttrs) -> bool:
    return attributes.permissions is not None and stat.S_ISDIR(attributes.permissions)


def folders_above(path: str) -> list[str]:
    """The folders above a file, nearest first."""
    folders = []
    while path := posixpath.dirname(path):
        folders.append(path)
    return folders
