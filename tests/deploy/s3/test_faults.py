"""A network that fails, a store that is busy or does not do as it says, and wrong credentials."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from sitegen.deploy.manifest import MANIFEST, decode_manifest
from sitegen.errors import SitegenError, UnfinishedError
from tests.deploy.places.s3 import S3Place
from tests.deploy.s3.buckets import contents, spoil, told
from tests.deploy.servers.http import Fault
from tests.deploy.servers.object_store import SECRET_KEY, refusal
from tests.deploy.sites import Deployer, SiteMaker, blog, dangling


@pytest.mark.parametrize(
    "fault",
    [fault for fault in Fault if fault is not Fault.SILENCE],
)
def test_an_outage_from_any_request_on_leaves_a_whole_site_that_the_next_deploy_finishes(
    place: S3Place, site: SiteMaker, deploy: Deployer, fault: Fault
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
def test_a_passing_fault_is_got_over(place: S3Place, site: SiteMaker, deploy: Deployer, fault: Fault) -> None:
    patient = told(place, patience_seconds=30, timeout_seconds=1)
    for number in (0, 1, 4):
        place.store.server.fail(fault, at=number, times=1)
        deploy(patient.remote(), site(blog(2, version=number + 1)))
        assert not decode_manifest(place.visible()[MANIFEST], "here").claimed


def test_an_outage_that_is_shorter_than_patience_is_got_over(
    place: S3Place, site: SiteMaker, deploy: Deployer
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
    place: S3Place, site: SiteMaker, deploy: Deployer, endpoint: str, message: str
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
    place: S3Place, site: SiteMaker, deploy: Deployer, fault: Fault, message: str
) -> None:
    place.store.server.fail(fault, at=0)
    with pytest.raises(SitegenError, match=message):
        deploy(told(place, timeout_seconds=1, patience_seconds=1).remote(), site(blog(1)))


def test_a_silent_store_is_given_up(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(1)))
    place.store.server.fail(Fault.SILENCE, at=2 + 2)
    with pytest.raises(UnfinishedError, match="cannot write"):
        deploy(told(place, timeout_seconds=1).remote(), site(blog(2)))


def test_what_does_not_arrive_as_it_was_sent_is_noticed(
    place: S3Place, site: SiteMaker, deploy: Deployer
) -> None:
    spoil(place, "posts/1/index.html")
    with pytest.raises(UnfinishedError, match="does not hold it as it is") as failure:
        deploy(place.remote(), site(blog(2)))
    assert [problem.path for problem in failure.value.problems] == ["posts/1/index.html"]


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
    site: SiteMaker,
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


def test_a_clock_that_is_wrong_is_told(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    place.store.server.answer = lambda _: refusal(403, "RequestTimeTooSkewed")
    with pytest.raises(SitegenError, match=r"the clock of this machine is wrong\. Set it"):
        deploy(place.remote(), site(blog(1)))


def test_credentials_may_come_from_the_users_aws_configuration(
    place: S3Place, site: SiteMaker, deploy: Deployer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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


def test_a_bucket_that_does_not_exist_is_told(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    with pytest.raises(SitegenError, match="there is no such bucket"):
        deploy(told(place, bucket="s3://no-such-bucket-here").remote(), site(blog(1)))


def test_no_secret_is_in_what_is_stored_or_shown(place: S3Place, site: SiteMaker, deploy: Deployer) -> None:
    deploy(place.remote(), site(blog(1)))
    place.store.server.fail(Fault.ERROR, at=1)
    with pytest.raises(SitegenError) as failure:
        deploy(place.remote(), site(blog(2)))
    shown = [str(failure.value), repr(failure.value.__cause__), repr(vars(place.remote()))]
    stored = b"".join(place.visible().values()).decode(errors="replace")
    assert SECRET_KEY not in stored + "".join(shown)
    assert not [request for request in place.store.server.requests if SECRET_KEY in str(request)]
