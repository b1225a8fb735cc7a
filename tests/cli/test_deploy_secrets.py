"""Secrets, wherever they come from, reach the place that they are for, and nothing else that anybody can read."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import REPOSITORY
from tests.conftest import tree
from tests.deploy.places.s3 import shared_moto
from tests.deploy.servers.http import Fault, FaultyServer, Request, Response, serving
from tests.deploy.servers.netlify import SITE, TOKEN, netlify
from tests.deploy.servers.object_store import ACCESS_KEY, REGION, SECRET_KEY, object_store
from tests.deploy.servers.sftp import PASSWORD, USER, faulty_sftp
from tests.deploy.servers.ssh import needs_sshd, ssh_server

COMMANDS = (
    ("deploy", "plan", "--json"),
    ("deploy", "plan", "-v"),
    ("deploy", "-v"),
    ("deploy", "status", "--json"),
    ("deploy", "list"),
)

STRACE = ("strace", "-f", "-qq", "-e", "trace=execve", "-s", "100000", "-o")

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


class Witness:
    """Runs commands and keeps whatever anybody could read of them."""

    def __init__(self, blog: Path) -> None:
        self._blog = blog
        self._environment = {"HOME": str(blog.parent / "home"), "PATH": os.environ["PATH"]}
        self.seen = ""
        self.python_path = str(REPOSITORY)
        (blog.parent / "home").mkdir()

    @property
    def home(self) -> Path:
        return Path(self._environment["HOME"])

    def told(self, target: str, **environment: str) -> None:
        """Writes the settings of a target, and what the environment says."""
        settings = (self._blog / "sitegen.toml").read_text()
        settings = settings.partition("[deploy.production]")[0]
        lines = [line for line in settings.splitlines() if "base_url =" not in line]
        address = 'base_url = "https://blog.example.org/"\n'
        text = address + "\n".join(lines) + f"\n[deploy.production]\n{target}"
        (self._blog / "sitegen.toml").write_text(text)
        self._environment |= environment

    def run(self, *arguments: str) -> int:
        """The exit code of a command. What it prints and the arguments of all it starts are seen."""
        traced = self._blog.parent / "traced"
        done = subprocess.run(
            [*STRACE, str(traced), sys.executable, "-m", "sitegen", *arguments],
            env={**self._environment, "PYTHONPATH": self.python_path, "SOURCE_DATE_EPOCH": "1767225600"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._blog,
            timeout=120,
            check=False,
        )
        executed = traced.read_text()
        assert "sitegen" in executed, "the witness sees arguments"
        self.seen += done.stdout.decode(errors="replace") + executed
        return done.returncode

    def look_into(self, files: dict[str, bytes]) -> None:
        """Sees what stands in a place."""
        assert files
        self.seen += "".join(f"{path}\n{text.decode(errors='replace')}\n" for path, text in files.items())

    def look_behind(self) -> None:
        """Sees what sitegen remembers in the project."""
        self.look_into({path: text for path, text in tree(self._blog / ".sitegen").items() if text})


@pytest.fixture
def witness(blog: Path) -> Witness:
    return Witness(blog)


@needs_strace
def test_keys_of_an_object_store_are_seen_nowhere(witness: Witness) -> None:
    """From the environment, and from the configuration of the provider."""
    with object_store(shared_moto(), "canaries-of-the-environment") as store:
        target = f'target = "s3"\nbucket = "s3://{store.bucket}"\nendpoint = "{store.server.address}"\n'
        witness.told(f"{target}patience_seconds = 0\n", **store.environment)
        assert [witness.run(*command) for command in COMMANDS] == [0] * len(COMMANDS)
        witness.look_into({path: store.get(path).content for path in store.listed()})
        store.server.fail(Fault.ERROR, at=0)
        assert witness.run("deploy", "-v") == 1
        store.server.recover()
        credentials = witness.home / ".aws" / "credentials"
        credentials.parent.mkdir()
        credentials.write_text(
            f"[blog]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\nregion = {REGION}\n"
        )
        witness.told(f'{target}profile = "blog"\n', AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        assert witness.run("deploy", "status", "-v") == 0
    witness.look_behind()
    assert SECRET_KEY not in witness.seen


@needs_strace
def test_the_token_of_netlify_is_seen_nowhere(witness: Witness) -> None:
    with netlify() as site:
        witness.told(
            f'target = "netlify"\nsite = "{SITE}"\nendpoint = "{site.server.address}/api/v1"\npatience_seconds = 0\n',
            NETLIFY_AUTH_TOKEN=TOKEN,
        )
        assert [witness.run(*command) for command in COMMANDS] == [0] * len(COMMANDS)
        witness.look_into(site.files())
        site.server.fail(Fault.RESET_IN_RESPONSE, at=0)
        assert witness.run("deploy", "-v") == 1
    witness.look_behind()
    assert TOKEN not in witness.seen


@needs_strace
def test_the_password_of_sftp_is_seen_nowhere(witness: Witness, tmp_path: Path) -> None:
    with faulty_sftp(tmp_path / "server", tmp_path / "root") as server:
        witness.told(
            f'target = "sftp"\nhost = "{USER}@127.0.0.1"\nport = {server.port}\nfolder = "/www"\n'
            f'ssh_config = "{server.config}"\n',
            SITEGEN_SFTP_PASSWORD=PASSWORD,
        )
        assert [witness.run(*command) for command in COMMANDS] == [0] * len(COMMANDS)
        witness.look_into(tree(server.root))
        server.fail("denied", at=0)
        (witness.home.parent / "blog" / "content" / "posts" / "hello.md").unlink()
        assert witness.run("deploy", "-v", "--allow-deletes", "1000") == 1
    witness.look_behind()
    assert PASSWORD not in witness.seen


@needs_strace
@needs_sshd
def test_a_key_of_the_agent_is_seen_nowhere(witness: Witness, tmp_path: Path) -> None:
    with ssh_server(tmp_path / "server") as server, agent(server.key) as socket:
        key = server.key.read_text().splitlines()[2]
        server.key.unlink()  # the agent has it now
        witness.told(
            f'target = "rsync"\nhost = "{server.host}"\nport = {server.port}\nfolder = "{tmp_path}/www"\n'
            f'ssh_config = "{server.config}"\n',
            SSH_AUTH_SOCK=socket,
        )
        assert [witness.run(*command) for command in COMMANDS] == [0] * len(COMMANDS)
        witness.look_into(tree(tmp_path / "www"))
        (server.folder / "authorized_keys").write_text("")
        assert witness.run("deploy", "-v") == 1
    witness.look_behind()
    assert key not in witness.seen


@contextlib.contextmanager
def agent(key: Path) -> Iterator[str]:
    """The socket of an agent that holds a key."""
    socket = key.parent / "agent"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not socket.exists():
            assert process.poll() is None
        add = ["ssh-add", "-q", str(key)]
        subprocess.run(add, env={**os.environ, "SSH_AUTH_SOCK": str(socket)}, check=True)
        yield str(socket)
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def forge() -> Iterator[FaultyServer]:
    """A forge that lets nobody in."""

    def answer(request: Request) -> Response:
        return Response(401, {"WWW-Authenticate": 'Basic realm="forge"'}, b"who are you?")

    with serving(answer) as server:
        yield server


@needs_strace
def test_passwords_of_gits_helpers_and_of_netrc_are_seen_nowhere(
    witness: Witness, forge: FaultyServer
) -> None:
    canary = "canary-of-git"
    witness.told(f'target = "git"\nrepository = "{forge.address}/blog.git"\n', GIT_TERMINAL_PROMPT="0")
    (witness.home / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    host = forge.address.partition("//")[2]
    for name, text in (
        (".git-credentials", f"http://lin:{canary}@{host}\n"),
        (".netrc", f"machine 127.0.0.1 login lin password {canary}\n"),
    ):
        (witness.home / name).write_text(text)
        assert witness.run("deploy", "-v") == 1
        assert any("authorization" in request.headers for request in forge.requests), "it was sent there"
        forge.requests.clear()
        (witness.home / name).unlink(missing_ok=True)
    witness.look_behind()
    assert canary not in witness.seen


@needs_strace
@pytest.mark.parametrize(
    "target",
    [
        'target = "git"\nrepository = "https://lin:canary-in-the-settings@127.0.0.1:9/blog.git"\n',
        'target = "git"\nrepository = "https://canary-in-the-settings@127.0.0.1:9/blog.git"\n',
        'target = "s3"\nbucket = "s3://b"\nendpoint = "http://lin:canary-in-the-settings@127.0.0.1:9"\n',
        'target = "netlify"\nsite = "s"\nendpoint = "http://lin:canary-in-the-settings@127.0.0.1:9"\n',
        'target = "netlify"\nsite = "s"\ntoken = "canary-in-the-settings"\n',
        'target = "sftp"\nhost = "h"\nfolder = "f"\npassword = "canary-in-the-settings"\n',
        'target = "netlify"\nsite = "s"\ntoken = canary-in-the-settings\n',
    ],
)
def test_a_secret_that_stands_in_the_settings_is_refused_and_not_repeated(
    witness: Witness, target: str
) -> None:
    witness.told(target, NETLIFY_AUTH_TOKEN="x", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    for command in (("deploy", "-v"), ("deploy", "plan", "--json"), ("build",)):
        assert witness.run(*command) != 0
    assert "canary-in-the-settings" not in witness.seen


@needs_strace
def test_a_bug_shows_a_traceback_without_what_the_environment_says(witness: Witness, tmp_path: Path) -> None:
    packages = tmp_path / "packages" / "nas-1.0.dist-info"
    packages.mkdir(parents=True)
    (packages.parent / "nas.py").write_text("def open_remote(options, surroundings, address):\n    1 / 0\n")
    (packages / "METADATA").write_text("Metadata-Version: 2.1\nName: nas\nVersion: 1.0\n")
    (packages / "entry_points.txt").write_text("[sitegen.targets]\nnas = nas:open_remote\n")
    python_path = f"{REPOSITORY}{os.pathsep}{packages.parent}"
    witness.told('target = "plugin"\nplugin = "nas"\n', NAS_PASSWORD="canary-of-a-plugin")
    witness.python_path = python_path
    assert witness.run("deploy", "-v") == 70
    assert "ZeroDivisionError" in witness.seen
    assert "canary-of-a-plugin" not in witness.seen
