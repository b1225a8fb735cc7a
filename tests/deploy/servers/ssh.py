"""A real sshd on loopback with keys of its own, for SFTP, rsync and git."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.deploy.servers.http import DEADLINE, free_port, wait_for_port

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"

needs_sshd = pytest.mark.skipif(not os.path.exists(SSHD), reason="openssh-server is not installed")


@dataclass
class SshServer:
    """A server that lets the current user in by one key, and the files that a client needs."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    host = "127.0.0.1"

    @property
    def key(self) -> Path:
        """The private key that opens the door."""
        return self.folder / "user_key"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    @property
    def config(self) -> Path:
        """A client's configuration that knows the key and the host, and asks nothing."""
        return self.folder / "ssh_config"

    @property
    def home(self) -> Path:
        """The home folder of whoever logs in, so that nobody's own settings of a shell or of git have a part in a test."""
        return self.folder / "home"

    def change_host_key(self) -> None:
        """What an impostor looks like: the same address, another key."""
        self.stop()
        self._make_key("host_key")
        self.start()

    def forget(self) -> None:
        """Makes the host unknown to the client."""
        self.known_hosts.write_text("")

    def run_instead(self, script: str) -> None:
        """From now on runs a script for each session; the command that was asked for is in SSH_ORIGINAL_COMMAND."""
        self.stop()
        forced = self.folder / "forced"
        forced.write_text(f"#!/bin/bash\n{script}\n")
        forced.chmod(0o755)
        settings = self.folder / "sshd_config"
        line = f"ForceCommand {forced}\n"
        settings.write_text(settings.read_text().replace(line, "") + line)
        self.start()

    def cut_after(self, count: int) -> None:
        """From now on, what is sent to rsync or git on the host ends after so many bytes."""
        self.run_instead(
            'case "$SSH_ORIGINAL_COMMAND" in rsync*|git-receive-pack*) '
            f'eval "$SSH_ORIGINAL_COMMAND" < <(stdbuf -o0 head -c {count} 2>/dev/null) ;; *) eval "$SSH_ORIGINAL_COMMAND" ;; esac'
        )

    def hang(self, pattern: str) -> None:
        """From now on, commands that a pattern of the shell fits do nothing and do not end before the line does."""
        self.run_instead(
            f'case "$SSH_ORIGINAL_COMMAND" in {pattern}) while kill -0 $PPID 2>/dev/null; do sleep 0.2; done ;; '
            '*) eval "$SSH_ORIGINAL_COMMAND" ;; esac'
        )

    def repair(self) -> None:
        """Runs what is asked for again."""
        self.run_instead('eval "$SSH_ORIGINAL_COMMAND"')

    def start(self) -> None:
        os.makedirs("/run/sshd", exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", self.folder / "sshd_config"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        wait_for_port(self.port, self.process)

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(DEADLINE)

    def prepare(self) -> None:
        """Writes keys and settings of server and client."""
        self.home.mkdir()
        for name in ("host_key", "user_key"):
            self._make_key(name)
        shutil.copy(self.folder / "user_key.pub", self.folder / "authorized_keys")
        host_key = (self.folder / "host_key.pub").read_text()
        self.known_hosts.write_text(f"[{self.host}]:{self.port} {host_key}")
        (self.folder / "sshd_config").write_text(
            f"ListenAddress {self.host}:{self.port}\n"
            f"HostKey {self.folder}/host_key\n"
            f"AuthorizedKeysFile {self.folder}/authorized_keys\n"
            "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPermitRootLogin yes\nMaxStartups 100\n"
            "AcceptEnv LANG LC_*\nSubsystem sftp internal-sftp\n"
            f"SetEnv HOME={self.home}\n"
        )
        self.config.write_text(
            f"Host *\n  UserKnownHostsFile {self.known_hosts}\n  GlobalKnownHostsFile /dev/null\n"
            f"  IdentityFile {self.key}\n  IdentitiesOnly yes\n  BatchMode yes\n  StrictHostKeyChecking yes\n"
        )

    def _make_key(self, name: str) -> None:
        for path in self.folder.glob(f"{name}*"):
            path.unlink()
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A running server whose keys and settings are in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    server = SshServer(folder, free_port())
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@cache
def shared_sshd() -> SshServer:
    """A server for all tests of this process."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    folder = Path(tempfile.mkdtemp(prefix="sshd-"))
    stack.callback(shutil.rmtree, folder)
    return stack.enter_context(ssh_server(folder))


def wait_for_the_end_of_clients(server: SshServer) -> None:
    """Waits until no program that uses the server is left."""
    deadline = time.monotonic() + DEADLINE
    while left := _clients(server):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _clients(server: SshServer) -> list[str]:
    listed = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(server.config) in line]
