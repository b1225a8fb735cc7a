"""A preview in a thread of its own, asked over real sockets and told of edits by real files."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from sitegen.build.live_values import LiveOptions
from sitegen.errors import Problem
from sitegen.model import SourcePath
from sitegen.preview.application import Behaviour
from sitegen.preview.keeping import News
from sitegen.preview.serving import PreviewOptions, PreviewServer
from tests.conftest import NOW, Project, SiteFactory

TOKEN = "the-token-of-the-tests"
PATIENCE_SECONDS = 20
"""How long a busy machine may take for what should take milliseconds."""

Found = TypeVar("Found")

BLOG = """\
-- sitegen.toml --
title = "Blog"
-- content/posts/hello.md --
---
title: Hello
date: 2024-05-08
tags: [greetings]
---
First words.

Second words.
-- content/posts/world.md --
---
title: World
date: 2024-05-09
---
About [the other](hello.md).
-- content/drafts/later.md --
---
title: Later
---
Not yet.
-- static/style/own.css --
p { color: red }
-- static/notes.txt --
0123456789
"""

SECRET = "the-secret-of-the-sources"

HELLO = "content/posts/hello.md"
HELLO_URL = "/2024/05/08/hello/"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Diary:
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.looks: list[News] = []
        self.failures: list[Problem] = []
        self.notes: list[str] = []

    def looked(self, news: News) -> None:
        self.looks.append(news)

    def failed(self, problems: tuple[Problem, ...]) -> None:
        self.failures += problems

    def noted(self, text: str) -> None:
        self.notes.append(text)


class Running:
    """A preview at work."""

    def __init__(self, server: PreviewServer, diary: Diary, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self.diary = diary
        self.loop = loop
        self.port = server.hosts.port
        self.opened: list[tuple[str, int]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request on a connection of its own; `Sec_Fetch_Site="none"` is the header `Sec-Fetch-Site`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def page(self, path: str) -> str:
        """The text of a page, which must be there."""
        answer = self.get(path)
        assert answer.status == 200, (answer.status, answer.text)
        return answer.text

    @contextmanager
    def events(self, page: str = "/", digest: str = "", token: str = TOKEN) -> Iterator[Events]:
        """The event stream of a page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", f"/__sitegen__/events?token={token}&page={page}&digest={digest}")
            yield Events(connection.getresponse())
        finally:
            connection.close()

    def call(self, work: Callable[[], object]) -> None:
        """Does something in the preview's own thread."""
        self.loop.call_soon_threadsafe(work)


class Events:
    """An event stream as a browser reads it."""

    def __init__(self, answer: HTTPResponse) -> None:
        self.answer = answer

    def next(self) -> dict[str, Any]:
        """The next update; comments are passed over."""
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                update = json.loads(line.removeprefix(b"data: "))
                assert isinstance(update, dict)
                return update
        raise AssertionError("the stream has ended")

    def until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first update of which something holds."""
        while True:
            update = self.next()
            if is_it(update):
                return update


def eventually(ask: Callable[[], Found | None]) -> Found:
    """What `ask` gives as soon as it gives something true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := ask()):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
    return found


@contextmanager
def running(project: Path, **overrides: Any) -> Iterator[Running]:
    """A preview of a project on a free port, until the end of the block."""
    behaviour = Behaviour(
        token=TOKEN, **{k: overrides.pop(k) for k in ("reloads", "follows", "policy") if k in overrides}
    )
    options = LiveOptions(
        **{k: overrides.pop(k) for k in ("drafts", "future", "tells_lines") if k in overrides}
    )
    ready: list[Running] = []
    opened: list[tuple[str, int]] = []

    def open_editor(source: SourcePath, line: int) -> str | None:
        opened.append((source, line))
        return None

    async def serve() -> None:
        diary = Diary()
        asked = PreviewOptions(
            **{
                "project": project,
                "host": "127.0.0.1",
                "port": 0,
                "machine": "machine",
                "live": options,
                "behaviour": behaviour,
                "clock": lambda: NOW,
                "open_editor": open_editor,
                **overrides,
            }
        )
        server = PreviewServer(asked, diary)
        preview = Running(server, diary, asyncio.get_running_loop())
        preview.opened = opened
        ready.append(preview)
        await server.run()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        preview = eventually(lambda: ready[0] if ready else None)
        eventually(lambda: preview.diary.looks)
        yield preview
    finally:
        if ready and thread.is_alive():
            ready[0].call(ready[0].server.stop)
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "the preview does not end"


@pytest.fixture
def blog(site: SiteFactory) -> Project:
    """Two posts, a draft and two static files."""
    return site(BLOG)


@pytest.fixture
def preview(blog: Project) -> Iterator[Running]:
    """A preview of that blog."""
    with running(blog.root) as it:
        yield it


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One preview for all attacks, as one would have to withstand them all."""
    folder = tmp_path_factory.mktemp("attacked")
    project = Project(folder / "project")
    project.root.mkdir()
    project.write(BLOG)
    for path in (
        "sitegen.toml",
        "templates/extra.html",
        "data/names.toml",
        "notes.md",
        ".env",
        "../beside.txt",
    ):
        content = (project.root / path).read_bytes() if path == "sitegen.toml" else b""
        project.put(path, content + f"# {SECRET}\n".encode())
    with running(project.root) as preview:
        yield preview
