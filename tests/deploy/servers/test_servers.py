"""The servers of the tests are as strict as they say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import httpx
import obstore
import pytest
from obstore.store import S3Store

from tests.deploy.servers.http import Fault
from tests.deploy.servers.netlify import TOKEN, netlify
from tests.deploy.servers.object_store import ObjectStore, moto_server, object_store
from tests.deploy.servers.ssh import needs_sshd, ssh_server


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with moto_server() as address:
        yield address


@pytest.fixture
def bucket(moto: str, request: pytest.FixtureRequest) -> Iterator[ObjectStore]:
    with object_store(moto, f"bucket-{abs(hash(request.node.name))}") as store:
        yield store


def client(store: ObjectStore, **further: Any) -> S3Store:
    access = {name.lower().removeprefix("aws_"): value for name, value in store.environment.items()}
    return S3Store(
        store.bucket,
        endpoint=store.server.address,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
        **{**access, **further},
    )


def test_the_store_takes_what_is_signed_and_true(bucket: ObjectStore) -> None:
    obstore.put(client(bucket), "汉 字%#?+.html", b"x", attributes={"Content-Type": "text/html"})
    assert bucket.keys() == ["汉 字%#?+.html"]
    assert bucket.get("汉 字%#?+.html").headers["content-type"] == "text/html"


@pytest.mark.parametrize("wrong", [{"secret_access_key": "wrong"}, {"unsigned_payload": True}])
def test_the_store_refuses_what_is_signed_with_another_key_or_without_a_digest(
    bucket: ObjectStore, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match=r"403|400"):
        obstore.put(client(bucket, **wrong), "a", b"x")
    assert bucket.keys() == []


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [
        (Fault.ERROR, False),
        (Fault.ERROR_AFTERWARDS, True),
        (Fault.BUSY, False),
        (Fault.RESET_IN_REQUEST, False),
        (Fault.RESET_IN_RESPONSE, True),
    ],
)
def test_a_request_fails_as_it_was_told_to(bucket: ObjectStore, fault: Fault, is_done: bool) -> None:
    bucket.server.fail(fault, at=1, times=1)
    obstore.put(client(bucket), "a", b"x" * 100)
    with pytest.raises(obstore.exceptions.BaseError):
        obstore.put(client(bucket), "b", b"x" * 100)
    obstore.put(client(bucket), "c", b"x" * 100)
    assert bucket.keys() == ["a", *(["b"] if is_done else []), "c"]


def test_netlify_wants_a_token_and_names_without_marks() -> None:
    with netlify() as site, httpx.Client(base_url=f"{site.server.address}/api/v1", trust_env=False) as caller:
        path = "/sites/3970e0fe-8564-4903-9a55-c5f8de49fb8b/deploys"
        assert caller.post(path, json={"files": {}, "draft": True}).status_code == 401
        caller.headers["Authorization"] = f"Bearer {TOKEN}"
        assert caller.post(path, json={"files": {"/a#": "0"}, "draft": True}).status_code == 422
        assert caller.post(path, json={"files": {}, "draft": True}).status_code == 200


@needs_sshd
def test_sshd_lets_in_whom_it_knows(tmp_path: Path) -> None:
    with ssh_server(tmp_path) as server:

        async def look(key: str) -> list[str]:
            async with (
                asyncssh.connect(
                    server.host,
                    server.port,
                    username="root",
                    known_hosts=str(server.known_hosts),
                    client_keys=[key],
                    agent_path=None,
                    config=None,
                ) as connection,
                connection.start_sftp_client() as sftp,
            ):
                return [str(name) for name in await sftp.listdir(str(tmp_path))]

        assert "sshd_config" in asyncio.run(look(str(server.key)))
        with pytest.raises(asyncssh.PermissionDenied):
            asyncio.run(look(str(tmp_path / "host_key")))
