"""The target `netlify`: a site of Netlify, whose deploys are made out of sight and published whole.

A deploy is a list of all paths with their digests; only contents that Netlify has never seen are sent. What is in
the published deploy and not ours, goes into the next one as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec
from types import TracebackType
from typing import Self

import msgspec

from sitegen.config import NetlifyTarget
from sitegen.deploy.extras import missing_library
from sitegen.deploy.headers import Rules
from sitegen.deploy.manifest import Manifest, encode_manifest
from sitegen.deploy.memory import Memory
from sitegen.deploy.netlify_headers import header_file
from sitegen.deploy.netlify_site import STORED_MANIFEST, Holding, NetlifySite
from sitegen.deploy.parallel import all_at_once
from sitegen.deploy.plan import Plan
from sitegen.deploy.releases import no_release, outrun
from sitegen.deploy.target import Found, Release, Remote, Sent, Surroundings, Upload, made_upload
from sitegen.errors import Problem, SitegenError

TOKEN = "NETLIFY_AUTH_TOKEN"  # noqa: S105  # the name of a variable

HEADERS = "_headers"
"""The file that tells Netlify about headers. It is not shown to visitors."""

_PARALLEL = 16

_MARKS = "#?"
"""What Netlify allows in no path."""

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
    memory = Memory(surroundings.project, f"{target.endpoint}\0{target.site}")
    return NetlifyRemote(NetlifySite(api, target.site, shown, memory), target.headers)


class NetlifyRemote:
    """A site of Netlify, opened for one command."""

    is_atomic = True
    why_no_releases = ""

    def __init__(self, site: NetlifySite, rules: Rules) -> None:
        self.shown = site.shown
        self._site = site
        self._rules = rules
        self._published: str | None = None
        """The deploy that was published when the site was looked at."""
        self._listed: dict[str, str] = {}
        """The digest of each file in it."""
        self._making: str | None = None
        """The deploy that is being made."""
        self._digests: dict[str, str] = {}
        """Of each file in that."""
        self._manifest: Manifest | None = None
        """As it is stored in that."""
        self._required: frozenset[str] = frozenset()
        """The digests among them whose contents Netlify does not have."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandon()
        self._site.close()

    def _abandon(self) -> None:
        if self._making:
            self._site.abandon(self._making)
        self._making = None

    def look(self) -> Found:
        """What the manifest in the published deploy says, compared with Netlify's list of its files."""
        self._abandon()
        self._published, holding = self._site.published()
        self._listed = holding.files
        ours = holding.manifest.files if holding.manifest else {}
        altered = {path for path, entry in ours.items() if holding.files.get(path) != entry.remote}
        return Found(manifest=holding.manifest, altered=frozenset(altered))

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
        there = [upload for upload in uploads if upload.path in self._listed]
        return frozenset(upload.path for upload in there if self._listed[upload.path] != _digest(upload))

    def differing(self, uploads: Sequence[Upload]) -> frozenset[str]:
        """Those of which Netlify says that it does not have their content in their place."""
        if self._making:
            lacking = self._site.lacking(self._making)
            return frozenset(upload.path for upload in uploads if self._digests[upload.path] in lacking)
        listed = self._site.files()
        return frozenset(upload.path for upload in uploads if listed.get(upload.path) != _known(upload))

    def begin(self, plan: Plan) -> None:
        """Begins a deploy out of sight: all its paths, those of others included, with their digests."""
        sent = {step.path for step in plan.steps if step.action != "delete"}
        ours = {
            path: _digest(upload) if path in sent else self._listed[path]
            for path, upload in plan.uploads.items()
        }
        recorded = {
            path: msgspec.structs.replace(entry, remote=ours[path])
            for path, entry in plan.manifest.files.items()
        }
        self._manifest = msgspec.structs.replace(plan.manifest, files=recorded)
        stored = made_upload(STORED_MANIFEST, encode_manifest(self._manifest))
        gone = set(plan.deletions)
        left = {path: digest for path, digest in self._listed.items() if path not in gone}
        self._digests = {**left, **ours, STORED_MANIFEST: _digest(stored)}
        self._making, self._required = self._site.begin(self._digests, _title(plan.manifest))
        self._send(stored)

    def put(self, uploads: Sequence[Upload], sent: Sent) -> None:
        """Sends the contents that Netlify does not have yet, each once."""
        alike = defaultdict(list)
        for upload in uploads:
            alike[self._digests[upload.path]].append(upload)
        for same, _ in all_at_once(lambda same: self._send(same[0]), alike.values(), _PARALLEL):
            for upload in same:
                sent(upload.path)

    def _send(self, upload: Upload) -> None:
        if self._digests[upload.path] in self._required:
            assert self._making
            self._site.send(self._making, upload)

    def delete(self, paths: Sequence[str], sent: Sent) -> None:
        """Nothing is left to do: the deploy was begun without them."""
        for path in paths:
            sent(path)

    def commit(self, manifest: Manifest) -> None:  # noqa: ARG002  # it went with the files
        """Publishes the deploy."""
        assert self._making
        self._site.wait_until_ready(self._making)
        if self._site.current() != self._published:
            raise outrun(self.shown)
        self._site.publish(self._making, self._published)
        self._site.remember(self._making, Holding(manifest=self._manifest, files=self._digests))
        self._making = None

    def invalidate(self, paths: Collection[str]) -> None:
        """Nothing: Netlify sees to its own caches."""

    def releases(self) -> tuple[Release, ...]:
        """The releases of ours among Netlify's newest deploys that were published once."""
        current = self._site.current()
        found = (
            Release(
                name=title[1],
                created=_created(title[1]),
                files=int(title[2]),
                is_current=deploy == current,
                message=title[3] or "",
            )
            for deploy, title in self._ours()
        )
        return tuple(sorted(found, key=lambda release: release.name, reverse=True))

    def _ours(self) -> Iterator[tuple[str, re.Match[str]]]:
        for deploy, text in self._site.past():
            title = _TITLE.fullmatch(text)
            if title:
                yield deploy, title

    def roll_back(self, release: str) -> None:
        """Publishes the deploy of an earlier release again."""
        found = next((deploy for deploy, title in self._ours() if title[1] == release), None)
        if found is None:
            raise no_release(self.shown, release)
        self._site.publish(found, self._site.current())


def _title(manifest: Manifest) -> str:
    """What Netlify shows of a deploy, and by which it is known for one of ours."""
    title = f"sitegen {manifest.release}, {len(manifest.files)} files"
    return f"{title}: {manifest.message}" if manifest.message else title


def _created(release: str) -> str:
    moment = datetime.strptime(release[:15], "%Y%m%d-%H%M%S")  # noqa: DTZ007  # names are in UTC
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


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
