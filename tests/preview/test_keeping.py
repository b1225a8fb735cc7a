"""What the keeper of the live site promises to those who wait for it, and to those who do not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from sitegen.build.live_values import LiveOptions
from sitegen.preview.keeping import Keeper, News
from tests.conftest import NOW, Project

from .conftest import HELLO, PATIENCE_SECONDS


def keep(blog: Project, what: Callable[[Keeper, list[News]], Awaitable[None]]) -> None:
    """Does something with a keeper and the news that it tells."""

    async def run() -> None:
        keeper = Keeper(blog.root, LiveOptions(), lambda: NOW)
        told: list[News] = []
        keeper.listen(told.append)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await what(keeper, told)
        finally:
            await keeper.close()

    asyncio.run(run())


async def begun(keeper: Keeper) -> None:
    """Returns when a look is on its way to the files."""
    while keeper._has_news.is_set():  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(0)


def test_what_a_look_finds_is_told_although_who_asked_for_it_has_left(blog: Project) -> None:
    """A browser may close the page for which the files are just being looked at; others are open."""

    async def leave(keeper: Keeper, told: list[News]) -> None:
        await keeper.look()
        (blog.root / HELLO).write_text("---\ntitle: Hello\ndate: 2024-05-08\n---\nOther words.\n")
        keeper.touch([blog.root / HELLO])
        asking = asyncio.create_task(keeper.look())
        await begun(keeper)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        await keeper.look()
        assert [news.refresh.changed for news in told] == [(), (HELLO,)]

    keep(blog, leave)


def test_of_a_file_that_is_only_half_there_no_error_is_told(blog: Project) -> None:
    """As when another branch is checked out and a look falls between the making of a file and its writing."""

    async def write(keeper: Keeper, told: list[News]) -> None:
        await keeper.look()
        new = blog.root / "content/posts/new.md"
        new.write_text("")
        keeper.touch([new])
        whole = "---\ndate: 2024-05-08\n---\nAll of it.\n"
        asking = asyncio.create_task(keeper.look())
        await begun(keeper)
        writing = asyncio.create_task(
            keeper._thread.do(lambda: new.write_text(whole))
        )  # right after the look
        await asyncio.sleep(0)
        keeper.touch([new])
        await asyncio.gather(asking, writing)
        assert all(news.refresh.problems == () for news in told)
        assert {path for news in told for path in news.refresh.changed} == {"content/posts/new.md"}

    keep(blog, write)


def test_an_error_that_stays_is_told(blog: Project) -> None:
    async def write(keeper: Keeper, told: list[News]) -> None:
        await keeper.look()
        (blog.root / HELLO).write_text("---\ndate: never\n---\n")
        keeper.touch([blog.root / HELLO])
        await keeper.look()
        assert told[-1].refresh.has_errors

    keep(blog, write)
