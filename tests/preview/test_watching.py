"""Watching: what is told of, what happens when the system's watches run out, and the ways to do without them."""

from __future__ import annotations

import asyncio
import errno
import platform
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import pytest

from sitegen.preview import watching
from sitegen.preview.observing import ObservingWatcher
from sitegen.preview.watching import GiveUp, Places, PollingWatcher, SystemWatcher, Tell, Watcher, places
from tests.conftest import Project

from .conftest import HELLO, HELLO_URL, PATIENCE_SECONDS, running

Told = list[Collection[Path] | None]

needs_inotify = pytest.mark.skipif(platform.system() != "Linux", reason="needs inotify")


def watch(watcher: Watcher, what: Callable[[Watcher, Told], Awaitable[None]]) -> Told:
    """Starts a watcher, does something, and gives what was told."""
    told: Told = []

    def never(error: OSError) -> None:
        raise AssertionError(error)

    async def run() -> None:
        watcher.start(told.append, never)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await what(watcher, told)
        finally:
            watcher.close()

    asyncio.run(run())
    return told


def taken(told: Told) -> set[Path | None]:
    """What was told since the last time, however it was divided; `None` stands for any file."""
    files: set[Path | None] = set()
    for told_at_once in told:
        files |= {None} if told_at_once is None else set(told_at_once)
    told.clear()
    return files


async def until(is_it: Callable[[], bool]) -> None:
    while not is_it():  # noqa: ASYNC110 - what it waits for need not be an event
        await asyncio.sleep(0.01)


@needs_inotify
def test_touched_files_are_named_and_folders_mean_any_file(blog: Project) -> None:
    from sitegen.preview.inotify import InotifyWatcher

    async def edit(watcher: Watcher, told: Told) -> None:
        (blog.root / HELLO).write_text("x")
        await watcher.catch_up()
        assert taken(told) == {blog.root / HELLO}
        (blog.root / "sitegen.toml").write_text("")
        (blog.root / "README.md").write_text("beside the site")
        (blog.root / "output").mkdir()
        await watcher.catch_up()
        assert taken(told) == {blog.root / "sitegen.toml"}
        (blog.root / "templates").mkdir()
        await watcher.catch_up()
        assert taken(told) == {None}
        (blog.root / "templates/post.html").write_text("x")
        await watcher.catch_up()
        assert taken(told) == {blog.root / "templates/post.html"}

    watch(InotifyWatcher(places(blog.root)), edit)


@needs_inotify
def test_reading_the_sources_is_no_touching(blog: Project) -> None:
    """Else every look would be followed by another."""
    from sitegen.preview.inotify import InotifyWatcher

    async def read(watcher: Watcher, told: Told) -> None:
        for path in (blog.root / "content").rglob("*.md"):
            path.read_text()
        await watcher.catch_up()
        assert told == []

    watch(InotifyWatcher(places(blog.root)), read)


@needs_inotify
def test_a_folder_that_moved_is_watched_under_its_new_name(blog: Project) -> None:
    from sitegen.preview.inotify import InotifyWatcher

    async def move(watcher: Watcher, told: Told) -> None:
        (blog.root / "content/posts").rename(blog.root / "content/drafts/posts")
        await watcher.catch_up()
        assert None in taken(told)
        (blog.root / "content/drafts/posts/hello.md").write_text("x")
        await watcher.catch_up()
        assert taken(told) == {blog.root / "content/drafts/posts/hello.md"}

    watch(InotifyWatcher(places(blog.root)), move)


@needs_inotify
def test_an_overflowing_queue_means_any_file(blog: Project) -> None:
    from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, Mask, WatchDescriptor

    from sitegen.preview.inotify import InotifyWatcher

    async def overflow(watcher: Watcher, told: Told) -> None:
        assert isinstance(watcher, InotifyWatcher)
        lost = InotifyEvent(WatchDescriptor(-1), Mask(InotifyConstants.IN_Q_OVERFLOW), 0, b"")
        watcher._source.handle_event(lost)
        await until(lambda: told == [None])
        assert taken(told) == {None}
        (blog.root / HELLO).write_text("x")
        await watcher.catch_up()
        assert taken(told) == {blog.root / HELLO}

    watch(InotifyWatcher(places(blog.root)), overflow)


@needs_inotify
def test_a_lost_message_means_any_file(blog: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the kernel ends some time."""
    from watchdog.observers.inotify_c import WatchDescriptor

    from sitegen.preview import inotify

    monkeypatch.setattr(inotify, "CATCH_UP_SECONDS", 0.05)

    async def lose(watcher: Watcher, told: Told) -> None:
        assert isinstance(watcher, inotify.InotifyWatcher)
        watcher._beacon_watch = WatchDescriptor(-5)
        await watcher.catch_up()
        assert told == [None]

    watch(inotify.InotifyWatcher(places(blog.root)), lose)


# On Linux, where the product watches by itself, an observer of watchdog warns when it meets a new folder twice: when
# it is told of it, and when it looks into the folder around it that is new as well.
@pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")
@pytest.mark.parametrize("make", [PollingWatcher, ObservingWatcher])
@pytest.mark.parametrize("path", [HELLO, "templates/post.html", "sitegen.toml", "content/posts/a/b/new.md"])
def test_other_watchers_tell_that_any_file_may_have_changed(
    blog: Project, make: Callable[[Places], Watcher], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "POLLING_SECONDS", 0.05)

    async def edit(watcher: Watcher, told: Told) -> None:
        blog.put(path, b"x")
        await until(lambda: bool(told))

    assert set(watch(make(places(blog.root)), edit)) == {None}


def test_polling_catches_up_by_looking(blog: Project) -> None:
    async def edit(watcher: Watcher, told: Told) -> None:
        await watcher.catch_up()
        assert told == []
        (blog.root / HELLO).write_text("x")
        await watcher.catch_up()
        assert told == [None]

    watch(PollingWatcher(places(blog.root)), edit)


class Exhausted:
    """A watcher on a system whose watches have run out: at the start or later."""

    def __init__(self, *, at_start: bool) -> None:
        self._at_start = at_start
        self.is_closed = False

    def start(self, tell: Tell, give_up: GiveUp) -> None:
        error = OSError(errno.ENOSPC, "inotify watch limit reached")
        if self._at_start:
            raise error
        asyncio.get_running_loop().call_soon(give_up, error)

    async def catch_up(self) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("at_start", [True, False])
def test_when_watches_run_out_it_polls_and_says_so(blog: Project, at_start: bool) -> None:
    notes: list[str] = []
    told: Told = []
    exhausted = Exhausted(at_start=at_start)

    async def run() -> None:
        watcher = SystemWatcher(places(blog.root), notes.append, lambda _: exhausted)
        watcher.start(told.append)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await until(lambda: told == [None])
                (blog.root / HELLO).write_text("x")
                await watcher.catch_up()
                assert told == [None, None]
        finally:
            watcher.close()

    asyncio.run(run())
    assert exhausted.is_closed
    (note,) = notes
    assert note.startswith(
        "The system cannot watch all folders (inotify watch limit reached), so they are looked at every second."
    )


@needs_inotify
def test_a_preview_without_watches_shows_every_edit(blog: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from watchdog.observers import inotify_c

    def none_left() -> int:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(inotify_c.InotifyFD, "_create_inotify_fd", staticmethod(none_left))
    with running(blog.root) as preview:
        assert "inotify instance limit reached" in preview.diary.notes[0]
        for number in range(5):
            (blog.root / HELLO).write_text(f"---\ndate: 2024-05-08\n---\nWords {number}.\n")
            assert f"Words {number}." in preview.page(HELLO_URL)
        digest = preview.page(HELLO_URL).partition('data-digest="')[2][:32]
        with preview.events(HELLO_URL, digest) as stream:
            stream.next()
            (blog.root / HELLO).write_text("---\ndate: 2024-05-08\n---\nLast words.\n")
            assert stream.next()["page"] == "changed"
