"""What a deploy to a bucket asks of the store, and in how many requests; two deploys at once."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from sitegen.deploy.manifest import MANIFEST, decode_manifest
from sitegen.errors import SitegenError
from tests.deploy.places.s3 import S3Place, shared_moto
from tests.deploy.s3.buckets import asked_for, contents, told
from tests.deploy.servers.object_store import object_store
from tests.deploy.sites import Deployer, Files, SiteMaker, blog, dangling


def test_many_small_files_are_sent_at_the_same_time(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    """The server answers nothing about posts until 32 requests are open; with fewer it would answer much later."""
    place.store.server.hold_until(32, lambda request: "/posts/" in request.target)
    files: Files = {f"posts/{number}/index.html": str(number) for number in range(100)}
    deploy(told(place, timeout_seconds=60).remote(), site(files))
    assert place.store.server.most_in_flight >= 32
    assert len(place.store.keys()) == 101


def test_requests_are_in_proportion_to_what_changed(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    """Two, one for each changed file, and one for a thousand deletions."""
    files = {**blog(30), **{f"old/{number}.html": "old" for number in range(40)}}
    deploy(place.remote(), site(files))
    files["posts/7/index.html"] = "changed"
    assert asked_for(place, lambda: deploy(place.remote(), site(files))) == ["PUT"] * (2 + 1)
    files["posts/8/index.html"] = files["index.html"] = "changed"
    left = {path: text for path, text in files.items() if not path.startswith("old/")}
    assert asked_for(place, lambda: deploy(place.remote(), site(left))) == ["POST", *["PUT"] * (2 + 2)]


def test_of_new_files_it_is_asked_first_whether_something_is_in_their_place(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    """One by one for a few, and for more by a list, which has a thousand files to a page."""
    deploy(place.remote(), site(blog(3)))
    few = {**blog(3), "a.html": "new", "b.html": "new"}
    assert asked_for(place, lambda: deploy(place.remote(), site(few))) == ["GET"] * 2 + ["PUT"] * (2 + 2)
    many = {**few, **{f"{number}.html": "new" for number in range(20)}}
    assert asked_for(place, lambda: deploy(place.remote(), site(many))) == ["GET", *["PUT"] * (2 + 20)]


def test_a_machine_that_was_not_there_last_reads_the_manifest_first(
    place: S3Place, site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(place.remote(), site(blog(2)))
    place.surroundings = msgspec.structs.replace(place.surroundings, project=tmp_path / "elsewhere")
    changed = site({**blog(2), "index.html": "changed"})
    # It also tries whether the store heeds conditions.
    assert asked_for(place, lambda: deploy(place.remote(), changed)) == ["GET", *["PUT"] * 4]


def test_a_plan_from_memory_is_given_up_when_somebody_else_has_deployed(
    place: S3Place, site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(place.remote(), site(blog(2)))
    here = place.surroundings
    place.surroundings = msgspec.structs.replace(here, project=tmp_path / "elsewhere")
    deploy(place.remote(), site(blog(4, version=2)))
    place.surroundings = here
    outcome = deploy(place.remote(), site({**blog(4, version=2), "index.html": "changed"}))
    assert [step.path for step in outcome.plan.steps if step.action != "delete"] == ["index.html"]
    assert contents(place)["posts/4/index.html"] == str(blog(4, version=2)["posts/4/index.html"]).encode()


def test_a_bucket_that_was_emptied_gets_the_whole_site(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(2)))
    for path in place.visible():
        place.tamper(path, None)
    deploy(place.remote(), site({**blog(2), "index.html": "changed"}))
    assert contents(place).keys() == blog(2).keys()


def test_a_store_that_heeds_no_conditions_is_looked_at_each_time(
    site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    with object_store(shared_moto(), "without-conditions", heeds_conditions=False) as store:
        place = S3Place(tmp_path, store)
        deploy(place.remote(), site(blog(2)))
        changed = site({**blog(2), "index.html": "changed"})
        assert "GET" in asked_for(place, lambda: deploy(place.remote(), changed))
        assert contents(place)["index.html"] == b"changed"


def test_nothing_changed_costs_one_request(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(3)))
    before = len(place.store.server.requests)
    deploy(place.remote(), site(blog(3)))
    assert len(place.store.server.requests) - before == 1


def test_what_was_changed_by_hand_is_found_by_a_list(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(3)))
    place.tamper("posts/1/index.html", b"defaced")
    place.tamper("posts/2/index.html", None)
    outcome = deploy(told(place, check_all=True).remote(), site(blog(3)))
    assert {step.path for step in outcome.plan.steps} == {"posts/1/index.html", "posts/2/index.html"}


def test_two_deploys_at_once_leave_one_of_the_sites_and_its_manifest(place: S3Place, site: SiteMaker) -> None:
    sites = [site(blog(6, version=version)) for version in (1, 2)]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            Deployer()(place.remote(), sites[number])
        except SitegenError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    visible = place.visible()
    manifest = decode_manifest(visible[MANIFEST], "here")
    assert not manifest.claimed
    assert not dangling(visible)
    winner = next(made for made in sites if made.files.keys() == manifest.files.keys())
    assert {path: visible[path] for path in winner.files} == {
        path: upload.read() for path, upload in winner.files.items()
    }
