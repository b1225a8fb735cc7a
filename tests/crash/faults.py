"""Builds that are watched by strace, and hit by a fault at one chosen system call."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

ROOT = Path(__file__).parents[2]
EPOCH = "1790000000"

BY_DESCRIPTOR = ("read", "pread64", "write", "pwrite64", "ftruncate", "getdents64", "fsync", "fdatasync")
BY_PATH = ("openat", "mkdir", "rename", "unlink", "rmdir", "link", "symlink", "utimensat", "newfstatat")
READING = ("read", "pread64", "getdents64", "newfstatat")
WATCHED = (*BY_PATH, *BY_DESCRIPTOR)

LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"|\d+<([^>]*)>')


class Call(NamedTuple):
    """A system call of a build."""

    name: str
    number: int
    """Of the calls of this name, from 1."""
    path: str
    """What it is about; the last of its paths, which is the one that comes to be."""
    changes: bool
    """Whether the disk may be another after it."""
    is_hit: bool
    """Whether a fault was put in its place."""


class Outcome(NamedTuple):
    """What became of a build."""

    code: int
    """Negative for a signal."""
    words: str
    """What it said, on both streams."""
    calls: tuple[Call, ...] = ()

    @property
    def hit(self) -> Call | None:
        """The call that met the fault, of a signal the last; `None` when the build ended before it came to it."""
        if self.code in (-9, 130):
            return self.calls[-1]
        return next((call for call in self.calls if call.is_hit), None)


class Builder:
    """Builds one project as often as asked, each time in a process of its own; to be used in a `with`."""

    def __init__(self, project: Path, aside: Path) -> None:
        """`aside` is a folder for notes."""
        self._words = aside / "words"
        self._log = aside / "calls"
        gate, self._gate = os.pipe()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(aside),
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "SOURCE_DATE_EPOCH": EPOCH,
        }
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.warm", str(gate)],
            cwd=project,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(gate,),
            text=True,
        )
        os.close(gate)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._warm.communicate(timeout=60)
        os.close(self._gate)

    def build(self, *arguments: str, is_watched: bool = False, fault: str | None = None) -> Outcome:
        """`sitegen build` with its calls when it `is_watched`; `fault` is what `strace -e inject=` takes."""
        assert self._warm.stdin
        order = {"arguments": ["build", *arguments], "words": str(self._words)}
        self._warm.stdin.write(json.dumps(order) + "\n")
        self._warm.stdin.flush()
        process = self._number()
        strace = self._strace(process, fault) if is_watched or fault else None
        os.write(self._gate, b"!")
        code = self._number()
        if strace is None:
            return Outcome(code, self._words.read_text())
        strace.communicate(timeout=60)
        log = self._log.read_text(errors="backslashreplace")
        return Outcome(code, self._words.read_text(), tuple(_calls(log)))

    def _number(self) -> int:
        assert self._warm.stdout
        line = self._warm.stdout.readline()
        assert line.strip(), "the warm process is gone"
        return int(line)

    def _strace(self, process: int, fault: str | None) -> subprocess.Popen[str]:
        command = ["strace", "-y", "-s", "0", "-o", str(self._log), "-p", str(process)]
        command += ["-e", f"trace={','.join(WATCHED)}"]
        command += ["-e", f"inject={fault}"] if fault else []
        strace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert strace.stderr
        first = strace.stderr.readline()
        assert "attached" in first, first
        return strace


def _calls(log: str) -> Iterator[Call]:
    """The calls in what strace wrote."""
    counts: dict[str, int] = {}
    for line in log.split("\n"):
        found = LINE.match(line)
        if not found or found[1] not in WATCHED:
            continue
        name, rest = found.groups()
        counts[name] = counts.get(name, 0) + 1
        found_paths = PATH.findall(rest.rpartition(") = ")[0] or rest)
        texts = [text or opened for text, opened in found_paths if text or opened]
        path = next(iter(texts if name in BY_DESCRIPTOR else reversed(texts)), "")
        changes = name not in READING and (name != "openat" or "O_CREAT" in rest)
        yield Call(name, counts[name], path, changes, is_hit="(INJECTED)" in rest)
