"""A folder behind a real sshd on loopback."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sitegen.config import RsyncTarget
from tests.deploy.places.local import LocalPlace
from tests.deploy.servers.ssh import SSHD, SshServer, ssh_server


class RsyncPlace(LocalPlace):
    """What visitors see is on this machine, too; only the way there is another."""

    def __init__(self, folder: Path, server: SshServer, *, releases: bool) -> None:
        super().__init__(folder, releases=releases)
        self.server = server
        self.environment = dict(os.environ)
        self.surroundings = msgspec.structs.replace(self.surroundings, environment=self.environment)
        self.target = RsyncTarget(
            host=server.host,
            port=server.port,
            folder=str(self.root),
            ssh_config=str(server.config),
            releases=releases,
        )


@contextlib.contextmanager
def _place(folder: Path, *, releases: bool) -> Iterator[RsyncPlace]:
    if not os.path.exists(SSHD):
        pytest.skip("openssh-server is not installed")
    with ssh_server(folder / "server") as server:
        yield RsyncPlace(folder, server, releases=releases)


def releases(folder: Path) -> contextlib.AbstractContextManager[RsyncPlace]:
    return _place(folder, releases=True)


def plain(folder: Path) -> contextlib.AbstractContextManager[RsyncPlace]:
    return _place(folder, releases=False)
