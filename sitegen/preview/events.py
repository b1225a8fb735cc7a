"""The event stream: what an open page has to know after each look at the files, and when its browser comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from sitegen.build.organise import Hidden
from sitegen.content_types import content_type
from sitegen.errors import Problem, problem_lines
from sitegen.model import OutputPath, SourcePath, Url, Value
from sitegen.preview.addresses import link
from sitegen.preview.keeping import News
from sitegen.urls import output_path_to_url

HEARTBEAT_SECONDS = 15.0
"""A stream that is silent for so long says that it is still there."""

MOST_VISITS = 100
"""Open streams; browsers open one for each page that is shown."""

_PARTS_OF_PAGES = ("audio/", "font/", "image/", "text/css", "text/javascript", "text/vtt", "video/")
"""Types of files that pages are made of; a page does not change with a feed or the sitemap."""


class View(Value, frozen=True):
    """What an address shows now."""

    digest: str
    """Of the page without our script; empty where there is nothing but problems to show."""
    source: SourcePath | None = None
    """The file that it shows."""
    file: OutputPath | None = None
    """The file of the site that it is; `None` where the site has none."""
    is_missing: bool = False
    """The site has no such page, and shows that."""
    moved: Url | None = None
    """Where what was shown here is now, if it is elsewhere."""
    problems: tuple[Problem, ...] = ()
    """Why the page is not as the files say."""


Look: TypeAlias = Callable[[View | None], Awaitable[View]]


class Visit:
    """One open page of a browser."""

    def __init__(self, look: Look, digest: str) -> None:
        """`look` tells what its address shows, by what was there before; `digest` is what the browser has."""
        self._look = look
        self._there: View | None = None
        """What was there when the site last had something there."""
        self._digest = digest
        self._problems: tuple[Problem, ...] | None = None
        self._hidden: dict[str, Hidden] | None = None
        self.bell = asyncio.Event()
        self.waiting: list[News] = []
        """Looks at the files of which it has not been told."""

    async def update(self, current: News, *, follows: bool) -> dict[str, Any] | None:
        """What the browser has to be told; `None` for nothing."""
        news, self.waiting = self.waiting, []
        for item in news:
            if self._there and self._there.source in item.refresh.renamed:
                self._there = replace(self._there, source=item.refresh.renamed[self._there.source])
        view = await self._look(self._there)
        self._there = view if view.file else self._there
        problems = tuple(dict.fromkeys((*current.refresh.problems, *view.problems)))
        hidden = {link(url, current.base): reason for url, reason in current.hidden.items()}
        saved = next((item.saved for item in reversed(news) if item.saved), None) if follows else None
        files = sorted({link(output_path_to_url(path), item.base) for item in news for path in _parts(item)})
        state = self._state(view)
        is_new = (problems, hidden) != (self._problems, self._hidden) or state != "same" or files or saved
        self._digest, self._problems, self._hidden = view.digest, problems, hidden
        if not is_new:
            return None
        return {
            "revision": current.revision,
            "page": state,
            "digest": view.digest,
            "files": files,
            "problems": [problem_document(problem) for problem in problems],
            "moved": link(view.moved, current.base) if view.moved else None,
            "follow": link(saved, current.base) if saved else None,
            "drafts": hidden,
        }

    def _state(self, view: View) -> Literal["same", "changed", "gone"]:
        if view.digest == self._digest:
            return "same"
        return "gone" if view.is_missing else "changed"


class Visits:
    """All open pages of browsers."""

    def __init__(self, current: Callable[[], News], *, follows: bool) -> None:
        """`current` gives the last look at the files; with `follows` browsers go to the post that was saved."""
        self._current = current
        self._follows = follows
        self._visits: set[Visit] = set()
        self._is_closed = False

    @property
    def are_full(self) -> bool:
        """Whether no more are taken."""
        return len(self._visits) >= MOST_VISITS

    def announce(self, news: News) -> None:
        """Has every open page told what concerns it."""
        for visit in self._visits:
            visit.waiting.append(news)
            visit.bell.set()

    def close(self) -> None:
        """Ends all streams."""
        self._is_closed = True
        for visit in self._visits:
            visit.bell.set()

    async def stream(self, visit: Visit) -> AsyncIterator[bytes]:
        """The events of one visit, at once and then as they come."""
        visit.bell.set()
        self._visits.add(visit)
        try:
            while not self._is_closed:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await visit.bell.wait()
                except TimeoutError:
                    yield b":\n\n"
                    continue
                visit.bell.clear()
                update = await visit.update(self._current(), follows=self._follows)
                if update is not None:
                    yield b"event: update\ndata: " + msgspec.json.encode(update) + b"\n\n"
        finally:
            self._visits.discard(visit)


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as in `--json`, and under `lines` the text and role of each line that the terminal would show."""
    document = msgspec.to_builtins(problem)
    assert isinstance(document, dict)
    return {**document, "lines": [{"text": text, "role": role} for text, role in problem_lines(problem)]}


def _parts(news: News) -> Sequence[OutputPath]:
    """The files of the site that changed and of which pages may be made."""
    refresh = news.refresh
    return [
        path for path in (*refresh.outdated, *refresh.gone) if content_type(path).startswith(_PARTS_OF_PAGES)
    ]
