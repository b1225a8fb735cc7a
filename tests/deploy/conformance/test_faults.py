"""Whatever fails at whatever moment: visitors see a whole site, and the next deploy finishes it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from sitegen.deploy.manifest import MANIFEST
from sitegen.errors import SitegenError
from tests.deploy.conformance.faults import Faulty, When
from tests.deploy.places import PLACES, SLOW, Place, open_place
from tests.deploy.sites import Deployer, SiteMaker, blog, dangling

TRIES_ALL = "SITEGEN_SOAK_DEPLOYS" in os.environ
SOON = 200
"""More requests than these deploys make."""


def _without_books(visible: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in visible.items() if path not in (MANIFEST, ".nojekyll")}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", list(PLACES))
def test_a_fault_at_any_request_leaves_a_whole_site_that_the_next_deploy_finishes(
    name: str, when: When, site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    first = site(blog(3))
    second = site(
        {**blog(4, version=2), "posts/1/new.bin": b"\0" * 999} | {"posts/2/index.html": "<title>2</title>"}
    )
    with open_place(name, tmp_path / "fresh") as place:
        deploy(place.remote(), first)
        deploy(place.remote(), second)
        wanted = _without_books(place.visible())
    # A soak tries every request, a usual run every fourth of slow places, others for lost requests and lost answers.
    stride = 1 if TRIES_ALL or name not in SLOW else 4
    fails_at = 0 if stride == 1 else {"before": -3, "after": -1}[when]
    while True:
        fails_at += stride
        assert fails_at < SOON
        with open_place(name, tmp_path / f"place-{fails_at}") as place:
            deploy(place.remote(), first)
            place.tamper(".well-known/ours.txt", b"foreign")
            faulty = Faulty(place.remote(), fails_at, when, lambda place=place: _visit(place))  # type: ignore[misc]  # bound at once
            try:
                deploy(faulty, second)
            except SitegenError:
                _visit(place)
                deploy(place.remote(), second)
            visible = _without_books(place.visible())
            assert visible.pop(".well-known/ours.txt") == b"foreign"
            assert visible == wanted, f"after a fault at request {fails_at}"
            assert not deploy(place.remote(), second).plan.is_needed
            if faulty.requests < fails_at:
                break
    assert fails_at > 10


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", list(PLACES))
def test_a_site_that_was_edited_after_a_fault_is_deployed_as_it_is_now(
    name: str, when: When, site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    first, second = site(blog(2)), site(blog(4, version=2))
    third = site({**blog(3, version=3), "posts/3/index.html": "<title>edited</title>"})
    for fails_at in (4, 7, 11, 15):
        with open_place(name, tmp_path / f"place-{fails_at}") as place:
            deploy(place.remote(), first)
            with contextlib.suppress(SitegenError):
                deploy(Faulty(place.remote(), fails_at, when, lambda: None), second)
            deploy(place.remote(), third)
            visible = place.visible()
            assert not dangling(visible)
            gone = set(_without_books(visible)) - third.files.keys()
            assert all(path.startswith("assets/") for path in gone), "only assets outlive their release"
            assert {path: visible[path] for path in third.files} == {
                path: upload.read() for path, upload in third.files.items()
            }


def _visit(place: Place) -> None:
    assert not dangling(place.visible())
