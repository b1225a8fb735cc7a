"""What only a bucket does: headers, requests at a time, preconditions, versions, and a network that fails."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sitegen.config import S3Target
from sitegen.deploy.cloudfront import addresses
from sitegen.deploy.compression import compressed
from sitegen.deploy.manifest import MANIFEST, decode_manifest
from sitegen.deploy.object_stores import _address
from sitegen.deploy.target import Surroundings
from sitegen.deploy.targets import open_target
from sitegen.errors import SitegenError, UnfinishedError
from tests.deploy.places.s3 import S3Place, bucket, shared_moto
from tests.deploy.servers.http import Fault, FaultyServer, Request, Response, serving
from tests.deploy.servers.object_store import SECRET_KEY, object_store, refusal
from tests.deploy.sites import ADDRESS, NOW, Deployer, Files, blog, dangling, make_site


@pytest.fixture
def place(tmp_path: Path) -> Iterator[S3Place]:
    with bucket(tmp_path / "place") as opened:
        yield opened


@pytest.fixture
def deploy() -> Deployer:
    return Deployer()


@pytest.fixture
def site(tmp_path: Path) -> Callable[[Files], Any]:
    folders = iter(range(10_000))
    return lambda files: make_site(tmp_path / f"site-{next(folders)}", files)


Site = Callable[[Files], Any]


def told(place: S3Place, **settings: Any) -> S3Place:
    """The place with other settings."""
    place.target = msgspec.structs.replace(place.target, **settings)
    return place


def as_bytes(files: Files) -> dict[str, bytes]:
    return {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}


def contents(place: S3Place) -> dict[str, bytes]:
    return {path: content for path, content in place.visible().items() if path != MANIFEST}


# Requests


def test_many_small_files_are_sent_at_the_same_time(place: S3Place, site: Site, deploy: Deployer) -> None:
    """The server answers nothing about posts until 32 requests are open; with fewer it would answer much later."""
    place.store.server.hold_until(32, lambda request: "/posts/" in request.target)
    files: Files = {f"posts/{number}/index.html": str(number) for number in range(100)}
    deploy(told(place, timeout_seconds=60).remote(), site(files))
    assert place.store.server.most_in_flight >= 32
    assert len(place.store.keys()) == 101


def asked_for(place: S3Place, work: Callable[[], object]) -> list[str]:
    """The methods of the requests that some work takes, sorted."""
    before = len(place.store.server.requests)
    work()
    return sorted(request.method for request in place.store.server.requests[before:])


def test_requests_are_in_proportion_to_what_changed(place: S3Place, site: Site, deploy: Deployer) -> None:
    """Two, one for each changed file, and one for a thousand deletions."""
    files = {**blog(30), **{f"old/{number}.html": "old" for number in range(40)}}
    deploy(place.remote(), site(files))
    files["posts/7/index.html"] = "changed"
    assert asked_for(place, lambda: deploy(place.remote(), site(files))) == ["PUT"] * (2 + 1)
    files["posts/8/index.html"] = files["index.html"] = "changed"
    left = {path: text for path, text in files.items() if not path.startswith("old/")}
    assert asked_for(place, lambda: deploy(place.remote(), site(left))) == ["POST", *["PUT"] * (2 + 2)]


def test_of_new_files_it_is_asked_first_whether_something_is_in_their_place(
    place: S3Place, site: Site, deploy: Deployer
) -> None:
    """One by one for a few, and for more by a list, which has a thousand files to a page."""
    deploy(place.remote(), site(blog(3)))
    few = {**blog(3), "a.html": "new", "b.html": "new"}
    assert asked_for(place, lambda: deploy(place.remote(), site(few))) == ["GET"] * 2 + ["PUT"] * (2 + 2)
    many = {**few, **{f"{number}.html": "new" for number in range(20)}}
    assert asked_for(place, lambda: deploy(place.remote(), site(many))) == ["GET", *["PUT"] * (2 + 20)]


def test_a_machine_that_was_not_there_last_reads_the_manifest_first(
    place: S3Place, site: Site, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(place.remote(), site(blog(2)))
    place.surroundings = msgspec.structs.replace(place.surroundings, project=tmp_path / "elsewhere")
    changed = site({**blog(2), "index.html": "changed"})
    # It also tries whether the store heeds conditions.
    assert asked_for(place, lambda: deploy(place.remote(), changed)) == ["GET", *["PUT"] * 4]


def test_a_plan_from_memory_is_given_up_when_somebody_else_has_deployed(
    place: S3Place, site: Site, deploy: Deployer, tmp_path: Path
) -> None:
    deploy(place.remote(), site(blog(2)))
    here = place.surroundings
    place.surroundings = msgspec.structs.replace(here, project=tmp_path / "elsewhere")
    deploy(place.remote(), site(blog(4, version=2)))
    place.surroundings = here
    outcome = deploy(place.remote(), site({**blog(4, version=2), "index.html": "changed"}))
    assert [step.path for step in outcome.plan.steps if step.action != "delete"] == ["index.html"]
    assert contents(place)["posts/4/index.html"] == str(blog(4, version=2)["posts/4/index.html"]).encode()


def test_a_bucket_that_was_emptied_gets_the_whole_site(place: S3Place, site: Site, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(2)))
    for path in place.visible():
        place.tamper(path, None)
    deploy(place.remote(), site({**blog(2), "index.html": "changed"}))
    assert contents(place).keys() == blog(2).keys()


def test_a_store_that_heeds_no_conditions_is_looked_at_each_time(
    site: Site, deploy: Deployer, tmp_path: Path
) -> None:
    with object_store(shared_moto(), "without-conditions", heeds_conditions=False) as store:
        place = S3Place(tmp_path, store)
        deploy(place.remote(), site(blog(2)))
        changed = site({**blog(2), "index.html": "changed"})
        assert "GET" in asked_for(place, lambda: deploy(place.remote(), changed))
        assert contents(place)["index.html"] == b"changed"


def test_nothing_changed_costs_one_request(place: S3Place, site: Site, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(3)))
    before = len(place.store.server.requests)
    deploy(place.remote(), site(blog(3)))
    assert len(place.store.server.requests) - before == 1


# Headers


def test_files_have_a_type_and_say_how_long_they_may_be_kept(
    place: S3Place, site: Site, deploy: Deployer
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
    place: S3Place, site: Site, deploy: Deployer
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
def test_text_can_be_stored_compressed(place: S3Place, site: Site, deploy: Deployer, encoding: str) -> None:
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


# Somebody else


def test_what_was_changed_by_hand_is_found_by_a_list(place: S3Place, site: Site, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(3)))
    place.tamper("posts/1/index.html", b"defaced")
    place.tamper("posts/2/index.html", None)
    outcome = deploy(told(place, check_all=True).remote(), site(blog(3)))
    assert {step.path for step in outcome.plan.steps} == {"posts/1/index.html", "posts/2/index.html"}


def test_two_deploys_at_once_leave_one_of_the_sites_and_its_manifest(place: S3Place, site: Site) -> None:
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


# A network that fails


@pytest.mark.parametrize(
    "fault",
    [fault for fault in Fault if fault is not Fault.SILENCE],
)
def test_an_outage_from_any_request_on_leaves_a_whole_site_that_the_next_deploy_finishes(
    place: S3Place, site: Site, deploy: Deployer, fault: Fault
) -> None:
    """Visitors look after every single request that the store acts on."""
    server = place.store.server
    first, second = site(blog(2)), site(blog(3, version=2))
    for outage in range(0, 100, 1 if fault is Fault.ERROR else 3):
        deploy(place.remote(), first)
        server.after_each = lambda request: (
            None if request.method in ("GET", "HEAD") else _assert_whole(place)
        )
        server.fail(fault, at=outage)
        try:
            is_over = deploy(place.remote(), second).is_done
        except SitegenError:
            is_over = False
        server.recover()
        deploy(place.remote(), second)
        server.after_each = lambda _: None
        left = contents(place)
        assert {path: left[path] for path in second.files} == {
            path: upload.read() for path, upload in second.files.items()
        }
        assert not deploy(place.remote(), second).plan.is_needed
        if is_over:
            assert outage > 5
            return
    pytest.fail("the outage is never late enough")


def _assert_whole(place: S3Place) -> None:
    assert not dangling(place.visible())


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.FULL])
def test_a_passing_fault_is_got_over(place: S3Place, site: Site, deploy: Deployer, fault: Fault) -> None:
    patient = told(place, patience_seconds=30, timeout_seconds=1)
    for number in (0, 1, 4):
        place.store.server.fail(fault, at=number, times=1)
        deploy(patient.remote(), site(blog(2, version=number + 1)))
        assert not decode_manifest(place.visible()[MANIFEST], "here").claimed


def test_an_outage_that_is_shorter_than_patience_is_got_over(
    place: S3Place, site: Site, deploy: Deployer
) -> None:
    answer, end = place.store.server.answer, time.monotonic() + 6
    place.store.server.answer = lambda request: (
        refusal(503, "SlowDown") if time.monotonic() < end else answer(request)
    )
    assert deploy(told(place, patience_seconds=60).remote(), site(blog(1))).is_done


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ("http://127.0.0.1:9", r"cannot be reached \(Connection refused\); check its endpoint"),
        ("http://store.invalid", r"cannot be reached \(.*(resol|lookup|not known).*\); check its endpoint"),
    ],
)
def test_a_store_that_cannot_be_reached_is_told(
    place: S3Place, site: Site, deploy: Deployer, endpoint: str, message: str
) -> None:
    with pytest.raises(SitegenError, match=message) as failure:
        deploy(told(place, endpoint=endpoint).remote(), site(blog(1)))
    assert endpoint not in str(failure.value)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault.BUSY, r": 503 Service Unavailable, after \d+ tries$"),
        (Fault.SILENCE, r": it does not answer(, after \d+ tries)?$"),
        (Fault.RESET_IN_REQUEST, r": the connection broke \(Connection reset by peer\), after \d+ tries$"),
    ],
)
def test_it_is_told_what_happened_until_patience_was_over(
    place: S3Place, site: Site, deploy: Deployer, fault: Fault, message: str
) -> None:
    place.store.server.fail(fault, at=0)
    with pytest.raises(SitegenError, match=message):
        deploy(told(place, timeout_seconds=1, patience_seconds=1).remote(), site(blog(1)))


def test_a_silent_store_is_given_up(place: S3Place, site: Site, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(1)))
    place.store.server.fail(Fault.SILENCE, at=2 + 2)
    with pytest.raises(UnfinishedError, match="cannot write"):
        deploy(told(place, timeout_seconds=1).remote(), site(blog(2)))


def spoil(place: S3Place, path: str) -> None:
    """Has the store hold something else than it was sent, and name the digest of that."""
    answer = place.store.server.answer

    def spoiling(request: Request) -> Response:
        if request.method != "PUT" or path not in request.target:
            return answer(request)
        taken = answer(request)  # the signature is of the right content
        place.tamper(path, b"spoilt")
        return taken._replace(headers={**taken.headers, "ETag": f'"{"0" * 32}"'})

    place.store.server.answer = spoiling


def test_what_does_not_arrive_as_it_was_sent_is_noticed(place: S3Place, site: Site, deploy: Deployer) -> None:
    spoil(place, "posts/1/index.html")
    with pytest.raises(UnfinishedError, match="does not hold it as it is") as failure:
        deploy(place.remote(), site(blog(2)))
    assert [problem.path for problem in failure.value.problems] == ["posts/1/index.html"]


# Credentials


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong-canary"}, "refuses the credentials.*SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "AKIAWRONG"}, "refuses the credentials.*InvalidAccessKeyId"),
        ({"AWS_ACCESS_KEY_ID": ""}, "there are no credentials for s3://.*AWS_ACCESS_KEY_ID"),
    ],
)
def test_wrong_credentials_are_told_without_them(
    place: S3Place,
    site: Site,
    deploy: Deployer,
    environment: dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    place.surroundings = msgspec.structs.replace(
        place.surroundings, environment={**place.surroundings.environment, **environment}
    )
    with pytest.raises(SitegenError, match=message) as failure:
        deploy(place.remote(), site(blog(1)))
    assert "canary" not in str(failure.value)
    assert place.visible() == {}


def test_a_clock_that_is_wrong_is_told(place: S3Place, site: Site, deploy: Deployer) -> None:
    place.store.server.answer = lambda _: refusal(403, "RequestTimeTooSkewed")
    with pytest.raises(SitegenError, match=r"the clock of this machine is wrong\. Set it"):
        deploy(place.remote(), site(blog(1)))


def test_credentials_may_come_from_the_users_aws_configuration(
    place: S3Place, site: Site, deploy: Deployer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = place.surroundings.environment
    (tmp_path / "credentials").write_text(
        f"[blog]\naws_access_key_id = {keys['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = {SECRET_KEY}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    place.surroundings = msgspec.structs.replace(
        place.surroundings, environment={"AWS_REGION": keys["AWS_REGION"]}
    )
    assert deploy(told(place, profile="blog").remote(), site(blog(1))).is_done
    with pytest.raises(SitegenError, match="nobody"):
        told(place, profile="nobody").remote()


def test_a_bucket_that_does_not_exist_is_told(place: S3Place, site: Site, deploy: Deployer) -> None:
    with pytest.raises(SitegenError, match="there is no such bucket"):
        deploy(told(place, bucket="s3://no-such-bucket-here").remote(), site(blog(1)))


def test_no_secret_is_in_what_is_stored_or_shown(place: S3Place, site: Site, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(1)))
    place.store.server.fail(Fault.ERROR, at=1)
    with pytest.raises(SitegenError) as failure:
        deploy(place.remote(), site(blog(2)))
    shown = [str(failure.value), repr(failure.value.__cause__), repr(vars(place.remote()))]
    stored = b"".join(place.visible().values()).decode(errors="replace")
    assert SECRET_KEY not in stored + "".join(shown)
    assert not [request for request in place.store.server.requests if SECRET_KEY in str(request)]


# Versions


def test_a_bucket_without_versions_says_why_it_cannot_roll_back(
    site: Site, deploy: Deployer, tmp_path: Path
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


def test_a_history_that_was_edited_by_hand_is_none(place: S3Place, site: Site, deploy: Deployer) -> None:
    for version in (1, 2):
        deploy(place.remote(), site(blog(1, version)))
    stored = msgspec.json.decode(place.visible()[MANIFEST])
    place.tamper(MANIFEST, msgspec.json.encode({**stored, "history": ["mine"]}))
    with place.remote() as remote:
        assert [release.is_current for release in remote.releases()] == [True]
    deploy(place.remote(), site(blog(1, version=3)))
    assert before_last(place) == stored["release"]


def test_a_rollback_that_fails_half_way_says_so_and_can_be_done_again(
    place: S3Place, site: Site, deploy: Deployer
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


def test_what_a_rollback_sends_is_read_back(place: S3Place, site: Site, deploy: Deployer) -> None:
    for version in (1, 2):
        deploy(place.remote(), site(blog(1, version)))
    release = before_last(place)
    spoil(place, "posts/1/index.html")
    with place.remote() as remote, pytest.raises(UnfinishedError, match="does not hold it as it is"):
        remote.roll_back(release)


def test_a_site_may_live_in_a_folder_of_a_bucket(place: S3Place, site: Site, deploy: Deployer) -> None:
    place.tamper("index.html", b"another site")
    bucket_name = place.target.bucket
    deploy(told(place, bucket=f"{bucket_name}/blog/deep").remote(), site({"index.html": "mine"}))
    assert contents(place)["index.html"] == b"another site"
    assert contents(place)["blog/deep/index.html"] == b"mine"


# Other stores, and CloudFront


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
    place: S3Place, site: Site, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cloudfront(place, monkeypatch) as (_, asked):
        deploy(place.remote(), site(blog(1)))
        assert not asked, "no cache can have a copy of what is new"
        changed: Files = {**blog(1), "posts/1/index.html": "changed", "你好.html": "new"}
        deploy(place.remote(), site(changed))
        assert asked == [["/posts/1/", "/posts/1/index.html"]]


def test_cloudfront_is_asked_again_by_the_deploy_after_one_that_could_not(
    place: S3Place, site: Site, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
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
    place: S3Place, site: Site, deploy: Deployer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
