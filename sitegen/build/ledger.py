"""The ledger: for every page its recipe, the facts it read and what it wrote; and which pages are outdated.

A page is kept if, and only if, its recipe, every answer that it read and the file that it wrote are unchanged.
Nothing is invalidated and no graph is walked: answers are compared. An answer is the same for all pages of a
build, so its digest is kept once and pages name facts by number.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.build.recipes import FileKind, Page, file_kind
from sitegen.build.state import StateError
from sitegen.build.state_folder import StateFolder
from sitegen.model import Digest, OutputPath, Signature, Value
from sitegen.render.theme.facts import TEXT_FACTS, FactKey, Facts

FEW = 16
"""Up to so many changed facts are looked for in the bytes of each page's record first, which takes a tenth of the time."""


class PageRecord(Value, frozen=True, array_like=True):
    """What the last build knows of one page."""

    recipe: Digest
    reads: bytes
    """The numbers of the facts it read, as 32-bit integers of this machine."""
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
    facts: tuple[FactKey, ...] = ()
    """Every fact that some page read, by number."""
    answers: tuple[Digest, ...] = ()
    """The digest of each fact's answer, by the same number."""
    pages: dict[OutputPath, PageRecord] = {}


def ledger_name(folder: Path) -> str:
    """What the ledger of an output folder is called in the state."""
    return f"ledger {folder.resolve()}"


def remembered_ledger(state: StateFolder, folder: Path) -> Ledger:
    """The ledger of an output folder, an empty one at first. Raises `StateError` for one that no build wrote."""
    ledger = state.load(ledger_name(folder), Ledger) or Ledger()
    try:
        numbers = fact_numbers(b"".join(record.reads for record in ledger.pages.values()))
    except ValueError as error:
        raise StateError(str(error)) from error
    if len(ledger.facts) != len(ledger.answers) or max(numbers, default=-1) >= len(ledger.facts):
        raise StateError("the ledger names facts that it does not hold")
    return ledger


def reasons_name(folder: Path) -> str:
    """What the reasons for the pages rendered last are called in the state."""
    return f"reasons {folder.resolve()}"


class Reason(StrEnum):
    """Why a page is rendered."""

    NEW = "new"
    RECIPE = "recipe"
    FACT = "fact"
    OUTPUT = "output"


class Outdated(Value, frozen=True):
    """A page to render, and why."""

    page: Page
    reason: Reason
    facts: tuple[FactKey, ...] = ()
    """Those whose answers changed."""

    @property
    def reasons(self) -> list[str]:
        """In words."""
        match self.reason:
            case Reason.NEW:
                return ["pages that were not there"]
            case Reason.RECIPE:
                return ["what the page is made from changed"]
            case Reason.OUTPUT:
                return ["the written file was changed or is missing"]
            case Reason.FACT:
                return [fact_in_words(key) for key in self.facts]


def fact_in_words(key: FactKey) -> str:
    """`the card of content/posts/a.md changed`."""
    kind, *about = key
    shown = " ".join(str(part) for part in about)
    match kind:
        case "card" | "body":
            return f"the {'card' if kind == 'card' else 'text'} of {shown} changed"
        case "counts":
            return f"the length of {shown} changed"
        case "newer" | "older":
            return f"the {kind} neighbour of {shown} changed"
        case "config":
            return f"the setting {shown} changed"
        case "terms":
            return f"the list of {'categories' if shown == 'category' else 'tags'} changed"
        case "listing" | "count":
            return f"the list {about[0]} changed"
        case "link":
            return f"the target of {about[1]} in {about[0]} changed"
        case "template":
            return f"the template {shown} or what it uses changed"
        case "term_url":
            return f"the address of the {about[0]} {' › '.join(map(str, about[1:]))} changed"
        case "term":
            return f"the {about[0]} {' › '.join(map(str, about[1:]))} changed"
        case "years":
            return "the years of the archive changed"
        case "pages" | "top_pages":
            return "the list of pages changed"
        case "data":
            return f"the data file {shown} changed"
        case _:
            return f"the {kind} {shown} changed"


def recipe_digest(page: Page) -> Digest:
    """Over a page's address and its recipe. The first byte says what kind of file it makes."""
    digest = blake2b(msgspec.msgpack.encode(page), digest_size=15).digest()
    return Digest(bytes([file_kind(page)]) + digest)


def current_answers(ledger: Ledger, facts: Facts, structure: Digest) -> list[Digest]:
    """The digests of today's answers to the facts of the ledger, by number. Raises `StateError` for no facts.

    Only cards and bodies say anything of a post's text. When everything else is as it was, every other fact has
    the answer that it had, because facts are pure.
    """
    try:
        if ledger.structure != structure:
            return [facts.digest(key) for key in ledger.facts]
        return [
            facts.digest(key) if key[0] in TEXT_FACTS else answer
            for key, answer in zip(ledger.facts, ledger.answers, strict=True)
        ]
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise StateError("the ledger names facts that there are none of") from error


def changed_facts(ledger: Ledger, answers: Sequence[Digest]) -> dict[int, FactKey]:
    """The facts whose answers are no longer the same, by number."""
    return {
        number: ledger.facts[number]
        for number, (old, new) in enumerate(zip(ledger.answers, answers, strict=True))
        if old != new
    }


def outdated(
    pages: Sequence[Page],
    structure: Digest,
    ledger: Ledger,
    changed: Mapping[int, FactKey],
    vandalised: frozenset[OutputPath],
) -> Iterator[Outdated]:
    """The pages to render, in the order of `pages`; `vandalised` are those whose files are not as written.

    The plan is made from the structure of the site alone, so recipes are compared only when that has changed.
    """
    readers = _readers(ledger, changed)
    same_plan = ledger.structure == structure
    for page in pages:
        record = ledger.pages.get(page.path)
        if record is None:
            yield Outdated(page=page, reason=Reason.NEW)
        elif page.path in readers:
            facts = tuple(changed[number] for number in readers[page.path])
            yield Outdated(page=page, reason=Reason.FACT, facts=facts)
        elif not same_plan and record.recipe != recipe_digest(page):
            yield Outdated(page=page, reason=Reason.RECIPE)
        elif page.path in vandalised:
            yield Outdated(page=page, reason=Reason.OUTPUT)


def _readers(ledger: Ledger, changed: Mapping[int, FactKey]) -> dict[OutputPath, list[int]]:
    """The pages that read any of these facts, each with those it read."""
    if not changed:
        return {}
    numbers = changed.keys()
    found = {}
    marks = [packed_numbers([number]) for number in numbers] if len(numbers) <= FEW else []
    for path, record in ledger.pages.items():
        if marks and not any(mark in record.reads for mark in marks):
            continue
        reads = fact_numbers(record.reads)
        if not numbers.isdisjoint(reads):
            found[path] = sorted(numbers & set(reads))
    return found


def packed_numbers(numbers: Iterable[int]) -> bytes:
    """Numbers of facts as a page's record holds them."""
    return array("I", numbers).tobytes()


def fact_numbers(reads: bytes) -> array[int]:
    """The numbers in a page's record."""
    numbers = array("I")
    numbers.frombytes(reads)
    return numbers


class FactTable:
    """Numbers for facts and the digests of their answers, while the ledger of a build is being written."""

    def __init__(self, ledger: Ledger, answers: Sequence[Digest], facts: Facts) -> None:
        self._numbers: dict[FactKey, int] = {key: number for number, key in enumerate(ledger.facts)}
        self._read = len(self._numbers)
        self._answers = list(answers)
        self._facts = facts

    def number(self, key: FactKey) -> int:
        """The number of a fact, given to it when it is first named."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            self._answers.append(self._facts.digest(key))
        return number

    def ledger(self, records: Mapping[OutputPath, PageRecord], structure: Digest) -> Ledger:
        """The ledger of a finished build, without facts that nothing reads any more once they are the most."""
        keys = tuple(self._numbers)
        if len(keys) == self._read:  # what was in use is in use but for a few
            return Ledger(structure=structure, facts=keys, answers=tuple(self._answers), pages=dict(records))
        used = set[int]()
        for record in records.values():
            used.update(fact_numbers(record.reads))
        if len(used) * 2 >= len(keys):
            return Ledger(structure=structure, facts=keys, answers=tuple(self._answers), pages=dict(records))
        kept = sorted(used)
        number_of = {old: new for new, old in enumerate(kept)}
        return Ledger(
            structure=structure,
            facts=tuple(keys[number] for number in kept),
            answers=tuple(self._answers[number] for number in kept),
            pages={path: _renumbered(record, number_of) for path, record in records.items()},
        )


def _renumbered(record: PageRecord, number_of: Mapping[int, int]) -> PageRecord:
    reads = packed_numbers(number_of[old] for old in fact_numbers(record.reads))
    return msgspec.structs.replace(record, reads=reads)
