"""Two machines deploy to one folder by SFTP: the lock that keeps them apart, and the one that a dead deploy leaves."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from sitegen.deploy import ssh_lock
from sitegen.deploy.engine import DeployOptions, plan_deploy
from sitegen.deploy.lock import LOCK
from sitegen.deploy.site import BuiltSite
from sitegen.deploy.target import OutrunError, Remote
from sitegen.errors import GuardError, SitegenError
from tests.cli.conftest import REPOSITORY
from tests.deploy.places.sftp import SftpPlace
from tests.deploy.servers.http import DEADLINE
from tests.deploy.servers.ssh import needs_sshd, shared_sshd
from tests.deploy.sites import NOW, Deployer, blog, make_site

pytestmark = needs_sshd
OPTIONS = DeployOptions(now=NOW)


@pytest.fixture
def place(tmp_path: Path) -> SftpPlace:
    folder = tmp_path / "place"
    folder.mkdir()
    return SftpPlace(folder, shared_sshd())


@pytest.fixture
def made(tmp_path: Path) -> BuiltSite:
    return make_site(tmp_path / "site", blog(2))


def begin(remote: Remote, made: BuiltSite) -> None:
    remote.begin(plan_deploy(remote, made, OPTIONS))


def kill_a_deploy(place: SftpPlace, made: BuiltSite) -> None:
    """Lets a process begin a deploy from the project of the place, and kills it."""
    code = (
        "import os, pickle, sys\nfrom tests.deploy.test_sftp_lock import begin\n"
        "place, made = pickle.load(sys.stdin.buffer)\n"
        "begin(place.remote().__enter__(), made)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((place, made)),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert done.returncode == -9


def age(lock: Path, seconds: float) -> None:
    """Makes the last sign of life so much older."""
    moment = lock.stat().st_mtime - seconds
    os.utime(lock, (moment, moment))


def test_while_one_machine_deploys_another_is_refused_and_told_who_it_is(
    place: SftpPlace, made: BuiltSite, tmp_path: Path
) -> None:
    with place.from_elsewhere(tmp_path / "other") as first:
        begin(first, made)
        with pytest.raises(GuardError) as refusal:
            Deployer()(place.remote(), made)
        assert "another deploy to" in str(refusal.value)
        assert "is at work (wang@" in str(refusal.value)
        assert "since 2026-11-26T23:00:00Z). Wait for it, or end it" in str(refusal.value)
        assert f"remove {LOCK} there" in str(refusal.value)
    assert Deployer()(place.remote(), made).is_done, "the lock ends with the one who held it"
    assert not (place.root / LOCK).exists()


def test_a_plan_needs_no_lock(place: SftpPlace, made: BuiltSite, tmp_path: Path) -> None:
    with place.from_elsewhere(tmp_path / "other") as first:
        begin(first, made)
        with place.remote() as second:
            assert plan_deploy(second, made, OPTIONS).is_needed


def test_visitors_cannot_read_who_deploys(place: SftpPlace, made: BuiltSite) -> None:
    with place.remote() as remote:
        begin(remote, made)
        assert stat.S_IMODE((place.root / LOCK).stat().st_mode) == 0o600


def test_a_killed_deploy_does_not_hinder_the_next_one_from_the_same_project(
    place: SftpPlace, made: BuiltSite
) -> None:
    kill_a_deploy(place, made)
    assert (place.root / LOCK).exists()
    assert Deployer()(place.remote(), made).is_done
    assert not (place.root / LOCK).exists()


def test_the_lock_of_a_killed_deploy_holds_others_until_it_was_silent_for_long(
    place: SftpPlace, made: BuiltSite, tmp_path: Path
) -> None:
    kill_a_deploy(place, made)
    with pytest.raises(GuardError, match=r"another deploy to .* is at work"):
        Deployer()(place.from_elsewhere(tmp_path / "other"), made)
    age(place.root / LOCK, ssh_lock.SILENT_SECONDS)
    assert Deployer()(place.from_elsewhere(tmp_path / "other"), made).is_done


@pytest.mark.parametrize("content", [b"", b"{", b"[1]"])
def test_a_lock_that_nobody_can_read_is_one_all_the_same(
    place: SftpPlace, made: BuiltSite, content: bytes
) -> None:
    place.root.mkdir()
    (place.root / LOCK).write_bytes(content)
    with pytest.raises(GuardError, match=r"is at work\. Wait"):
        Deployer()(place.remote(), made)
    age(place.root / LOCK, ssh_lock.SILENT_SECONDS)
    assert Deployer()(place.remote(), made).is_done


def test_a_deploy_at_work_gives_signs_of_life(
    place: SftpPlace, made: BuiltSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh_lock, "SIGN_SECONDS", 0.05)
    with place.remote() as remote:
        begin(remote, made)
        age(place.root / LOCK, 1000)
        old = (place.root / LOCK).stat().st_mtime
        deadline = time.monotonic() + DEADLINE
        while (place.root / LOCK).stat().st_mtime < old + 1000:
            assert time.monotonic() < deadline, "no sign of life"
            time.sleep(0.05)


def test_a_deploy_that_was_given_up_for_dead_leaves_the_next_ones_lock_alone(
    place: SftpPlace, made: BuiltSite, tmp_path: Path
) -> None:
    with place.remote() as first:
        begin(first, made)
        age(place.root / LOCK, ssh_lock.SILENT_SECONDS)
        with place.from_elsewhere(tmp_path / "other") as second:
            begin(second, make_site(tmp_path / "site of the other", blog(3)))
            with pytest.raises(OutrunError):
                first.commit(plan_deploy(second, made, OPTIONS).manifest)
            first.__exit__(None, None, None)
            assert b"wang" in (place.root / LOCK).read_bytes()


def test_of_many_machines_that_find_a_dead_lock_one_gets_it(
    place: SftpPlace, made: BuiltSite, tmp_path: Path
) -> None:
    place.root.mkdir()
    for turn in range(3):
        (place.root / LOCK).write_bytes(b"%d" % turn)
        age(place.root / LOCK, ssh_lock.SILENT_SECONDS)
        held, refused = at_once([place.from_elsewhere(tmp_path / str(number)) for number in range(5)], made)
        assert (held, refused) == (1, 4)


def at_once(remotes: list[Remote], made: BuiltSite) -> tuple[int, int]:
    """Lets all begin at the same moment and wait for one another; how many could, and how many were refused."""
    together = threading.Barrier(len(remotes))
    held: list[Remote] = []
    refused: list[SitegenError] = []

    def work(remote: Remote) -> None:
        with remote:
            plan = plan_deploy(remote, made, OPTIONS)
            together.wait()
            try:
                remote.begin(plan)
                held.append(remote)
            except (GuardError, OutrunError) as refusal:
                refused.append(refusal)
            together.wait()

    in_threads([partial(work, remote) for remote in remotes])
    return len(held), len(refused)


def in_threads(works: Sequence[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_machines_that_deploy_at_once_leave_one_of_the_two_sites(
    place: SftpPlace, tmp_path: Path
) -> None:
    failures: list[SitegenError] = []

    def work(number: int, made: BuiltSite) -> None:
        try:
            Deployer()(place.from_elsewhere(tmp_path / f"machine-{number}"), made)
        except SitegenError as failure:
            failures.append(failure)

    for turn in range(4):
        sites = [make_site(tmp_path / f"{turn}-{number}", blog(3, 2 * turn + number)) for number in (1, 2)]
        failures.clear()
        in_threads([partial(work, number, made) for number, made in enumerate(sites)])
        assert all(isinstance(failure, GuardError | OutrunError) for failure in failures), failures
        assert len(failures) < len(sites), "one of them gets through"
        visible = place.visible()
        wholes = [{path: upload.read() for path, upload in made.files.items()} for made in sites]
        assert any({path: visible.get(path) for path in whole} == whole for whole in wholes)
