"""Making pages: rendering what is outdated, over several processes where it pays, and staging the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

import msgspec

from sitegen.build.answers import FactTable
from sitegen.build.inputs import hash_bytes
from sitegen.build.ledger import packed_numbers
from sitegen.build.options import Watch
from sitegen.build.output import Output
from sitegen.build.prepare import Prepared
from sitegen.build.review import Outdated
from sitegen.build.state import StateError
from sitegen.build.workers import Crew, at_work, worker_count
from sitegen.errors import Problem, SitegenError
from sitegen.model import Digest, OutputPath, Value
from sitegen.render.theme.facts import FactKey

PAGES_WORTH_A_WORKER = 200
"""Starting a process costs about as much as rendering so many pages."""

CHUNK = 32
"""Pages that a worker renders before it reports."""


class MadePage(Value, frozen=True, array_like=True):
    """One rendered page."""

    path: OutputPath
    content: Digest
    reads: bytes
    """The numbers of the facts it read, as its record holds them."""
    staged: bool
    """Whether its bytes are new and wait beside their place."""


class Made(Value, frozen=True):
    """What came of all outdated pages."""

    pages: tuple[MadePage, ...]
    failed: frozenset[OutputPath]
    problems: tuple[Problem, ...]


class _ChunkResult(Value, frozen=True, array_like=True):
    """What a worker says of its pages; reads are numbers in its own list of facts, which keeps it short."""

    facts: list[FactKey]
    pages: list[tuple[OutputPath, Digest, list[int], bool]]
    failed: list[tuple[OutputPath, tuple[Problem, ...]]]
    unwritten: tuple[Problem, ...] = ()
    """Why a page could not be staged, as when the disk is full; the pages after it were not tried."""
    broken_state: str | None = None
    """What is wrong with the state, if a text could not be read from it."""


_decoder = msgspec.msgpack.Decoder(_ChunkResult)


def at_rendering(
    prepared: Prepared, todo: Sequence[Outdated], output: Output, jobs: int
) -> AbstractContextManager[Crew]:
    """Those who render and stage pages, at work from now until the end of the block."""

    def work(numbers: Sequence[int]) -> bytes:
        try:
            return msgspec.msgpack.encode(_make(prepared, [todo[number] for number in numbers], output))
        except StateError as error:
            return msgspec.msgpack.encode(
                _ChunkResult(facts=[], pages=[], failed=[], broken_state=str(error))
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
    pages: dict[int, list[MadePage]] = {}
    failed: set[OutputPath] = set()
    problems: list[Problem] = []
    done = 0
    for number, answer in crew.results():
        result = _decoder.decode(answer)
        if result.broken_state is not None:
            raise StateError(result.broken_state)
        if result.unwritten:
            raise SitegenError(result.unwritten)
        facts = [table.number(key) for key in result.facts]
        pages[number] = [
            MadePage(
                path=path,
                content=content,
                reads=packed_numbers(facts[read] for read in reads),
                staged=staged,
            )
            for path, content, reads, staged in result.pages
        ]
        for path, found in result.failed:
            failed.add(path)
            problems.extend(found)
        done += len(result.pages) + len(result.failed)
        watch("render", done, len(todo))
    return Made(
        pages=tuple(page for number in sorted(pages) for page in pages[number]),
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


def _make(prepared: Prepared, todo: Sequence[Outdated], output: Output) -> _ChunkResult:
    numbers: dict[FactKey, int] = {}
    pages = []
    failed = []
    unwritten: tuple[Problem, ...] = ()
    for item in todo:
        path = item.page.path
        try:
            rendered = prepared.renderer.render(item.page)
        except SitegenError as error:
            failed.append((path, error.problems))
            continue
        try:
            staged = output.stage(path, rendered.content)
        except SitegenError as error:
            unwritten = error.problems
            break
        reads = [numbers.setdefault(key, len(numbers)) for key in rendered.reads]
        pages.append((path, hash_bytes(rendered.content), reads, staged))
    return _ChunkResult(facts=list(numbers), pages=pages, failed=failed, unwritten=unwritten)
