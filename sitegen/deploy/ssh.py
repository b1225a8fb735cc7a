"""One SSH connection, over which small fixed scripts run and rsync sends.

No name ever becomes a part of a command: scripts are constants, and what they are about goes to their standard
input, a line each. All use one connection, so a command costs a round trip and no handshake.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shlex
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sitegen.config import RsyncTarget
from sitegen.deploy.programs import Answer, Programs, end, failure, ssh_options, words
from sitegen.deploy.target import Surroundings
from sitegen.errors import Problem, SitegenError

PARTING_SECONDS = 5
"""How long a connection may take to end in peace."""

LONGEST_FOLDER = 70
"""Bytes of a folder for sockets: systems allow their names some 104, of which ssh takes 17 for the time of making one."""

RSYNC = (
    "--protect-args",
    "--8-bit-output",
    "--files-from=-",
    "--from0",
    "--no-implied-dirs",
)
"""What rsync is always told, besides the seconds after which it gives up a host that says nothing."""

FIRST = (
    "IFS= read -r mark; command -v rsync >/dev/null && echo ready || echo without rsync; "
    '( SCRIPT ); code=$?; echo; echo "$mark $code"; cat >/dev/null'
)
"""What the first session of a connection runs: a script, and then nothing until its standard input ends with this
process, whatever ends that. All other sessions last no longer than it."""

READY = b"ready\n"
WITHOUT_RSYNC = b"without rsync"


class Connection:
    """A connection to a host, from the first script to `close`."""

    def __init__(self, target: RsyncTarget, surroundings: Surroundings) -> None:
        self._host = target.host
        self.programs = Programs(
            environment={**surroundings.environment, "LC_ALL": "C"},
            folder=surroundings.project,
            patience_seconds=target.timeout_seconds,
        )
        options = list(ssh_options())
        if target.ssh_config:
            options += ["-F", str(surroundings.path(target.ssh_config))]
        if target.port:
            options += ["-p", str(target.port)]
        self._options = options
        self._socket: Path | None = None
        self._master: subprocess.Popen[bytes] | None = None

    def ask(self, script: str, lines: Sequence[str], doing: str) -> bytes:
        """What a script prints that reads just these lines and no more. The first one costs no session of its own."""
        return self.run(script, lines, doing) if self._master else self._open(script, lines, doing)

    def _open(self, script: str, lines: Sequence[str], doing: str) -> bytes:
        """Connects for a script, and gives what it prints. Raises `SitegenError` with the reason when that fails."""
        self.programs.require("ssh", "Install OpenSSH")
        self.programs.require("rsync", "Install rsync, here and on the host")
        self._socket = _socket_folder() / secrets.token_hex(4)
        mark = secrets.token_hex(8)
        first = _shell(FIRST.replace("SCRIPT", script))
        command = ["ssh", *self._options, "-M", "-S", str(self._socket), "--", self._host, first]
        with tempfile.TemporaryFile() as said:
            self._master = self.programs.start(command, stdin=subprocess.PIPE, stderr=said)
            _tell(self._master, [mark, *lines])
            ending = re.compile(rb"\n%s (\d+)\n\Z" % mark.encode())
            output, silent_seconds = self.programs.heard_until(ending, self._master, said)
            found = ending.search(output)
            if not found:
                self.close()
            answer = Answer(
                code=int(found[1]) if found else 255,
                output=output[: found.start()] if found else output,
                said=words(said),
                silent_seconds=silent_seconds,
            )
        if not answer.output.startswith(READY):
            raise self._refusal(answer)
        if answer.code:
            raise failure("ssh", doing, answer)
        return answer.output.removeprefix(READY)

    def _refusal(self, answer: Answer) -> SitegenError:
        """Why the connection is of no use."""
        line, is_whole, _ = answer.output.partition(b"\n")
        if not is_whole or answer.silent_seconds:
            return failure("ssh", f"connect to {self._host}", answer)
        if line == WITHOUT_RSYNC:
            message = f"the program rsync is not there on {self._host}. Install it there, or deploy by sftp"
        else:
            shown = line.decode("utf-8", "replace")
            message = (
                f'{self._host} prints "{shown}" when one logs in, which no program there can tell from an answer. Let its '
                "shell print nothing unless a terminal is there"
            )
        return SitegenError(Problem(code="program", message=message))

    @property
    def _ssh(self) -> list[str]:
        return ["ssh", *self._options, "-S", str(self._socket), "-oControlMaster=no"]

    def close(self) -> None:
        """Disconnects."""
        if self._master is None:
            return
        hang_up(self._master)
        try:
            self._master.wait(PARTING_SECONDS)
        except subprocess.TimeoutExpired:
            end(self._master)

    def _command(self, script: str) -> list[str]:
        return [*self._ssh, "--", self._host, _shell(script)]

    def run(self, script: str, lines: Sequence[str], doing: str, content: bytes = b"") -> bytes:
        """What a script prints that gets lines, and then perhaps other content, as its standard input."""
        self._require_open()
        return self.programs.run(self._command(script), doing, _joined(lines) + content)

    def hold(self, script: str, lines: Sequence[str], doing: str) -> tuple[subprocess.Popen[bytes], str]:
        """A script that goes on until its standard input is closed, and the line that it prints first."""
        self._require_open()
        with tempfile.TemporaryFile() as said:
            process = self.programs.start(self._command(script), stdin=subprocess.PIPE, stderr=said)
            _tell(process, lines)
            output, silent_seconds = self.programs.heard_until(re.compile(rb"\n"), process, said)
        if silent_seconds:
            hang_up(process)
            raise failure("ssh", doing, Answer(code=255, output=b"", said="", silent_seconds=silent_seconds))
        return process, output.decode("utf-8", "surrogateescape").strip()

    def _require_open(self) -> None:
        if self._master is None:
            self._open(":", (), f"connect to {self._host}")

    def remote(self, path: str) -> str:
        """A path on the host as rsync takes it."""
        return f"{self._host}:{path}"

    def rsync(
        self, names: Sequence[str], options: Sequence[str], places: Sequence[str], doing: str
    ) -> Iterator[str]:
        """Runs rsync for files of these names, and gives what it prints line by line."""
        self._require_open()
        patience = f"--timeout={self.programs.patience_seconds}"
        command = ["rsync", "-e", shlex.join(self._ssh), *RSYNC, patience, *options, "--", *places]
        with tempfile.TemporaryFile() as listed, tempfile.TemporaryFile() as said:
            listed.writelines(b"./%s\0" % name.encode("utf-8", "surrogateescape") for name in names)
            listed.seek(0)
            process = self.programs.start(command, stdin=listed, stderr=said)
            assert process.stdout
            with closing(process.stdout) as lines:
                for line in lines:
                    yield line.rstrip(b"\n").decode("utf-8", "surrogateescape")
            code = process.wait()
            if code:
                raise failure("rsync", doing, Answer(code=code, output=b"", said=words(said)))


def _shell(script: str) -> str:
    assert "'" not in script
    return f"exec sh -c '{script}'"


def _socket_folder() -> Path:
    """A folder for sockets that nobody else can enter; ssh removes each of them when it ends.

    Raises `SitegenError` when somebody else has made it.
    """
    name = f"sitegen-{os.getuid()}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        folder = Path("/tmp") / name  # noqa: S108  # it is looked at below who has made it
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        message = f"{folder} is not a folder of yours alone. Remove it, or set TMPDIR to a folder that is"
        raise SitegenError(Problem(code="deploy", message=message))
    return folder


def hang_up(process: subprocess.Popen[bytes]) -> None:
    """Closes our ends of what a program reads and prints, upon which a script on the host ends."""
    for stream in (process.stdin, process.stdout):
        assert stream
        stream.close()


def _tell(process: subprocess.Popen[bytes], lines: Sequence[str]) -> None:
    """Gives a program lines and leaves its standard input open."""
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):  # it has ended; why, is for others to find out
        process.stdin.write(_joined(lines))
        process.stdin.flush()


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
