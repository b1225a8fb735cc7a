"""The target `netlify`: a site of Netlify, whose deploys are made out of sight and published whole.

A deploy is a list of all paths with their digests; only contents that Netlify has never seen are sent. What is in
the published deploy and not ours, goes into the next one as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import msgspec

from sitegen.config import NetlifyTarget
from sitegen.deploy.extras import missing_library
from sitegen.deploy.headers import Rules
from sitegen.deploy.manifest import Manifest, decode_manifest, encode_manifest
from sitegen.deploy.netlify_headers import header_file
from sitegen.deploy.plan import Plan
from sitegen.deploy.releases import no_release, outrun
from sitegen.deploy.target import Found, Release, Remote, Sent, Surroundings, Upload, made_upload
from sitegen.errors import Problem, SitegenError

if TYPE_CHECKING:
    from sitegen.deploy.netlify_api import NetlifyApi

TOKEN = "NETLIFY_AUTH_TOKEN"  # noqa: S105  # the name of a variable

STORED_MANIFEST = "sitegen-manifest.json"
"""The manifest's name on Netlify, where names that begin with a dot are for Netlify's own tools to leave out."""

HEADERS = "_headers"
"""The file that tells Netlify about headers. It is not shown to visitors."""

_PARALLEL = 16
_LISTED_AT_ONCE = 100
_LARGE = 1000
"""Files; Netlify is asked to take longer lists in its own time."""

_MARKS = "#?"
"""What Netlify allows in no path."""

_POLLS = 300
_LONGEST_PAUSE = 2.0
"""Seconds between two questions whether Netlify is done."""

_TITLE = re.compile(r"sitegen (\d{8}-\d{6}-[0-9a-f]+), (\d+) files(?:: (.*))?", re.DOTALL)


def netlify_remote(target: NetlifyTarget, surroundings: Surroundings) -> Remote:
    """The site that the settings name. Raises `SitegenError` when the library or the token is missing."""
    if find_spec("httpx") is None:
        raise missing_library('target = "netlify"', "netlify")
    from sitegen.deploy.netlify_api import NetlifyApi  # noqa: PLC0415  # the library is an extra

    shown = f"Netlify's site {target.site}"
    token = surroundings.environment.get(TOKEN, "").strip()
    if not token:
        message = f"there is no token for {shown}: set {TOKEN} to a personal access token of yours"
        raise SitegenError(Problem(code="credentials", message=message))
    api = NetlifyApi(target.endpoint, token, shown, target.timeout_seconds, target.patience_seconds)
    return NetlifyRemote(api, target, shown)


class NetlifyRemote:
    """A site of Netlify, opened for one command."""

    is_atomic = True
    why_no_releases = ""

    def __init__(self, api: NetlifyApi, target: NetlifyTarget, shown: str) -> None:
        self.shown = shown
        self._api = api
        self._site = f"/sites/{quote(target.site, safe='')}"
        self._rules: Rules = target.headers
        self._published: str | None = None
        """The deploy that was published when the site was looked at."""
        self._listed: dict[str, str] = {}
        """The digest of each file in it."""
        self._previous: Manifest | None = None
        self._making: str | None = None
        """The deploy that is being made."""
        self._digests: dict[str, str] = {}
        """Of each file in that."""
        self._required: set[str] = set()
        """The digests among them whose contents Netlify does not have."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandon()
        self._api.close()

    def _abandon(self) -> None:
        """Tells Netlify not to wait for a deploy that nobody finishes."""
        if self._making:
            with contextlib.suppress(SitegenError):
                self._api.post(f"/deploys/{self._making}/cancel")
        self._making = None

    def look(self) -> Found:
        """What the manifest in the published deploy says, compared with Netlify's list of its files."""
        self._abandon()
        published = self._api.get(self._site).get("published_deploy") or {}
        self._published, self._listed, self._previous = published.get("id"), {}, None
        if self._published is None:
            return Found(manifest=None)
        self._listed = self._list()
        if STORED_MANIFEST not in self._listed:
            return Found(manifest=None)
        address = published.get("deploy_ssl_url") or published.get("deploy_url", "")
        content = self._api.visit(f"{address.rstrip('/')}/{STORED_MANIFEST}")
        if content is None:
            return Found(manifest=None)
        manifest = decode_manifest(content, self.shown)
        self._previous = manifest
        altered = {path for path, entry in manifest.files.items() if self._listed.get(path) != entry.remote}
        return Found(manifest=manifest, altered=frozenset(altered))

    def _list(self) -> dict[str, str]:
        found: dict[str, str] = {}
        page = 1
        while True:
            items = self._api.get(f"{self._site}/files", page=page, per_page=_LISTED_AT_ONCE)
            before = len(found)
            found.update({item["path"].lstrip("/"): item["sha"] for item in items})
            # The list used to come whole, whatever was asked for; then the next page brings nothing new.
            if len(found) == before or len(items) % _LISTED_AT_ONCE:
                return found
            page += 1

    def dress(self, files: Mapping[str, Upload]) -> dict[str, Upload]:
        """The files with one more that tells Netlify their headers. Raises `SitegenError` for names it takes not."""
        refused = [path for path in files if set(_MARKS) & set(path)]
        if refused:
            message = "Netlify takes no file with # or ? in its path. Give it another address"
            raise SitegenError(Problem(code="deploy", message=message, path=path) for path in refused)
        content = header_file(files, self._rules).encode()
        if HEADERS in files or not content:
            return dict(files)
        return {**files, HEADERS: made_upload(HEADERS, content)}

    def occupied(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those in whose place the published deploy has another file."""
        return frozenset(
            upload.path for upload in uploads if self._listed.get(upload.path) not in (None, _digest(upload))
        )

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those of which Netlify says that it does not have their content in their place."""
        if self._making:
            deploy = self._api.get(f"/deploys/{self._making}")
            missing = set(deploy.get("required") or ())
            return frozenset(upload.path for upload in uploads if self._digests[upload.path] in missing)
        return frozenset(upload.path for upload in uploads if self._listed.get(upload.path) != _known(upload))

    def begin(self, plan: Plan) -> None:
        """Begins a deploy out of sight: all its paths, those of others included, with their digests."""
        sent = {step.path for step in plan.steps if step.action != "delete"}
        ours = {
            path: _digest(upload) if path in sent else self._listed[path]
            for path, upload in plan.uploads.items()
        }
        left = self._listed.keys() - set(plan.deletions)
        recorded = {
            path: msgspec.structs.replace(entry, remote=ours[path])
            for path, entry in plan.manifest.files.items()
        }
        manifest = msgspec.structs.replace(plan.manifest, files=recorded)
        stored = made_upload(STORED_MANIFEST, encode_manifest(manifest))
        self._digests = {
            **{path: self._listed[path] for path in left},
            **ours,
            STORED_MANIFEST: _digest(stored),
        }
        title = f"sitegen {manifest.release}, {len(manifest.files)} files"
        wish: dict[str, Any] = {
            "files": {f"/{path}": digest for path, digest in sorted(self._digests.items())},
            "draft": True,
            "async": len(self._digests) > _LARGE,
        }
        text = f"{title}: {manifest.message}" if manifest.message else title
        deploy = self._api.post(f"{self._site}/deploys", wish, title=text)
        self._making = deploy["id"]
        if deploy.get("state") in ("new", "preparing"):
            deploy = self._wait_for("prepared", "uploading", "uploaded", "processing", "ready")
        self._required = set(deploy.get("required") or ())
        self._send(stored)

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Sends the contents that Netlify does not have yet, each once."""
        first = {self._digests[upload.path]: upload for upload in uploads}
        needed = [upload for digest, upload in first.items() if digest in self._required]
        pool = ThreadPoolExecutor(_PARALLEL)
        try:
            for future in as_completed([pool.submit(self._send, upload) for upload in needed]):
                future.result()
        finally:
            pool.shutdown(cancel_futures=True)
        for upload in uploads:
            sent(upload.path)

    def _send(self, upload: Upload) -> None:
        if self._digests[upload.path] in self._required:
            place = f"/deploys/{self._making}/files/{quote(upload.path)}"
            self._api.upload(place, upload.parts, upload.entry.size)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Nothing is left to do: the deploy was begun without them."""
        for path in paths:
            sent(path)

    def commit(self, manifest: Manifest) -> None:  # noqa: ARG002  # it went with the files
        """Publishes the deploy."""
        self._wait_for("ready")
        if self._current() != self._published:
            raise outrun(self.shown)
        assert self._making
        self._publish(self._making, self._published)
        self._making = None

    def _wait_for(self, *states: str) -> dict[str, Any]:
        """The deploy when it has one of these states. Raises `SitegenError` when it will not."""
        pause = 0.05
        for _ in range(_POLLS):
            deploy: dict[str, Any] = self._api.get(f"/deploys/{self._making}")
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

    def _current(self) -> str | None:
        found: str | None = (self._api.get(self._site).get("published_deploy") or {}).get("id")
        return found

    def _publish(self, deploy: str, before: str | None) -> None:
        """Shows a deploy in place of the one `before`. Raises `OutrunError` when another took its place at once."""
        self._api.post(f"{self._site}/deploys/{deploy}/restore")
        current = self._current()
        if current not in (deploy, before):
            raise outrun(self.shown)
        if current != deploy:
            message = (
                f"{self.shown} does not show this deploy, although it was told to. Look at its log there"
            )
            raise SitegenError(Problem(code="deploy", message=message))

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: Netlify sees to its own caches."""

    def releases(self) -> tuple[Release, ...]:
        """The releases of ours among Netlify's newest deploys that were published once."""
        current = self._current()
        return tuple(
            Release(
                name=title[1],
                created=_created(title[1]),
                files=int(title[2]),
                is_current=identifier == current,
                message=title[3] or "",
            )
            for identifier, title in sorted(self._ours(), key=lambda found: found[1][1], reverse=True)
        )

    def _ours(self) -> list[tuple[str, re.Match[str]]]:
        deploys = self._api.get(f"{self._site}/deploys", page=1, per_page=_LISTED_AT_ONCE)
        return [
            (deploy["id"], title)
            for deploy in deploys
            if deploy.get("published_at") and (title := _TITLE.fullmatch(deploy.get("title") or ""))
        ]

    def roll_back(self, release: str) -> None:
        """Publishes the deploy of an earlier release again."""
        found = [identifier for identifier, title in self._ours() if title[1] == release]
        if not found:
            raise no_release(self.shown, release)
        self._publish(found[0], self._current())


def _digest(upload: Upload) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for part in upload.parts():
        digest.update(part)
    return digest.hexdigest()


def _known(upload: Upload) -> str:
    """The digest that a file should have."""
    if upload.place is None and not upload.content:
        return upload.entry.remote
    return _digest(upload)


def _created(release: str) -> str:
    moment = datetime.strptime(release[:15], "%Y%m%d-%H%M%S")  # noqa: DTZ007  # names are in UTC
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
