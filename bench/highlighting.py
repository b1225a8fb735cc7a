"""`python -m bench.highlighting`: how fast code is coloured, beside Pygments on the same blocks.

Measured is processor time, of which other programs take less than of time by the clock; each figure is the best of
several rounds in which the two take turns.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter

from bench.corpus import posts
from sitegen.render.highlight import find_language, highlight
from sitegen.render.highlight.languages import Language

FENCE = re.compile(r"(?m)^```(\w+)\n((?:.*\n)*?)```$")


def main() -> int:
    """Measures and prints one row for each language."""
    parser = argparse.ArgumentParser(prog="python -m bench.highlighting", description=__doc__)
    parser.add_argument(
        "--posts", type=int, default=300, metavar="N", help="size of the corpus [default: 300]"
    )
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="how often [default: 7]")
    options = parser.parse_args()
    blocks: dict[str, list[str]] = {}
    for post in posts(options.posts):
        for name, text in FENCE.findall(f"{post.opening}\n\n{post.rest}\n"):
            blocks.setdefault(name, []).append(text)

    print("| language | characters | first block, ms | Pygments, ns per character | sitegen | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    total = [0.0, 0.0]
    characters = 0
    for name, texts in sorted(blocks.items()):
        first, *seconds = _measure(name, texts, options.rounds)
        count = sum(map(len, texts))
        _print_row(name, count, f"{first * 1e3:.1f}", seconds)
        total = [sum(pair) for pair in zip(total, seconds, strict=True)]
        characters += count
    _print_row("all", characters, "", total)
    return 0


def _measure(name: str, texts: list[str], rounds: int) -> tuple[float, float, float]:
    """Seconds for the first block in this process, for all by Pygments, and for all by us."""
    language = find_language(name)
    assert language is not None
    first = _seconds(lambda: _colour(language, texts[:1]))
    make: Any = language.lexer_class
    lexer, formatter = make(stripnl=False), HtmlFormatter(nowrap=True)

    def by_pygments() -> None:
        for text in texts:
            pygments_highlight(text, lexer, formatter)

    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        best[0] = min(best[0], _seconds(by_pygments))
        best[1] = min(best[1], _seconds(lambda: _colour(language, texts)))
    return first, best[0], best[1]


def _colour(language: Language, texts: list[str]) -> None:
    for text in texts:
        highlight(text, language)


def _seconds(work: Callable[[], None]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _print_row(name: str, characters: int, first: str, seconds: list[float]) -> None:
    theirs, ours = (f"{value / characters * 1e9:,.0f}" for value in seconds)
    print(f"| {name} | {characters:,} | {first} | {theirs} | {ours} | {seconds[0] / seconds[1]:.1f} |")


if __name__ == "__main__":
    sys.exit(main())
