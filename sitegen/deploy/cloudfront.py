"""CloudFront in front of a bucket, made to forget what has changed."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from importlib.util import find_spec
from urllib.parse import quote, unquote, urlsplit

from sitegen.deploy.extras import missing_library
from sitegen.digests import blake2b
from sitegen.errors import Problem, SitegenError

_NAMED_AT_MOST = 1000
"""Paths; the service counts each, and takes 3,000 at a time. For more, everything is invalidated as one."""


class Distribution:
    """One CloudFront distribution, by its id."""

    def __init__(self, identifier: str, profile: str) -> None:
        if find_spec("boto3") is None:
            raise missing_library("cloudfront", "cloudfront")
        self._identifier = identifier
        self._profile = profile

    def invalidate(self, paths: Collection[str], site: str, reference: str) -> None:
        """Asks for the copies of these files of the site at `site` to be fetched anew. Raises `SitegenError`.

        What was asked for with one `reference` is not asked for twice.
        """
        import boto3  # noqa: PLC0415  # slow to import, and only for this
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        items = addresses(paths, site)
        digest = blake2b("\0".join(items).encode(), digest_size=8).hexdigest()
        batch = {
            "Paths": {"Quantity": len(items), "Items": items},
            "CallerReference": f"{reference}-{digest}",
        }
        try:
            # The service is the same everywhere, but its requests are signed for one region.
            client = boto3.Session(profile_name=self._profile or None).client(
                "cloudfront", region_name="us-east-1"
            )
            client.create_invalidation(DistributionId=self._identifier, InvalidationBatch=batch)
        except (BotoCoreError, ClientError) as error:
            message = f"CloudFront {self._identifier} does not invalidate: {error}"
            raise SitegenError(Problem(code="cloudfront", message=message)) from None


def addresses(paths: Collection[str], site: str) -> list[str]:
    """The addresses under which caches know these files of the site whose `base_url` is `site`."""
    root = quote(unquote(urlsplit(site).path)).rstrip("/")
    if len(paths) > _NAMED_AT_MOST:
        return [f"{root}/*"]
    found = set()
    for path in paths:
        found.add(f"{root}/{quote(path)}")
        if posixpath.basename(path) == "index.html":
            found.add(f"{root}/{quote(path.removesuffix('index.html'))}")
    return sorted(found)
