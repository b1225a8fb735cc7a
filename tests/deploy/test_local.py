"""What only a folder of this machine does: releases that others make or remove at the same time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sitegen.deploy import engine
from sitegen.deploy.engine import DeployOptions
from sitegen.deploy.local_releases import LocalReleases
from sitegen.deploy.plan import Plan
from sitegen.errors import UnfinishedError
from tests.deploy.sites import NOW, Deployer, Log, blog, make_site


def online(root: Path) -> set[str]:
    """The posts that visitors see."""
    return {path.parent.name for path in (root / "current" / "posts").glob("*/index.html")}


def test_a_release_that_was_removed_while_the_user_was_asked_is_not_built_upon(tmp_path: Path) -> None:
    root = tmp_path / "www"
    sites = [make_site(tmp_path / str(posts), blog(posts)) for posts in range(1, 5)]
    Deployer()(LocalReleases(root, keep=1), sites[0])
    asked: list[Plan] = []

    def confirm(plan: Plan) -> bool:
        if not asked:
            for site in sites[1:3]:
                Deployer()(LocalReleases(root, keep=1), site)
        asked.append(plan)
        return True

    with LocalReleases(root, keep=1) as remote:
        outcome = engine.deploy(remote, sites[3], DeployOptions(now=NOW), confirm, Log())
    assert outcome.is_done
    assert len(asked) == 2, "what is left to do is another thing now"
    assert online(root) == {"1", "2", "3", "4"}


def test_an_old_release_that_cannot_be_removed_is_told_apart_from_a_deploy_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "www"
    for posts in (1, 2):
        Deployer()(LocalReleases(root, keep=1), make_site(tmp_path / str(posts), blog(posts)))

    def refuse(place: Path) -> None:
        raise PermissionError(1, "Operation not permitted", place)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(
        UnfinishedError, match=r"the new release is online, but then: cannot remove .*: Operation"
    ):
        Deployer()(LocalReleases(root, keep=1), make_site(tmp_path / "3", blog(3)))
    assert online(root) == {"1", "2", "3"}
    monkeypatch.undo()
    Deployer()(LocalReleases(root, keep=1), make_site(tmp_path / "4", blog(4)))
    assert online(root) == {"1", "2", "3", "4"}
    assert len(list((root / "releases").iterdir())) == 1
