"""A real browser, and built pages served to it under the strictest policy a site may send."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
POLICY = "default-src 'self'"

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    """A browser opens more connections at once than the usual five."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: whoever goes away in the middle of an answer has a right to."""


class _Handler(SimpleHTTPRequestHandler):
    """Serves files and sends the policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name there
        """Says nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serves a folder on the loopback interface; gives the address, without a slash at its end."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    """A browser without a window that talks to nobody of its own accord, with further arguments."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                *arguments,
            ],
        )
        try:
            yield browser
        finally:
            browser.close()
