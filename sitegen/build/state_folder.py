"""The folder `.sitegen/`: the state of a project, held by one build at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from sitegen.build.inputs import KnownFile
from sitegen.build.salt import salt
from sitegen.build.state import FILE, State, StateError
from sitegen.errors import GuardError, Problem
from sitegen.model import SourcePath

NAME = ".sitegen"
LOCK = "lock"
CANNOT_REMEMBER = f"{NAME}/ cannot be written, so this build will not be remembered"

Stored = TypeVar("Stored")


class StateFolder:
    """The state of one project while a build holds it."""

    def __init__(self, folder: Path | None, notes: Iterable[str] = ()) -> None:
        """Opens the state in `folder`; with `None` nothing is known and nothing will be remembered."""
        self._folder = folder
        self._salt = salt()
        self.notes: list[str] = list(notes)
        """What the user should know of the state."""
        try:
            self.state = State(folder, self._salt)
        except StateError as error:
            self.start_over(error)

    def start_over(self, error: StateError) -> None:
        """Forgets a state that cannot be read."""
        self.notes.append(f"the state in {NAME}/ could not be read ({error}), so everything is built anew")
        with contextlib.suppress(AttributeError):
            self.state.close()
        if self._folder is not None:
            for suffix in ("", "-journal"):
                with contextlib.suppress(OSError):
                    (self._folder / (FILE + suffix)).unlink()
        try:
            self.state = State(self._folder, self._salt)
        except StateError:
            self._folder = None
            self.state = State(None, self._salt)

    def reopened(self) -> State:
        """The same state for a forked process; one in memory is there already."""
        return State(self._folder, self._salt) if self._folder else self.state

    def known_files(self) -> dict[SourcePath, KnownFile]:
        """The sources whose content is known as long as their signature stays."""
        return self.load("files", dict[SourcePath, KnownFile]) or {}

    def load(self, name: str, kind: type[Stored]) -> Stored | None:
        """A remembered value. Raises `StateError` when it is not what it should be."""
        content = self.state.value(name)
        if content is None:
            return None
        try:
            return msgspec.msgpack.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise StateError(str(error)) from error

    def save(self, name: str, value: object) -> None:
        """Remembers a value; to be called inside a transaction of the state."""
        self.state.set_value(name, msgspec.msgpack.encode(value))

    def now_ns(self) -> int:
        """The moment by the clock of the file system, in which signatures are measured."""
        if self._folder is None:
            return 0
        path = self._folder / LOCK
        os.utime(path)
        return path.stat().st_mtime_ns


@contextlib.contextmanager
def held_state(project: Path) -> Iterator[StateFolder]:
    """The state of a project, held until the end.

    Raises `GuardError` naming the other process when another build holds it.
    """
    folder = project / NAME
    try:
        folder.mkdir(exist_ok=True)
        lock = open(folder / LOCK, "a+", encoding="utf-8")  # noqa: SIM115  # held open as long as the lock
    except OSError:
        yield StateFolder(None, [CANNOT_REMEMBER])
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip() or "unknown"
            message = f"another build of this project is at work (process {other}). Wait for it, or end it."
            raise GuardError(Problem(code="lock", message=message)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        is_writable = os.access(folder, os.W_OK)
        state_folder = StateFolder(folder) if is_writable else StateFolder(None, [CANNOT_REMEMBER])
        try:
            yield state_folder
        finally:
            state_folder.state.close()
