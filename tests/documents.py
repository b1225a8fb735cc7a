"""Reads the documentation as its readers do: what it shows as code, what it says to type, what it refers to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[1]
EPOCH = "1767225600"
"""2026-01-01 00:00:00 in UTC, at which the examples are run."""

_FENCE = re.compile(r"(?P<fence>`{3,})(?P<info>[^`]*)")
_HIDDEN = re.compile(r"<!-- (?P<what>\$|gives:|with:) (?P<text>.*?) -->", re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_FIGURES = re.compile(
    r"\b[1-9][\d,]*(?= pages? written)|(?<= written, )[1-9][\d,]*|(?<= deleted, )[1-9][\d,]*"
    r"|[1-9][\d,]*(?= new\b)|(?<=is up to date: )[1-9][\d,]*"
)
_SECONDS = re.compile(r"(?<= in )\d+\.\d(?= s\b)")


class Block(NamedTuple):
    """Something in a document that is checked: a block of code, or a remark that its readers do not see."""

    line: int
    language: str
    """`console`, `toml` …; of a remark `$`, `gives:` or `with:`."""
    text: str
    title: str = ""
    """The file that the block is, as far as it says so."""


def documents() -> list[Path]:
    """Every document of the repository that people read."""
    return [
        REPOSITORY / "README.md",
        REPOSITORY / "CHANGELOG.md",
        *sorted((REPOSITORY / "docs").rglob("*.md")),
    ]


def name_of(document: Path) -> str:
    """How a document is called in the name of a test."""
    return document.relative_to(REPOSITORY).as_posix()


def blocks(document: Path) -> list[Block]:
    """The blocks and remarks of a document, in its order."""
    return list(_blocks(document.read_text(encoding="utf-8")))


def _blocks(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        start = number
        opening = _FENCE.fullmatch(lines[number])
        if opening:
            number = lines.index(opening["fence"], number + 1)
            title = _TITLE.search(opening["info"])
            yield Block(
                line=start + 1,
                language=opening["info"].split(" ")[0],
                text="\n".join(lines[start + 1 : number]) + "\n",
                title=title[1] if title else "",
            )
        elif lines[number].startswith("<!-- "):
            while "-->" not in lines[number]:
                number += 1
            remark = _HIDDEN.fullmatch("\n".join(lines[start : number + 1]))
            if remark:
                yield Block(line=start + 1, language=remark["what"], text=remark["text"])
        number += 1


def prose(document: Path) -> str:
    """A document without its blocks of code and its remarks; each leaves as many lines as it had."""
    text = document.read_text(encoding="utf-8")
    for pattern in (r"^(`{3,})[^`\n]*\n.*?^\1$", r"<!--.*?-->"):
        text = re.sub(
            pattern, lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE
        )
    return text


class Terminal:
    """A shell in a folder, with `sitegen` on its PATH, that remembers where its user stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        programs = folder / "bin"
        programs.mkdir()
        self.folder.mkdir()
        program = programs / "sitegen"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sitegen "$@"\n')
        program.chmod(0o755)
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))
        }
        self._environment = {
            **inherited,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "SOURCE_DATE_EPOCH": EPOCH,
            "TZ": "UTC",
            "LANG": "C.UTF-8",
            "TMPDIR": str(folder),
        }

    def type(self, command: str) -> str:
        """What a command prints, with its errors."""
        marker = "\x00"
        done = subprocess.run(
            ["bash", "-c", f"{command}\nprintf '\\0%s' \"$PWD\""],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        printed, _, folder = done.stdout.rpartition(marker)
        self.folder = Path(folder)
        return printed

    def save(self, name: str, text: str) -> None:
        """Writes a file as the user's editor does."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a block in which they follow `$ `, each with what the document says that it prints."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    assert not parts[0], "a console block begins with a command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def is_shown(printed: str, expected: str) -> bool:
    """Whether a document shows what was printed.

    `…` on a line of its own stands for any lines; times and numbers of files may differ, but not from none.
    """
    pattern = "".join(
        "(?:.*\n)*" if line == "…" else re.escape(_without_figures(line)) + "\n"
        for line in expected.removesuffix("\n").split("\n")
    )
    return re.fullmatch(pattern if expected else "", _without_figures(printed)) is not None


def _without_figures(text: str) -> str:
    return _SECONDS.sub("T", _FIGURES.sub("N", text))
