"""A site of Netlify as its API shows it: what is published, what was, and deploys that are made out of sight."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from sitegen.deploy.manifest import Manifest, decode_manifest
from sitegen.deploy.memory import Memory
from sitegen.deploy.releases import outrun
from sitegen.deploy.target import Upload
from sitegen.errors import Problem, SitegenError
from sitegen.model import Value

if TYPE_CHECKING:
    from sitegen.deploy.netlify_api import NetlifyApi

STORED_MANIFEST = "sitegen-manifest.json"
"""The manifest's name on Netlify, where names that begin with a dot are for Netlify's own tools to leave out."""

_LISTED_AT_ONCE = 100
_LARGE = 1000
"""Files; Netlify is asked to take longer lists in its own time."""

_POLLS = 300
_LONGEST_PAUSE = 2.0
"""Seconds between two questions whether Netlify is done."""


class Holding(Value, frozen=True):
    """What a deploy holds."""

    manifest: Manifest | None = None
    """`None` in a deploy by other means."""
    files: dict[str, str] = {}
    """The digest of each file."""


class NetlifySite:
    """One site, whose deploys are known by their ids."""

    def __init__(self, api: NetlifyApi, name: str, shown: str, memory: Memory) -> None:
        """`name` is its id or its host."""
        self.shown = shown
        self._api = api
        self._memory = memory
        self._address = f"/sites/{quote(name, safe='')}"

    def close(self) -> None:
        """Ends the connections."""
        self._api.close()

    def current(self) -> str | None:
        """The deploy that is published."""
        found: str | None = self._published().get("id")
        return found

    def _published(self) -> dict[str, Any]:
        return self._api.get(self._address).get("published_deploy") or {}

    def published(self) -> tuple[str | None, Holding]:
        """The deploy that is published, and what it holds.

        No deploy ever changes. So what this machine has seen or made in the one that is published need not be asked for.
        """
        deploy = self._published()
        if not deploy:
            return None, Holding()
        identifier: str = deploy["id"]
        kept = self._memory.recall()
        if kept and kept[0] == identifier:
            with contextlib.suppress(msgspec.DecodeError):
                return identifier, msgspec.json.decode(kept[1], type=Holding)
        files = self.files()
        holding = Holding(manifest=self._manifest(deploy) if STORED_MANIFEST in files else None, files=files)
        self.remember(identifier, holding)
        return identifier, holding

    def remember(self, deploy: str, holding: Holding) -> None:
        """Notes what a deploy holds."""
        self._memory.keep(deploy, msgspec.json.encode(holding))

    def _manifest(self, deploy: Mapping[str, Any]) -> Manifest | None:
        address = deploy.get("deploy_ssl_url") or deploy.get("deploy_url", "")
        content = self._api.visit(f"{address.rstrip('/')}/{STORED_MANIFEST}")
        return None if content is None else decode_manifest(content, self.shown)

    def files(self) -> dict[str, str]:
        """The digest of each file that is published, as Netlify lists them."""
        found: dict[str, str] = {}
        page = 1
        while True:
            items = self._api.get(f"{self._address}/files", page=page, per_page=_LISTED_AT_ONCE)
            before = len(found)
            found.update({item["path"].lstrip("/"): item["sha"] for item in items})
            # The list used to come whole, whatever was asked for; then the next page brings nothing new.
            if len(found) == before or len(items) % _LISTED_AT_ONCE:
                return found
            page += 1

    def begin(self, digests: Mapping[str, str], title: str) -> tuple[str, frozenset[str]]:
        """A new deploy out of sight that is to hold these files; and the digests of which Netlify needs the content."""
        wish = {
            "files": {f"/{path}": digest for path, digest in sorted(digests.items())},
            "draft": True,
            "async": len(digests) > _LARGE,
        }
        deploy = self._api.post(f"{self._address}/deploys", wish, title=title)
        identifier: str = deploy["id"]
        if deploy.get("state") in ("new", "preparing"):
            deploy = self._wait_for(identifier, "prepared", "uploading", "uploaded", "processing", "ready")
        return identifier, _required(deploy)

    def send(self, deploy: str, upload: Upload) -> None:
        """Gives a deploy the content of one of its files."""
        self._api.upload(f"/deploys/{deploy}/files/{quote(upload.path)}", upload.parts, upload.entry.size)

    def lacking(self, deploy: str) -> frozenset[str]:
        """The digests of which a deploy still needs the content."""
        return _required(self._api.get(f"/deploys/{deploy}"))

    def abandon(self, deploy: str) -> None:
        """Tells Netlify not to wait for a deploy that nobody finishes."""
        self._api.tell(f"/deploys/{deploy}/cancel")

    def wait_until_ready(self, deploy: str) -> None:
        """Returns when a deploy can be published. Raises `SitegenError` when it will not be."""
        self._wait_for(deploy, "ready")

    def _wait_for(self, identifier: str, *states: str) -> dict[str, Any]:
        pause = 0.05
        for _ in range(_POLLS):
            deploy: dict[str, Any] = self._api.get(f"/deploys/{identifier}")
            if deploy["state"] in states:
                return deploy
            if deploy["state"] == "error":
                message = f"{self.shown} gave up this deploy: {deploy.get('error_message') or 'it does not say why'}"
                raise SitegenError(Problem(code="deploy", message=message))
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        message = (
            f"{self.shown} has not finished this deploy in ten minutes. Nothing was published. Deploy again"
        )
        raise SitegenError(Problem(code="deploy", message=message))

    def publish(self, deploy: str, before: str | None) -> None:
        """Shows a deploy in place of the one `before`. Raises `OutrunError` when another took its place at once."""
        self._api.post(f"{self._address}/deploys/{deploy}/restore")
        current = self.current()
        if current not in (deploy, before):
            raise outrun(self.shown)
        if current != deploy:
            message = (
                f"{self.shown} does not show this deploy, although it was told to. Look at its log there"
            )
            raise SitegenError(Problem(code="deploy", message=message))

    def past(self) -> Iterator[tuple[str, str]]:
        """The newest deploys that were published once, newest first: their ids and titles."""
        for deploy in self._api.get(f"{self._address}/deploys", page=1, per_page=_LISTED_AT_ONCE):
            if deploy.get("published_at"):
                yield deploy["id"], deploy.get("title") or ""


def _required(deploy: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(deploy.get("required") or ())
