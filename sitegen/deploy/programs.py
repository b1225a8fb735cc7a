"""Running the programs of others (git, ssh, rsync): from fixed lists, never through a shell, with their words kept."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sitegen.errors import Problem, SitegenError
from sitegen.model import Value

_USER_INFO = re.compile(r"(?<=//)[^/@\s]+@")

SHOWN_LINES = 6
"""How much of what a program said a message repeats, from its end."""


class Answer(Value, frozen=True):
    """What a program printed, and how it ended."""

    code: int
    output: bytes
    said: str
    """Its standard error, without names and passwords in URLs."""


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

    def require(self, name: str, remedy: str) -> None:
        """Raises `SitegenError` when a program is missing."""
        if shutil.which(name, path=self.environment.get("PATH")) is None:
            message = f"the program {name} is not there. {remedy}"
            raise SitegenError(Problem(code="program", message=message))

    def ask(self, arguments: Sequence[str], content: bytes = b"") -> Answer:
        """What a program answers, which may be a failure."""
        done = subprocess.run(
            [*arguments],
            input=content,
            capture_output=True,
            cwd=self.folder,
            env=self.environment,
            check=False,
        )
        return Answer(code=done.returncode, output=done.stdout, said=scrubbed(done.stderr))

    def run(self, arguments: Sequence[str], doing: str, content: bytes = b"") -> bytes:
        """What a program prints. Raises `ProgramError` when it fails; `doing` says what it was to do."""
        answer = self.ask(arguments, content)
        if answer.code:
            raise failure(arguments[0], doing, answer)
        return answer.output


def failure(program: str, doing: str, answer: Answer) -> ProgramError:
    """That a program failed, in its own words and, where they are known ones, with a remedy."""
    lines = [line for line in answer.said.splitlines() if line.strip()]
    how = f"exit code {answer.code}" if answer.code >= 0 else f"signal {-answer.code}"
    message = f"cannot {doing}: {_remedy(answer.said) or f'{program} failed ({how})'}"
    return ProgramError(Problem(code="deploy", message=message, notes=tuple(lines[-SHOWN_LINES:])), answer)


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
    "does not appear to be a git repository": "there is no git repository",
    "No space left on device": "the disk is full",
    "Disk quota exceeded": "the disk quota is used up",
}
"""By what programs say."""


def _remedy(said: str) -> str | None:
    return next((remedy for words, remedy in _REMEDIES.items() if words in said), None)


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
