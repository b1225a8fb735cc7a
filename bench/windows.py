"""Measuring what a writer sees: from a save to the new text in an open page of Chromium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or ""

READY_SECONDS = 1.5
"""After which a page that was opened listens to its preview."""


@contextmanager
def window(address: str) -> Iterator[Page]:
    """A page, open in a browser without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # a benchmark of builds needs no browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.wait_for_timeout(1e3 * READY_SECONDS)
        yield page
        browser.close()


def milliseconds_until_seen(page: Page, save: Callable[[], None], mark: str) -> float:
    """From a save until a text is in the page, looked for in every frame, with the few that it takes to be told."""
    begin = time.perf_counter()
    save()
    page.wait_for_function("(mark) => document.body?.textContent.includes(mark)", arg=mark)
    return 1e3 * (time.perf_counter() - begin)
