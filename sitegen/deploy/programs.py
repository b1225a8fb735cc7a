"""Running the programs of others (git, ssh, rsync): from fixed lists, never through a shell, with their words kept."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from sitegen.errors import Problem, SitegenError
from sitegen.model import Value

_USER_INFO = re.compile(r"(?<=//)[^/@\s]+@")

_PROGRESS = re.compile(
    r"(remote: )?(Enumerating|Counting|Compressing|Writing|Receiving|Resolving|Unpacking|Updating|Total|Delta)\b"
)
"""What git says of how far it is, which it is asked for so that its silence means something."""

PARTING_SECONDS = 5
"""How long a program may take to end in peace."""

SHOWN_LINES = 6
"""How much of what a program said a message repeats, from its end."""


class Answer(Value, frozen=True):
    """What a program printed, and how it ended."""

    code: int
    output: bytes
    said: str
    """Its standard error, without names and passwords in URLs."""
    silent_seconds: float = 0
    """How long it had said nothing when it was ended for that; 0 for one that ended by itself."""


class ProgramError(SitegenError):
    """A program failed; `answer` has what it said."""

    def __init__(self, problem: Problem, answer: Answer) -> None:
        super().__init__(problem)
        self.answer = answer

    def __reduce__(self) -> tuple[type[ProgramError], tuple[Problem, Answer]]:  # type: ignore[override]  # one of a kind
        """Travels between processes with its problems intact."""
        return (ProgramError, (self.problems[0], self.answer))


class Programs(Value, frozen=True):
    """Programs in one environment, started in one folder."""

    environment: dict[str, str]
    folder: Path
    patience_seconds: float
    """How long a program may say nothing."""

    def require(self, name: str, remedy: str) -> None:
        """Raises `SitegenError` when a program is missing."""
        if shutil.which(name, path=self.environment.get("PATH")) is None:
            message = f"the program {name} is not there. {remedy}"
            raise SitegenError(Problem(code="program", message=message))

    def ask(self, arguments: Sequence[str], content: bytes = b"") -> Answer:
        """What a program answers, which may be a failure. One that says nothing for too long is ended."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(content)
            given.seek(0)
            process = self.start(arguments, stdin=given, stderr=said)
            try:
                output, silent_seconds = b"".join(self.heard(process, said)), 0.0
            except TimeoutError:
                output, silent_seconds = b"", self.patience_seconds
            return _answer(process, output, said, silent_seconds)

    def start(
        self, arguments: Sequence[str], stdin: int | IO[bytes], stderr: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """A program that runs, whose output can be heard."""
        return subprocess.Popen(
            [*arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=self.folder,
            env=self.environment,
        )

    def heard(self, process: subprocess.Popen[bytes], said: IO[bytes]) -> Iterator[bytes]:
        """What a program prints, as it comes; `said` is the file that has its standard error.

        Raises `TimeoutError` when both are silent for too long, and has ended the program then.
        """
        assert process.stdout
        size = 0
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(self.patience_seconds):
                    part = os.read(process.stdout.fileno(), 1 << 16)
                    if not part:
                        return
                    yield part
                elif size == (size := os.fstat(said.fileno()).st_size):
                    end(process)
                    raise TimeoutError

    def heard_until(
        self, ending: re.Pattern[bytes], process: subprocess.Popen[bytes], said: IO[bytes]
    ) -> tuple[bytes, float]:
        """What a program prints up to an ending, or all; and how long it was silent, if it was ended for that."""
        output = bytearray()
        with contextlib.suppress(TimeoutError):
            for part in self.heard(process, said):
                output += part
                if ending.search(output):
                    break
            return bytes(output), 0
        return bytes(output), self.patience_seconds

    def run(self, arguments: Sequence[str], doing: str, content: bytes = b"") -> bytes:
        """What a program prints. Raises `ProgramError` when it fails; `doing` says what it was to do."""
        answer = self.ask(arguments, content)
        if answer.code:
            raise failure(arguments[0], doing, answer)
        return answer.output


def _answer(
    process: subprocess.Popen[bytes], output: bytes, said: IO[bytes], silent_seconds: float
) -> Answer:
    code = process.wait()
    assert process.stdout
    process.stdout.close()
    return Answer(
        code=code or (1 if silent_seconds else 0),
        output=output,
        said=words(said),
        silent_seconds=silent_seconds,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and those that it has started, which would go on waiting for the host otherwise."""
    for pid in _family(process.pid):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    try:
        process.wait(PARTING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _family(process: int) -> list[int]:
    """A process and all that come from it. A group of their own could not ask for a passphrase at the terminal."""
    family = [process]
    with contextlib.suppress(OSError):  # there may be no ps
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=False).stdout
        parents = {int(pid): int(parent) for pid, parent in map(bytes.split, listed.splitlines())}
        for member in family:
            family.extend(pid for pid, parent in parents.items() if parent == member)
    return family


def failure(program: str, doing: str, answer: Answer) -> ProgramError:
    """That a program failed, in its own words and, where they are known ones, with a remedy."""
    lines = [line for line in answer.said.splitlines() if line.strip() and not _PROGRESS.match(line)]
    how = f"exit code {answer.code}" if answer.code >= 0 else f"signal {-answer.code}"
    reason = _remedy(answer.said) or _BY_CODE.get((program, answer.code)) or f"{program} failed ({how})"
    if answer.silent_seconds:
        reason = f"nothing was heard for {answer.silent_seconds:g} s, so {program} was ended. {_MORE_TIME}"
    message = f"cannot {doing}: {reason}"
    return ProgramError(Problem(code="deploy", message=message, notes=tuple(lines[-SHOWN_LINES:])), answer)


_MORE_TIME = "The host may be overloaded; timeout_seconds in sitegen.toml says how long to wait"

_REMEDIES: Mapping[str, str] = {
    "REMOTE HOST IDENTIFICATION HAS CHANGED": (
        "the host has another key than the one that is known. Somebody may be in between; nothing was sent. If the "
        "host was set up anew, remove its old key with ssh-keygen -R"
    ),
    "Host key verification failed": (
        "the host's key is not known. Connect once with ssh, compare the fingerprint, and accept it"
    ),
    "Permission denied (": "the host refuses your key. Is it loaded (ssh-add -l), and known there?",
    "Authentication failed": "the host refuses your name or password. See git's credential helpers",
    "could not read Username": "the host asks for a name and password. See git's credential helpers, or use SSH",
    "Could not resolve host": "there is no such host, or no network",
    "Connection refused": "the host does not accept the connection",
    "Connection timed out": "the host does not answer",
    "does not appear to be a git repository": (
        "there is no git repository. Correct the address, or make one there with git init --bare"
    ),
    "Repository not found": "there is no such repository, or your key may not see it",
    "git-upload-pack:": "the host has no git. Install it there",
    "marked as read only": "your key may only read there. Give it the right to write",
    "denied to": "you may not write there. Does the host know you by the right key (ssh -v)?",
    "insufficient permission": "you may not write into the repository there",
    "unable to create temporary object": "you may not write into the repository there",
    "hook declined": "the host declines it, in the words below. Is the branch protected?",
    "timeout in data send/receive": f"nothing was heard for too long. {_MORE_TIME}",
    "No space left on device": "the disk is full",
    "Disk quota exceeded": "the disk quota is used up",
}
"""By what programs say."""

_BY_CODE: Mapping[tuple[str, int], str] = {
    ("rsync", 11): "a file could not be written or read; the disk may be full, or a quota reached",
}
"""By how programs end, for when their words are lost: rsync on a host may end before it has sent them (rsync(1))."""


def _remedy(said: str) -> str | None:
    return next((remedy for words, remedy in _REMEDIES.items() if words in said), None)


def words(said: IO[bytes]) -> str:
    """What stands in the file of a standard error, scrubbed."""
    # Not by seek and read: what a program leaves behind, such as git its ssh, writes at the same position.
    return scrubbed(os.pread(said.fileno(), os.fstat(said.fileno()).st_size, 0))


def scrubbed(said: bytes) -> str:
    """What a program said, without names and passwords in URLs."""
    return _USER_INFO.sub("", said.decode("utf-8", "replace"))


def without_user(address: str) -> str:
    """A URL without the name that may stand in it; other addresses as they are."""
    return _USER_INFO.sub("", address) if address.startswith(("http://", "https://")) else address


def ssh_options() -> tuple[str, ...]:
    """What `ssh` is told besides the user's own configuration: keys of hosts must be known, nothing hangs for ever."""
    return (
        "-oStrictHostKeyChecking=yes",
        "-oConnectTimeout=30",
        "-oServerAliveInterval=15",
        "-oServerAliveCountMax=4",
    )
