"""`python -m bench`: how fast sitegen builds, beside Hugo and Pelican on the same corpus."""

from __future__ import annotations

import argparse
import fcntl
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.generators import REPOSITORY, Generator, hugo, pelican, sitegen_generators
from bench.machine import machine_description
from bench.measurement import BenchError
from bench.preview_report import BEGIN as PREVIEW_BEGIN
from bench.preview_report import END as PREVIEW_END
from bench.preview_report import PreviewReport
from bench.previews import PreviewFigures, measure_preview
from bench.report import BEGIN, END, Report, with_figures
from bench.rounds import (
    REST_SECONDS,
    TRUSTED_SECONDS,
    OneProcess,
    create_sites,
    measure_one_process,
    measure_rounds,
    rest,
)
from bench.scenarios import Site

WORK = Path(__file__).with_name(".work")
DOCUMENT = REPOSITORY / "docs" / "performance.md"
PEERS = {"hugo": hugo, "pelican": pelican}
PEERS_UP_TO = 10_000
"""Hugo takes 2 GB for so many posts, and more than most machines have for ten times as many."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints the figures and says which targets are missed; the exit code."""
    options = _options(arguments)
    WORK.mkdir(exist_ok=True)
    with (WORK / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another benchmark is running here.", file=sys.stderr)
            return 1
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    try:
        return _run_previews(options) if options.preview else _run_builds(options)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run_previews(options: argparse.Namespace) -> int:
    """Measures previews beside that of Hugo."""
    counts = [300] if options.quick else options.posts
    generators = [
        item for item in _generators(options.only) if item.preview and item.name != "sitegen-default"
    ]
    measured: list[PreviewFigures] = []
    for count in counts:
        present = [item for item in generators if item.is_ours or count <= PEERS_UP_TO]
        _tell(f"{count:,} posts: writing the corpus")
        sites = create_sites(present, count, WORK)
        measured += [measure_preview(site, 5 if options.quick else options.edits, _tell) for site in sites]
        for site in sites:
            site.tidy()
    report = PreviewReport(measured, machine_description(), date.today())  # noqa: DTZ011 - as people here say
    print(report.markdown())
    print(report.conclusion())
    _write(options, report.markdown(), (PREVIEW_BEGIN, PREVIEW_END))
    return 0


def _run_builds(options: argparse.Namespace) -> int:
    """Measures builds beside those of Hugo and Pelican."""
    counts = [300] if options.quick else options.posts
    rounds = {300: 1} if options.quick else rounds_for_each(options.rounds, counts)
    generators = _generators(options.only)
    sites: list[Site] = []
    for count in counts:
        present = [item for item in generators if item.is_ours or count <= PEERS_UP_TO]
        _tell(f"{count:,} posts: writing the corpus")
        sites += create_sites(present, count, WORK)
    rest(TRUSTED_SECONDS if options.quick else REST_SECONDS)
    one_process: OneProcess | None = None
    if sites[0].generator.is_ours:
        _tell(f"{sites[0].count:,} posts: one process")
        one_process = measure_one_process(sites[0], rounds[sites[0].count])
    measured = measure_rounds(sites, rounds, _tell)
    for site in sites:
        site.tidy()
    report = Report(measured, one_process, machine_description(), date.today())  # noqa: DTZ011 - as people here say
    print(report.markdown())
    print(report.conclusion())
    _write(options, report.markdown(), (BEGIN, END))
    return 0


def rounds_for_each(rounds: list[int], counts: list[int]) -> dict[int, int]:
    """How many rounds there are at each number of posts; the last holds for all further ones."""
    return dict(zip(counts, rounds + rounds[-1:] * len(counts), strict=False))


def _write(options: argparse.Namespace, figures: str, marks: tuple[str, str]) -> None:
    """Puts figures into the document, if that was asked for."""
    if options.write:
        DOCUMENT.write_text(with_figures(DOCUMENT.read_text(), figures, marks))
        print(f"Written to {DOCUMENT.relative_to(REPOSITORY)}.")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--posts",
        type=_numbers,
        default=[1_000, 10_000],
        metavar="N,…",
        help="sizes of the corpus [default: 1000,10000]; peers are measured up to 10000",
    )
    parser.add_argument(
        "--rounds",
        type=_numbers,
        default=[9, 5],
        metavar="N,…",
        help="how often at each size, the last for all further ones [default: 9,5]",
    )
    parser.add_argument("--preview", action="store_true", help="measure previews instead of builds")
    parser.add_argument(
        "--edits", type=int, default=50, metavar="N", help="how many edits of a preview [default: 50]"
    )
    parser.add_argument("--only", choices=("ours", *PEERS), help="measure sitegen or one peer alone")
    parser.add_argument("--quick", action="store_true", help="300 posts, one round: whether it works at all")
    parser.add_argument("--write", action="store_true", help="write the figures to docs/performance.md")
    options = parser.parse_args(arguments)
    if options.write and (options.quick or options.only):
        parser.error("--write wants all generators at full size")
    return options


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _generators(only: str | None) -> list[Generator]:
    """Those that were asked for; peers that cannot be installed are left out with a message."""
    found = sitegen_generators(WORK) if only in (None, "ours") else []
    for name, install in PEERS.items():
        if only not in (None, name):
            continue
        try:
            found.append(install(WORK))
        except BenchError as error:
            _tell(f"skipped: {error}")
    return found


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
