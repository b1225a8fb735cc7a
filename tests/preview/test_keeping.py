"""What the keeper of the live site promises to those who wait for it, and to those who do not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from sitegen.build.live_values import LiveOptions
from sitegen.model import Url
from sitegen.preview.keeping import Keeper, News
from sitegen.urls import url_to_output_path
from tests.conftest import NOW, Project

from .conftest import HELLO, HELLO_URL, PATIENCE_SECONDS


def keep(blog: Project, what: Callable[[Keeper, list[News]], Awaitable[None]]) -> list[str]:
    """Does something with a keeper and the news that it tells; gives what the user should know of the state."""
    notes: list[str] = []

    async def run() -> None:
        keeper = Keeper(blog.root, LiveOptions(), lambda: NOW, notes.append)
        told: list[News] = []
        keeper.listen(told.append)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await what(keeper, told)
        finally:
            await keeper.close()

    asyncio.run(run())
    return notes


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


@pytest.mark.parametrize("edits", [True, False])
def test_a_state_that_turns_out_broken_is_told_of_once(blog: Project, *, edits: bool) -> None:
    """The next build, which finds a new state, could not tell of it."""

    async def damage(keeper: Keeper, told: list[News]) -> None:
        await keeper.look()
        (blog.root / ".sitegen/state.db").write_bytes(b"garbage" * 2000)
        if edits:
            (blog.root / HELLO).write_text("---\ntitle: Hello\ndate: 2024-05-08\n---\nOther words.\n")
            keeper.touch([blog.root / HELLO])
            await keeper.look()
        served = await keeper.page(url_to_output_path(Url(HELLO_URL)))
        assert served.page is not None
        assert not served.problems

    assert keep(blog, damage) == [
        "the state in .sitegen/ could not be used (file is not a database), so everything is built anew"
    ]
    assert blog.build().notes == ()


def test_that_there_can_be_no_state_is_told(blog: Project) -> None:
    (blog.root / ".sitegen").write_text("no folder")

    async def look(keeper: Keeper, told: list[News]) -> None:
        await keeper.look()

    assert keep(blog, look) == [
        ".sitegen/ cannot be used (File exists), so this preview will not be remembered"
    ]
