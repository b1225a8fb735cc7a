"""Where stores are asked, and in which folder of a bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.config import S3Target
from sitegen.deploy.object_stores import _address
from sitegen.deploy.target import Surroundings
from sitegen.deploy.targets import open_target
from tests.deploy.places.s3 import S3Place
from tests.deploy.s3.buckets import contents, told
from tests.deploy.sites import ADDRESS, NOW, Deployer, SiteMaker


def test_a_site_may_live_in_a_folder_of_a_bucket(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    place.tamper("index.html", b"another site")
    bucket_name = place.target.bucket
    deploy(told(place, bucket=f"{bucket_name}/blog/deep").remote(), site({"index.html": "mine"}))
    assert contents(place)["index.html"] == b"another site"
    assert contents(place)["blog/deep/index.html"] == b"mine"


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("", {"virtual_hosted_style_request": True}),
        ("https://abc.r2.cloudflarestorage.com/", {"endpoint": "https://abc.r2.cloudflarestorage.com"}),
        (
            "https://s3.oss-cn-hangzhou.aliyuncs.com",
            {
                "endpoint": "https://blog.s3.oss-cn-hangzhou.aliyuncs.com",
                "virtual_hosted_style_request": True,
                "disable_bulk_delete": True,
            },
        ),
        (
            "https://blog.cos.ap-guangzhou.myqcloud.com",
            {
                "endpoint": "https://blog.cos.ap-guangzhou.myqcloud.com",
                "virtual_hosted_style_request": True,
            },
        ),
    ],
)
def test_stores_are_asked_under_the_name_that_they_want(endpoint: str, address: dict[str, object]) -> None:
    assert _address(S3Target(bucket="s3://blog", endpoint=endpoint), "blog") == address


def test_other_clouds_are_opened_by_their_own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0LWNhbmFyeQ==")
    surroundings = Surroundings(project=Path(), environment={}, home=None, now=NOW)
    remote = open_target(S3Target(bucket="az://account/$web"), surroundings, ADDRESS)
    assert remote.shown == "az://account/$web"
    assert "canary" not in repr(vars(remote))
