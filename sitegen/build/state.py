"""State: what a project remembers between builds, in one SQLite file that may be deleted at any time.

Two things are kept. The *memo* holds what loading gave, addressed by the content it was made from, so a row is
right whenever it is found. The *ledger* is kept in columns, of which the changed ones are replaced at the very end of
a build, in one transaction. Every value carries a checksum over the salt, its name and itself; what does not fit
means starting cold, never a wrong page.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from sitegen.model import Digest

FILE = "state.db"
FILES = (FILE, f"{FILE}-journal")
"""What may be deleted to start over."""

PATIENCE_SECONDS = 1.0
"""How long another program may keep the state locked."""

PAGE_SIZE = 16_384
"""Bytes of a page. In one of the usual 4,096 many a text has no room, and becomes a chain of pages."""

CACHE_SIZE = 4_000
"""Kilobytes of pages that SQLite may keep in memory: the keys of many posts, and what a transaction changes."""

PRIMARY_CODE = 0xFF
"""The part of an error code of SQLite that says the kind; the rest says more of it."""

SINGLY = 500
"""Up to so many rows are read one by one, more by reading all of their table."""

UNUSED_BUILDS = 10
"""How many builds a memo row outlives its last use; a preview that ends is one."""

SWEPT_SHARE = 64
"""One row of so many must be to be forgotten before any is: which texts go with them is told by reading all rows."""

SCHEMA = (
    "CREATE TABLE value (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE post (key BLOB PRIMARY KEY, body BLOB NOT NULL, content BLOB NOT NULL)",
    "CREATE TABLE body (digest BLOB PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE unused (key BLOB PRIMARY KEY, builds INTEGER NOT NULL) WITHOUT ROWID",
)


class StateError(Exception):
    """The state cannot be read or written; the message says why."""


class LockedStateError(StateError):
    """Another program keeps the state locked, which may be as good as ever."""


class State:
    """The open state of one project. Raises `StateError` wherever the file turns out to be broken."""

    def __init__(self, folder: Path | None, salt: Digest) -> None:
        """Opens or begins the state in `folder`; `None` remembers nothing."""
        self._seed = zlib.crc32(salt)
        is_new = folder is None or not _is_there(folder)
        with _broken_state_told():
            self._database = sqlite3.connect(
                folder / FILE if folder else ":memory:", timeout=PATIENCE_SECONDS, isolation_level=None
            )
            try:
                self._database.execute("PRAGMA synchronous = OFF")  # a lost state costs a cold build, no more
                self._database.execute(f"PRAGMA page_size = {PAGE_SIZE}")  # of a new file; others keep theirs
                self._database.execute(f"PRAGMA cache_size = -{CACHE_SIZE}")  # only now, as it counts pages
                self._begin(salt, is_new=is_new)
            except BaseException:
                self.close()
                raise

    def _begin(self, salt: Digest, *, is_new: bool) -> None:
        if is_new:
            with self.transaction():
                for statement in SCHEMA:
                    self._database.execute(statement)
                self.set_value("salt", salt)
        elif self._row("SELECT content FROM value WHERE name = ?", "salt") != self._sealed("salt", salt):
            raise StateError("another version of sitegen, or of something it uses, wrote it")

    def hold_still(self) -> None:
        """Begins to read the state as it is now, which spares every further look its own locks."""
        with _broken_state_told():
            self._database.execute("BEGIN")

    def close(self) -> None:
        """Closes the file; what was not committed is forgotten."""
        self._database.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of the changes made inside."""
        with _broken_state_told():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def value(self, name: str) -> bytes | None:
        """A value by its name, `None` if there is none."""
        content = self._row("SELECT content FROM value WHERE name = ?", name)
        return None if content is None else self._unsealed(name, content)

    def set_value(self, name: str, content: bytes) -> None:
        """Replaces a value."""
        self._database.execute(
            "INSERT OR REPLACE INTO value VALUES (?, ?)", (name, self._sealed(name, content))
        )

    @property
    def has_posts(self) -> bool:
        """Whether any post is memorised."""
        with _broken_state_told():
            return self._database.execute("SELECT 1 FROM post LIMIT 1").fetchone() is not None

    def posts(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Those memorised posts that have one of these keys."""
        if len(keys) > SINGLY:
            wanted = frozenset(keys)
            with _broken_state_told():
                rows = self._database.execute("SELECT key, content FROM post")
                return {key: self._unsealed(key, content) for key, content in rows if key in wanted}
        found = ((key, self._row("SELECT content FROM post WHERE key = ?", key)) for key in keys)
        return {key: self._unsealed(key, content) for key, content in found if content is not None}

    def body(self, digest: Digest) -> bytes:
        """A memorised body. Raises `StateError` when it is not there."""
        content = self._row("SELECT content FROM body WHERE digest = ?", digest)
        if content is None:
            raise StateError("a text is missing")
        return self._unsealed(digest, content)

    def add(self, loaded: Collection[tuple[bytes, bytes, Digest, bytes]]) -> None:
        """Memorises what loading some files gave: for each a key, the post, the digest of its body, and the body.

        In the order of the keys, so that each page of keys is changed once.
        """
        self._database.executemany(
            "INSERT OR REPLACE INTO post VALUES (?, ?, ?)",
            ((key, digest, self._sealed(key, post)) for key, post, digest, _ in sorted(loaded)),
        )
        self._database.executemany(
            "INSERT OR REPLACE INTO body VALUES (?, ?)",
            ((digest, self._sealed(digest, body)) for digest, body in sorted(row[2:] for row in loaded)),
        )

    def prune(self, used: Iterable[bytes]) -> None:
        """Counts a build for every post that was not used, and forgets those unused for `UNUSED_BUILDS` builds.

        They may wait until they are more than a few of all.
        """
        database = self._database
        known = {key for (key,) in database.execute("SELECT key FROM post")}
        waiting = {key for (key,) in database.execute("SELECT key FROM unused")}
        unused = known - set(used)
        if not unused and not waiting:
            return
        database.executemany("DELETE FROM unused WHERE key = ?", ((key,) for key in waiting - unused))
        database.execute("UPDATE unused SET builds = builds + 1")
        database.executemany("INSERT INTO unused VALUES (?, 1)", ((key,) for key in unused - waiting))
        old = database.execute("SELECT key FROM unused WHERE builds > ?", (UNUSED_BUILDS,)).fetchall()
        if len(old) * SWEPT_SHARE >= len(known):
            database.executemany("DELETE FROM post WHERE key = ?", old)
            database.executemany("DELETE FROM unused WHERE key = ?", old)
            database.execute("DELETE FROM body WHERE digest NOT IN (SELECT body FROM post)")

    def _row(self, query: str, name: str | bytes) -> object:
        """The one column of a row, `None` if there is none."""
        with _broken_state_told():
            row = self._database.execute(query, (name,)).fetchone()
        return row[0] if row else None

    def _sealed(self, name: str | bytes, content: bytes) -> bytes:
        return self._checksum(name, content) + content

    def _unsealed(self, name: object, content: object) -> bytes:
        if isinstance(name, str | bytes) and isinstance(content, bytes):
            plain = content[4:]
            if content[:4] == self._checksum(name, plain):
                return plain
        raise StateError("a checksum is wrong")

    def _checksum(self, name: str | bytes, content: bytes) -> bytes:
        named = zlib.crc32(name.encode() if isinstance(name, str) else name, self._seed)
        return zlib.crc32(content, named).to_bytes(4, "little")


class StateReader:
    """A state that is read by the process that opened it and by its forks, each of which opens it anew."""

    def __init__(self, state: State, reopen: Callable[[], State]) -> None:
        self._state = state
        self._reopen = reopen
        self._process = os.getpid()

    @property
    def state(self) -> State:
        """The state as this process may use it."""
        if os.getpid() != self._process:
            self._state, self._process = self._reopen(), os.getpid()
        return self._state


def _is_there(folder: Path) -> bool:
    """Whether there is a state. Raises `StateError` for a link and the like, which SQLite would follow."""
    for name in FILES:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG((folder / name).lstat().st_mode):
                raise StateError(f"{name} is no plain file")
    return (folder / FILE).exists()


@contextlib.contextmanager
def _broken_state_told() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:  # of a message that quotes a damaged name
        raise StateError("a name in it is damaged") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)  # only errors of SQLite itself have one
        is_locked = code & PRIMARY_CODE == sqlite3.SQLITE_BUSY
        raise (LockedStateError if is_locked else StateError)(str(error)) from error
