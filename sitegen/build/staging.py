"""Making pages: rendering what is outdated, over several processes where it pays, and staging the bytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

import msgspec

from sitegen.build.answers import FactTable
from sitegen.build.ledger import packed_numbers, recipe_digest
from sitegen.build.options import Watch
from sitegen.build.output import Output
from sitegen.build.prepare import Prepared
from sitegen.build.review import Outdated
from sitegen.build.state import LockedStateError, StateError
from sitegen.build.workers import Crew, at_work, worker_count
from sitegen.digests import hash_bytes
from sitegen.errors import Problem, SitegenError
from sitegen.model import Digest, OutputPath, Value
from sitegen.render.theme.facts import FactKey

PAGES_WORTH_A_WORKER = 200
"""Starting a process costs about as much as rendering so many pages."""

CHUNK = 32
"""Pages that a worker renders before it reports."""


class Made(Value, frozen=True):
    """What came of all outdated pages: columns as those of the ledger, for such as could be rendered."""

    paths: tuple[OutputPath, ...]
    """In no order."""
    recipes: bytes
    contents: bytes
    reads: tuple[bytes, ...]
    staged: tuple[OutputPath, ...]
    """Those whose bytes are new and wait beside their place, in the order of writing."""
    failed: frozenset[OutputPath]
    problems: tuple[Problem, ...]


class _MadePage(Value, frozen=True, array_like=True):
    """One rendered page."""

    number: int
    """Among the outdated pages."""
    recipe: Digest
    content: Digest
    reads: list[int]
    """Numbers in the worker's own list of facts, which keeps what it says short."""
    is_staged: bool


class _ChunkResult(Value, frozen=True, array_like=True):
    """What a worker says of its pages."""

    facts: list[FactKey]
    pages: list[_MadePage]
    failed: list[tuple[int, tuple[Problem, ...]]]
    unwritten: tuple[Problem, ...] = ()
    """Why a page could not be staged, as when the disk is full; the pages after it were not tried."""
    broken_state: str | None = None
    """What is wrong with the state, if a text could not be read from it."""
    is_state_locked: bool = False
    """Whether that is but another program at work with it."""


_decoder = msgspec.msgpack.Decoder(_ChunkResult)


def at_rendering(
    prepared: Prepared, todo: Sequence[Outdated], output: Output, jobs: int
) -> AbstractContextManager[Crew]:
    """Those who render and stage pages, at work from now until the end of the block."""

    def work(numbers: Sequence[int]) -> bytes:
        try:
            return msgspec.msgpack.encode(_make(prepared, todo, numbers, output))
        except StateError as error:
            is_locked = isinstance(error, LockedStateError)
            return msgspec.msgpack.encode(
                _ChunkResult(
                    facts=[], pages=[], failed=[], broken_state=str(error), is_state_locked=is_locked
                )
            )

    workers = worker_count(jobs, len(todo), PAGES_WORTH_A_WORKER)
    if workers > 1:
        for _ in prepared.templates.compile_all():  # here rather than in each of them
            pass
    return at_work(work, len(todo), workers, CHUNK)


def make_pages(crew: Crew, todo: Sequence[Outdated], table: FactTable, watch: Watch) -> Made:
    """What comes of pages that `crew` is at rendering: those whose template failed are told and left out.

    Facts are numbered in `table`. Raises `SitegenError` when a page cannot be staged, and `StateError`.
    """
    numbers = array("I")  # of the pages in the order in which they are done
    recipes, contents = bytearray(), bytearray()
    reads: list[bytes] = []
    staged: list[int] = []
    failed: set[OutputPath] = set()
    problems: list[Problem] = []
    for _, answer in crew.results():
        result = _decoder.decode(answer)
        if result.broken_state is not None:
            kind = LockedStateError if result.is_state_locked else StateError
            raise kind(result.broken_state)
        if result.unwritten:
            raise SitegenError(result.unwritten)
        facts = [table.number(key) for key in result.facts]
        for page in result.pages:
            numbers.append(page.number)
            recipes += page.recipe
            contents += page.content
            reads.append(packed_numbers([facts[read] for read in page.reads]))
            if page.is_staged:
                staged.append(page.number)
        for number, found in result.failed:
            failed.add(todo[number].path)
            problems.extend(found)
        watch("render", len(numbers) + len(failed), len(todo))
    return Made(
        paths=tuple([todo[number].path for number in numbers]),
        recipes=bytes(recipes),
        contents=bytes(contents),
        reads=tuple(reads),
        staged=tuple([todo[number].path for number in sorted(staged)]),
        failed=frozenset(failed),
        problems=tuple(_told_once(problems)),
    )


def _told_once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Each fault of a template once, with the first page that met it and how many others did."""
    met: dict[Problem, list[str]] = {}
    for problem in problems:
        met.setdefault(msgspec.structs.replace(problem, notes=()), []).extend(problem.notes)
    for problem, notes in met.items():
        first, *others = sorted(notes) or [""]
        further = f", and {len(others):,} other page{'s' if len(others) > 1 else ''}" if others else ""
        yield msgspec.structs.replace(problem, notes=(first + further,) if first else ())


def _make(prepared: Prepared, todo: Sequence[Outdated], chunk: Iterable[int], output: Output) -> _ChunkResult:
    numbers: dict[FactKey, int] = {}
    pages = []
    failed = []
    unwritten: tuple[Problem, ...] = ()
    for number in chunk:
        page = prepared.pages[todo[number].path]
        try:
            rendered = prepared.renderer.render(page)
        except SitegenError as error:
            failed.append((number, error.problems))
            continue
        try:
            is_staged = output.stage(page.path, rendered.content)
        except SitegenError as error:
            unwritten = error.problems
            break
        made = _MadePage(
            number=number,
            recipe=recipe_digest(page),
            content=hash_bytes(rendered.content),
            reads=[numbers.setdefault(key, len(numbers)) for key in rendered.reads],
            is_staged=is_staged,
        )
        pages.append(made)
    return _ChunkResult(facts=list(numbers), pages=pages, failed=failed, unwritten=unwritten)
