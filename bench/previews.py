"""Measuring previews: how long after a save the new page is served, and after a start the first."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import chain, islice
from pathlib import Path
from statistics import median, quantiles

from bench.corpus import Post, post
from bench.generators import Generator
from bench.measurement import BenchError, least_environment
from bench.scenarios import Site
from bench.windows import CHROMIUM, milliseconds_until_seen, window

PATIENCE_SECONDS = 600.0
"""How long a preview may take to serve its first page."""

EDIT_SECONDS = 60.0
"""How long it may take to serve an edit."""

REST_SECONDS = 0.3
"""Between two edits, so that one does not wait for what follows on the one before."""

FURTHER_EDITS = 20
"""How many edits without a rest follow on each that was timed, to see whether a preview goes on growing."""

ASK_AGAIN_SECONDS = 0.002
"""Between two requests for a page that is still the old one."""


@dataclass(frozen=True)
class PreviewFigures:
    """What one generator's preview took at one number of posts."""

    generator: Generator
    count: int
    """The posts."""
    cold_seconds: float
    """From the start to the first page, with nothing remembered."""
    warm_seconds: float
    """The same once more."""
    body: tuple[float, ...]
    """Milliseconds from each save of another body to the post's new page."""
    title: tuple[float, ...]
    """Milliseconds from each save of another title to the new pages of the post, its neighbour, the home and a tag."""
    seen: tuple[float, ...]
    """Milliseconds from each save of another body to the new text in an open page; none where there is no browser."""
    memory_bytes: int
    """What the process held in the end."""
    most_memory_bytes: int
    """The most it ever held."""
    grown_bytes: int | None = None
    """What it held more after `FURTHER_EDITS` times as many edits; `None` where that would take too long."""


def spread(samples: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return median(samples), quantiles(samples, n=20, method="inclusive")[-1]


def measure_preview(site: Site, edits: int, tell: Callable[[str], None]) -> PreviewFigures:
    """Starts the preview of a site twice, and saves two posts of it so many times each."""
    site.restore()
    site.forget()
    generator = site.generator
    with _served(site) as served:
        cold = served.first_page_seconds
    tell(f"{site.count:,} posts, {generator.title}: first page after {cold:.2f} s")
    with _served(site) as served:
        warm = served.first_page_seconds
        tell(f"{site.count:,} posts, {generator.title}: first page after {warm:.2f} s, warm")
        body = tuple(served.edits(_other_bodies(site), edits))
        tell(f"{site.count:,} posts, {generator.title}: a body after {median(body):.0f} ms")
        title = tuple(served.edits(_other_titles(site), edits))
        tell(f"{site.count:,} posts, {generator.title}: a title after {median(title):.0f} ms")
        seen = tuple(served.seen(_other_bodies(site), edits)) if CHROMIUM else ()
        if seen:
            tell(
                f"{site.count:,} posts, {generator.title}: a body in the browser after {median(seen):.0f} ms"
            )
        memory, most = served.memory()
        grown = None
        if generator.is_ours:
            served.edit_on(_other_bodies(site), FURTHER_EDITS * edits)
            grown = served.memory()[0] - memory
            tell(f"{site.count:,} posts, {generator.title}: {FURTHER_EDITS * edits:,} edits more")
    site.restore()
    return PreviewFigures(generator, site.count, cold, warm, body, title, seen, memory, most, grown)


@dataclass(frozen=True)
class _Edit:
    """A post to be saved, and what is to be on which pages then."""

    post: Post
    mark: str
    addresses: tuple[str, ...]


def _other_bodies(site: Site) -> Iterator[_Edit]:
    subject = site.subject
    for number in range(10**6):
        mark = f"Thought number {number:06} on this."
        yield _Edit(replace(subject, rest=f"{subject.rest}\n{mark}\n"), mark, (f"/posts/{subject.slug}/",))


def _other_titles(site: Site) -> Iterator[_Edit]:
    """Of a post that the first page shows."""
    newest = post(site.count - 1, site.count)
    recent = (post(number, site.count) for number in range(site.count - 2, 0, -1))
    subject = next(item for item in recent if any(tag.isalpha() and tag.islower() for tag in item.tags))
    tag = next(tag for tag in subject.tags if tag.isalpha() and tag.islower())
    neighbour = (
        newest if subject.slug.startswith(f"{site.count - 2:06}") else post(_number(subject) + 1, site.count)
    )
    addresses = (f"/posts/{subject.slug}/", f"/posts/{neighbour.slug}/", "/", f"/tags/{tag}/")
    for number in range(10**6):
        mark = f"Revision {number:06}"
        yield _Edit(replace(subject, title=f"{subject.title} {mark}"), mark, addresses)


def _number(item: Post) -> int:
    return int(item.slug.partition("-")[0])


class _Served:
    """A preview at work."""

    def __init__(self, site: Site, process: subprocess.Popen[bytes], port: int) -> None:
        self._site = site
        self._process = process
        self._port = port
        self.first_page_seconds = 0.0

    def wait(self, begin: float) -> None:
        """Returns when the first page has been served. Raises `BenchError` when it never is."""
        while not self._has("/", "</html>"):
            if self._process.poll() is not None:
                raise BenchError(f"the preview of {self._site.generator.title} ended by itself")
            if time.perf_counter() - begin > PATIENCE_SECONDS:
                raise BenchError(f"the preview of {self._site.generator.title} serves no page")
            time.sleep(ASK_AGAIN_SECONDS)
        self.first_page_seconds = time.perf_counter() - begin

    def edits(self, edits: Iterator[_Edit], count: int) -> Iterator[float]:
        """The milliseconds from each save until every page that it concerns has been served anew."""
        first = next(edits)
        for edit in chain([first], (next(edits) for _ in range(count))):
            for address in edit.addresses:
                self._has(address, edit.mark)
            time.sleep(REST_SECONDS)
            milliseconds = self._edit(edit)
            if edit is not first:  # after a pause, as the one that begins a day's work
                yield milliseconds

    def edit_on(self, edits: Iterator[_Edit], count: int) -> None:
        """Makes so many edits, one right after the other."""
        for edit in islice(edits, count):
            self._edit(edit)

    def _edit(self, edit: _Edit) -> float:
        self._site.write(edit.post)
        begin = time.perf_counter()
        for address in edit.addresses:
            while not self._has(address, edit.mark):
                if time.perf_counter() - begin > EDIT_SECONDS:
                    raise BenchError(f"{address} is never served with what was saved")
                time.sleep(ASK_AGAIN_SECONDS)
        return 1e3 * (time.perf_counter() - begin)

    def seen(self, edits: Iterator[_Edit], count: int) -> Iterator[float]:
        """The milliseconds from each save until its page, open in a browser, shows what was saved."""
        first = next(edits)
        with window(f"http://127.0.0.1:{self._port}{first.addresses[0]}") as page:
            for edit in chain([first], (next(edits) for _ in range(count))):
                milliseconds = milliseconds_until_seen(page, partial(self._site.write, edit.post), edit.mark)
                if edit is not first:
                    yield milliseconds
                page.wait_for_timeout(1e3 * REST_SECONDS)

    def memory(self) -> tuple[int, int]:
        """What the process holds now and what it held at most, in bytes."""
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        )
        return 1024 * int(status["VmRSS"].split()[0]), 1024 * int(status["VmHWM"].split()[0])

    def _has(self, address: str, mark: str) -> bool:
        """Whether a page is there and holds some text."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", address)
            answer = connection.getresponse()
            return mark.encode() in answer.read() and answer.status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def _served(site: Site) -> Iterator[_Served]:
    """The preview of a site from before its start until its end."""
    generator = site.generator
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    os.sync()
    with site.folder.with_suffix(".preview.log").open("wb") as log:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [*generator.preview, "--port", str(port)],
            cwd=site.folder,
            env={**least_environment(), **generator.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        served = _Served(site, process, port)
        try:
            served.wait(begin)
            yield served
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
