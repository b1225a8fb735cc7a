"""The benchmark of previews: that one can be measured, and what is said of the figures. Nothing is timed here."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from bench import preview_report
from bench.generators import REPOSITORY, Generator, sitegen_generators
from bench.preview_report import PreviewReport
from bench.previews import PreviewFigures, measure_preview
from bench.report import with_figures
from bench.rounds import create_sites

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads what only Linux tells of a process")


@pytest.fixture
def ours(tmp_path: Path) -> list[Generator]:
    return sitegen_generators(tmp_path / "work")


def preview_figures(generator: Generator, milliseconds: float) -> PreviewFigures:
    return PreviewFigures(
        generator=generator,
        count=10_000,
        cold_seconds=3.0,
        warm_seconds=0.5,
        body=(milliseconds,) * 49 + (10 * milliseconds,),
        title=(2 * milliseconds,) * 50,
        seen=(4 * milliseconds,) * 50,
        memory_bytes=200_000_000,
        most_memory_bytes=250_000_000,
        grown_bytes=1_500_000,
    )


def test_the_report_of_previews_tells_which_targets_are_missed(ours: list[Generator]) -> None:
    day = date(2026, 11, 26)
    assert PreviewReport([preview_figures(ours[0], 30.0)], "a machine", day).conclusion() == (
        "Every target is reached."
    )
    report = PreviewReport([preview_figures(ours[0], 150.0)], "a machine", day)
    assert report.conclusion().splitlines() == [
        "preview, 10,000 posts, body, median: 150 ms, target ≤ 40: missed",
        "preview, 10,000 posts, body, 95th percentile: 150 ms, target ≤ 100: missed",
        "preview, 10,000 posts, title, median: 300 ms, target ≤ 200: missed",
    ]
    assert "| a body saved → seen in Chromium, ms | 600 (600) |  |" in report.markdown()
    assert "| more after 1,000 further edits, MB | 1.5 | 1.5 MB, target ≤ 10: reached |" in report.markdown()
    assert (
        "| a title saved → four pages, ms | 300 (300) | 300 ms, target ≤ 200: missed |" in report.markdown()
    )


def test_the_figures_of_previews_have_their_place_in_the_document() -> None:
    document = (REPOSITORY / "docs/performance.md").read_text()
    marks = (preview_report.BEGIN, preview_report.END)
    assert with_figures(document, "figures\n", marks).count("figures\n") == 1


def test_a_preview_can_be_measured(ours: list[Generator], tmp_path: Path) -> None:
    (site,) = create_sites(ours[:1], 12, tmp_path)
    measured = measure_preview(site, 2, lambda _: None)
    assert (len(measured.body), len(measured.title)) == (2, 2)
    assert all(value > 0 for value in (*measured.body, *measured.title, measured.memory_bytes))
    assert measured.grown_bytes is not None
