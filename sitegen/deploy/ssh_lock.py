"""A lock in a folder that SFTP reaches: a file that whoever deploys renews, and that counts no more when nobody does.

SFTP has no locks, but it has a way to rename that replaces nothing, so that of several who want a name one gets it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import cast

import asyncssh
import msgspec

from sitegen.deploy.lock import LOCK, Holder, at_work
from sitegen.deploy.ssh_files import GONE, TEMPORARY, SshFiles
from sitegen.digests import blake2b

SIGN_SECONDS = 15
"""How often a deploy gives a sign of life."""

SILENT_SECONDS = 120
"""After how long without one a lock is that of a dead deploy."""

PRIVATE = 0o600
"""Visitors need not know who deploys."""

MOST_BYTES = 10_000
"""More than any lock has."""

ATTEMPTS = 5
"""How often a lock is looked for that is gone again when one looks at it."""


class SshLock:
    """The lock of one folder. The server's clock alone says how old a sign of life is."""

    def __init__(self, files: SshFiles, shown: str) -> None:
        self._files = files
        self._shown = shown
        self._content = b""
        self._signs: asyncio.Task[None] | None = None

    async def take(self, holder: Holder, ended: str) -> None:
        """Takes the lock, also one that is silent or that the deploy `ended` left. Raises `GuardError` for any other."""
        self._content = msgspec.json.encode(holder)
        async with self._files.temporary([self._content], PRIVATE) as temporary:
            for _ in range(ATTEMPTS):
                try:
                    await self._files.rename(temporary, LOCK)
                except (
                    asyncssh.SFTPError
                ) as error:  # servers have no word of their own for a name that is taken
                    refusal = error
                else:
                    self._signs = asyncio.create_task(self._give_signs())
                    return
                await self._clear(temporary, ended)
            raise refusal

    async def _clear(self, temporary: str, ended: str) -> None:
        """Moves the lock of a dead deploy out of the way. Raises `GuardError` for that of a living one."""
        lock = await self._found()
        if lock is None:
            return
        content, signed = lock
        holder = _decoded(content)
        now = await self._files.about(temporary)
        age = (now.mtime or 0) - signed if now else 0
        if age < SILENT_SECONDS and not (holder and holder.deploy == ended):
            raise at_work(self._shown, *_about(holder, age))
        # Whoever else saw this lock would give it this very name, and only one can. It is left there for a day, so that
        # the other cannot take the next lock for this one.
        sign = blake2b(b"%s %d" % (content, signed), digest_size=8).hexdigest()
        with contextlib.suppress(asyncssh.SFTPError):
            await self._files.rename(LOCK, f"{TEMPORARY}{sign}")

    async def _found(self) -> tuple[bytes, int] | None:
        """The content of a lock and the time of its last sign of life, of the same one even if it is just replaced."""
        try:
            async with self._files.opened(LOCK, "rb") as file:
                return cast("bytes", await file.read(MOST_BYTES)), (await file.stat()).mtime or 0
        except GONE:
            return None
        except asyncssh.SFTPError:  # it may be another user's
            attributes = await self._files.about(LOCK)
            return (b"", attributes.mtime or 0) if attributes else None

    async def _give_signs(self) -> None:
        # Through the file itself, not its name: if others gave us up for dead, the name is theirs. Whatever goes wrong
        # here, the deploy meets it as well.
        with contextlib.suppress(asyncssh.Error, OSError):
            async with self._files.opened(LOCK, "r+b") as file:
                while True:
                    await asyncio.sleep(SIGN_SECONDS)
                    await file.write(self._content, 0)

    async def release(self) -> None:
        """Lets others in, unless they gave us up for dead and are in already."""
        if self._signs is None:
            return
        self._signs.cancel()
        await asyncio.gather(self._signs, return_exceptions=True)
        if await self._files.read(LOCK) == self._content:
            await self._files.delete(LOCK)


def _decoded(content: bytes) -> Holder | None:
    try:
        return msgspec.json.decode(content, type=Holder)
    except msgspec.DecodeError:
        return None


def _about(holder: Holder | None, age: float) -> tuple[str, str]:
    """Who holds a lock, and what can be done about it."""
    who = f"{holder.name}, since {holder.since}" if holder else ""
    note = (
        f"its last sign of life is {age:g} s old. After {SILENT_SECONDS} s without one it counts as dead; if you know that "
        f"it is, remove {LOCK} there"
    )
    return who, note
