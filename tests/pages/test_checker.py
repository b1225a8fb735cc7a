"""The Nu HTML checker on every page, style sheet and drawing of the finished sites."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.pages.finished import FinishedSite
from tests.pages.npm import npm_file, program

SHORT_LIVED = ["-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
"""What makes Java twice as fast for a few seconds' work, with a stack for deep nesting."""
PLANTED = '<!doctype html>\n<html lang="en"><head><title>t</title></head><body><p align="left">x</p></body></html>\n'


def complaints(files: Iterable[Path]) -> list[tuple[str, str]]:
    """What the checker says, errors and warnings, each with its file; all in one run."""
    java = program("java", "default-jre-headless")
    checker = str(npm_file("vnu-jar/build/dist/vnu.jar"))
    options = ["--also-check-css", "--also-check-svg", "--stdout", "--exit-zero-always", "--format", "json"]
    command = [java, *SHORT_LIVED, "-jar", checker, *options, *map(str, files)]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return [(message["url"].removeprefix("file:"), message["message"]) for message in messages]


def test_the_checker_finds_nothing_but_the_fault_that_is_planted(
    demonstration: FinishedSite,
    with_drafts: FinishedSite,
    below_a_path: FinishedSite,
    notes: FinishedSite,
    tmp_path: Path,
) -> None:
    planted = tmp_path / "planted.html"
    planted.write_text(PLANTED, encoding="utf-8")
    different = {
        path.read_bytes(): path
        for site in (demonstration, with_drafts, below_a_path, notes)
        for path in site.files.values()
        if path.suffix in {".html", ".css", ".svg"}
    }
    assert len(different) > 200
    found = [
        (path, message)
        for path, message in complaints([*different.values(), planted])
        # It guesses the language by letters, and half of the notes is Latin.
        if not (path.startswith(str(notes.folder)) and "appears to be written in English" in message)
    ]
    assert found == [(str(planted), "The “align” attribute on the “p” element is obsolete. Use CSS instead.")]
