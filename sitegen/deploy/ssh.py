"""One SSH connection, over which small fixed scripts run and rsync sends.

No name ever becomes a part of a command: scripts are constants, and what they are about goes to their standard
input, a line each. All use one connection, so a command costs a round trip and no handshake.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sitegen.config import RsyncTarget
from sitegen.deploy.programs import Answer, Programs, failure, scrubbed, ssh_options
from sitegen.deploy.target import Surroundings

LOOKS_PER_SECOND = 50
"""How often it is looked whether the connection stands."""


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
        self._room: Path | None = None
        self._master: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Connects. Raises `SitegenError` with the reason when that fails."""
        self.programs.require("ssh", "Install OpenSSH")
        self.programs.require("rsync", "Install rsync, here and on the host")
        self._room = Path(tempfile.mkdtemp(prefix="sitegen-"))
        said = self._room / "said"
        with said.open("wb") as stderr:
            self._master = subprocess.Popen(
                ["ssh", *self._options, "-M", "-N", "-S", str(self._socket), "--", self._host],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=self.programs.environment,
                cwd=self.programs.folder,
            )
        while not self._socket.exists():
            code = self._master.poll()
            if code is not None:
                answer = Answer(code=code, output=b"", said=scrubbed(said.read_bytes()))
                raise failure("ssh", f"connect to {self._host}", answer)
            time.sleep(1 / LOOKS_PER_SECOND)

    @property
    def room(self) -> Path:
        """A folder for files that are needed as long as the connection stands."""
        assert self._room
        return self._room

    @property
    def _socket(self) -> Path:
        return self.room / "socket"

    @property
    def _ssh(self) -> list[str]:
        return ["ssh", *self._options, "-S", str(self._socket), "-oControlMaster=no"]

    def close(self) -> None:
        """Disconnects."""
        if self._master is not None:
            self._master.terminate()
            self._master.wait()
            self._master = None
        if self._room is not None:
            shutil.rmtree(self._room, ignore_errors=True)
            self._room = None

    def _command(self, script: str) -> list[str]:
        assert "'" not in script
        return [*self._ssh, "--", self._host, f"exec sh -c '{script}'"]

    def run(self, script: str, lines: Sequence[str], doing: str, content: bytes = b"") -> bytes:
        """What a script prints that gets lines, and then perhaps other content, as its standard input."""
        return self.programs.run(self._command(script), doing, _joined(lines) + content)

    def start(self, script: str, lines: Sequence[str]) -> subprocess.Popen[bytes]:
        """A script that goes on until its standard input is closed."""
        process = subprocess.Popen(
            self._command(script),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.programs.environment,
            cwd=self.programs.folder,
        )
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
        listed = self.room / "names"
        listed.write_bytes(b"".join(b"./%s\0" % name.encode("utf-8", "surrogateescape") for name in names))
        shell = shlex.join(self._ssh)
        common = [
            "--protect-args",
            "--8-bit-output",
            f"--files-from={listed}",
            "--from0",
            "--no-implied-dirs",
        ]
        said = self.room / "said"
        with said.open("wb") as stderr:
            process = subprocess.Popen(
                ["rsync", "-e", shell, *common, *options, "--", *places],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self.programs.environment,
                cwd=self.programs.folder,
            )
            assert process.stdout
            with closing(process.stdout) as lines:
                for line in lines:
                    yield line.rstrip(b"\n").decode("utf-8", "surrogateescape")
            code = process.wait()
        if code:
            raise failure("rsync", doing, Answer(code=code, output=b"", said=scrubbed(said.read_bytes())))


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
