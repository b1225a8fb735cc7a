"""A folder behind a real sshd on loopback."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.config import RsyncTarget
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from tests.deploy.places.local import LocalPlace
from tests.deploy.servers.ssh import SSHD, SshServer, ssh_server
from tests.deploy.sites import ADDRESS, NOW


class RsyncPlace(LocalPlace):
    """What visitors see is on this machine, too; only the way there is another."""

    def __init__(self, folder: Path, server: SshServer, *, releases: bool) -> None:
        super().__init__(folder, releases=releases)
        self.server = server
        self.environment = dict(os.environ)
        self.target = RsyncTarget(
            host=server.host,
            port=server.port,
            folder=str(self.root),
            ssh_config=str(server.config),
            releases=releases,
        )
        self.project = folder / "project"

    def remote(self) -> Remote:
        surroundings = Surroundings(
            project=self.project, environment=dict(self.environment), home=None, now=NOW
        )
        return open_target(self.target, surroundings, ADDRESS)


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
