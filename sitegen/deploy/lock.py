"""A lock that keeps two deploys to one place apart, as far as this machine reaches."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sitegen.errors import GuardError, Problem, SitegenError
from sitegen.model import Value

LOCK = ".sitegen-lock"


class Holder(Value, frozen=True):
    """A deploy, as a lock elsewhere names it."""

    deploy: str
    """What no other deploy has."""
    name: str
    """Whose it is: `lin@laptop`."""
    since: str


class Lock:
    """Keeps other deploys out of a folder until it is released, or this process ends."""

    def __init__(self, root: Path, shown: str) -> None:
        """`shown` is what messages call the place that is deployed to."""
        self._root = root
        self._shown = shown
        self._descriptor: int | None = None

    def take(self) -> None:
        """Takes the lock. Raises `GuardError` while another deploy holds it."""
        if self._descriptor is not None:
            return
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._root / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except OSError as error:
            message = f"cannot write {self._root / LOCK}: {error.strerror}"
            raise SitegenError(Problem(code="deploy", message=message)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise at_work(self._shown) from None
        self._descriptor = descriptor

    def read_note(self) -> str:
        """What the last who held the lock noted, empty for nothing."""
        assert self._descriptor is not None, "the lock is held"
        return os.pread(self._descriptor, 100, 0).decode("ascii", "replace")

    def note(self, text: str) -> None:
        """Notes something short for those who hold the lock later."""
        assert self._descriptor is not None, "the lock is held"
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode("ascii"), 0)

    def release(self) -> None:
        """Lets others in again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def at_work(shown: str, who: str = "", *notes: str) -> GuardError:
    """That another deploy holds the lock; `who` it is, where that is known."""
    known = f" ({who})" if who else ""
    message = f"another deploy to {shown} is at work{known}. Wait for it, or end it"
    return GuardError(Problem(code="lock", message=message, notes=notes))
