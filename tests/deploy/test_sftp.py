"""What only SFTP does: host keys, passwords, second names of earlier releases, and servers that fail."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from sitegen.config import SftpTarget
from sitegen.deploy.sftp import KEPT
from sitegen.deploy.target import Remote, Surroundings
from sitegen.deploy.targets import open_target
from sitegen.errors import GuardError, SitegenError, UnfinishedError
from tests.conftest import tree
from tests.deploy.places.sftp import SftpPlace
from tests.deploy.servers.sftp import PASSWORD, USER, Fault, FaultySftp, faulty_sftp
from tests.deploy.servers.ssh import needs_sshd, ssh_server
from tests.deploy.sites import ADDRESS, NOW, Deployer, SiteMaker, blog, dangling


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FaultySftp]:
    with faulty_sftp(tmp_path / "server", tmp_path / "root") as running:
        yield running


def remote(server: FaultySftp, password: str = PASSWORD) -> Remote:
    target = SftpTarget(
        host=f"{USER}@127.0.0.1", port=server.port, folder="/www", ssh_config=str(server.config)
    )
    environment = {"SITEGEN_SFTP_PASSWORD": password}
    surroundings = Surroundings(project=server.root, environment=environment, home=None, now=NOW)
    return open_target(target, surroundings, ADDRESS)


def visible(server: FaultySftp) -> dict[str, bytes]:
    root = server.root / "www"
    return {path: content for path, content in tree(root).items() if not path.startswith(".sitegen-")}


# Who is there


@needs_sshd
@pytest.mark.parametrize("happened", ["forget", "change_host_key"])
def test_a_host_whose_key_is_not_the_known_one_gets_nothing(
    site: SiteMaker, deploy: Deployer, tmp_path: Path, happened: str
) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        place = SftpPlace(tmp_path, sshd)
        getattr(sshd, happened)()
        with pytest.raises(GuardError, match=r"the key of 127\.0\.0\.1 is not the one in your known_hosts"):
            deploy(place.remote(), site(blog(1)))
        assert not place.root.exists()


@needs_sshd
def test_a_key_that_opens_nothing_is_told(site: SiteMaker, deploy: Deployer, tmp_path: Path) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        (sshd.folder / "authorized_keys").write_text("")
        with pytest.raises(SitegenError, match="lets nobody in with these keys"):
            deploy(SftpPlace(tmp_path, sshd).remote(), site(blog(1)))


@needs_sshd
def test_a_host_that_does_not_answer_is_told(site: SiteMaker, deploy: Deployer, tmp_path: Path) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        place = SftpPlace(tmp_path, sshd)
    with pytest.raises(SitegenError, match="Connect"):
        deploy(place.remote(), site(blog(1)))


@needs_sshd
def test_a_host_that_lets_us_in_and_then_falls_silent_is_told(
    site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        place = SftpPlace(tmp_path, sshd)
        place.target = msgspec.structs.replace(place.target, timeout_seconds=3)
        sshd.hang("*")
        with pytest.raises(SitegenError, match="no answer within 3 s"):
            deploy(place.remote(), site(blog(1)))


def test_a_password_comes_from_the_environment_and_is_shown_nowhere(
    server: FaultySftp, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(remote(server), site(blog(1)))
    assert PASSWORD.encode() not in b"".join(tree(server.root).values())
    with pytest.raises(SitegenError, match="lets nobody in") as failure:
        deploy(remote(server, "wrong-canary"), site(blog(1)))
    assert "canary" not in f"{failure.value}{failure.value.__cause__!r}"


# A server that fails


@pytest.mark.parametrize("fault", ["disk full", "line cut", "denied"])
def test_a_server_that_fails_from_any_request_on_shows_a_whole_site_that_the_next_deploy_finishes(
    server: FaultySftp, site: SiteMaker, deploy: Deployer, fault: Fault
) -> None:
    first, second = site(blog(2)), site(blog(3, version=2))
    for failing in range(0, 400, 13):
        deploy(remote(server), first)
        server.after_each = lambda: _assert_whole(server)
        server.fail(fault, at=failing)
        try:
            is_over = deploy(remote(server), second).is_done
        except SitegenError:
            is_over = False
        server.recover()
        deploy(remote(server), second)
        server.after_each = lambda: None
        left = visible(server)
        assert {path: left[path] for path in second.files} == {
            path: upload.read() for path, upload in second.files.items()
        }
        assert all(path.startswith("assets/") for path in left.keys() - second.files.keys())
        if is_over:
            assert failing > 20
            return
    pytest.fail("the fault is never late enough")


def test_a_rollback_that_fails_half_way_says_so(
    server: FaultySftp, site: SiteMaker, deploy: Deployer
) -> None:
    told = 0
    for failing in range(0, 400, 11):
        for version in (1, 2):
            deploy(remote(server), site(blog(2, version=version)))
        before = visible(server)
        with remote(server) as opened:
            release = opened.releases()[1].name
        server.fail("line cut", at=failing)
        try:
            with remote(server) as opened:
                opened.roll_back(release)
        except UnfinishedError:
            told += 1
        except SitegenError:
            assert pages(visible(server)) == pages(before), "or it was half-way"
        else:
            assert told > 1
            return
        finally:
            server.recover()
    pytest.fail("the fault is never late enough")


def pages(seen: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in seen.items() if path.endswith(".html")}


def test_of_many_failures_at_a_time_one_is_told_and_none_is_left_over(
    server: FaultySftp, site: SiteMaker, deploy: Deployer, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail("denied", at=40)
    with pytest.raises(SitegenError, match="Permission denied"):
        deploy(remote(server), site(blog(60)))
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def _assert_whole(server: FaultySftp) -> None:
    assert not dangling(visible(server))


@pytest.mark.parametrize("lacks", [{"posix_rename"}, {"link"}, {"posix_rename", "link"}])
def test_a_server_without_the_extensions_of_openssh_will_do(
    server: FaultySftp, site: SiteMaker, deploy: Deployer, lacks: set[str]
) -> None:
    server.lacks = frozenset(lacks)
    for version in (1, 2):
        deploy(remote(server), site(blog(2, version)))
    assert visible(server).keys() >= blog(2, 2).keys()
    with remote(server) as opened:
        opened.roll_back(opened.releases()[1].name)
    assert visible(server)["index.html"] == str(blog(2, 1)["index.html"]).encode()


# The folder


@needs_sshd
def test_nothing_is_written_through_a_link(site: SiteMaker, deploy: Deployer, tmp_path: Path) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        place = SftpPlace(tmp_path, sshd)
        place.root.mkdir()
        (tmp_path / "elsewhere").mkdir()
        (place.root / "posts").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SitegenError, match=r"posts is a link in .*Move it away"):
            deploy(place.remote(), site(blog(1)))
        assert tree(tmp_path / "elsewhere") == {}


@needs_sshd
def test_only_so_many_releases_are_kept(site: SiteMaker, deploy: Deployer, tmp_path: Path) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        place = SftpPlace(tmp_path, sshd)
        place.target = msgspec.structs.replace(place.target, keep_releases=2)
        for version in range(1, 5):
            deploy(place.remote(), site({"index.html": f"no. {version}"}))
        with place.remote() as opened:
            assert [release.is_current for release in opened.releases()] == [True, False]
            opened.roll_back(opened.releases()[1].name)
        assert place.visible()["index.html"] == b"no. 3"
        kept = [path for path in tree(place.root) if path.startswith(KEPT) and not path.endswith(".json")]
        assert len(kept) <= 2


@needs_sshd
def test_files_that_an_interruption_left_half_sent_are_cleaned_up(
    site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    with ssh_server(tmp_path / "sshd") as sshd:
        place = SftpPlace(tmp_path, sshd)
        deploy(place.remote(), site(blog(1)))
        for name, days in (("old", 2), ("young", 0)):
            half = place.root / f".sitegen-new-{name}"
            half.write_text("half")
            moment = (NOW - timedelta(days=days)).timestamp()
            os.utime(half, (moment, moment))
        deploy(place.remote(), site(blog(2)))
        left = [path for path in place.visible() if "sitegen-new" in path]
        assert left == [".sitegen-new-young"], "it may be another deploy's that is at work"
