"""A lock that keeps two deploys to one place apart, as far as this machine reaches."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sitegen.errors import GuardError, Problem, SitegenError

LOCK = ".sitegen-lock"


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

    def release(self) -> None:
        """Lets others in again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def at_work(shown: str) -> GuardError:
    """That another deploy holds the lock."""
    message = f"another deploy to {shown} is at work. Wait for it, or end it"
    return GuardError(Problem(code="lock", message=message))
