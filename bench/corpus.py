"""A corpus of dated posts as technical blogs have them, the same on every machine.

About a third of the posts are Chinese. Two thirds show code, in six languages; a fifth have a table, three in ten a
picture. Sizes are log-normal with a mean of 5.7 KB. Tags follow Zipf's law, categories are nested, dates spread
over ten years. Each post depends on its number alone, but for its date, so any can be had without the others.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import TypeVar

from bench.snippets import code_block
from bench.vocabulary import CATEGORIES, CHINESE, ENGLISH, TAGS, TECHNOLOGIES

SEED = "a blog of ten years"
BEGIN = datetime(2015, 3, 1, 6, 0, tzinfo=UTC)
SPAN = timedelta(days=3650)
PICTURES = 200
"""How many pictures the posts of a corpus share."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post before any generator's notation."""

    slug: str
    date: datetime
    title: str
    category: tuple[str, ...]
    """The path from the top."""
    tags: tuple[str, ...]
    is_chinese: bool
    opening: str
    """Markdown before the more marker."""
    rest: str
    """Markdown after it."""


def posts(count: int) -> Iterator[Post]:
    """The posts of a corpus, oldest first."""
    return (post(number, count) for number in range(count))


def post(number: int, count: int) -> Post:
    """One post of a corpus of `count`; numbers beyond it give later posts."""
    random = Random(f"{SEED} {number}")
    is_chinese = random.random() < 1 / 3
    writer = _Writer(random, is_chinese=is_chinese)
    words = random.sample(ENGLISH, random.randint(2, 4))
    opening = "\n\n".join(writer.paragraph() for _ in range(random.randint(1, 2)))
    return Post(
        slug="-".join((f"{number:06d}", *words)),
        date=BEGIN + timedelta(seconds=int((number + random.random()) * SPAN.total_seconds() / count)),
        title=writer.title(),
        category=_zipf(random, CATEGORIES, 0.6),
        tags=tuple(sorted({_zipf(random, TAGS, 1.0) for _ in range(random.randint(1, 5))})),
        is_chinese=is_chinese,
        opening=opening,
        rest=writer.rest(_size(random) - _bytes(opening)),
    )


def picture(number: int) -> bytes:
    """A PNG file: a plain area of 640 by 400 points, its grey by the number."""
    row = b"\0" + bytes([number % 256]) * 640
    header = struct.pack(">IIBBBBB", 640, 400, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 400)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def _size(random: Random) -> float:
    """The bytes of one post."""
    return min(20_000, max(1_000, random.lognormvariate(8.37, 0.62)))


def _bytes(text: str) -> int:
    return len(text.encode())


def _zipf(random: Random, ranked: tuple[T, ...], exponent: float) -> T:
    return random.choices(ranked, cum_weights=_cumulative_weights(len(ranked), exponent))[0]


@cache
def _cumulative_weights(count: int, exponent: float) -> tuple[float, ...]:
    return tuple(accumulate(1 / rank**exponent for rank in range(1, count + 1)))


class _Writer:
    """Writes the parts of one post."""

    def __init__(self, random: Random, *, is_chinese: bool) -> None:
        self._random = random
        self._is_chinese = is_chinese

    def title(self) -> str:
        subject = self._random.choice(TECHNOLOGIES)
        return f"{self._phrase(3, 5)} {subject}" if self._is_chinese else f"{self._phrase(2, 4)} {subject}"

    def rest(self, size: float) -> str:
        """So many bytes of headings, paragraphs and lists, with code, tables and pictures here and there."""
        special = self._special_blocks(size)
        prose = list(self._prose(size - sum(_bytes(block) + 2 for block in special)))
        for block in special:
            prose.insert(self._random.randint(0, len(prose)), block)
        return "\n\n".join(prose) + "\n"

    def _special_blocks(self, size: float) -> list[str]:
        random = self._random
        blocks = []
        if random.random() < 0.7:
            blocks += [code_block(random) for _ in range(min(random.randint(1, 4), max(1, int(size / 1400))))]
        if random.random() < 0.2:
            blocks.append(self._table())
        if random.random() < 0.3:
            blocks.append(f"![{self._phrase(2, 4)}](/images/figure-{random.randrange(PICTURES)}.png)")
        return blocks

    def _prose(self, size: float) -> Iterator[str]:
        written = 0
        while written < size or not written:
            for make in (
                self._heading,
                self.paragraph,
                self.paragraph,
                self._list_or_paragraph,
                self.paragraph,
            ):
                block = make()
                yield block
                written += _bytes(block) + 2
                if written >= size:
                    break

    def paragraph(self) -> str:
        random = self._random
        parts = []
        for _ in range(random.randint(2, 6)):
            parts.append(self._sentence())
            if random.random() < 0.45:
                parts.append(self._span())
        return ("" if self._is_chinese else " ").join(parts)

    def _list_or_paragraph(self) -> str:
        return self._list() if self._random.random() < 0.5 else self.paragraph()

    def _heading(self) -> str:
        return f"{self._random.choice(('##', '##', '###'))} {self._phrase(2, 5)}"

    def _list(self) -> str:
        random = self._random
        if random.random() < 0.5:
            return "\n".join(f"1. {self._sentence()}" for _ in range(random.randint(3, 6)))
        lines = []
        for _ in range(random.randint(3, 6)):
            lines.append(f"- {self._sentence()}")
            if random.random() < 0.15:
                lines.append(f"  - {self._sentence()}")
        return "\n".join(lines)

    def _table(self) -> str:
        columns = self._random.randint(3, 5)

        def row(cell: Callable[[], str]) -> str:
            return "|" + "|".join(f" {cell()} " for _ in range(columns)) + "|"

        body = [row(self._word) for _ in range(self._random.randint(3, 8))]
        return "\n".join((row(self._word), row(lambda: "---"), *body))

    def _sentence(self) -> str:
        random = self._random
        if not self._is_chinese:
            return self._phrase(7, 20) + "."
        clauses = [self._phrase(3, 7) for _ in range(random.randint(2, 4))]
        if random.random() < 0.3:
            clauses[0] += f" {random.choice(TECHNOLOGIES)} "
        return "，".join(clauses) + "。"

    def _span(self) -> str:
        random = self._random
        words = self._phrase(1, 2)
        kind = random.random()
        if kind < 0.35:
            return f"`{'_'.join(random.choices(ENGLISH, k=random.randint(1, 2)))}`"
        if kind < 0.6:
            return f"**{words}**"
        if kind < 0.75:
            return f"*{words}*"
        return f"[{words}](https://example.org/{random.choice(ENGLISH)}/{random.randrange(1000)})"

    def _phrase(self, least: int, most: int) -> str:
        """So many words, as a sentence begins."""
        words = [self._word() for _ in range(self._random.randint(least, most))]
        return "".join(words) if self._is_chinese else " ".join(words).capitalize()

    def _word(self) -> str:
        return self._random.choice(CHINESE if self._is_chinese else ENGLISH)
