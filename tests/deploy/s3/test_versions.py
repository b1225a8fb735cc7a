"""Releases, which are the versions that a bucket keeps."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sitegen.deploy.manifest import MANIFEST
from sitegen.errors import SitegenError, UnfinishedError
from tests.deploy.places.s3 import S3Place, shared_moto
from tests.deploy.s3.buckets import as_bytes, contents, spoil
from tests.deploy.servers.http import Fault
from tests.deploy.servers.object_store import object_store
from tests.deploy.sites import Deployer, SiteMaker, blog, dangling


def test_a_bucket_without_versions_says_why_it_cannot_roll_back(
    site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    with object_store(shared_moto(), "without-versions") as store:
        place = S3Place(tmp_path, store)
        for version in (1, 2):
            deploy(place.remote(), site(blog(1, version)))
        with place.remote() as remote:
            assert [release.is_current for release in remote.releases()] == [True]
            with pytest.raises(SitegenError, match=r"versioning.*switch it on"):
                remote.roll_back("20261126-230100-00000000")


def before_last(place: S3Place) -> str:
    """The name of the release before the current one."""
    with place.remote() as remote:
        return remote.releases()[1].name


def test_a_history_that_was_edited_by_hand_is_none(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    for version in (1, 2):
        deploy(place.remote(), site(blog(1, version)))
    stored = msgspec.json.decode(place.visible()[MANIFEST])
    place.tamper(MANIFEST, msgspec.json.encode({**stored, "history": ["mine"]}))
    with place.remote() as remote:
        assert [release.is_current for release in remote.releases()] == [True]
    deploy(place.remote(), site(blog(1, version=3)))
    assert before_last(place) == stored["release"]


def test_a_rollback_that_fails_half_way_says_so_and_can_be_done_again(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    for version in (1, 2):
        deploy(place.remote(), site(blog(2, version)))
    release = before_last(place)
    place.store.server.fail(Fault.ERROR, at=6)
    with place.remote() as remote, pytest.raises(UnfinishedError):
        remote.roll_back(release)
    place.store.server.recover()
    assert not dangling(place.visible())
    with place.remote() as remote:
        remote.roll_back(release)
    assert contents(place).items() >= as_bytes(blog(2, version=1)).items()


def test_what_a_rollback_sends_is_read_back(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    for version in (1, 2):
        deploy(place.remote(), site(blog(1, version)))
    release = before_last(place)
    spoil(place, "posts/1/index.html")
    with place.remote() as remote, pytest.raises(UnfinishedError, match="does not hold it as it is"):
        remote.roll_back(release)
