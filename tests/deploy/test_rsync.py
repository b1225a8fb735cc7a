"""What only a host has: keys, a shell that must not read names, programs that may be missing, another deploy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sitegen.errors import GuardError, SitegenError
from tests.conftest import tree
from tests.deploy.places.git import GitPlace
from tests.deploy.places.rsync import RsyncPlace, releases
from tests.deploy.sites import Deployer, blog, make_site


@pytest.fixture
def place(tmp_path: Path) -> Iterator[RsyncPlace]:
    with releases(tmp_path / "place") as opened:
        yield opened


@pytest.fixture
def deploy() -> Deployer:
    return Deployer()


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


def test_the_folder_may_have_any_name(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    root = tmp_path / "it's $(touch x) 你好 #1"
    place.target = msgspec.structs.replace(place.target, folder=str(root))
    place.root = root
    deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert blog(1).keys() <= place.visible().keys()


def test_while_one_deploys_another_is_refused(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    from sitegen.deploy.engine import DeployOptions, plan_deploy
    from tests.deploy.sites import NOW

    site = make_site(tmp_path / "1", blog(1))
    with place.remote() as first:
        first.begin(plan_deploy(first, site, DeployOptions(now=NOW)))
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


def test_no_secret_reaches_the_host_or_a_message(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    canary = "c4n4ry-Z9"
    place.environment |= {"TOKEN": canary, "RSYNC_PASSWORD": canary}
    outcome = deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    assert canary not in repr(outcome)
    assert all(canary.encode() not in content for content in tree(place.root).values())


def test_git_over_ssh_knows_its_hosts_too(place: RsyncPlace, deploy: Deployer, tmp_path: Path) -> None:
    server = place.server
    branch = GitPlace(tmp_path / "git")
    branch.url = f"ssh://{server.host}:{server.port}{branch.repository}"
    branch.environment["GIT_SSH_COMMAND"] = f"ssh -F {server.config}"
    deploy(branch.remote(), make_site(tmp_path / "1", blog(1)))
    assert blog(1).keys() <= branch.visible().keys()
    before = branch.tip()
    server.change_host_key()
    with pytest.raises(SitegenError, match="has another key than the one that is known"):
        deploy(branch.remote(), make_site(tmp_path / "2", blog(2)))
    assert branch.tip() == before
