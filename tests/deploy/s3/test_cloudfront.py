"""CloudFront in front of a bucket, and what it is told."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.deploy.cloudfront import addresses
from sitegen.errors import UnfinishedError
from tests.deploy.places.s3 import S3Place
from tests.deploy.s3.buckets import told
from tests.deploy.servers.http import FaultyServer, Request, Response, serving
from tests.deploy.servers.object_store import refusal
from tests.deploy.sites import ADDRESS, Deployer, Files, SiteMaker, blog, make_site


@contextlib.contextmanager
def cloudfront(
    place: S3Place, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[FaultyServer, list[list[str]]]]:
    """A distribution in front of the bucket, and the addresses of each invalidation that it is asked for."""
    asked: list[list[str]] = []

    def answer(request: Request) -> Response:
        assert request.path == "/2020-05-31/distribution/E2EXAMPLE/invalidation"
        asked.append(re.findall("<Path>([^<]*)</Path>", request.body.decode()))
        return Response(201, {}, b"<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>")

    told(place, cloudfront="E2EXAMPLE")
    with serving(answer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", server.address)
        for name, value in place.store.environment.items():
            monkeypatch.setenv(name, value)
        yield server, asked


def test_cloudfront_forgets_what_changed_and_only_that(
    place: S3Place, site: SiteMaker, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cloudfront(place, monkeypatch) as (_, asked):
        deploy(place.remote(), site(blog(1)))
        assert not asked, "no cache can have a copy of what is new"
        changed: Files = {**blog(1), "posts/1/index.html": "changed", "你好.html": "new"}
        deploy(place.remote(), site(changed))
        assert asked == [["/posts/1/", "/posts/1/index.html"]]


def test_cloudfront_is_asked_again_by_the_deploy_after_one_that_could_not(
    place: S3Place, site: SiteMaker, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = site({**blog(1), "posts/1/index.html": "changed"})
    with cloudfront(place, monkeypatch) as (server, asked):
        deploy(place.remote(), site(blog(1)))
        answer = server.answer
        server.answer = lambda _: refusal(403, "AccessDenied")
        with pytest.raises(UnfinishedError, match="CloudFront E2EXAMPLE does not invalidate"):
            deploy(place.remote(), changed)
        server.answer = answer
        deploy(place.remote(), changed)
        assert asked == [["/posts/1/", "/posts/1/index.html"]]


def test_cloudfront_knows_files_by_the_address_that_visitors_use(
    place: S3Place, site: SiteMaker, deploy: Deployer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with cloudfront(place, monkeypatch) as (_, asked):
        for text in ("old", "new"):
            made = make_site(tmp_path / text, {"index.html": text}, address="https://example.org/blog/")
            deploy(place.remote(), made)
        assert asked == [["/blog/", "/blog/index.html"]]


def test_caches_know_files_by_their_encoded_addresses() -> None:
    found = addresses(["a b/index.html", "你.html"], ADDRESS)
    assert found == ["/%E4%BD%A0.html", "/a%20b/", "/a%20b/index.html"]
    many = [str(number) for number in range(2000)]
    assert addresses(many, ADDRESS) == ["/*"]
    assert addresses(many, "https://example.org/博客/") == ["/%E5%8D%9A%E5%AE%A2/*"]
