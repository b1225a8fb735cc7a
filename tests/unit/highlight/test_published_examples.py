"""Every example that Pygments publishes with its own tests, in every language, has the same tokens."""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pygments
import pytest
from pygments.lexers._mapping import LEXERS

from tests.unit.highlight.languages import tokens_by_pygments, tokens_by_us

BATCHES = 16
LONGEST = 6_000
"""Characters of an example that are compared, to keep the tests short."""

BY_ALIAS = {alias: (module, name) for name, (module, _, aliases, _, _) in LEXERS.items() for alias in aliases}


@pytest.fixture(scope="session")
def examples(pytestconfig: pytest.Config) -> dict[str, list[str]]:
    """The examples by the alias of their language, out of the source distribution of the installed Pygments."""
    folder = pytestconfig.cache.mkdir(f"pygments-{pygments.__version__}") if pytestconfig.cache else None
    assert folder is not None
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        archive = _archive(folder)
    if archive is None:
        pytest.skip(f"pip could not download the source distribution of Pygments {pygments.__version__}")
    found = defaultdict(list)
    for alias, text in _read_examples(archive):
        found[alias].append(text)
    return found


def _archive(folder: Path) -> Path | None:
    if not list(folder.glob("*.tar.gz")):
        options = ["--no-deps", "--no-binary", ":all:", "--quiet", "--retries", "1", "--dest", str(folder)]
        requirement = f"pygments=={pygments.__version__}"
        subprocess.run([sys.executable, "-m", "pip", "download", *options, requirement], check=False)
    return next(folder.glob("*.tar.gz"), None)


def _read_examples(archive: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(archive) as files:
        for member in sorted(files.getmembers(), key=lambda member: member.name):
            parts = Path(member.name).parts
            if not member.isfile() or len(parts) != 5 or parts[3] not in BY_ALIAS:
                continue
            content = files.extractfile(member)
            assert content is not None
            text = content.read().decode("utf-8", "replace")
            if parts[2] == "snippets":
                yield parts[3], re.split(r"(?m)^---(?:input|tokens)---\n", text)[1]
            elif parts[2] == "examplefiles" and not member.name.endswith(".output"):
                yield parts[3], text


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_published_example_has_the_same_tokens(batch: int, examples: dict[str, list[str]]) -> None:
    different = []
    for alias in sorted(examples)[batch::BATCHES]:
        module, name = BY_ALIAS[alias]
        lexer = getattr(import_module(module), name)
        for example in examples[alias]:
            text = example.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
            text = text[:LONGEST].rstrip("\n") + "\n"
            if _merged(tokens_by_us(lexer, text)) != _merged(tokens_by_pygments(lexer, text)):
                different.append((alias, text[:60]))
    assert not different


def test_the_published_examples_are_many(examples: dict[str, list[str]]) -> None:
    assert len(examples) > 400
    assert sum(map(len, examples.values())) > 1_400


def _merged(tokens: list[tuple[object, str]]) -> list[tuple[object, str]]:
    """The tokens with neighbours of one type as one."""
    merged: list[tuple[object, str]] = []
    for token, value in tokens:
        if merged and merged[-1][0] is token:
            merged[-1] = (token, merged[-1][1] + value)
        else:
            merged.append((token, value))
    return merged
