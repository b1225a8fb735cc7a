"""What the keeper of the live site promises to those who wait for it, and to those who do not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from sitegen.build.live import LiveOptions
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


def test_what_a_look_finds_is_told_although_who_asked_for_it_has_left(blog: Project) -> None:
    """A browser may close the page for which the files are just being looked at; others are open."""

    async def leave(keeper: Keeper, told: list[News]) -> None:
        await keeper.look()
        (blog.root / HELLO).write_text("---\ntitle: Hello\ndate: 2024-05-08\n---\nOther words.\n")
        keeper.touch([blog.root / HELLO])
        asking = asyncio.create_task(keeper.look())
        await asyncio.sleep(0)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        await keeper.look()
        assert [news.refresh.changed for news in told] == [(), (HELLO,)]

    keep(blog, leave)
