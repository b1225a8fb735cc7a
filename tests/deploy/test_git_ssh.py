"""A branch behind a real sshd: keys, hosts, and a line that is cut."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.errors import SitegenError
from tests.deploy.places.git import GitPlace, git, on_server
from tests.deploy.servers.ssh import SshServer, needs_sshd, ssh_server, wait_for_the_end_of_clients
from tests.deploy.sites import Deployer, blog, make_site

pytestmark = needs_sshd


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    with ssh_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def branch(server: SshServer, tmp_path: Path) -> GitPlace:
    return on_server(tmp_path / "git", server)


def test_an_unknown_host_is_refused_with_a_remedy(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(branch.remote(), make_site(tmp_path / "1", blog(1)))
    assert blog(1).keys() <= branch.visible().keys()
    before, second = branch.tip(), make_site(tmp_path / "2", blog(2))
    server.forget()
    with pytest.raises(SitegenError, match=r"the host's key is not known\. Connect once with ssh"):
        deploy(branch.remote(), second)
    assert branch.tip() == before


def test_a_refused_key_and_a_changed_host_are_told(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "1", blog(1))
    (server.folder / "authorized_keys").write_text("")
    with pytest.raises(SitegenError, match="the host refuses your key"):
        deploy(branch.remote(), site)
    server.change_host_key()
    with pytest.raises(SitegenError, match="has another key than the one that is known"):
        deploy(branch.remote(), site)
    assert branch.tip() == ""


def test_a_push_that_is_cut_in_the_middle_leaves_the_branch_as_it_was(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(branch.remote(), make_site(tmp_path / "1", blog(1)))
    before = branch.tip()
    second = make_site(tmp_path / "2", {**blog(2), "photo.bin": os.urandom(100_000)})
    for count in (10, 20_000):
        server.cut_after(count)
        with pytest.raises(SitegenError, match="cannot push to the branch"):
            deploy(branch.remote(), second)
        assert branch.tip() == before
    server.repair()
    deploy(branch.remote(), second)
    assert second.files.keys() <= branch.visible().keys()
    git(branch.repository, "fsck", "--strict", "--no-dangling")


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("ERROR: Repository not found.", "there is no such repository, or your key may not see it"),
        ("bash: git-upload-pack: command not found", "the host has no git"),
        (
            "ERROR: The key you are authenticating with has been marked as read only.",
            "your key may only read",
        ),
        ("ERROR: Permission to me/blog.git denied to lin.", "you may not write there"),
    ],
)
def test_what_a_host_says_is_told_with_a_remedy(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path, says: str, told: str
) -> None:
    server.run_instead(f"echo '{says}' >&2; exit 1")
    with pytest.raises(SitegenError, match=re.escape(told)) as failure:
        deploy(branch.remote(), make_site(tmp_path / "1", blog(1)))
    assert says in str(failure.value)


def test_a_repository_that_one_may_only_read_is_told(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path
) -> None:
    (branch.repository / "objects").chmod(0o555)
    if os.getuid() == 0:  # who may write anywhere, unless told otherwise
        server.run_instead('exec setpriv --bounding-set=-dac_override sh -c "$SSH_ORIGINAL_COMMAND"')
    with pytest.raises(SitegenError, match="you may not write into the repository there"):
        deploy(branch.remote(), make_site(tmp_path / "1", blog(1)))
    assert branch.tip() == ""


CUT = """
n=1; while ! mkdir {calls}/$n 2>/dev/null; do n=$((n + 1)); done
if [ $n != {number} ]; then eval "$SSH_ORIGINAL_COMMAND"
elif [ {when} = middle ]; then eval "$SSH_ORIGINAL_COMMAND" | {{ head -c 100; kill $PPID; }}
fi
"""
"""Ends one of the sessions before its command runs, or in the middle of its answer."""


@pytest.mark.parametrize("when", ["before", "middle"])
def test_whichever_session_is_cut_the_branch_is_old_or_new_and_the_next_deploy_finishes(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path, when: str
) -> None:
    deploy(branch.remote(), make_site(tmp_path / "0", blog(1)))
    number = done = 0
    while True:
        number += 1
        calls = tmp_path / f"calls-{number}"
        calls.mkdir()
        before = branch.visible()
        made = make_site(tmp_path / str(number), blog(2 + number, version=number))
        server.run_instead(CUT.format(calls=calls, number=number, when=when))
        with contextlib.suppress(SitegenError):
            deploy(branch.remote(), made)
            done += 1
        assert branch.visible() == before or made.files.keys() <= branch.visible().keys()
        server.repair()
        deploy(branch.remote(), made)
        assert made.files.keys() <= branch.visible().keys()
        assert not deploy(branch.remote(), made).plan.is_needed
        git(branch.repository, "fsck", "--strict", "--no-dangling")
        if len(list(calls.iterdir())) < number:
            break
    assert (number, done) == (4, 1), "fetch, push and look again can fail"


def test_a_push_whose_answer_is_lost_is_found_done_by_the_next_deploy(
    branch: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    hook = branch.repository / "hooks" / "reference-transaction"
    hook.write_text('#!/bin/sh\n[ "$1" != committed ] || kill -9 $PPID\n')
    hook.chmod(0o755)
    made = make_site(tmp_path / "1", blog(1))
    with pytest.raises(SitegenError, match="cannot push to the branch"):
        deploy(branch.remote(), made)
    hook.unlink()
    assert made.files.keys() <= branch.visible().keys()
    assert not deploy(branch.remote(), made).is_done


@pytest.mark.parametrize("hung", ["git-upload-pack*", "git-receive-pack*"])
def test_a_host_that_falls_silent_in_the_middle_is_told_and_the_next_deploy_finishes(
    branch: GitPlace, server: SshServer, deploy: Deployer, tmp_path: Path, hung: str
) -> None:
    server.hang(hung)
    branch.patience = 2
    made = make_site(tmp_path / "1", blog(1))
    with pytest.raises(SitegenError, match=r"cannot (fetch|push to) the branch: nothing was heard for 2 s"):
        deploy(branch.remote(), made)
    wait_for_the_end_of_clients(server)
    branch.patience = 60
    server.repair()
    deploy(branch.remote(), made)
    assert made.files.keys() <= branch.visible().keys()


def test_a_slow_host_is_waited_for_as_long_as_it_says_something(
    branch: GitPlace, deploy: Deployer, tmp_path: Path
) -> None:
    hook = branch.repository / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nfor n in 1 2 3 4 5 6 7 8 9; do echo $n >&2; sleep 1; done\n")
    hook.chmod(0o755)
    branch.patience = 4
    made = make_site(tmp_path / "1", blog(1))
    deploy(branch.remote(), made)
    assert made.files.keys() <= branch.visible().keys()
