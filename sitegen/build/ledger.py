"""The ledger: for every page its recipe, the facts it read and what it wrote.

It is kept in columns, one value of the state each. An edit concerns a few of the pages; their rows are replaced, and
of the columns only those are written that have changed. An answer is the same for all pages of a build, so its digest
is kept once and pages name facts by number.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from sitegen.build.recipes import FileKind, Page, file_kind
from sitegen.build.state import StateError
from sitegen.build.state_folder import StateFolder
from sitegen.build.written import ROW, WrittenFiles, column_name, rows, signature_in
from sitegen.digests import blake2b
from sitegen.model import Digest, OutputPath, Signature, Value
from sitegen.render.theme.facts import FactKey

DIGEST = 16
"""Bytes of a digest in a column; shorter ones are filled up."""

_decoder = msgspec.msgpack.Decoder(FactKey)


class PageRecord(Value, frozen=True):
    """What the last build knows of one page."""

    recipe: Digest
    content: Digest
    """Of the bytes it wrote."""
    written: Signature
    """Of the file after it was written."""

    @property
    def kind(self) -> FileKind:
        """What the file is to its readers."""
        return FileKind(self.recipe[0])


class Ledger(Value, frozen=True):
    """What the last finished build knows of its pages."""

    structure: Digest = Digest(b"")
    """Over everything but the texts of posts; see `sitegen.build.arrangement`."""
    texts: Digest = Digest(b"")
    """Over the texts of posts; see `sitegen.build.outlines`."""
    paths: tuple[OutputPath, ...] = ()
    """Every page; the columns have a row for each."""
    recipes: bytes = b""
    contents: bytes = b""
    looks: bytes = b""
    """See `sitegen.build.written`."""
    reads: tuple[bytes, ...] = ()
    """For each page the numbers of the facts that it read, as 32-bit integers of this machine."""
    facts: tuple[bytes, ...] = ()
    """The key of every fact that some page read, by number, encoded; see `fact_key`."""
    answers: bytes = b""
    """The digest of each fact's answer, by the same number."""

    @property
    def written(self) -> WrittenFiles:
        """The files as they looked when they were written."""
        return WrittenFiles(paths=self.paths, looks=self.looks)

    @property
    def pages(self) -> dict[OutputPath, PageRecord]:
        """The same row by row."""
        columns = rows(self.recipes, DIGEST), rows(self.contents, DIGEST), rows(self.looks, ROW)
        return {
            path: PageRecord(recipe=Digest(recipe), content=Digest(content), written=signature_in(looks))
            for path, recipe, content, looks in zip(self.paths, *columns, strict=True)
        }

    def recipe(self, number: int) -> bytes:
        """The digest of the recipe of a page."""
        return self.recipes[number * DIGEST : (number + 1) * DIGEST]

    def fact_key(self, number: int) -> FactKey:
        """The fact of this number. Raises `StateError` where there is none."""
        try:
            return _decoder.decode(self.facts[number])
        except (IndexError, msgspec.DecodeError) as error:
            raise StateError("the ledger names facts that there are none of") from error

    def reads_of(self, paths: Iterable[OutputPath]) -> Iterator[list[FactKey]]:
        """For each of these pages the facts that it read; none of an unknown page."""
        known = dict(zip(self.paths, self.reads, strict=True))
        for path in paths:
            yield [self.fact_key(number) for number in fact_numbers(known.get(path, b""))]


COLUMNS = ("paths", "recipes", "contents", "looks", "reads", "facts", "answers")


class _Head(Value, frozen=True):
    """What of a ledger is new with every build."""

    structure: Digest
    texts: Digest


def remembered_ledger(state: StateFolder, folder: Path) -> Ledger:
    """The ledger of an output folder, an empty one at first. Raises `StateError` for one that no build wrote."""
    head = state.load(column_name("head", folder), _Head)
    if head is None:
        return Ledger()
    columns: dict[str, Any] = {
        column: state.load(column_name(column, folder), _COLUMN_TYPES[column]) for column in COLUMNS
    }
    if None in columns.values():
        raise StateError("a part of the ledger is missing")
    ledger = Ledger(structure=head.structure, texts=head.texts, **columns)
    count = len(ledger.paths)
    if (
        len(ledger.recipes) != count * DIGEST
        or len(ledger.contents) != count * DIGEST
        or len(ledger.looks) != count * ROW
        or len(ledger.reads) != count
        or len(ledger.answers) != len(ledger.facts) * DIGEST
    ):
        raise StateError("the columns of the ledger do not fit together")
    try:
        numbers = fact_numbers(b"".join(ledger.reads))
    except ValueError as error:
        raise StateError(str(error)) from error
    if max(numbers, default=-1) >= len(ledger.facts):
        raise StateError("the ledger names facts that it does not hold")
    return ledger


_COLUMN_TYPES: Mapping[str, Any] = {
    field.name: field.type for field in msgspec.structs.fields(Ledger) if field.name in COLUMNS
}


def remember_ledger(state: StateFolder, folder: Path, ledger: Ledger, before: Ledger) -> None:
    """Keeps for the next build what is new since `before`; to be called inside a transaction of the state."""
    is_first = not before.structure
    for column in COLUMNS:
        value = getattr(ledger, column)
        if is_first or value != getattr(before, column):
            state.save(column_name(column, folder), value)
    state.save(column_name("head", folder), _Head(structure=ledger.structure, texts=ledger.texts))


def with_pages(ledger: Ledger, paths: tuple[OutputPath, ...], fresh: Ledger) -> Ledger:
    """The ledger of just these pages, as `fresh` has them or else as this one does. Facts have the same numbers."""
    numbers = {path: number for number, path in enumerate(paths)}
    recipes, contents, looks, reads = _in_order(ledger, paths)
    for other, path in enumerate(fresh.paths):
        number = numbers[path]
        for column, new, width in (
            (recipes, fresh.recipes, DIGEST),
            (contents, fresh.contents, DIGEST),
            (looks, fresh.looks, ROW),
        ):
            column[number * width : (number + 1) * width] = new[other * width : (other + 1) * width]
        reads[number] = fresh.reads[other]
    return msgspec.structs.replace(
        ledger,
        paths=paths,
        recipes=bytes(recipes),
        contents=bytes(contents),
        looks=bytes(looks),
        reads=tuple(reads),
    )


def _in_order(
    ledger: Ledger, paths: tuple[OutputPath, ...]
) -> tuple[bytearray, bytearray, bytearray, list[bytes]]:
    """The columns that have a row for each page, in another order; empty rows for pages that are new."""
    columns = ledger.recipes, ledger.contents, ledger.looks
    if paths == ledger.paths:
        recipes, contents, looks = map(bytearray, columns)
        return recipes, contents, looks, list(ledger.reads)
    numbers = {path: number for number, path in enumerate(ledger.paths)}
    order = [numbers.get(path, -1) for path in paths]

    def in_order(column: bytes, width: int) -> bytearray:
        known = [*rows(column, width), bytes(width)]
        return bytearray().join([known[number] for number in order])

    recipes, contents, looks = map(in_order, columns, (DIGEST, DIGEST, ROW))
    reads = [*ledger.reads, b""]
    return recipes, contents, looks, [reads[number] for number in order]


def recipe_digest(page: Page) -> Digest:
    """Over a page's address and its recipe. The first byte says what kind of file it makes."""
    digest = blake2b(msgspec.msgpack.encode(page), digest_size=DIGEST - 1).digest()
    return Digest(bytes([file_kind(page)]) + digest)


def packed_numbers(numbers: Iterable[int]) -> bytes:
    """Numbers of facts as a page's record holds them."""
    return array("I", numbers).tobytes()


def fact_numbers(reads: bytes) -> array[int]:
    """The numbers in a page's record."""
    numbers = array("I")
    numbers.frombytes(reads)
    return numbers


def filled(digest: Digest) -> bytes:
    """A digest as a column holds it."""
    return digest.ljust(DIGEST, b"\0")
