"""Keeping the live site fresh: its one thread, what has been touched since the last look, and who wants to know."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from sitegen import __version__
from sitegen.build.live import LiveSite
from sitegen.build.live_values import LiveOptions, LivePage, Refresh
from sitegen.build.organise import Hidden
from sitegen.build.state_folder import Note
from sitegen.errors import Problem, SitegenError
from sitegen.model import OutputPath, SourcePath, Url, Value
from sitegen.preview.threads import WorkThread
from sitegen.urls import BaseUrl

QUIET_SECONDS = 0.008
"""A burst of changes has ended when nothing was touched for so long."""

LONGEST_BURST_SECONDS = 0.1
"""Whatever goes on, the site follows the files after so long."""

GOODBYE_SECONDS = 1.0
"""How long the site may take to finish what it is doing, and to remember itself, when the preview ends."""

GOOD_PAGES = 64
"""How many pages are kept to be shown when their template fails."""

Clock: TypeAlias = Callable[[], datetime]


class News(Value, frozen=True):
    """What a look at the files brought."""

    revision: int
    """The number of the look, from 1."""
    refresh: Refresh
    seconds: float
    """How long it took."""
    base: BaseUrl
    """Where the site lives."""
    hidden: dict[Url, Hidden]
    """The pages that only the preview shows, with the reason: `draft`, `future`, `expired`."""
    saved: Url | None
    """The page of the post that was saved, if it was exactly one."""
    has_site: bool = False
    """Whether there is a site to show, be it that of an earlier look."""


class Served(Value, frozen=True):
    """A file of the site for one who asked."""

    page: LivePage | None
    """As it last was where there are problems; `None` where the site has none."""
    problems: tuple[Problem, ...] = ()
    """Why it cannot be made as the files now say."""


_NOTHING_YET = News(
    revision=0, refresh=Refresh(), seconds=0.0, base=BaseUrl(origin="", path=""), hidden={}, saved=None
)


class Keeper:
    """The live site behind its thread. Its methods belong to the thread of the event loop."""

    def __init__(self, project: Path, options: LiveOptions, clock: Clock, note: Note) -> None:
        """Nothing is looked at before the first `look`. `note` hears what the user should know of the state."""
        self._project = project
        self._options = options
        self._clock = clock
        self._note = note
        self._thread = WorkThread("live site")
        self._site: LiveSite | None = None
        self._touched: set[Path] | None = None
        """Since the last look; `None` for any file."""
        self._has_news = asyncio.Event()
        self._has_news.set()
        self._looking = asyncio.Lock()
        self._looks: set[asyncio.Task[None]] = set()
        self._good: OrderedDict[OutputPath, LivePage] = OrderedDict()
        self._listeners: list[Callable[[News], None]] = []
        self.news = _NOTHING_YET
        """What the last look brought."""

    @property
    def options(self) -> LiveOptions:
        """What the site shows."""
        return self._options

    def listen(self, listener: Callable[[News], None]) -> None:
        """Has `listener` told of every look."""
        self._listeners.append(listener)

    def touch(self, files: Collection[Path] | None) -> None:
        """Notes that files have been touched; `None` means that any may have been."""
        if files is None:
            self._touched = None
        elif self._touched is not None:
            self._touched.update(files)
        self._has_news.set()

    async def follow(self) -> None:
        """Follows the files until it is cancelled."""
        while True:
            while not self._has_news.is_set() and await self._load_some():
                pass
            await self._has_news.wait()
            await self._quiet()
            await self.look()

    async def _load_some(self) -> bool:
        """Lets the site load a few more of the posts that it began without; whether there may be others."""
        async with self._looking:
            site = self._site
            try:
                refresh = await self._thread.do(site.load_some) if site else None
                may_go_on = refresh is not None
            except Exception as error:  # noqa: BLE001 - a bug must not end the following; it is shown
                refresh, may_go_on = Refresh(problems=(_bug(error),)), False
            if refresh is not None and refresh.problems != self.news.refresh.problems:
                self._tell(replace(self.news, refresh=refresh, saved=None))
        return may_go_on

    async def look(self) -> None:
        """Returns when the site is what the files that are known to have been touched make it."""
        if self._has_news.is_set() or self._looking.locked():
            # Whoever waits may leave, as the browser does that closes a page. What is found concerns others too.
            look = asyncio.create_task(self._look())
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)
            await asyncio.shield(look)

    async def _look(self) -> None:
        async with self._looking:
            if self._has_news.is_set():
                loop = asyncio.get_running_loop()
                begin = loop.time()
                news = await self._refreshed_at_rest()
                self._tell(replace(news, seconds=loop.time() - begin))

    async def _refreshed_at_rest(self) -> News:
        """What a look brings; while it is errors and something is being written, what the next one does."""
        loop = asyncio.get_running_loop()
        news = await self._refresh()
        end = loop.time() + LONGEST_BURST_SECONDS
        while news.refresh.has_errors:
            await asyncio.sleep(QUIET_SECONDS)
            if not self._has_news.is_set():
                break
            news = _both(news, await self._refresh())  # a file may have been only half there
            if loop.time() > end:
                break
        return news

    async def _refresh(self) -> News:
        touched, self._touched = self._touched, set()
        self._has_news.clear()
        loop = asyncio.get_running_loop()

        def note(text: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._note, text)

        return await self._thread.do(lambda: self._refreshed(touched, note))

    def _tell(self, news: News) -> None:
        self.news = replace(news, revision=news.revision + 1)
        for listener in self._listeners:
            listener(self.news)

    async def show(self, options: LiveOptions) -> None:
        """Shows the site by other options from now on."""
        self._options = options
        async with self._looking:
            await self._thread.do(self._close_site)
            self.touch(None)
        await self.look()

    async def page(self, path: OutputPath) -> Served:
        """A file of the site as of the last look."""
        if self._site is None:  # it is just being replaced
            await self.look()
        site = self._site
        if site is None or site.base is None:
            return Served(page=self._good.get(path), problems=self.news.refresh.problems)
        try:
            page = await self._thread.do(lambda: site.page(path))
        except SitegenError as error:
            return Served(page=self._good.get(path), problems=error.problems)
        except Exception as error:  # noqa: BLE001 - a bug in one page must not end the preview; it is shown
            return Served(page=self._good.get(path), problems=(_bug(error),))
        if page and path.endswith(".html"):
            self._good[path] = page
            self._good.move_to_end(path)
            if len(self._good) > GOOD_PAGES:
                self._good.popitem(last=False)
        return Served(page=page)

    async def page_of(self, source: SourcePath) -> Url | None:
        """The address of the page that a file is the source of, `None` if it is not published as one."""
        site = self._site
        return await self._thread.do(lambda: site.page_of(source)) if site is not None else None

    async def close(self) -> None:
        """Lets the site go; if it is busy, in the middle of its work, which its state withstands."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS), self._looking:
                await self._thread.do(self._close_site)
        self._thread.end()

    async def _quiet(self) -> None:
        """Returns when nothing more is touched, or at the latest when a burst has lasted long enough."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_BURST_SECONDS
        seen = -1
        while self._touched is not None and len(self._touched) != seen and loop.time() < end:
            seen = len(self._touched)
            await asyncio.sleep(QUIET_SECONDS)

    # What happens in the thread of the site

    def _refreshed(self, touched: set[Path] | None, note: Note) -> News:
        """What a look brings; the site stays what it was where it brings errors."""
        try:
            self._site = self._site or LiveSite(self._project, self._options, note)
            refresh = self._site.refresh(self._clock(), touched)
            pages = [url for source in refresh.changed if (url := self._site.page_of(source)) is not None]
            return replace(
                self.news,
                refresh=refresh,
                base=self._site.base or self.news.base,
                hidden=dict(self._site.drafts()),
                saved=pages[0] if len(pages) == 1 else None,
                has_site=self._site.base is not None,
            )
        except SitegenError as error:
            problems = error.problems
        except Exception as error:  # noqa: BLE001 - a bug must not end the preview; it is shown
            problems = (_bug(error),)
        has_site = self._site is not None and self._site.base is not None
        return replace(self.news, refresh=Refresh(problems=problems), saved=None, has_site=has_site)

    def _close_site(self) -> None:
        if self._site:
            self._site.close()
            self._site = None


def _both(one: News, other: News) -> News:
    """What two looks brought, of which the first could not take in what it saw."""
    changed = tuple(sorted({*one.refresh.changed, *other.refresh.changed}))
    renamed = {**one.refresh.renamed, **other.refresh.renamed}
    return replace(other, refresh=replace(other.refresh, changed=changed, renamed=renamed))


def _bug(error: Exception) -> Problem:
    """An exception that nobody foresaw, as a problem."""
    return Problem(
        code="bug",
        message=f"this is a bug in sitegen {__version__}; please report it: {type(error).__name__}: {error}",
        notes=tuple("".join(traceback.format_exception(error)).rstrip().split("\n")),
    )
