"""An S3 store: moto, behind a door that checks what a real store checks and moto does not.

Every request must be signed by the one key there is, over its real path, query, headers and body, and come with a
digest that is true. Preconditions, objects and headers are moto's work.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from tests.deploy.servers.http import (
    DEADLINE,
    FaultyServer,
    Request,
    Response,
    free_port,
    serving,
    wait_for_port,
)

REGION = "eu-central-1"
ACCESS_KEY = "AKIASITEGENTESTS"
SECRET_KEY = "canary-of-the-object-store"


class StoredObject(NamedTuple):
    content: bytes
    headers: dict[str, str]
    """By names in lower case."""


class ObjectStore(NamedTuple):
    """A bucket as the tests see it: past the door, with all rights."""

    server: FaultyServer
    bucket: str
    moto: str
    """The address of the store behind the door."""

    @property
    def environment(self) -> dict[str, str]:
        """What the user's environment says."""
        return {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": REGION}

    def keys(self) -> list[str]:
        return list(self.listed())

    def listed(self) -> dict[str, str]:
        """The ETag of every object by its key."""
        listing = self._ask(
            "GET", f"/{self.bucket}?list-type=2&encoding-type=url&max-keys=1000"
        ).body.decode()
        assert "<IsTruncated>false</IsTruncated>" in listing, "the tests keep buckets small"
        found = re.findall(r"<Key>([^<]*)</Key>.*?<ETag>([^<]*)</ETag>", listing, flags=re.DOTALL)
        return {unquote(key): e_tag for key, e_tag in found}

    def keep_versions(self) -> None:
        """Switches versioning on."""
        wanted = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        assert self._ask("PUT", f"/{self.bucket}?versioning", wanted).status == 200

    def get(self, key: str) -> StoredObject:
        found = self._ask("GET", f"/{self.bucket}/{quote(key)}")
        assert found.status == 200, key
        return StoredObject(found.body, {name.lower(): value for name, value in found.headers.items()})

    def put(self, key: str, content: bytes, **headers: str) -> None:
        """Puts an object by hand."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        assert self._ask("PUT", f"/{self.bucket}/{quote(key)}", content, named).status == 200

    def delete(self, key: str) -> None:
        """Deletes an object by hand."""
        self._ask("DELETE", f"/{self.bucket}/{quote(key)}")

    def _ask(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Response:
        return _forward(self.moto, Request(method, target, headers or {}, body))


@contextlib.contextmanager
def moto_server() -> Iterator[str]:
    """The address of a moto server in a process of its own; its start takes seconds, so share it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(DEADLINE)


@contextlib.contextmanager
def object_store(moto: str, bucket: str, *, heeds_conditions: bool = True) -> Iterator[ObjectStore]:
    """A new, empty bucket of the moto server at `moto`; some stores do not know conditions on writes."""
    created = _forward(
        moto,
        Request(
            "PUT",
            f"/{bucket}",
            {},
            f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>"
            "</CreateBucketConfiguration>".encode(),
        ),
    )
    assert created.status == 200, created
    lacks = () if heeds_conditions else ("if-match", "if-none-match")

    def answer(request: Request) -> Response:
        kept = {name: value for name, value in request.headers.items() if name not in lacks}
        return _refusal(request) or _forward(moto, request._replace(headers=kept))

    with serving(answer) as server:
        yield ObjectStore(server, bucket, moto)


def _forward(moto: str, request: Request) -> Response:
    connection = http.client.HTTPConnection(moto, timeout=DEADLINE)
    # moto tells services by the signature, and regions too.
    credential = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{REGION}/s3/aws4_request"
    headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
    headers.setdefault("authorization", f"{credential}, SignedHeaders=host, Signature=0")
    try:
        connection.request(request.method, request.target, request.body, headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    hop_by_hop = ("connection", "transfer-encoding", "server", "date")
    kept = {name: value for name, value in answer.getheaders() if name.lower() not in hop_by_hop}
    return Response(answer.status, kept, body)


# The door


def _refusal(request: Request) -> Response | None:
    """What a store says that looks at signatures and digests; None for a request that is in order."""
    digest = hashlib.sha256(request.body)
    headers = request.headers
    if headers.get("x-amz-content-sha256") != digest.hexdigest():
        return refusal(400, "XAmzContentSHA256Mismatch")
    checksums = {
        "content-md5": hashlib.md5(request.body).digest(),
        "x-amz-checksum-sha256": digest.digest(),
    }
    for name, value in checksums.items():
        if name in headers and base64.b64decode(headers[name]) != value:
            return refusal(400, "BadDigest")
    if request.query.startswith("delete") and not checksums.keys() & headers.keys():
        return refusal(400, "MissingContentMD5")
    given = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[^/]+/s3/aws4_request), ?"
        r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})",
        headers.get("authorization", ""),
    )
    if given is None:
        return refusal(403, "AccessDenied")
    access_key, scope, signed, signature = given.groups()
    if access_key != ACCESS_KEY:
        return refusal(403, "InvalidAccessKeyId")
    must_be_signed = {name for name in headers if name.startswith("x-amz-")} | {"host"}
    if not must_be_signed <= set(signed.split(";")):
        return refusal(403, "AccessDenied")
    if not hmac.compare_digest(signature, _signature(request, scope, signed)):
        return refusal(403, "SignatureDoesNotMatch")
    return None


def _signature(request: Request, scope: str, signed: str) -> str:
    """Signature Version 4 as the store computes it."""
    canonical = "\n".join(
        [
            request.method,
            quote(unquote(request.path), safe="/-_.~"),
            "&".join(
                sorted(item if "=" in item else f"{item}=" for item in request.query.split("&") if item)
            ),
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed.split(";")),
            "",
            signed,
            request.headers["x-amz-content-sha256"],
        ]
    )
    to_sign = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            request.headers["x-amz-date"],
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def refusal(status: int, code: str) -> Response:
    """What S3 says when it does not do what it is asked for."""
    return Response(
        status,
        {"Content-Type": "application/xml"},
        f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode(),
    )
