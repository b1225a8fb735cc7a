"""The headers that objects are stored with, and text that is stored compressed."""

from __future__ import annotations

import pytest

from sitegen.deploy.compression import compressed
from sitegen.deploy.manifest import MANIFEST
from tests.deploy.places.s3 import S3Place
from tests.deploy.s3.buckets import told
from tests.deploy.sites import Deployer, Files, SiteMaker, blog


def test_files_have_a_type_and_say_how_long_they_may_be_kept(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(1)))
    headers = place.store.get("posts/1/index.html").headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=0, must-revalidate"
    style = place.store.get("assets/style.0001.css").headers
    assert style["cache-control"] == "public, max-age=31536000, immutable"
    assert place.store.get("atom.xml").headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert place.store.get(MANIFEST).headers["cache-control"] == "no-store"


def test_a_rule_for_headers_reaches_just_the_files_it_is_for(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(2)))
    rules = {"posts/*": {"cache-control": "max-age=60"}, "*/2/*": {"Cache-Control": ""}}
    outcome = deploy(told(place, headers=rules).remote(), site(blog(2)))
    assert [(step.action, step.path) for step in outcome.plan.steps] == [
        ("headers", "posts/1/index.html"),
        ("headers", "posts/2/index.html"),
    ]
    assert place.store.get("posts/1/index.html").headers["cache-control"] == "max-age=60"
    assert "cache-control" not in place.store.get("posts/2/index.html").headers


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_text_can_be_stored_compressed(
    place: S3Place, site: SiteMaker, deploy: Deployer, encoding: str
) -> None:
    files: Files = {"index.html": "word " * 500, "small.html": "x", "logo.png": b"\x89PNG" * 500}
    deploy(told(place, compress=encoding).remote(), site(files))
    page = place.store.get("index.html")
    assert page.headers["content-encoding"] == encoding
    assert page.content == b"".join(compressed([b"word " * 500], encoding))
    assert len(page.content) < 200
    for path in ("small.html", "logo.png"):
        assert "content-encoding" not in place.store.get(path).headers
    assert not deploy(place.remote(), site(files), rehash=True).is_done


def test_the_same_text_is_compressed_to_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = b"".join(compressed([b"word " * 500], "gzip"))
    monkeypatch.setattr("time.time", lambda: 1.0)
    assert b"".join(compressed([b"word " * 250, b"word " * 250], "gzip")) == first
    assert first[4:8] == bytes(4), "no time is in it"
