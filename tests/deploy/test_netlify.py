"""What only Netlify does: headers in a file, contents sent once, deploys out of sight, a token."""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sitegen.deploy import engine
from sitegen.deploy.engine import DeployOptions
from sitegen.deploy.netlify import HEADERS
from sitegen.deploy.netlify_headers import header_file
from sitegen.deploy.target import made_upload
from sitegen.errors import SitegenError
from tests.deploy.places.netlify import NetlifyPlace
from tests.deploy.places.netlify import site as open_site
from tests.deploy.servers.http import Fault, Response
from tests.deploy.servers.netlify import SITE, TOKEN
from tests.deploy.sites import NOW, Deployer, Files, Log, SiteMaker, blog, dangling


@pytest.fixture
def place(tmp_path: Path) -> Iterator[NetlifyPlace]:
    with open_site(tmp_path) as opened:
        yield opened


def told(place: NetlifyPlace, **settings: Any) -> NetlifyPlace:
    """The place with other settings."""
    place.target = msgspec.structs.replace(place.target, **settings)
    return place


def uploads(place: NetlifyPlace) -> list[str]:
    return [
        request.target.partition("/files/")[2]
        for request in place.netlify.server.requests
        if request.method == "PUT"
    ]


def test_only_contents_that_netlify_never_saw_are_sent(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer
) -> None:
    files = {**blog(3), "copy.html": "same", "copy-of-copy.html": "same"}
    deploy(place.remote(), site(files))
    assert len([path for path in uploads(place) if path.startswith("copy")]) == 1
    before = len(uploads(place))
    deploy(place.remote(), site({**files, "posts/1/index.html": "changed"}))
    assert uploads(place)[before:] == ["sitegen-manifest.json", "posts/1/index.html"]
    before = len(uploads(place))
    deploy(place.remote(), site(files))
    assert uploads(place)[before:] == ["sitegen-manifest.json"], "the old content is still known"


def test_what_a_deploy_holds_is_asked_for_only_by_who_has_not_made_it(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    """A deploy never changes; the list of a large site comes in many pages."""

    def looks() -> list[str]:
        before = len(place.netlify.server.requests)
        assert not deploy(place.remote(), site(blog(3))).is_done
        return [request.path.rpartition("/")[2] for request in place.netlify.server.requests[before:]]

    deploy(place.remote(), site(blog(3)))
    assert looks() == [SITE]
    place.surroundings = msgspec.structs.replace(place.surroundings, project=tmp_path / "elsewhere")
    assert looks() == [SITE, "files", "sitegen-manifest.json"]
    assert looks() == [SITE]
    place.tamper("theirs.txt", b"theirs")
    assert looks() == [SITE, "files", "sitegen-manifest.json"]


def test_files_are_told_as_they_are_sent(place: NetlifyPlace, site: SiteMaker) -> None:
    """Or progress would be nothing for long, and then all at once."""
    seen: list[int] = []
    observer = Log()
    place.netlify.server.after_each = lambda request: (
        seen.append(len(observer.steps)) if request.method == "PUT" else None
    )
    files: Files = {f"{number}.html": str(number) for number in range(60)}
    with place.remote() as remote:
        engine.deploy(remote, site(files), DeployOptions(now=NOW), lambda _: True, observer)
    assert seen[-1] > 0
    assert sorted(observer.steps) == sorted(files)


def test_headers_are_grouped_in_no_time_however_many_folders_there_are() -> None:
    """Each folder is looked at once: twice the folders take no more than twice the work."""
    counts = []
    for number in (300, 600):
        files = {f"{n}/index.html": made_upload(f"{n}/index.html", b"") for n in range(number)}
        counts.append(calls_in(lambda files=files: header_file(files, {})))  # type: ignore[misc]  # called at once
    assert counts[1] < 2.2 * counts[0]


def calls_in(work: Callable[[], object]) -> int:
    """How many calls some work makes, those of built-in functions included."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


def test_an_answer_that_is_not_netlifys_is_told(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer
) -> None:
    place.netlify.server.answer = lambda _: Response(200, {"Content-Type": "text/html"}, b"<h1>Log in")
    with pytest.raises(SitegenError, match=r"none of Netlify's \(text/html\).*wants you to log in"):
        deploy(place.remote(), site(blog(1)))


def test_headers_stand_in_a_file_of_netlifys(place: NetlifyPlace, site: SiteMaker, deploy: Deployer) -> None:
    files = {**blog(1), "assets/a b.css": "x", "posts/1/index.html": "x"}
    rules = {"index.html": {"x-frame-options": "DENY"}, "*.png": {"Cache-Control": "max-age=60"}}
    deploy(told(place, headers=rules).remote(), site(files))
    published = place.netlify.published
    assert published
    assert place.netlify.contents[published.files[f"/{HEADERS}"]].decode() == (
        "/assets/*\n"
        "  Cache-Control: public, max-age=31536000, immutable\n"
        "/index.html\n"
        "  X-Frame-Options: DENY\n"
        "/logo.png\n"
        "  Cache-Control: max-age=60\n"
    )


def test_headers_of_the_users_own_win(place: NetlifyPlace, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site({**blog(1), HEADERS: "/*\n  X-Mine: yes\n"}))
    published = place.netlify.published
    assert published
    assert place.netlify.contents[published.files[f"/{HEADERS}"]] == b"/*\n  X-Mine: yes\n"


def test_a_name_that_netlify_takes_not_is_refused_before_anything_is_sent(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer
) -> None:
    with pytest.raises(SitegenError, match=r"c#/index\.html.*no file with # or \?"):
        deploy(place.remote(), site({**blog(1), "c#/index.html": "x"}))
    assert not place.netlify.deploys


def test_auto_publishing_that_is_off_keeps_no_deploy_from_being_published(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer
) -> None:
    place.netlify.is_locked = True
    assert deploy(place.remote(), site(blog(1))).is_done
    assert "posts/1/index.html" in place.visible()


@pytest.mark.parametrize("last", ["/files/", "/restore"], ids=["before ours", "right after ours"])
def test_a_deploy_by_other_means_in_between_is_built_upon(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer, last: str
) -> None:
    deploy(place.remote(), site(blog(1)))
    server = place.netlify.server

    def intervene(request: object) -> None:
        server.after_each = lambda _: None
        place.tamper("theirs.txt", b"theirs")

    server.after_each = lambda request: intervene(request) if last in request.target else None
    deploy(place.remote(), site(blog(2)))
    assert place.visible()["theirs.txt"] == b"theirs"
    assert place.visible().keys() >= blog(2).keys()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SILENCE])
def test_an_outage_from_any_request_on_shows_visitors_the_old_site_or_the_new(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer, fault: Fault
) -> None:
    first, second = site(blog(2)), site(blog(3, version=2))
    old = new = None
    for outage in range(0, 60, 1 if fault is Fault.ERROR else 3):
        deploy(place.remote(), first)
        old = place.visible()
        place.netlify.server.fail(fault, at=outage)
        try:
            is_over = deploy(place.remote(), second).is_done
        except SitegenError:
            is_over = False
        place.netlify.server.recover()
        now = place.visible()
        deploy(place.remote(), second)
        new = place.visible()
        assert _pages(now) in (_pages(old), _pages(new))
        assert not dangling(now)
        if is_over:
            assert outage > 5
            return
    pytest.fail("the outage is never late enough")


def _pages(visible: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in visible.items() if path.endswith(".html")}


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.FULL])
def test_a_passing_fault_is_got_over(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer, fault: Fault
) -> None:
    patient = told(place, patience_seconds=10, timeout_seconds=1)
    for number in (0, 2, 6):
        place.netlify.server.fail(fault, at=number, times=1)
        assert deploy(patient.remote(), site(blog(2, version=number + 1))).is_done


def test_netlify_is_left_in_peace_for_as_long_as_it_asks(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer
) -> None:
    server = place.netlify.server
    server.fail(Fault.BUSY, at=0, times=1)
    assert deploy(told(place, patience_seconds=10).remote(), site(blog(1))).is_done
    assert server.requests[1].target == server.requests[0].target
    assert server.moments[1] - server.moments[0] >= 1, "which is what Retry-After said"


def test_a_token_that_is_missing_or_wrong_is_told_without_it(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer
) -> None:
    for environment, message in (
        ({}, "set NETLIFY_AUTH_TOKEN to a personal access token"),
        ({"NETLIFY_AUTH_TOKEN": "wrong-canary"}, "refuses the token"),
    ):
        place.surroundings = msgspec.structs.replace(place.surroundings, environment=environment)
        with pytest.raises(SitegenError, match=message) as failure:
            deploy(place.remote(), site(blog(1)))
        assert "canary" not in f"{failure.value}{failure.value.__cause__!r}"


def test_a_site_that_does_not_exist_is_told(place: NetlifyPlace, site: SiteMaker, deploy: Deployer) -> None:
    with pytest.raises(SitegenError, match=r"Netlify's site nowhere\.netlify\.app does not exist"):
        deploy(told(place, site="nowhere.netlify.app").remote(), site(blog(1)))


def test_the_token_goes_to_the_api_alone(
    place: NetlifyPlace, site: SiteMaker, deploy: Deployer, tmp_path: Path
) -> None:
    for posts in (1, 2):
        elsewhere = msgspec.structs.replace(place.surroundings, project=tmp_path / f"machine-{posts}")
        place.surroundings = elsewhere
        deploy(place.remote(), site(blog(posts)))
    asked = place.netlify.server.requests
    assert {"authorization" in request.headers for request in asked if "/permalink/" in request.target} == {
        False
    }
    assert TOKEN not in "".join(request.target for request in asked)
    assert TOKEN.encode() not in b"".join(place.netlify.contents.values())
