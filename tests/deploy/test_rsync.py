"""What only a host has: keys, a shell that must not read names, programs that may be missing, another deploy."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest

from sitegen.deploy.engine import DeployOptions, plan_deploy
from sitegen.deploy.site import BuiltSite
from sitegen.deploy.target import Remote
from sitegen.errors import GuardError, SitegenError
from tests.cli.conftest import REPOSITORY
from tests.conftest import tree
from tests.deploy.places.rsync import RsyncPlace, plain, releases
from tests.deploy.servers.http import DEADLINE
from tests.deploy.servers.ssh import wait_for_the_end_of_clients
from tests.deploy.sites import NOW, Deployer, blog, dangling, make_site

OPTIONS = DeployOptions(now=NOW)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[RsyncPlace]:
    with releases(tmp_path / "place") as opened:
        yield opened


def test_an_unknown_host_is_refused_with_a_remedy(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path
) -> None:
    place.server.forget()
    with pytest.raises(SitegenError, match=r"the host's key is not known\. Connect once with ssh"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert place.server.known_hosts.read_text() == "", "the key was not accepted in silence"
    assert not place.root.exists()


def test_a_changed_key_stops_before_a_byte_is_sent(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path
) -> None:
    place.server.change_host_key()
    with pytest.raises(SitegenError, match="has another key than the one that is known"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert not place.root.exists()


def test_a_refused_user_key_is_told(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    (place.server.folder / "authorized_keys").write_text("")
    with pytest.raises(SitegenError, match="the host refuses your key"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


def test_a_missing_program_is_told(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    place.environment["PATH"] = str(tmp_path)
    with pytest.raises(SitegenError, match=r"the program ssh is not there\. Install OpenSSH"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


def test_a_host_without_rsync_is_told(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "cat"):
        (programs / name).symlink_to(shutil.which(name) or "")
    place.server.run_instead(f'PATH={programs}; eval "$SSH_ORIGINAL_COMMAND"')
    with pytest.raises(SitegenError, match=r"rsync is not there on 127\.0\.0\.1\. Install it there"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


def test_a_shell_that_prints_something_at_each_login_is_told(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path
) -> None:
    place.server.run_instead('echo Welcome; eval "$SSH_ORIGINAL_COMMAND"')
    with pytest.raises(SitegenError, match=r'prints "Welcome" when one logs in'):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


def test_a_rollback_takes_one_session_and_a_plan_too(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path
) -> None:
    sessions = tmp_path / "sessions"
    place.server.run_instead(f'echo >>{sessions}; eval "$SSH_ORIGINAL_COMMAND"')
    for posts in (1, 2):
        deploy(place.remote(), make_site(tmp_path / str(posts), blog(posts)))

    def count(work: Callable[[Remote], object]) -> int:
        sessions.write_text("")
        with place.remote() as remote:
            work(remote)
        return sessions.read_text().count("\n")

    with place.remote() as opened:
        earlier = opened.releases()[1].name
    changed = make_site(tmp_path / "3", {**blog(1), "index.html": "changed"})
    assert count(lambda remote: remote.roll_back(earlier)) == 1
    assert count(lambda remote: remote.releases()) == 1
    assert count(lambda remote: plan_deploy(remote, changed, OPTIONS)) == 1


def test_a_killed_deploy_leaves_no_connection_and_no_socket(place: RsyncPlace) -> None:
    code = (
        "import os, pickle, sys\nfrom sitegen.deploy.targets import open_target\n"
        "target, surroundings = pickle.load(sys.stdin.buffer)\n"
        "open_target(target, surroundings, '').__enter__().look()\n"
        "os.kill(os.getpid(), 9)"
    )
    with tempfile.TemporaryDirectory(dir="/tmp") as room:  # the names of sockets must be short
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=pickle.dumps((place.target, place.surroundings)),
            env={**os.environ, "TMPDIR": room, "PYTHONPATH": str(REPOSITORY)},
            check=False,
        )
        assert done.returncode == -9
        deadline = time.monotonic() + DEADLINE
        while list((Path(room) / f"sitegen-{os.getuid()}").iterdir()):
            assert time.monotonic() < deadline, "ssh goes on without us"
            time.sleep(0.05)


def test_a_long_name_of_the_folder_for_temporary_files_is_no_hindrance(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert deploy(place.remote(), make_site(tmp_path / "1", blog(1))).is_done


def test_the_folder_may_have_any_name(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    root = tmp_path / "it's $(touch x) 你好 #1"
    place.target = msgspec.structs.replace(place.target, folder=str(root))
    place.root = root
    deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert blog(1).keys() <= place.visible().keys()


def test_a_folder_that_cannot_be_made_is_told(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    place.target = msgspec.structs.replace(place.target, folder="/proc/blog")
    with pytest.raises(SitegenError, match=r"cannot make the folder 127.*/proc/blog: mkdir: .*No such file"):
        deploy(place.remote(), make_site(tmp_path / "1", blog(1)))


def test_while_one_deploys_another_is_refused(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    site = make_site(tmp_path / "1", blog(1))
    with place.remote() as first:
        first.begin(plan_deploy(first, site, OPTIONS))
        with pytest.raises(GuardError, match=r"another deploy to .* is at work"):
            deploy(place.remote(), site)
    assert deploy(place.remote(), site).is_done, "the lock ends with the one who held it"


def test_no_more_releases_are_kept_than_asked_for(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path
) -> None:
    place.target = msgspec.structs.replace(place.target, keep_releases=2)
    for posts in (1, 2, 3):
        deploy(place.remote(), make_site(tmp_path / str(posts), blog(posts)))
    assert len(os.listdir(place.root / "releases")) == 2


@pytest.mark.parametrize(
    "hung",
    ["*command?-v?rsync*", "*echo?locked*", "*cp?-al*", "rsync*", "*b2sum*", "*echo?outrun*"],
    ids=["login", "lock", "begin", "send", "read back", "switch"],
)
def test_a_host_that_falls_silent_in_the_middle_is_told_and_the_next_deploy_finishes(
    place: RsyncPlace, deploy: Deployer, tmp_path: Path, hung: str
) -> None:
    deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    before = place.visible()
    patient = place.target
    place.target = msgspec.structs.replace(patient, timeout_seconds=2)
    place.server.hang(hung)
    second = make_site(tmp_path / "2", blog(2))
    with pytest.raises(SitegenError, match=r"nothing was heard for (2 s|too long)") as failure:
        deploy(place.remote(), second)
    assert "timeout_seconds in sitegen.toml" in str(failure.value)
    assert place.visible() == before
    wait_for_the_end_of_clients(place.server)
    place.target = patient
    place.server.repair()
    deploy(place.remote(), second)
    assert second.files.keys() <= place.visible().keys()


CUTS = (10, 1_500, 150_000)
"""Bytes that come through: of the greeting, of the list of files, of one file and another."""


@pytest.mark.parametrize("kind", [releases, plain])
def test_a_line_that_is_cut_in_the_middle_leaves_a_whole_site_that_the_next_deploy_finishes(
    kind: Callable[[Path], AbstractContextManager[RsyncPlace]], deploy: Deployer, tmp_path: Path
) -> None:
    def with_photos() -> BuiltSite:
        photos = {f"posts/{number}/photo.bin": os.urandom(100_000) for number in (1, 2, 3)}
        return make_site(tmp_path / "2", {**blog(3, version=2), **photos})

    with kind(tmp_path / "place") as place:
        deploy(place.remote(), make_site(tmp_path / "1", blog(2)))
        for count in CUTS:
            place.server.cut_after(count)
            with pytest.raises(SitegenError, match="cannot send files"):
                deploy(place.remote(), with_photos())
            assert not dangling(place.visible())
        place.server.repair()
        second = with_photos()
        deploy(place.remote(), second)
        left = place.visible()
        assert {path: left[path] for path in second.files} == {
            path: upload.read() for path, upload in second.files.items()
        }
        assert not deploy(place.remote(), second).plan.is_needed


def test_no_secret_reaches_the_host_or_a_message(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    canary = "c4n4ry-Z9"
    place.environment |= {"TOKEN": canary, "RSYNC_PASSWORD": canary}
    outcome = deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert canary not in repr(outcome)
    assert all(canary.encode() not in content for content in tree(place.root).values())
