"""`sitegen serve` as a process of its own, with or without a terminal."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .conftest import PATIENCE_SECONDS, eventually

REPOSITORY = Path(__file__).parents[2]


class Terminal:
    """What a preview in a process of its own prints, and the keyboard it listens to."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int, *, is_terminal: bool) -> None:
        self.process = process
        self._is_terminal = is_terminal
        self._screen = screen
        self._seen = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return self._seen.decode(errors="replace").replace("\r\n", "\n")

    def shows(self, pattern: str) -> re.Match[str]:
        """Waits until what is printed matches a pattern."""
        try:
            return eventually(lambda: re.search(pattern, self.text))
        except AssertionError:
            raise AssertionError(f"{pattern!r} is not in:\n{self.text}") from None

    @property
    def port(self) -> int:
        """The port that the preview says it has."""
        return int(self.shows(r"The site is at http://[^:]+:(\d+)/")[1])

    def press(self, keys: str) -> None:
        """Types on the keyboard."""
        os.write(self._screen, keys.encode())

    def ends(self) -> int:
        """Waits for the end; the exit code."""
        code = self.process.wait(PATIENCE_SECONDS)
        if not self._is_terminal:
            self._reader.join(PATIENCE_SECONDS)
        return code

    @property
    def settings(self) -> list[object]:
        """How the terminal treats what is typed."""
        return list(termios.tcgetattr(self._screen))

    def interrupt(self) -> None:
        """Presses Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._screen, 1 << 16)
            except OSError:  # a terminal whose last program has ended
                return
            if not part:
                return
            self._seen += part


@contextmanager
def serve(project: Path, *arguments: str, terminal: bool = False, **environment: str) -> Iterator[Terminal]:
    """`sitegen serve` in a project, on any free port unless the arguments say otherwise."""
    port = () if "--port" in arguments else ("--port", "0")
    if terminal:
        screen, inside = pty.openpty()
        settings = termios.tcgetattr(inside)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(inside, termios.TCSANOW, settings)
        keyboard = inside
    else:
        screen, inside = os.pipe()
        keyboard = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "serve", *port, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **environment},
        stdin=keyboard,
        stdout=inside,
        stderr=inside,
    )
    if not terminal:  # a terminal ends with the last program that has it open, and is still to be looked at
        os.close(inside)
    it = Terminal(process, screen, is_terminal=terminal)
    try:
        yield it
    finally:
        if process.poll() is None:
            process.terminate()
            it.ends()
        if terminal:
            os.close(inside)
        os.close(screen)
