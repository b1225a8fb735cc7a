"""A folder of a host that SFTP reaches: a real sshd."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Iterator
from pathlib import Path

import msgspec

from sitegen.config import SftpTarget
from sitegen.deploy.sftp import KEPT
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from tests.conftest import tree
from tests.deploy.servers.ssh import SshServer, shared_sshd
from tests.deploy.sites import ADDRESS, NOW


class SftpPlace:
    has_releases = True
    reads_are_exact = False

    def __init__(self, folder: Path, server: SshServer) -> None:
        self.root = folder / "www"
        self.target = SftpTarget(
            host=f"{getpass.getuser()}@{server.host}",
            port=server.port,
            folder=str(self.root),
            ssh_config=str(server.config),
            timeout_seconds=10,
        )
        self.surroundings = Surroundings(project=folder, environment={}, home=None, now=NOW)

    def remote(self) -> Remote:
        return open_target(self.target, self.surroundings, ADDRESS)

    def from_elsewhere(self, project: Path) -> Remote:
        """The same place as another machine opens it, which shares nothing but the server with this one."""
        project.mkdir(exist_ok=True)
        environment = {"USER": "wang"}
        surroundings = msgspec.structs.replace(self.surroundings, project=project, environment=environment)
        return open_target(self.target, surroundings, ADDRESS)

    def visible(self) -> dict[str, bytes]:
        if not self.root.exists():
            return {}
        return {path: content for path, content in tree(self.root).items() if not path.startswith(f"{KEPT}/")}

    def tamper(self, path: str, content: bytes | None) -> None:
        place = self.root / path
        place.unlink(missing_ok=True)  # it may be shared with what is kept
        if content is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


@contextlib.contextmanager
def folder(folder: Path) -> Iterator[SftpPlace]:
    folder.mkdir(parents=True, exist_ok=True)
    yield SftpPlace(folder, shared_sshd())
