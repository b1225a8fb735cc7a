"""The preview on the terminal: its address, a line for each change, and keys."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator

from sitegen.build.live_values import Refresh
from sitegen.cli.console import Console, count_problems, counted
from sitegen.content_types import HTML, content_type
from sitegen.errors import Problem
from sitegen.preview.hosts import Hosts
from sitegen.preview.keeping import News
from sitegen.preview.serving import PreviewOptions, PreviewServer

COLLECTED_AFTER = (700, 10, 10)
"""When Python looks for garbage by itself. Commands that end soon do so less often, but requests leave some: with
thousands of malformed ones it came to 30 MB before it was looked for."""

KEYS = "Keys: o opens a browser, r looks at everything again, d shows or hides drafts, q quits."

_browser_lock = threading.Lock()
"""Held while a browser is opened: as long as `webbrowser` looks for browsers, it tells other threads there are none."""


def run_preview(options: PreviewOptions, console: Console, *, opens: bool) -> None:
    """Runs a preview until the user has had enough. Raises GuardError where it cannot begin."""
    gc.set_threshold(*COLLECTED_AFTER)
    asyncio.run(_run(options, console, opens=opens))


async def _run(options: PreviewOptions, console: Console, *, opens: bool) -> None:
    teller = Teller(console)
    server = PreviewServer(options, teller)
    teller.greet = lambda: _greet(server, options, console, opens=opens)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    with _keys(lambda key: _obey(key, server, console)):
        await server.run()
    console.say("Goodbye.")


class Teller:
    """Tells of the preview, a line for each thing that the user cares about."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._problems: tuple[Problem, ...] = ()
        self.greet: Callable[[], None] | None = None
        """Called after the first look."""

    def looked(self, news: News) -> None:
        """Tells what a look at the files found."""
        refresh = news.refresh
        if refresh.changed and not refresh.has_errors:
            self._console.say(
                f"{_files(refresh.changed)} → {_pages(refresh)} in {1000 * news.seconds:.0f} ms"
            )
        if refresh.problems != self._problems:
            self._tell_problems(refresh.problems, has_site=news.has_site)
        greet, self.greet = self.greet, None
        if greet:
            greet()

    def failed(self, problems: tuple[Problem, ...]) -> None:
        """Tells of pages that cannot be made."""
        self._console.problems(problems)

    def noted(self, text: str) -> None:
        """Tells what else there is to know."""
        self._console.note(text)

    def _tell_problems(self, problems: tuple[Problem, ...], *, has_site: bool) -> None:
        """Shows the problems that are new, and says how things stand."""
        before, self._problems = self._problems, problems
        self._console.problems([problem for problem in problems if problem not in before])
        if any(problem.severity == "error" for problem in problems):
            outlook = "The site stays as it was" if has_site else "There is no site to show yet"
            self._console.note(f"{outlook}. {count_problems(problems)}.")
        elif problems:
            self._console.note(f"{count_problems(problems)}.")
        else:
            self._console.say("Mended.")


def _files(changed: tuple[str, ...]) -> str:
    """`content/posts/a.md`, or `content/posts/a.md and 3 more files`."""
    if len(changed) == 1:
        return changed[0]
    return f"{changed[0]} and {counted(len(changed) - 1, 'more file')}"


def _pages(refresh: Refresh) -> str:
    """How many pages change: those that were seen are known, what is on the others nobody has asked yet."""
    pages = sum(content_type(path) == HTML for path in (*refresh.outdated, *refresh.gone))
    return f"at least {counted(pages, 'page')}" if pages else "no page seen so far"


def greeting(hosts: Hosts, port: int) -> list[str]:
    """What is unusual about where the preview is, if `port` was asked for."""
    lines = []
    if port not in (0, hosts.port):
        lines.append(f"Port {port} is taken, so this is port {hosts.port}.")
    if not hosts.is_loopback:
        lines.append(
            f"CAUTION: everyone who can reach {hosts.host} can read this site, drafts included. "
            "Leave out --host to keep it to this machine."
        )
    return lines


def _greet(server: PreviewServer, options: PreviewOptions, console: Console, *, opens: bool) -> None:
    """Says where the preview is."""
    for line in greeting(server.hosts, options.port):
        console.note(line)
    console.answer(f"The site is at {server.url}")
    console.say(KEYS if sys.stdin.isatty() else "Stop it with Ctrl-C.")
    if opens:
        _open_browser(server)


def _obey(key: str, server: PreviewServer, console: Console) -> None:
    """Does what a key stands for."""
    match key.lower():
        case "o":
            _open_browser(server)
        case "r":
            console.say("Looking at everything.")
            server.rebuild()
        case "d":
            console.say("Drafts are hidden." if server.shows_drafts else "Drafts are shown.")
            server.toggle_drafts()
        case "q" | "\x04":
            server.stop()
        case "\n" | "\r":
            console.say("")
        case _:
            console.say(KEYS)


def _open_browser(server: PreviewServer) -> None:
    """Opens the site in the user's browser, which may take its time."""
    asyncio.get_running_loop().run_in_executor(None, _open_one_at_a_time, server.url)


def _open_one_at_a_time(url: str) -> None:
    with _browser_lock:
        webbrowser.open(url)


@contextlib.contextmanager
def _keys(obey: Callable[[str], None]) -> Iterator[None]:
    """Has each key passed on as it is pressed, where there is a terminal to press it on."""
    if not sys.stdin.isatty():
        yield
        return
    import os  # noqa: PLC0415
    import termios  # noqa: PLC0415 - there is none without a terminal
    import tty  # noqa: PLC0415

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    loop = asyncio.get_running_loop()

    def take() -> None:
        for key in os.read(keyboard, 64).decode(errors="ignore"):
            obey(key)

    tty.setcbreak(keyboard)
    loop.add_reader(keyboard, take)
    try:
        yield
    finally:
        loop.remove_reader(keyboard)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
