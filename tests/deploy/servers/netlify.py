"""A stand-in for Netlify, written from its published API. It has not been compared with the real service.

It knows what a deploy by digests needs: sites, deploys, uploads, restoring, locks; it wants a token, digests that are
true, and names without `#` and `?`; and a deploy takes a while from the last upload until it is live.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.deploy.servers.http import FaultyServer, Request, Response, serving

TOKEN = "canary-of-netlify"
SITE = "3970e0fe-8564-4903-9a55-c5f8de49fb8b"


@dataclass
class Deploy:
    id: str
    title: str
    files: dict[str, str]
    """Digest by path; a path begins with `/`."""
    state: str = "uploading"
    is_draft: bool = False
    """Whether it is published only when somebody says so."""
    was_published: bool = False
    polls: int = 0
    """How often the state was asked for since the last file came."""


@dataclass
class Netlify:
    """One site of one account."""

    server: FaultyServer = field(init=False)
    deploys: list[Deploy] = field(default_factory=list)
    """Oldest first."""
    contents: dict[str, bytes] = field(default_factory=dict)
    """Every file that was ever uploaded, by digest."""
    published: Deploy | None = None
    is_locked: bool = False
    """Whether the user has stopped auto publishing."""

    @property
    def environment(self) -> dict[str, str]:
        """What the user's environment says."""
        return {"NETLIFY_AUTH_TOKEN": TOKEN}

    def files(self) -> dict[str, bytes]:
        """What visitors get, by path without the first `/`."""
        if self.published is None:
            return {}
        return {path[1:]: self.contents[digest] for path, digest in self.published.files.items()}

    def publish_by_hand(self, files: dict[str, str]) -> None:
        """What somebody does who deploys by other means."""
        self.deploys.append(Deploy(id=f"{len(self.deploys) + 1:024x}", title="", files=files, state="ready"))
        self._publish(self.deploys[-1])

    def _publish(self, deploy: Deploy) -> None:
        self.published, deploy.was_published = deploy, True

    def answer(self, request: Request) -> Response:
        visited = re.fullmatch(r"/permalink/([^/]+)/(.+)", request.path)
        if visited:
            return self._visit(visited[1], "/" + unquote(visited[2]))
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _json(401, {"code": 401, "message": "Access Denied"})
        path = request.path.removeprefix("/api/v1")
        title = parse_qs(request.query).get("title", [""])[0]
        upload = re.fullmatch(r"/deploys/([^/]+)/files/(.+)", path)
        deploy = re.fullmatch(rf"(?:/sites/{SITE})?/deploys/([^/]+)(/restore|/cancel)?", path)
        match request.method:
            case "GET" if path == f"/sites/{SITE}":
                return _json(200, {"id": SITE, "published_deploy": self._described(self.published)})
            case "GET" if path == f"/sites/{SITE}/files" and self.published:
                return _json(200, self._listed(self.published))
            case "GET" if path == f"/sites/{SITE}/deploys":
                return _json(200, [self._described(deploy) for deploy in self._page(request)])
            case "POST" if path == f"/sites/{SITE}/deploys":
                return self._create(json.loads(request.body), title)
            case "PUT" if upload:
                return self._upload(upload[1], "/" + unquote(upload[2]), request)
            case "GET" if deploy and not deploy[2]:
                return self._poll(deploy[1])
            case "POST" if deploy and deploy[2] == "/restore":
                return self._restore(deploy[1])
            case "POST" if deploy and deploy[2] == "/cancel":
                return self._cancel(deploy[1])
        return _json(404, {"code": 404, "message": "Not Found"})

    def _visit(self, identifier: str, path: str) -> Response:
        deploy = self._find(identifier)
        if deploy is None or path not in deploy.files or path == "/_headers":
            return Response(404, {}, b"not found")
        return Response(200, {}, self.contents[deploy.files[path]])

    def _page(self, request: Request) -> list[Deploy]:
        query = parse_qs(request.query)
        page, size = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["100"])[0])
        return self.deploys[::-1][(page - 1) * size : page * size]

    def _create(self, wanted: dict[str, Any], title: str) -> Response:
        files = {path if path[0] == "/" else f"/{path}": digest for path, digest in wanted["files"].items()}
        if any(mark in path for path in files for mark in "#?"):
            return _json(422, {"code": 422, "message": "Deployed filenames cannot contain # or ? characters"})
        deploy = Deploy(
            id=f"{len(self.deploys) + 1:024x}", title=title, files=files, is_draft=wanted["draft"]
        )
        self.deploys.append(deploy)
        return _json(200, self._described(deploy))

    def _upload(self, identifier: str, path: str, request: Request) -> Response:
        deploy = self._find(identifier)
        if deploy is None or path not in deploy.files:
            return _json(404, {"code": 404, "message": "Not Found"})
        digest = hashlib.sha1(request.body).hexdigest()
        if digest != deploy.files[path]:
            return _json(422, {"code": 422, "message": "the digest is another"})
        self.contents[digest] = request.body
        deploy.polls = 0
        return _json(200, {"id": path, "path": path, "sha": digest, "size": len(request.body)})

    def _poll(self, identifier: str) -> Response:
        deploy = self._find(identifier)
        if deploy is None:
            return _json(404, {"code": 404, "message": "Not Found"})
        if deploy.state == "uploading" and not self._required(deploy):
            deploy.polls += 1
            deploy.state = "uploading" if deploy.polls < 2 else "ready"
            if deploy.state == "ready" and not self.is_locked and not deploy.is_draft:
                self._publish(deploy)
        return _json(200, self._described(deploy))

    def _restore(self, identifier: str) -> Response:
        deploy = self._find(identifier)
        if deploy is None or deploy.state != "ready":
            return _json(404, {"code": 404, "message": "Not Found"})
        self._publish(deploy)
        return _json(201, self._described(deploy))

    def _cancel(self, identifier: str) -> Response:
        deploy = self._find(identifier)
        if deploy is None:
            return _json(404, {"code": 404, "message": "Not Found"})
        if deploy.state == "uploading":
            deploy.state = "error"
        return _json(201, self._described(deploy))

    def _find(self, identifier: str) -> Deploy | None:
        return next((deploy for deploy in self.deploys if deploy.id == identifier), None)

    def _required(self, deploy: Deploy) -> list[str]:
        return sorted(set(deploy.files.values()) - self.contents.keys())

    def _listed(self, deploy: Deploy) -> list[dict[str, Any]]:
        return [
            {"id": path, "path": path, "sha": digest, "size": len(self.contents[digest])}
            for path, digest in deploy.files.items()
        ]

    def _described(self, deploy: Deploy | None) -> dict[str, Any] | None:
        if deploy is None:
            return None
        return {
            "id": deploy.id,
            "site_id": SITE,
            "state": "processing" if deploy.state == "uploading" and deploy.polls else deploy.state,
            "title": deploy.title,
            "required": self._required(deploy) if deploy.state == "uploading" else [],
            "locked": self.is_locked,
            "published_at": "2026-01-01T00:00:00Z" if deploy.was_published else None,
            "deploy_ssl_url": f"{self.server.address}/permalink/{deploy.id}",
            "error_message": "canceled" if deploy.state == "error" else None,
        }


def _json(status: int, content: Any) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(content).encode())


@contextlib.contextmanager
def netlify() -> Iterator[Netlify]:
    site = Netlify()
    with serving(site.answer) as server:
        site.server = server
        yield site
