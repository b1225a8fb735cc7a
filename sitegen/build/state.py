"""State: what a project remembers between builds, in one SQLite file that may be deleted at any time.

Two things are kept. The *memo* holds what loading gave, addressed by the content it was made from, so a row is
right whenever it is found. The *ledger* is one value, replaced whole at the very end of a build. Every value
carries a checksum; anything that does not fit means starting cold, never a wrong page.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from sitegen.model import Digest

FILE = "state.db"
UNUSED_BUILDS = 10
"""How many builds a memo row outlives its last use."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS post (key BLOB PRIMARY KEY, body BLOB NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS body (digest BLOB PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS unused (key BLOB PRIMARY KEY, builds INTEGER NOT NULL) WITHOUT ROWID;
"""


class StateError(Exception):
    """The state cannot be read or written; the message says why."""


class State:
    """The open state of one project. Raises `StateError` wherever the file turns out to be broken."""

    def __init__(self, folder: Path | None, salt: Digest) -> None:
        """Opens the state in `folder`, empty when it was written under another salt; `None` remembers nothing."""
        with _broken_state_told():
            self._database = sqlite3.connect(folder / FILE if folder else ":memory:", isolation_level=None)
            self._database.execute("PRAGMA synchronous = OFF")  # a lost state costs a cold build, no more
            self._database.execute("PRAGMA cache_size = -8000")
            self._database.executescript(SCHEMA)
            if self.value("salt") != salt:
                for table in ("value", "post", "body", "unused"):
                    self._database.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours
                self._database.execute("BEGIN")
                self.set_value("salt", salt)
                self._database.execute("COMMIT")

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
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def value(self, name: str) -> bytes | None:
        """A value by its name, `None` if there is none."""
        with _broken_state_told():
            row = self._database.execute("SELECT content FROM value WHERE name = ?", (name,)).fetchone()
        return _unsealed(row[0]) if row else None

    def set_value(self, name: str, content: bytes) -> None:
        """Replaces a value."""
        self._database.execute("INSERT OR REPLACE INTO value VALUES (?, ?)", (name, _sealed(content)))

    def posts(self) -> dict[bytes, bytes]:
        """Every memorised post by its key."""
        with _broken_state_told():
            rows = self._database.execute("SELECT key, content FROM post").fetchall()
        return {key: _unsealed(content) for key, content in rows}

    def body(self, digest: Digest) -> bytes:
        """A memorised body. Raises `StateError` when it is not there."""
        with _broken_state_told():
            row = self._database.execute("SELECT content FROM body WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise StateError("a text is missing")
        return _unsealed(row[0])

    def add(self, key: bytes, post: bytes, digest: Digest, body: bytes) -> None:
        """Memorises what loading one file gave."""
        self._database.execute("INSERT OR REPLACE INTO post VALUES (?, ?, ?)", (key, digest, _sealed(post)))
        self._database.execute("INSERT OR REPLACE INTO body VALUES (?, ?)", (digest, _sealed(body)))

    def prune(self, used: Iterable[bytes]) -> None:
        """Counts a build for every post that was not used, and forgets those unused for `UNUSED_BUILDS` builds."""
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
        if old:
            database.executemany("DELETE FROM post WHERE key = ?", old)
            database.executemany("DELETE FROM unused WHERE key = ?", old)
            database.execute("DELETE FROM body WHERE digest NOT IN (SELECT body FROM post)")


def _sealed(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "little") + content


def _unsealed(content: object) -> bytes:
    if not isinstance(content, bytes) or zlib.crc32(content[4:]).to_bytes(4, "little") != content[:4]:
        raise StateError("a checksum is wrong")
    return content[4:]


@contextlib.contextmanager
def _broken_state_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StateError(str(error)) from error
