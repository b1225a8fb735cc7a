"""One SSH connection, over which small fixed scripts run and rsync sends.

No name ever becomes a part of a command: scripts are constants, and what they are about goes to their standard
input, a line each. All use one connection, so a command costs a round trip and no handshake.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from sitegen.config import RsyncTarget
from sitegen.deploy.programs import Answer, Programs, failure, scrubbed, ssh_options
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
    "--timeout=60",
)
"""What rsync is always told. The last is in seconds, in which nothing has come or gone."""

HELLO = "command -v rsync >/dev/null && echo ready || echo without rsync; cat >/dev/null"
"""What the first session of a connection runs, until its standard input ends with this process, whatever ends that."""


class Connection:
    """A connection to a host, open from `open` to `close`."""

    def __init__(self, target: RsyncTarget, surroundings: Surroundings) -> None:
        self._host = target.host
        self.programs = Programs(
            environment={**surroundings.environment, "LC_ALL": "C"}, folder=surroundings.project
        )
        options = list(ssh_options())
        if target.ssh_config:
            options += ["-F", str(surroundings.path(target.ssh_config))]
        if target.port:
            options += ["-p", str(target.port)]
        self._options = options
        self._socket: Path | None = None
        self._master: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Connects. Raises `SitegenError` with the reason when that fails."""
        self.programs.require("ssh", "Install OpenSSH")
        self.programs.require("rsync", "Install rsync, here and on the host")
        self._socket = _socket_folder() / secrets.token_hex(4)
        master = ["ssh", *self._options, "-M", "-S", str(self._socket), "--", self._host, _shell(HELLO)]
        with tempfile.TemporaryFile() as said:
            self._master = self._started(master, stdin=subprocess.PIPE, stderr=said)
            assert self._master.stdout
            answer = self._master.stdout.readline().strip()
            if answer == b"ready":
                return
            self.close()
            said.seek(0)
            raise self._failure(
                answer, Answer(code=self._master.returncode, output=b"", said=scrubbed(said.read()))
            )

    def _failure(self, answer: bytes, said: Answer) -> SitegenError:
        """Why the connection is of no use."""
        if not answer:
            return failure("ssh", f"connect to {self._host}", said)
        if answer == b"without rsync":
            message = f"the program rsync is not there on {self._host}. Install it there, or deploy by sftp"
        else:
            shown = answer.decode("utf-8", "replace")
            message = (
                f'{self._host} prints "{shown}" when one logs in, which no program there can tell from an answer. Let its '
                "shell print nothing unless a terminal is there"
            )
        return SitegenError(Problem(code="program", message=message))

    def _started(
        self, command: Sequence[str], stdin: int | IO[bytes], stderr: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=self.programs.environment,
            cwd=self.programs.folder,
        )

    @property
    def _ssh(self) -> list[str]:
        return ["ssh", *self._options, "-S", str(self._socket), "-oControlMaster=no"]

    def close(self) -> None:
        """Disconnects."""
        if self._master is None:
            return
        for stream in (self._master.stdin, self._master.stdout):
            assert stream
            stream.close()
        try:
            self._master.wait(PARTING_SECONDS)
        except subprocess.TimeoutExpired:
            self._master.terminate()
            self._master.wait()

    def _command(self, script: str) -> list[str]:
        return [*self._ssh, "--", self._host, _shell(script)]

    def run(self, script: str, lines: Sequence[str], doing: str, content: bytes = b"") -> bytes:
        """What a script prints that gets lines, and then perhaps other content, as its standard input."""
        return self.programs.run(self._command(script), doing, _joined(lines) + content)

    def start(self, script: str, lines: Sequence[str]) -> subprocess.Popen[bytes]:
        """A script that goes on until its standard input is closed."""
        process = self._started(self._command(script), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdin
        process.stdin.write(_joined(lines))
        process.stdin.flush()
        return process

    def remote(self, path: str) -> str:
        """A path on the host as rsync takes it."""
        return f"{self._host}:{path}"

    def rsync(
        self, names: Sequence[str], options: Sequence[str], places: Sequence[str], doing: str
    ) -> Iterator[str]:
        """Runs rsync for files of these names, and gives what it prints line by line."""
        command = ["rsync", "-e", shlex.join(self._ssh), *RSYNC, *options, "--", *places]
        with tempfile.TemporaryFile() as listed, tempfile.TemporaryFile() as said:
            listed.writelines(b"./%s\0" % name.encode("utf-8", "surrogateescape") for name in names)
            listed.seek(0)
            process = self._started(command, stdin=listed, stderr=said)
            assert process.stdout
            with closing(process.stdout) as lines:
                for line in lines:
                    yield line.rstrip(b"\n").decode("utf-8", "surrogateescape")
            code = process.wait()
            said.seek(0)
            if code:
                raise failure("rsync", doing, Answer(code=code, output=b"", said=scrubbed(said.read())))


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


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
