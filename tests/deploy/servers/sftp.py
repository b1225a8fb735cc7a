"""An SFTP server of the tests' own that fails requests as it is told to, which sshd cannot be made to do."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import asyncssh

USER = "blogger"
PASSWORD = "canary-of-sftp"

Fault = Literal["disk full", "line cut", "denied"]

COUNTED = ("open", "write", "close", "rename", "posix_rename", "remove", "mkdir", "link", "rmdir")
"""What changes something, or may."""


class FaultySftp:
    """A server for one folder and one user, who has a password."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.known_hosts = folder / "known_hosts"
        self.config = folder / "config"
        self.root = root
        self.requests = 0
        self.lacks: frozenset[str] = frozenset()
        """Extensions of OpenSSH that this server does not know."""
        self.opened: list[Any] = []
        self.after_each: Callable[[], None] = lambda: None
        self._fault: Fault | None = None
        self._first = 0
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0

    def fail(self, fault: Fault, *, at: int) -> None:
        """From the request numbered `at` on, counted from 0 and from now, all fail."""
        self._fault, self._first = fault, self.requests + at

    def recover(self) -> None:
        self._fault = None
        for file in self.opened:
            file.close()  # asyncssh leaves open what was open when a line was cut
        self.opened.clear()

    def count(self, name: str, connection: asyncssh.SSHServerConnection) -> None:
        number = self.requests
        self.requests += 1
        if self._fault is None or number < self._first:
            return
        match self._fault:
            case "line cut":
                connection.abort()
                raise asyncssh.SFTPConnectionLost("the line was cut")
            case "disk full":
                if name in ("open", "write", "mkdir", "link"):
                    raise asyncssh.SFTPFailure("Failure")
            case "denied":
                raise asyncssh.SFTPPermissionDenied("Permission denied")

    async def start(self) -> asyncssh.SSHAcceptor:
        acceptor = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self._key],
            server_factory=_Login,
            sftp_factory=lambda channel: _handler(self)(channel, chroot=str(self.root).encode()),
        )
        self.port = acceptor.get_port()
        host_key = self._key.export_public_key().decode()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {host_key}")
        self.config.write_text(
            f"Host *\n  UserKnownHostsFile {self.known_hosts}\n  IdentityAgent none\n"
            "  PubkeyAuthentication no\n"
        )
        return acceptor


class _Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def _handler(server: FaultySftp) -> type[asyncssh.SFTPServer]:
    """An SFTP server whose requests are counted before and looked at after."""

    def counted(name: str) -> Callable[..., Any]:
        original: Callable[..., Any] = getattr(asyncssh.SFTPServer, name)

        def request(self: asyncssh.SFTPServer, *arguments: Any) -> Any:
            if name in server.lacks:
                raise asyncssh.SFTPOpUnsupported("not here")
            if name == "close":
                # Whatever becomes of the answer, the server's own file is closed.
                outcome = original(self, *arguments)
                server.count(name, self.connection)
            else:
                server.count(name, self.connection)
                outcome = original(self, *arguments)
            if name == "open":
                server.opened.append(outcome)
            server.after_each()
            return outcome

        return request

    return type("Handler", (asyncssh.SFTPServer,), {name: counted(name) for name in COUNTED})


@contextlib.contextmanager
def faulty_sftp(folder: Path, root: Path) -> Iterator[FaultySftp]:
    """A running server; its keys are in `folder`, what it shows is `root`."""
    folder.mkdir(parents=True, exist_ok=True)
    root.mkdir(parents=True, exist_ok=True)
    server = FaultySftp(folder, root)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(server.start(), loop).result()

    async def stop() -> None:
        acceptor.close()
        await acceptor.wait_closed()

    try:
        yield server
    finally:
        server.recover()
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
