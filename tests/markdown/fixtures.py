"""Reads the fixture files of this folder: cases of Markdown and the HTML that it must become.

A file begins with settings, `breaks = true` and the like, one on a line, and is a list of cases:

    The rule that the case shows
    .
    input
    .
    output
    .

`→` is a tab; `·` is a blank at the end of a line of the input, and an em space in the output.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import msgspec

from sitegen.config import Config, MarkdownConfig

FOLDER = Path(__file__).parent
_CASE = re.compile(r"^([^\n]+)\n\.\n(.*?)^\.\n(.*?)^\.$", re.MULTILINE | re.DOTALL)


_TRAILING = re.compile("·+$", re.MULTILINE)


class Case(NamedTuple):
    """One case of a fixture file."""

    name: str
    settings: MarkdownConfig
    input: str
    output: str

    @property
    def config(self) -> Config:
        return Config(markdown=self.settings)


def read_cases() -> list[Case]:
    """All cases of all fixture files, by file and place."""
    return [case for path in sorted(FOLDER.glob("*.md")) for case in _read(path)]


def _read(path: Path) -> list[Case]:
    text = path.read_text(encoding="utf-8")
    cases = list(_CASE.finditer(text))
    assert cases, f"{path.name} holds no case"
    settings = msgspec.convert(tomllib.loads(text[: cases[0].start()]), MarkdownConfig)
    left = _CASE.sub("", text[cases[0].start() :]).strip()
    assert not left, f"{path.name} holds text that belongs to no case: {left[:60]!r}"
    return [
        Case(
            name=f"{path.stem}: {case[1]}",
            settings=settings,
            input=_TRAILING.sub(lambda dots: " " * len(dots[0]), case[2].replace("→", "\t")),
            output=case[3].replace("→", "\t").replace("·", "\u2003"),
        )
        for case in cases
    ]
