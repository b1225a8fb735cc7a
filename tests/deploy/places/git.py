"""A bare repository, by its path or behind a real sshd on loopback."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.config import GitTarget
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from tests.deploy.servers.ssh import SSHD, SshServer, shared_sshd
from tests.deploy.sites import ADDRESS, NOW

IDENTITY = {
    "GIT_AUTHOR_NAME": "Lin",
    "GIT_AUTHOR_EMAIL": "lin@example.org",
    "GIT_COMMITTER_NAME": "Lin",
    "GIT_COMMITTER_EMAIL": "lin@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(repository: Path, *arguments: str, content: bytes = b"", **environment: str) -> bytes:
    """What git prints."""
    return subprocess.run(
        ["git", "--git-dir", str(repository), *arguments],
        input=content,
        capture_output=True,
        check=True,
        env={**os.environ, **IDENTITY, **environment},
    ).stdout


class GitPlace:
    has_releases = True
    reads_are_exact = True

    def __init__(self, folder: Path, *, prefix: str = "", environment: dict[str, str] | None = None) -> None:
        self.repository = folder / "remote.git"
        self.project = folder / "project"
        self.project.mkdir(parents=True)
        self.prefix = prefix
        self.url = str(self.repository)
        self.environment = {**os.environ, **IDENTITY, **(environment or {})}
        subprocess.run(["git", "init", "-q", "--bare", self.repository], check=True, env=self.environment)
        self.branch = "gh-pages"
        self.patience = 60

    @property
    def target(self) -> GitTarget:
        return GitTarget(
            repository=self.url, branch=self.branch, folder=self.prefix, timeout_seconds=self.patience
        )

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(project=self.project, environment=dict(self.environment), home=None, now=NOW)

    def remote(self, *, squash: bool = False) -> Remote:
        return open_target(self.target, self.surroundings, ADDRESS, squash=squash)

    def tip(self) -> str:
        """The commit that the branch is at, empty where there is no branch."""
        listed = git(self.repository, "for-each-ref", "--format=%(objectname)", f"refs/heads/{self.branch}")
        return listed.decode().strip()

    def visible(self) -> dict[str, bytes]:
        if not self.tip():
            return {}
        listed = git(self.repository, "ls-tree", "-r", "-z", self.tip()).split(b"\0")[:-1]
        blobs = {line.split(b"\t", 1)[1].decode(): line.split()[2] for line in listed}
        ids = b"\n".join(blobs.values())
        answer = git(self.repository, "cat-file", "--batch", content=ids)
        visible = {}
        for path in blobs:
            head, _, answer = answer.partition(b"\n")
            size = int(head.split()[2])
            if path.startswith(self.prefix):
                visible[path.removeprefix(f"{self.prefix}/")] = answer[:size]
            answer = answer[size + 1 :]
        return visible

    def tamper(self, path: str, content: bytes | None) -> None:
        """Commits a change by hand, as the web page of a forge does."""
        place = f"{self.prefix}/{path}" if self.prefix else path
        name = place.replace("\\", "\\\\").replace('"', '\\"')
        change = (
            b'D "%s"\n' % name.encode()
            if content is None
            else b'M 100644 inline "%s"\ndata %d\n%s\n' % (name.encode(), len(content), content)
        )
        stream = b"commit refs/heads/%s\ncommitter H <h@h> 1 +0000\ndata 4\nhand\n" % self.branch.encode()
        if self.tip():
            stream += b"from %s\n" % self.tip().encode()
        git(self.repository, "fast-import", "--quiet", "--force", content=stream + change + b"\n")


@contextlib.contextmanager
def by_path(folder: Path) -> Iterator[GitPlace]:
    yield GitPlace(folder)


def on_server(folder: Path, server: SshServer) -> GitPlace:
    """A repository behind a server."""
    place = GitPlace(folder)
    place.url = f"ssh://{server.host}:{server.port}{place.repository}"
    place.environment["GIT_SSH_COMMAND"] = f"ssh -F {server.config}"
    return place


@contextlib.contextmanager
def over_ssh(folder: Path) -> Iterator[GitPlace]:
    if not os.path.exists(SSHD):
        pytest.skip("openssh-server is not installed")
    yield on_server(folder, shared_sshd())


@contextlib.contextmanager
def folder(folder: Path) -> Iterator[GitPlace]:
    yield GitPlace(folder, prefix="docs")
