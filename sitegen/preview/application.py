"""The application: the pages of the site, and below `/__sitegen__/` what the preview adds to them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from sitegen.content_types import HTML, content_type
from sitegen.errors import Problem
from sitegen.model import OutputPath, SourcePath, Url, Value
from sitegen.preview.addresses import OURS, AddressError, decoded, link, wanted
from sitegen.preview.events import View, Visit, Visits
from sitegen.preview.guard import Guard
from sitegen.preview.hosts import Hosts
from sitegen.preview.keeping import Keeper, News, Served
from sitegen.preview.pages import missing_page, trouble_page, with_script
from sitegen.preview.ranges import RangeError, part
from sitegen.urls import output_path_to_url, percent_encode

THEME_POLICY = "default-src 'self'"
"""The policy under which the default theme promises to run."""

NOT_FOUND = OutputPath("404.html")

EVENTS = "text/event-stream"

_LINE = re.compile(r"[1-9][0-9]{0,6}")


OpenEditor: TypeAlias = Callable[[SourcePath, int], str | None]
"""Opens a file of the project at a line; gives words for the author where that cannot be."""


class Behaviour(Value, frozen=True):
    """How the preview treats browsers."""

    token: str
    """What only pages served by this process know."""
    reloads: bool = True
    """Pages get the script that keeps them up to date."""
    follows: bool = False
    """Browsers go to the post that was saved."""
    policy: str | None = None
    """A Content-Security-Policy to be enforced; without one, that of the theme is only reported on."""


class _Found(Value, frozen=True):
    """What there is at an address."""

    served: Served
    path: OutputPath
    status: HTTPStatus = HTTPStatus.OK
    moved: str | None = None
    """Where it is to be asked for."""


class Preview:
    """The site and what the preview adds to it, as an application for a server."""

    def __init__(
        self,
        keeper: Keeper,
        catch_up: Callable[[], Awaitable[None]],
        behaviour: Behaviour,
        *,
        report: Callable[[tuple[Problem, ...]], None],
        open_editor: OpenEditor | None = None,
    ) -> None:
        """`catch_up` returns when all touched files are known, `report` hears of pages that cannot be made."""
        self._keeper = keeper
        self._catch_up = catch_up
        self._behaviour = behaviour
        self._tell = report
        self._failures: set[Problem] = set()
        """What only the making of pages brought to light since the last look."""
        self._open_editor = open_editor
        self.visits = Visits(lambda: keeper.news, follows=behaviour.follows)
        keeper.listen(self._announce)

    @property
    def home(self) -> str:
        """The address of the first page, as browsers ask for it."""
        return link(Url("/"), self._keeper.news.base)

    def application(self, hosts: Hosts) -> ASGIApp:
        """The application, which answers requests to these hosts only."""
        ours = [
            Route("/events", self._events),
            Route("/open", self._open),
            Route("/{name}", _own_file),
            Route("/{rest:path}", _nothing),
        ]
        routes = [Mount(OURS.rstrip("/"), routes=ours), Route("/{rest:path}", self._site)]
        return Guard(Starlette(routes=routes), hosts)

    def _announce(self, news: News) -> None:
        self._failures.clear()
        self.visits.announce(news)

    def _report(self, problems: tuple[Problem, ...]) -> None:
        """Passes on what only the making of a page brought to light, each problem once until the next look."""
        known = {*self._failures, *self._keeper.news.refresh.problems}
        fresh = tuple(problem for problem in problems if problem not in known)
        if fresh:
            self._failures.update(fresh)
            self._tell(fresh)

    # The site

    async def _site(self, request: Request) -> Response:
        """A file of the site, never older than its sources."""
        path = decoded(request.scope["raw_path"])
        await self._catch_up()
        await self._keeper.look()
        found = await self._find(path)
        if found.served.problems:
            self._report(found.served.problems)
        if found.moved:
            return RedirectResponse(found.moved + (f"?{request.url.query}" if request.url.query else ""))
        page = found.served.page
        if page is None:
            problems = found.served.problems
            if problems:
                return self._html(trouble_page(problems), "", path, HTTPStatus.INTERNAL_SERVER_ERROR)
            return self._html(missing_page(path, self.home), "", path, HTTPStatus.NOT_FOUND)
        kind = content_type(found.path)
        if kind != HTML:
            return _file(page.content, kind, request)
        return self._html(page.content, page.digest.hex(), path, found.status)

    async def _find(self, path: str) -> _Found:
        """What there is at a decoded path: a file, a folder's page, or the site's page for what is missing."""
        base = self._keeper.news.base
        asked = wanted(path, base)
        if asked.path is not None:
            served = await self._keeper.page(asked.path)
            if served.page or served.problems:
                return _Found(served=served, path=asked.path)
        if asked.folder is not None:
            served = await self._keeper.page(asked.folder)
            if served.page or served.problems:
                return _Found(served=served, path=asked.folder, moved=percent_encode(f"{path}/"))
        if path == "/" and base.path:
            return _Found(served=Served(page=None), path=NOT_FOUND, moved=self.home)
        served = await self._keeper.page(NOT_FOUND)
        return _Found(served=served, path=NOT_FOUND, status=HTTPStatus.NOT_FOUND)

    def _html(self, content: bytes, digest: str, path: str, status: HTTPStatus) -> Response:
        if self._behaviour.reloads:
            content = with_script(
                content, token=self._behaviour.token, digest=digest, page=percent_encode(path)
            )
        policy = self._behaviour.policy
        headers = (
            {"Content-Security-Policy-Report-Only": THEME_POLICY}
            if policy is None
            else {"Content-Security-Policy": policy}
        )
        return Response(content, status, headers, HTML)

    # What is added to it

    async def _events(self, request: Request) -> Response:
        """The event stream of one page."""
        if not self._is_ours(request):
            return _refused()
        if self.visits.are_full:
            return PlainTextResponse("Too many pages are open.\n", HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            path = decoded(request.query_params.get("page", "/").encode())
        except AddressError as error:
            return PlainTextResponse(f"{error}\n", HTTPStatus.BAD_REQUEST)
        if request.method == "HEAD":
            return Response(media_type=EVENTS)
        visit = Visit(lambda before: self._view(path, before), request.query_params.get("digest", ""))
        return StreamingResponse(self.visits.stream(visit), media_type=EVENTS)

    async def _view(self, path: str, before: View | None) -> View:
        """What an address shows now; `before` is what was there when the site last had something there."""
        await self._keeper.look()
        found = await self._find(path)
        page, problems = found.served.page, found.served.problems
        if problems:
            self._report(problems)
        is_missing = found.status == HTTPStatus.NOT_FOUND
        return View(
            digest=page.digest.hex() if page else "",
            source=page.source if page and not is_missing else None,
            file=found.path if page and not is_missing else None,
            is_missing=is_missing,
            moved=await self._moved(before) if is_missing and before else None,
            problems=problems,
        )

    async def _moved(self, before: View) -> Url | None:
        """Where something is now that was elsewhere: its source has another address, or the site another sub-path."""
        if before.source:
            return await self._keeper.page_of(before.source)
        if before.file and (await self._keeper.page(before.file)).page:
            return output_path_to_url(before.file)
        return None

    async def _open(self, request: Request) -> Response:
        """Opens the source of a page, or a file with a problem, in the author's editor."""
        if not self._is_ours(request):
            return _refused()
        line = request.query_params.get("line", "1")
        source = await self._source(request)
        if source is None or not _LINE.fullmatch(line):
            return PlainTextResponse("The site has no such source.\n", HTTPStatus.NOT_FOUND)
        if self._open_editor is None or request.method == "HEAD":
            return PlainTextResponse("No editor is known.\n", HTTPStatus.NOT_IMPLEMENTED)
        trouble = self._open_editor(source, int(line))
        return PlainTextResponse(trouble or "", HTTPStatus.NOT_IMPLEMENTED if trouble else HTTPStatus.OK)

    async def _source(self, request: Request) -> SourcePath | None:
        """The file that a request names by itself or by its page, if it is one that may be opened."""
        source = request.query_params.get("source")
        if source is None:
            try:
                path = decoded(request.query_params.get("page", "").encode())
            except AddressError:
                return None
            page = (await self._find(path)).served.page
            return page.source if page else None
        if source in self._faulty or await self._keeper.page_of(SourcePath(source)):
            return SourcePath(source)
        return None

    @property
    def _faulty(self) -> set[str | None]:
        """Files in which something is wrong."""
        return {problem.path for problem in (*self._keeper.news.refresh.problems, *self._failures)} - {None}

    def _is_ours(self, request: Request) -> bool:
        """Whether a request comes from a page that this process served."""
        token = request.query_params.get("token", "")
        return secrets.compare_digest(token.encode(), self._behaviour.token.encode())


def _refused() -> Response:
    return PlainTextResponse("The token is not that of this preview.\n", HTTPStatus.FORBIDDEN)


def _file(content: bytes, kind: str, request: Request) -> Response:
    """A file that is no page, or the part of it that was asked for."""
    headers = {"Accept-Ranges": "bytes"}
    # If-Range names a version, and as nothing is to be cached, we give none that it could name.
    asked = None if "if-range" in request.headers else request.headers.get("range")
    try:
        wanted_part = part(asked, len(content))
    except RangeError:
        headers["Content-Range"] = f"bytes */{len(content)}"
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    if wanted_part is None:
        return Response(content, headers=headers, media_type=kind)
    headers["Content-Range"] = f"bytes {wanted_part.start}-{wanted_part.stop - 1}/{len(content)}"
    body = content[wanted_part.start : wanted_part.stop]
    return Response(body, HTTPStatus.PARTIAL_CONTENT, headers, kind)


async def _own_file(request: Request) -> Response:
    """A script or style sheet of the preview."""
    name = request.path_params["name"]
    content = _own_files().get(name)
    return Response(content, media_type=content_type(name)) if content else await _nothing(request)


@cache
def _own_files() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (files("sitegen.preview") / "browser").iterdir()}


async def _nothing(_request: Request) -> Response:
    return PlainTextResponse("There is nothing here.\n", HTTPStatus.NOT_FOUND)
