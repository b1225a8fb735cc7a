"""The object stores there are, and where their credentials come from: never from the settings."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sitegen.config import S3Target
from sitegen.deploy import compression
from sitegen.deploy.extras import missing_library
from sitegen.deploy.memory import Memory
from sitegen.deploy.target import Remote, Surroundings
from sitegen.errors import Problem, SitegenError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3CredentialProvider

_UNTIL_PATIENCE_ENDS = 1000
"""How often a request is tried again at most, which is more often than time allows."""

_HOSTS_IN_NAME = (".aliyuncs.com", ".myqcloud.com", ".bcebos.com", ".volces.com")
"""Stores that want the bucket in the host's name."""

_WITHOUT_BULK_DELETE = (".aliyuncs.com",)
"""Stores that do not take the request that deletes a thousand objects."""

_OTHER_CREDENTIALS = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""Variables that say that the machine itself has credentials."""


def s3_remote(target: S3Target, surroundings: Surroundings) -> Remote:
    """The bucket that the settings name. Raises `SitegenError` when a library or credentials are missing."""
    if find_spec("obstore") is None:
        raise missing_library('target = "s3"', "s3")
    if target.compress != "none":
        compression.require(target.compress)
    from sitegen.deploy.bucket import Bucket  # noqa: PLC0415  # the library is an extra
    from sitegen.deploy.cloudfront import Distribution  # noqa: PLC0415
    from sitegen.deploy.s3 import BucketRemote  # noqa: PLC0415

    distribution = Distribution(target.cloudfront, target.profile) if target.cloudfront else None
    bucket = Bucket(_store(target, surroundings), target.bucket, target.patience_seconds)
    memory = Memory(surroundings.project, f"{target.endpoint}\0{target.bucket}")
    return BucketRemote(target, bucket, distribution, memory, surroundings.now)


def _store(target: S3Target, surroundings: Surroundings) -> ObjectStore:
    from obstore.exceptions import BaseError  # noqa: PLC0415
    from obstore.store import AzureStore, GCSStore  # noqa: PLC0415

    retries: RetryConfig = {
        "max_retries": _UNTIL_PATIENCE_ENDS if target.patience_seconds else 0,
        "retry_timeout": timedelta(seconds=target.patience_seconds),
        # Each pause is drawn from what lies between the first and four times the last, so that it doubles on average.
        "backoff": {
            "init_backoff": timedelta(seconds=0.2),
            "max_backoff": timedelta(seconds=15),
            "base": 4,
        },
    }
    client: ClientConfig = {
        "connect_timeout": timedelta(seconds=min(target.timeout_seconds, 10)),
        "read_timeout": timedelta(seconds=target.timeout_seconds),
        "timeout": timedelta(hours=1),  # a large file on a slow line takes its time
        "allow_http": target.endpoint.startswith("http://"),
        "pool_idle_timeout": timedelta(seconds=30),
    }
    place = urlsplit(target.bucket)
    folder = place.path.strip("/")
    try:
        match place.scheme:
            case "gs":
                return GCSStore(
                    place.netloc, prefix=folder or None, client_options=client, retry_config=retries
                )
            case "az":
                container, _, folder = folder.partition("/")
                return AzureStore(
                    container,
                    account_name=place.netloc,
                    prefix=folder or None,
                    client_options=client,
                    retry_config=retries,
                )
            case _:
                return _s3_store(target, surroundings, client, retries)
    except (BaseError, ValueError) as error:
        reason = str(error).partition("Debug source")[0].strip()
        message = f"{target.bucket} cannot be opened: {reason}"
        raise SitegenError(Problem(code="credentials", message=message)) from None


def _s3_store(
    target: S3Target, surroundings: Surroundings, client: ClientConfig, retries: RetryConfig
) -> ObjectStore:
    from obstore.store import S3Store  # noqa: PLC0415

    place = urlsplit(target.bucket)
    environment = surroundings.environment
    config: dict[str, Any] = dict(_address(target, place.netloc))
    config["region"] = (
        target.region or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
    )
    provider = None
    if not target.profile and environment.get("AWS_ACCESS_KEY_ID"):
        config["access_key_id"] = environment["AWS_ACCESS_KEY_ID"]
        config["secret_access_key"] = environment.get("AWS_SECRET_ACCESS_KEY", "")
        if environment.get("AWS_SESSION_TOKEN"):
            config["session_token"] = environment["AWS_SESSION_TOKEN"]
    elif target.profile or not any(environment.get(name) for name in _OTHER_CREDENTIALS):
        provider = _from_aws_configuration(target)
    return S3Store(
        place.netloc,
        prefix=place.path.strip("/") or None,
        client_options=client,
        retry_config=retries,
        credential_provider=provider,
        **config,
    )


def _address(target: S3Target, bucket: str) -> dict[str, Any]:
    """Where the bucket is asked for, and what the store there cannot do."""
    endpoint = target.endpoint.rstrip("/")
    if not endpoint:
        # A certificate for *.s3.amazonaws.com does not cover a name with a dot.
        return {"virtual_hosted_style_request": "." not in bucket}
    host = urlsplit(endpoint).hostname or ""
    config: dict[str, Any] = {"endpoint": endpoint}
    if host.endswith(_HOSTS_IN_NAME) or host.startswith(f"{bucket}."):
        config["virtual_hosted_style_request"] = True
        if not host.startswith(f"{bucket}."):
            config["endpoint"] = endpoint.replace("://", f"://{bucket}.", 1)
    if host.endswith(_WITHOUT_BULK_DELETE):
        config["disable_bulk_delete"] = True
    return config


def _from_aws_configuration(target: S3Target) -> S3CredentialProvider:
    """The credentials of the user's AWS configuration, single sign-on among them, as far as boto3 finds any."""
    if find_spec("boto3") is None:
        message = (
            f"there are no credentials for {target.bucket}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or let "
            "your AWS configuration be read: pip install 'sitegen[cloudfront]'"
        )
        raise SitegenError(Problem(code="credentials", message=message))
    import boto3  # noqa: PLC0415  # slow to import, and only where nothing else gave credentials
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415

    try:
        return Boto3CredentialProvider(boto3.Session(profile_name=target.profile or None))
    except (BotoCoreError, ValueError) as error:
        reason = "" if isinstance(error, ValueError) else f" ({error})"
        message = (
            f"there are no credentials for {target.bucket}{reason}: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or name a profile of your AWS configuration"
        )
        raise SitegenError(Problem(code="credentials", message=message)) from None
