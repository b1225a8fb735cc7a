"""The folder `.sitegen/`: the state of a project, held by one build at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from sitegen.build.salt import salt
from sitegen.build.state import FILES, LockedStateError, State, StateError
from sitegen.errors import GuardError, Problem

NAME = ".sitegen"
LOCK = "lock"

OF_PREVIEWS = "preview "
"""Before the names of values that a preview remembers, which shows other posts than a build."""

ORPHAN_SECONDS = 10
"""How long the workers of a build that was killed may take to notice it."""

PART = 256
"""How many of many values are remembered together. An edit writes few such parts, and reads them all."""

Key = TypeVar("Key")
Stored = TypeVar("Stored")
Outcome = TypeVar("Outcome")

Note: TypeAlias = Callable[[str], None]
"""Hears what the user should know of the state."""


def name_for(kind: str, output: Path) -> str:
    """What a value about an output folder is called in the state, whose names are Unicode; those of folders need not be."""
    return f"{kind} {os.fsencode(output.resolve()).decode('latin-1')}"


class StateFolder:
    """The state of one project: of a build while it holds it, or of a preview beside builds."""

    def __init__(
        self,
        folder: Path | None,
        trouble: str | None = None,
        *,
        is_held: bool = True,
        note: Note | None = None,
    ) -> None:
        """Opens the state in `folder`; with `None` nothing is known and nothing will be remembered.

        `trouble` says why there is no folder, if the user should know. A state that is not held may at any time be
        held by a build. What is remembered of it goes by other names, so that neither takes it for its own; as long
        as there is nothing, what a build remembers has to do. `note` hears at once what `notes` gathers.
        """
        self._folder = folder
        self._is_held = is_held
        self._salt = salt()
        self._hear = note
        self.notes: list[str] = []
        """What the user should know of the state."""
        if trouble:
            self._note_loss(f"{NAME}/ cannot be used ({trouble})")
        try:
            self.state = State(folder, self._salt)
        except StateError as error:
            self.start_over(error)

    def attempt(self, work: Callable[[], Outcome]) -> Outcome:
        """What `work` gives: with the state, with an empty one if that turns out broken, at last with none.

        A state that another program keeps locked is not broken, and is done without.
        """
        try:
            return work()
        except StateError as error:
            self.start_over(error)
        try:
            return work()
        except StateError as error:
            self._do_without(error)
        return work()

    def start_over(self, error: StateError) -> None:
        """Replaces a state that turned out broken by an empty one; does without one that others are at work with."""
        if isinstance(error, LockedStateError):
            self._do_without(error)
            return
        if self._folder is None or self._is_held:
            self._renew(error)
            return
        try:
            lock = _locked(self._folder)
        except (OSError, GuardError):
            self._do_without(error)
            return
        try:
            self._renew(error)
        finally:
            os.close(lock)

    def _renew(self, error: StateError) -> None:
        self._note(f"the state in {NAME}/ could not be used ({error}), so everything is built anew")
        self.close()
        if self._folder is not None:
            for name in FILES:
                with contextlib.suppress(OSError):
                    (self._folder / name).unlink()
        try:
            self.state = State(self._folder, self._salt)
        except StateError as further:
            self._do_without(further)

    def _do_without(self, error: StateError) -> None:
        self._folder = None
        self._note_unwritten(error)
        self.close()
        self.state = State(None, self._salt)

    def _note_unwritten(self, error: StateError) -> None:
        self._note_loss(f"the state in {NAME}/ cannot be written ({error})")

    def _note_loss(self, reason: str) -> None:
        self._note(f"{reason}, so this {'build' if self._is_held else 'preview'} will not be remembered")

    def _note(self, text: str) -> None:
        self.notes.append(text)
        if self._hear:
            self._hear(text)

    def close(self) -> None:
        """Closes the state, if it is open."""
        with contextlib.suppress(AttributeError):
            self.state.close()

    def remember(self, save: Callable[[], None]) -> None:
        """Runs `save` as one transaction at the end of a build, which is none the worse when this fails."""
        try:
            with self.state.transaction():
                save()
        except StateError as error:
            self._note_unwritten(error)

    def reopened(self) -> State:
        """The same state for a forked process; one in memory is there already."""
        if not self._folder:
            return self.state
        state = State(self._folder, self._salt)
        state.hold_still()
        return state

    def load(self, name: str, kind: type[Stored]) -> Stored | None:
        """A remembered value. Raises `StateError` when it is not what it should be."""
        content = self._value(name)
        if content is None:
            return None
        try:
            return msgspec.msgpack.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise StateError(str(error)) from error

    def save(self, name: str, value: object) -> None:
        """Remembers a value; to be called inside a transaction of the state."""
        self.state.set_value(self._own(name), msgspec.msgpack.encode(value))

    def load_parts(self, name: str, kind: type[dict[Key, Stored]]) -> dict[Key, Stored]:
        """What `save_parts` remembered, nothing at first. Raises `StateError` as `load` does."""
        found: dict[Key, Stored] = {}
        for number in count():
            part = self.load(f"{name} {number}", kind)
            if not part:
                return found
            found.update(part)
        raise AssertionError  # counting has no end

    def save_parts(self, name: str, values: Mapping[Key, Stored], before: Mapping[Key, Stored]) -> None:
        """Remembers many values, of which those parts are written that are not as `before`. An empty one ends them."""
        parts, known = _parts(values), _parts(before)
        for number, part in enumerate(parts):
            if number >= len(known) or part != known[number]:
                self.save(f"{name} {number}", dict(part))
        if len(parts) != len(known):
            self.save(f"{name} {len(parts)}", {})

    def _value(self, name: str) -> bytes | None:
        own = self.state.value(self._own(name))
        return own if own is not None or self._is_held else self.state.value(name)

    def _own(self, name: str) -> str:
        return name if self._is_held else OF_PREVIEWS + name

    def now_ns(self) -> int:
        """The moment by the clock of the file system, in which signatures are measured; 0 where it has none."""
        if self._folder is None:
            return 0
        path = self._folder / LOCK
        try:
            os.utime(path)
            return path.stat().st_mtime_ns
        except OSError:
            return 0


def _parts(values: Mapping[Key, Stored]) -> list[tuple[tuple[Key, Stored], ...]]:
    items = tuple(values.items())
    return [items[start : start + PART] for start in range(0, len(items), PART)]


@contextlib.contextmanager
def held_state(project: Path) -> Iterator[StateFolder]:
    """The state of a project, held until the end.

    Raises `GuardError` naming the other process when another build holds it.
    """
    folder = project / NAME
    lock = None
    try:
        lock = _locked(folder)
        state_folder = StateFolder(folder)
    except OSError as error:
        state_folder = StateFolder(None, error.strerror)
    try:
        yield state_folder
    finally:
        state_folder.close()
        if lock is not None:
            os.close(lock)


def shared_state(project: Path, note: Note | None = None) -> StateFolder:
    """The state of a project for a preview, which reads and adds to it while builds come and go that hold it.

    `note` hears what the user should know of it.
    """
    folder = project / NAME
    try:
        os.close(_lock_file(folder))
    except OSError as error:
        return StateFolder(None, error.strerror, is_held=False, note=note)
    return StateFolder(folder, is_held=False, note=note)


def _lock_file(folder: Path) -> int:
    """A descriptor of the file that is locked. Raises `OSError` where there can be no state."""
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():  # what lies behind it need not be ours
        raise OSError(errno.ELOOP, "it is a link")
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)


def _locked(folder: Path) -> int:
    """A descriptor that keeps other builds out until it is closed. Raises `OSError` and `GuardError`."""
    lock = _lock_file(folder)
    try:
        _wait_for(lock)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _wait_for(lock: int) -> None:
    """Takes the lock. A build that was killed leaves it to its workers, who end when they miss it."""
    for _ in range(ORPHAN_SECONDS * 10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(lock, 20, 0).decode(errors="replace").strip()
            if _is_running(other):
                message = (
                    f"another build of this project is at work (process {other}). Wait for it, or end it."
                )
                raise GuardError(Problem(code="lock", message=message)) from None
            time.sleep(0.1)
        else:
            return
    message = "another build of this project is at work. Wait for it, or end it."
    raise GuardError(Problem(code="lock", message=message))


def _is_running(process: str) -> bool:
    """Whether there is a process of this number."""
    if not (process.isascii() and process.isdigit()):
        return False
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is another user's
        return True
    return True
