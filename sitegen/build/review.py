"""Review: which pages are outdated.

A page is kept if, and only if, its recipe, every answer that it read and the file that it wrote are unchanged.
Nothing is invalidated and no graph is walked: answers are compared.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import accumulate
from pathlib import Path

from sitegen.build.ledger import Ledger, fact_numbers, packed_numbers, recipe_digest
from sitegen.build.recipes import Page
from sitegen.build.state_folder import name_for
from sitegen.model import Digest, OutputPath, Value
from sitegen.render.theme.facts import FactKey

FEW = 16
"""Up to so many changed facts are looked for in the bytes of what all pages read, which takes a tenth of the time."""


def reasons_name(folder: Path) -> str:
    """What the reasons for the pages rendered last are called in the state."""
    return name_for("reasons", folder)


class Reason(StrEnum):
    """Why a page is rendered."""

    NEW = "new"
    RECIPE = "recipe"
    FACT = "fact"
    OUTPUT = "output"


class Outdated(Value, frozen=True):
    """A page to render, and why."""

    path: OutputPath
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
        case "label":
            return f"the title, address, date or terms of {shown} changed"
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


def outdated(
    pages: Mapping[OutputPath, Page],
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
    numbers = {path: number for number, path in enumerate(ledger.paths)}
    for path in pages:
        number = numbers.get(path)
        if number is None:
            yield Outdated(path=path, reason=Reason.NEW)
        elif number in readers:
            facts = tuple(changed[fact] for fact in sorted(readers[number]))
            yield Outdated(path=path, reason=Reason.FACT, facts=facts)
        elif not same_plan and ledger.recipe(number) != recipe_digest(pages[path]):
            yield Outdated(path=path, reason=Reason.RECIPE)
        elif path in vandalised:
            yield Outdated(path=path, reason=Reason.OUTPUT)


def _readers(ledger: Ledger, changed: Mapping[int, FactKey]) -> dict[int, set[int]]:
    """The numbers of the pages that read any of these facts, each with those it read."""
    found: dict[int, set[int]] = {}
    if len(changed) > FEW:
        facts = changed.keys()
        for number, reads in enumerate(map(fact_numbers, ledger.reads)):
            if not facts.isdisjoint(reads):
                found[number] = facts & set(reads)
        return found
    column = b"".join(ledger.reads)
    ends = list(accumulate(map(len, ledger.reads)))
    for fact in changed:
        for place in _places(column, packed_numbers([fact])):
            found.setdefault(bisect(ends, place), set()).add(fact)
    return found


def _places(column: bytes, number: bytes) -> Iterator[int]:
    """Where in a column of numbers this one stands."""
    place = column.find(number)
    while place >= 0:
        if place % len(number) == 0:
            yield place
        place = column.find(number, place + 1)
