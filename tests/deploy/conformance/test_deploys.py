"""What every target must do, whatever kind of place it deploys to."""

from __future__ import annotations

import os
import random
import threading
import unicodedata
from datetime import timedelta

import pytest

from sitegen.deploy.manifest import MANIFEST, decode_manifest
from sitegen.deploy.plan import Plan
from sitegen.deploy.site import BuiltSite
from sitegen.deploy.target import OutrunError
from sitegen.errors import GuardError, SitegenError
from tests.deploy.places import Place
from tests.deploy.sites import NOW, Deployer, SiteMaker, blog, dangling

TURNS = int(os.environ.get("SITEGEN_SOAK_DEPLOYS", "12"))
"""How many deploys one place sees; 100 and more in a soak."""

ODD_NAMES = (
    "a b/index.html",
    "100%/index.html",
    "100%25.txt",
    "c++/index.html",
    "c#/index.html",
    "why?/index.html",
    "你好/世界.html",
    unicodedata.normalize("NFD", "café/é.html"),
    unicodedata.normalize("NFC", "ü/ü.html"),
    "-rf/--help.html",
    "--exclude=x.html",
    "$(touch x)/`id`.html",
    "quote'\"/x.html",
    "back\\slash.html",
    "*.html",
    "[a]?.html",
    "~home/~.html",
    "{a,b}/;|&.html",
    ".well-known/security.txt",
    "_dir/x.html",
    " lead/trail .html",
    "a:b/host:x.html",
    "!x/^y.html",
)


def content(place: Place) -> dict[str, bytes]:
    """What visitors can get, without what only some targets add."""
    return {path: text for path, text in place.visible().items() if path not in (MANIFEST, ".nojekyll")}


def as_bytes(files: dict[str, str | bytes]) -> dict[str, bytes]:
    return {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}


def test_the_first_deploy_sends_the_whole_site(place: Place, site: SiteMaker, deploy: Deployer) -> None:
    outcome = deploy(place.remote(), site(blog(5)))
    assert outcome.is_done
    assert content(place) == as_bytes(blog(5))
    assert not dangling(place.visible())


def test_what_did_not_change_is_not_sent(place: Place, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(5)))
    deploy(place.remote(), site({**blog(5), "posts/3/index.html": "new"}))
    assert deploy.log.steps == ["posts/3/index.html"]
    assert place.visible()["posts/3/index.html"] == b"new"


def test_a_file_of_the_same_size_and_time_is_sent_when_its_content_differs(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    import os

    first, second = site({"a.html": "one"}), site({"a.html": "two"})
    for made in (first, second):
        upload = made.files["a.html"]
        assert upload.place
        os.utime(upload.place, (1, 1))
    # The signatures are those of before, as when a build and a deploy see the same file.
    deploy(place.remote(), site({"a.html": "one"}))
    deploy(place.remote(), site({"a.html": "two"}))
    assert content(place) == {"a.html": b"two"}


def test_an_identical_site_changes_nothing(place: Place, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(2)))
    before = place.visible()
    outcome = deploy(place.remote(), site(blog(2)))
    assert not outcome.is_done
    assert not outcome.plan.is_needed
    assert place.visible() == before


def test_a_deploy_that_is_not_confirmed_changes_nothing(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    from sitegen.deploy import engine
    from sitegen.deploy.engine import DeployOptions
    from tests.deploy.sites import Log

    deploy(place.remote(), site(blog(2)))
    before = place.visible()
    asked = []

    def refuse(plan: Plan) -> bool:
        asked.append(plan)
        return False

    with place.remote() as remote:
        outcome = engine.deploy(remote, site(blog(3)), DeployOptions(now=NOW), refuse, Log())
    assert len(asked) == 1
    assert not outcome.is_done
    assert place.visible() == before


def test_only_files_that_sitegen_put_there_are_deleted(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(5)))
    foreign = {"KEEP": b"me", ".well-known/acme": b"token", "posts/2/photo.jpg": b"theirs"}
    for path, text in foreign.items():
        place.tamper(path, text)
    deploy(place.remote(), site(blog(1)))
    assert content(place) == {**as_bytes(blog(1)), **foreign}


def test_an_asset_of_the_release_before_stays_until_the_next_release(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(2, version=1)))
    deploy(place.remote(), site(blog(2, version=2)))
    assert {"assets/style.0001.css", "assets/style.0002.css"} <= content(place).keys()
    assert not deploy(place.remote(), site(blog(2, version=2))).is_done, (
        "a retired asset is no reason to deploy"
    )
    deploy(place.remote(), site(blog(2, version=3)))
    assert "assets/style.0001.css" not in content(place)
    deploy(place.remote(), site(blog(2, version=2)))
    assert content(place).keys() == blog(2, version=2).keys() | blog(2, version=3).keys()


def test_a_foreign_file_in_the_way_is_not_replaced_unless_that_is_allowed(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(1)))
    place.tamper("posts/2/index.html", b"theirs")
    before = place.visible()
    with pytest.raises(GuardError, match="in the way") as refusal:
        deploy(place.remote(), site(blog(2)))
    assert refusal.value.problems[0].notes == ("posts/2/index.html",)
    assert place.visible() == before
    deploy(place.remote(), site(blog(2)), take_over=True)
    assert content(place) == as_bytes(blog(2))


def test_a_foreign_file_that_is_just_the_same_is_taken_over(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(1)))
    place.tamper("robots.txt", b"User-agent: *")
    deploy(place.remote(), site({**blog(1), "robots.txt": "User-agent: *"}))
    deploy(place.remote(), site(blog(1)))
    assert "robots.txt" not in place.visible()


def test_a_place_that_belongs_to_another_site_is_refused(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(1), address="https://other.example.org/"))
    before = place.visible()
    with pytest.raises(GuardError, match=r"holds the site https://other\.example\.org/"):
        deploy(place.remote(), site(blog(2)))
    assert place.visible() == before
    assert deploy(place.remote(), site(blog(2)), take_over=True).is_done


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": 9}',
        b"\xff",
        b'{"site":"x","release":"r","created":"c","files":{"../x":{"hash":"","size":1,"kind":1}}}',
    ],
)
def test_a_broken_manifest_is_refused_and_nothing_is_changed(
    place: Place, site: SiteMaker, deploy: Deployer, broken: bytes
) -> None:
    deploy(place.remote(), site(blog(1)))
    place.tamper(MANIFEST, broken)
    before = place.visible()
    with pytest.raises(GuardError, match=r"\.sitegen-manifest\.json"):
        deploy(place.remote(), site(blog(2)))
    assert place.visible() == before


def test_without_its_manifest_a_site_is_recognised_by_its_content(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(3)))
    place.tamper(MANIFEST, None)
    deploy(place.remote(), site(blog(3)))
    assert content(place) == as_bytes(blog(3))
    deploy(place.remote(), site(blog(2)))
    assert content(place) == as_bytes(blog(2))


def test_what_was_changed_by_hand_is_sent_again_when_everything_is_read_back(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(3)))
    place.tamper("posts/1/index.html", b"defaced")
    place.tamper("posts/2/index.html", None)
    outcome = deploy(place.remote(), site(blog(3)), rehash=not place.reads_are_exact)
    assert {step.path for step in outcome.plan.steps} == {"posts/1/index.html", "posts/2/index.html"}
    assert content(place) == as_bytes(blog(3))


def test_odd_names_make_the_round_trip(place: Place, site: SiteMaker, deploy: Deployer) -> None:
    refused = set(getattr(place, "refused_marks", ""))
    names = [name for name in ODD_NAMES if not refused & set(name)]
    files: dict[str, str | bytes] = {name: f"at {name}" for name in names}
    deploy(place.remote(), site({**files, "index.html": "home"}))
    assert content(place) == as_bytes({**files, "index.html": "home"})
    changed: dict[str, str | bytes] = {name: f"new at {name}" for name in names[::2]}
    deploy(place.remote(), site({**changed, "index.html": "home"}))
    assert content(place) == as_bytes({**changed, "index.html": "home"})
    assert not deploy(place.remote(), site({**changed, "index.html": "home"}), rehash=True).is_done


def test_a_file_may_become_a_folder_and_a_folder_a_file(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site({"index.html": "x", "a": "file", "b/c/d.html": "in a folder"}))
    deploy(place.remote(), site({"index.html": "x", "a/e.html": "in a folder", "b": "file"}))
    assert content(place) == {"index.html": b"x", "a/e.html": b"in a folder", "b": b"file"}


def test_many_deletions_are_refused_unless_they_are_allowed(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(30)))
    before = place.visible()
    with pytest.raises(GuardError, match=r"20 of the 3[78] files") as refusal:
        deploy(place.remote(), site(blog(10)), deletions=None)
    assert "--allow-deletes 20" in str(refusal.value)
    with pytest.raises(GuardError):
        deploy(place.remote(), site(blog(10)), deletions=19)
    assert place.visible() == before
    assert deploy(place.remote(), site(blog(10)), deletions=20).is_done


def test_an_empty_site_is_refused(place: Place, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(1)))
    before = place.visible()
    with pytest.raises(GuardError):
        deploy(place.remote(), site({}))
    assert place.visible() == before


def test_output_that_changes_under_way_is_not_shown_to_visitors_as_current(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(2)))
    made = site(blog(3))
    upload = made.files["index.html"]
    assert upload.place
    upload.place.write_text("half a build")
    with pytest.raises(SitegenError, match="changed while it was being deployed"):
        deploy(place.remote(), made)
    assert b"half a build" not in place.visible().values()
    assert not dangling(place.visible())
    deploy(place.remote(), site(blog(3)))
    assert content(place) == as_bytes(blog(3))


def test_releases_can_be_rolled_back_to_byte_for_byte(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    if not place.has_releases:
        with place.remote() as remote, pytest.raises(SitegenError, match="no release"):
            remote.roll_back("20260101-000000-00000000")
        return
    seen = []
    for version in (1, 2, 3):
        deploy(place.remote(), site(blog(version, version=version)), message=f"no. {version}")
        seen.append(content(place))
    with place.remote() as remote:
        releases = remote.releases()
    assert [release.message for release in releases[:3]] == ["no. 3", "no. 2", "no. 1"]
    assert [release.is_current for release in releases[:3]] == [True, False, False]
    for number in (0, 2, 1):
        with place.remote() as remote:
            remote.roll_back(releases[2 - number].name)
        wanted, left = as_bytes(blog(number + 1, version=number + 1)), content(place)
        assert {path: left[path] for path in wanted} == wanted
        if place.remote().is_atomic:
            assert left == seen[number]
        else:
            assert all(path.startswith("assets/") for path in left.keys() - wanted), "for pages that are open"
    with place.remote() as remote:
        assert remote.look().manifest is not None
        with pytest.raises(SitegenError, match="no release"):
            remote.roll_back("20260101-000000-00000000")
    deploy(place.remote(), site(blog(3, version=3)))
    assert blog(3, version=3).keys() <= content(place).keys()


def test_a_release_comes_after_the_one_before_although_the_clock_was_set_back(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    for version, moment in enumerate((NOW, NOW - timedelta(days=400), NOW - timedelta(days=800))):
        deploy.now = moment
        deploy(place.remote(), site(blog(1, version=version)), message=f"no. {version}")
    with place.remote() as remote:
        releases = remote.releases()
    wanted = ["no. 2", "no. 1", "no. 0"] if place.has_releases else ["no. 2"]
    assert [release.message for release in releases] == wanted
    assert releases[0].is_current


def test_two_deploys_at_once_leave_a_whole_site_that_the_next_deploy_replaces(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    deploy(place.remote(), site(blog(2)))
    sites = [site(blog(4, version=2)), site(blog(6, version=3))]
    together = threading.Barrier(len(sites))
    failures: list[SitegenError] = []

    def work(made: BuiltSite) -> None:
        remote = place.remote()
        together.wait()
        try:
            Deployer()(remote, made)
        except SitegenError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(made,)) for made in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(failure, GuardError | OutrunError) for failure in failures), failures
    assert len(failures) < len(sites), "one of them gets through"
    assert not dangling(place.visible())
    deploy(place.remote(), site(blog(3, version=4)))
    left = content(place)
    assert {path: left[path] for path in blog(3, version=4)} == as_bytes(blog(3, version=4))
    assert all(path.startswith("assets/") for path in left.keys() - blog(3, version=4).keys())


def test_many_deploys_leave_just_the_site_and_what_is_not_ours(
    place: Place, site: SiteMaker, deploy: Deployer
) -> None:
    chance = random.Random(5)
    foreign: dict[str, bytes] = {}
    deploy(place.remote(), site(blog(3)))
    for turn in range(TURNS):
        path = f"{chance.choice(['', 'posts/1/', 'their own/'])}{turn}.foreign"
        place.tamper(path, foreign.setdefault(path, b"%d" % turn))
        posts, version = chance.randint(1, 6), chance.randint(1, 3)
        deploy(place.remote(), site(blog(posts, version)))
        seen = content(place)
        assert {key: seen[key] for key in foreign} == foreign
        assert not dangling(seen)
        left = seen.keys() - foreign.keys() - blog(posts, version).keys()
        assert all(key.startswith("assets/") for key in left)


def test_the_manifest_says_what_stands_there(place: Place, site: SiteMaker, deploy: Deployer) -> None:
    made = site(blog(2))
    deploy(place.remote(), made, message="第一次")
    manifest = decode_manifest(place.visible()[MANIFEST], "here")
    assert manifest.message == "第一次"
    assert manifest.created == "2026-11-26T23:01:00Z"
    assert made.files.keys() <= manifest.files.keys()
    assert {path: manifest.files[path].hash for path in made.files} == {
        path: upload.entry.hash for path, upload in made.files.items()
    }
    assert not manifest.claimed
