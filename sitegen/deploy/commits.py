"""A commit while it is made: its files on their way into the copy of a repository, as `git fast-import` takes them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import IO, NamedTuple

from sitegen.deploy.manifest import Entry
from sitegen.deploy.programs import Answer, failure, scrubbed
from sitegen.deploy.repository import Repository
from sitegen.deploy.target import Upload


class Commit(NamedTuple):
    """A commit to be: its message, its time, the commit before, and where its files come from if not from there."""

    message: str
    time: datetime
    parent: str | None
    start: str | None = None


class CommitWriter:
    """Streams the files of one commit into the copy; whatever is not named stays as in the commit before."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._process = repository.importing()
        self._mark = 0
        self._changes: list[bytes] = []
        self.blobs: dict[str, str] = {}
        """The id of every file that was added."""
        self._hashes: dict[str, str] = {}

    def add(self, path: str, upload: Upload) -> None:
        """Adds or replaces a file."""
        self._mark += 1
        self._write(b"blob\nmark :%d\ndata %d\n" % (self._mark, upload.entry.size))
        digest = self._repository.begun_blob(upload.entry.size)
        for part in upload.parts():
            digest.update(part)
            self._write(part)
        self._write(b"\n")
        self._changes.append(b"M 100644 :%d %s\n" % (self._mark, _quoted(path)))
        self.blobs[path] = digest.hexdigest()
        self._hashes[path] = upload.entry.hash

    def reuse(self, path: str, blob: str) -> None:
        """Gives a file the content of a blob that the repository has."""
        self._changes.append(b"M 100644 %s %s\n" % (blob.encode(), _quoted(path)))

    def remove(self, path: str) -> None:
        """Removes a file, if it is there."""
        self._changes.insert(0, b"D %s\n" % _quoted(path))

    def holds(self, path: str, entry: Entry) -> bool:
        """Whether the commit has just this content there."""
        return self._hashes.get(path) == entry.hash

    def finish(self, commit: Commit) -> str:
        """Writes the commit and gives its id."""
        who = f"{self._repository.identity()} {int(commit.time.timestamp())} +0000".encode()
        message = commit.message.encode()
        self._write(
            b"reset refs/heads/made\n\n",
            b"commit refs/heads/made\nauthor %s\ncommitter %s\n" % (who, who),
            b"data %d\n%s\n" % (len(message), message),
            b"from %s\n" % commit.parent.encode() if commit.parent else b"",
            *self._start(commit),
            *self._changes,
            b"\ndone\n",
        )
        stdin = self._process.stdin
        assert stdin
        with contextlib.suppress(BrokenPipeError):
            stdin.close()
        self._end()
        return self._repository.made_commit()

    def _start(self, commit: Commit) -> Sequence[bytes]:
        """The files that a commit without a parent begins with."""
        if commit.start is None:
            return ()
        tree = self._repository.tree(commit.start)
        return [f"M {mode} {blob} ".encode() + _quoted(path) + b"\n" for path, (mode, blob) in tree.items()]

    def _write(self, *parts: bytes) -> None:
        stdin: IO[bytes] | None = self._process.stdin
        assert stdin
        try:
            for part in parts:
                stdin.write(part)
        except OSError:
            self._end()

    def _end(self) -> None:
        """Waits for the end. Raises `SitegenError` with what git said when it failed."""
        stderr = self._process.stderr
        assert stderr
        said = stderr.read()
        stderr.close()
        code = self._process.wait()
        if code:
            answer = Answer(code=code, output=b"", said=scrubbed(said))
            raise failure("git", "write the commit", answer)

    def abandon(self) -> None:
        """Ends without a commit."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stderr):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()


def _quoted(path: str) -> bytes:
    """A path as fast-import reads any path."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode("utf-8", "surrogateescape")
