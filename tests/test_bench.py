"""The benchmark: its corpus, its sites, its stopwatch and what it says of the figures. Nothing is timed here."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from bench import notations, rounds
from bench.__main__ import rounds_for_each
from bench.corpus import Post, picture, post, posts
from bench.generators import Generator, sitegen_generators
from bench.measurement import BenchError, Sample, measure, median_sample
from bench.report import BEGIN, END, Report, with_figures
from bench.rounds import Measured, OneProcess, create_sites, measure_rounds
from bench.scenarios import SCENARIOS, Scenario, Site
from bench.targets import Verdict

linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="the stopwatch reads what only Linux accounts"
)

HELLO = Post(
    slug="000007-hello",
    date=datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC),
    title="Hello redis",
    category=("Data", "Databases"),
    tags=("linux", "redis"),
    is_chinese=False,
    opening="Before.",
    rest="After.\n",
)


def test_the_corpus_is_the_same_on_every_machine() -> None:
    text = "".join(notations.sitegen(item) for item in posts(40))
    assert blake2b(text.encode(), digest_size=8).hexdigest() == "02858ec1010475f7"


def test_a_post_does_not_depend_on_those_before_it() -> None:
    assert post(7, 10) == list(posts(10))[7]


def test_a_larger_corpus_has_the_same_posts_at_other_dates() -> None:
    assert replace(post(7, 1_000), date=HELLO.date) == replace(post(7, 10), date=HELLO.date)


def test_the_corpus_has_the_shape_of_a_technical_blog() -> None:
    found = [(item, notations.sitegen(item)) for item in posts(600)]

    def share(text: str) -> float:
        return sum(text in written for _, written in found) / len(found)

    assert 0.28 < sum(item.is_chinese for item, _ in found) / len(found) < 0.38
    assert 0.65 < share("\n```\n") < 0.76
    assert 0.15 < share("| --- |") < 0.25
    assert 0.25 < share("](/images/figure-") < 0.35
    assert share("<!--more-->") == 1
    assert 5_200 < sum(len(written.encode()) for _, written in found) / len(found) < 6_200
    assert [item.date for item, _ in found] == sorted(item.date for item, _ in found)


def test_no_post_holds_what_a_generator_takes_for_a_template() -> None:
    assert not any(mark in item.opening + item.rest for item in posts(200) for mark in ("{{", "{%", "{#"))


def test_every_picture_is_a_picture() -> None:
    with Image.open(BytesIO(picture(33))) as image:
        image.load()
        assert (image.format, image.size, image.getpixel((5, 5))) == ("PNG", (640, 400), 33)


def test_each_generator_gets_a_post_in_its_own_notation() -> None:
    assert notations.sitegen(HELLO) == (
        '---\ntitle: "Hello redis"\ndate: 2020-02-03 04:05:06\ncategories: [Data, Databases]\n'
        "tags: [linux, redis]\n---\n\nBefore.\n\n<!--more-->\n\nAfter.\n"
    )
    assert notations.hugo(HELLO) == (
        '---\ntitle: "Hello redis"\ndate: 2020-02-03T04:05:06Z\ncategories: [Data, Data Databases]\n'
        "tags: [linux, redis]\n---\n\nBefore.\n\n<!--more-->\n\nAfter.\n"
    )
    assert notations.pelican(HELLO) == (
        "Title: Hello redis\nDate: 2020-02-03 04:05:06\nCategory: Data Databases\nTags: linux, redis\n"
        "Slug: 000007-hello\n\nBefore.\n\nAfter.\n"
    )


@pytest.fixture(params=["sitegen", "sitegen-default"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    """The site of a corpus of 24 posts for sitegen, with the plain theme and with the default one."""
    generator = next(item for item in sitegen_generators(tmp_path) if item.name == request.param)
    site = Site(generator, tmp_path / "site", 24)
    site.create()
    for item in posts(24):
        site.write(item)
    return site


def build(site: Site) -> dict[str, Any]:
    """What `sitegen build --json` says."""
    command = (*site.generator.command, "--json")
    log = site.folder.with_suffix(".log")
    measure(command, site.folder, site.generator.environment, log)
    report: dict[str, Any] = msgspec.json.decode(log.read_bytes())
    return report


def output(site: Site) -> dict[Path, bytes]:
    """Every file of the output with its content."""
    root = site.folder / site.generator.output
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@linux_only
def test_each_scenario_changes_the_site_and_restoring_it_gives_the_first_output_again(site: Site) -> None:
    _cold, *edits = SCENARIOS
    made = list(site.folder.iterdir())
    report = build(site)
    first = before = output(site)
    assert (report["posts"], report["problems"], report["notes"]) == (24, [], [])
    assert b"Made to be measured." in first[Path("index.html")]
    for scenario in edits:
        scenario.prepare(site)
        assert build(site)["problems"] == [], scenario.name
        after = output(site)
        assert (after == before) == (scenario.name == "nothing changed"), scenario.name
        before = after
    assert b"Made to be measured twice." in before[Path("index.html")]
    site.restore()
    build(site)
    assert output(site) == first
    site.start_over()
    assert {path.name for path in site.folder.iterdir()} == {path.name for path in made}


@linux_only
def test_the_memory_of_whoever_measures_is_not_counted(tmp_path: Path) -> None:
    ballast = bytearray(b"x" * 100_000_000)
    sample = measure(["sh", "-c", "echo heard"], tmp_path, {}, tmp_path / "log")
    assert sample.peak_bytes < len(ballast) / 2
    assert (tmp_path / "log").read_text() == "heard\n"


@linux_only
def test_the_memory_of_the_largest_process_is_counted(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'str(5) * 90_000_000'])",
    ]
    assert 90e6 < measure(command, tmp_path, {}, tmp_path / "log").peak_bytes < 180e6


@linux_only
def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"^sh -c echo why; exit 3 ended with 3:\nwhy$"):
        measure(["sh", "-c", "echo why; exit 3"], tmp_path, {}, tmp_path / "log")


def sample(wall: float, cpu: float = 1.0) -> Sample:
    return Sample(exit_code=0, wall_seconds=wall, cpu_seconds=cpu, peak_bytes=50_000_000, others=0.0)


def test_the_median_of_samples_is_taken_for_each_figure() -> None:
    assert median_sample([sample(1, 9), sample(3, 7), sample(2, 8)]) == sample(2, 8)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict(0.4321, 0.5, "× Hugo"), "0.432 × Hugo, target ≤ 0.5: reached"),
        (Verdict(0.5004, 0.5, "× Hugo"), "0.5 × Hugo, target ≤ 0.5: reached"),
        (Verdict(0.0512, 0.05, "× Hugo"), "0.0512 × Hugo, target ≤ 0.05: missed"),
        (Verdict(1204.2, 1200, "MB"), "1,204 MB, target ≤ 1,200: missed"),
        (Verdict(34.56, None, "× Hugo"), "34.6 × Hugo"),
    ],
)
def test_a_verdict_says_the_figure_the_target_and_whether_it_is_reached(verdict: Verdict, told: str) -> None:
    assert str(verdict) == told


def measured(name: str, title: str, cold: float, others: float) -> Measured:
    """A generator whose cold build takes `cold` seconds and every other one `others`."""
    generator = Generator(
        name=name, title=title, site="", notation=notations.hugo, output="", template="", command=()
    )
    samples = {scenario.name: [sample(others)] for scenario in SCENARIOS}
    samples["cold"] = [sample(cold, 2 * cold)]
    return Measured(
        generator=generator, count=1_000, html_files=1_600, output_bytes=24_000_000, samples=samples
    )


def test_a_report_shows_every_figure_beside_its_target() -> None:
    rounds = [measured("sitegen", "sitegen", 1.0, 0.1), measured("hugo", "Hugo 0.168.0", 2.5, 1.25)]
    one_process = OneProcess(1_000, sample(3.6), {"load": 2.0, "render": 1.5})
    report = Report(rounds, one_process, "a machine", HELLO.date.date())
    assert (
        report.markdown()
        == """\
Measured on 2020-02-03: a machine.

### 1,000 posts

| wall s (CPU s) | sitegen | Hugo 0.168.0 | sitegen against its target |
| --- | --- | --- | --- |
| cold | 1.00 (2.00) | 2.50 (5.00) | 0.4 × Hugo, target ≤ 0.5: reached |
| nothing changed | 0.10 (1.00) | 1.25 (1.00) | 0.08 × Hugo, target ≤ 0.05: missed |
| one body edited | 0.10 (1.00) | 1.25 (1.00) | 0.08 × Hugo, target ≤ 0.1: reached |
| one title edited | 0.10 (1.00) | 1.25 (1.00) | 0.08 × Hugo, target ≤ 0.12: reached |
| one post added | 0.10 (1.00) | 1.25 (1.00) | 0.08 × Hugo |
| one template edited | 0.10 (1.00) | 1.25 (1.00) | 0.08 × Hugo |
| peak memory, cold, MB | 50 | 50 | 50 MB, target ≤ 80: reached |
| HTML files | 1,600 | 1,600 |  |
| output, MB | 24 | 24 |  |

### One process

A cold build of 1,000 posts with `--jobs 1`: 3.6 ms per post, target ≤ 3.5: missed; 50 MB at the peak, target ≤ 120: reached.

| pass | ms per post |
| --- | --- |
| load | 2.000 |
| render | 1.500 |
| start and end | 0.100 |
"""
    )
    assert report.conclusion() == (
        "1,000 posts, nothing changed: 0.08 × Hugo, target ≤ 0.05: missed\n"
        "one process: 3.6 ms per post, target ≤ 3.5: missed"
    )


def test_without_hugo_there_is_nothing_to_say_of_ratios() -> None:
    report = Report([measured("sitegen", "sitegen", 1.0, 0.1)], None, "a machine", HELLO.date.date())
    assert "| cold | 1.00 (2.00) |  |\n" in report.markdown()
    assert report.conclusion() == "Every target is reached."
    report = Report([measured("hugo", "Hugo 0.168.0", 2.5, 1.25)], None, "a machine", HELLO.date.date())
    assert "| peak memory, cold, MB | 50 |  |\n" in report.markdown()
    assert report.conclusion() == "Nothing was measured that has a target."


def test_figures_replace_those_between_the_marks_and_nothing_else() -> None:
    document = f"# Speed\n\n{BEGIN}\nold\n{END}\n\nMore.\n"
    assert with_figures(document, "new\n") == f"# Speed\n\n{BEGIN}\n\nnew\n\n{END}\n\nMore.\n"
    with pytest.raises(ValueError, match="the marks are missing"):
        with_figures("# Speed\n", "new\n")


def test_rounds_are_given_for_all_sizes_or_for_each() -> None:
    assert rounds_for_each([5], [10, 20]) == {10: 5, 20: 5}
    assert rounds_for_each([3, 1], [10, 20]) == {10: 3, 20: 1}
    assert rounds_for_each([3, 1], [10, 20, 30]) == {10: 3, 20: 1, 30: 1}


def test_all_sizes_take_turns_in_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[tuple[str, int]] = []

    def measured_scenario(site: Site, scenario: Scenario) -> list[Sample]:
        turns.append((scenario.name, site.count))
        return [Sample(exit_code=0, wall_seconds=site.count, cpu_seconds=0, peak_bytes=0, others=0)]

    monkeypatch.setattr(rounds, "_measure_scenario", measured_scenario)
    monkeypatch.setattr(rounds, "_bring_up_to_date", lambda _sites: None)
    generator = sitegen_generators(tmp_path)[0]
    sites = [site for count in (10, 20, 40) for site in create_sites([generator], count, tmp_path)]
    for site in sites:
        (site.folder / "output").mkdir()
    measured = measure_rounds(sites, {10: 2, 20: 1, 40: 2}, lambda _told: None)
    assert turns[:4] == [("cold", count) for count in (40, 10, 10, 20)]
    assert turns[4:8] == [
        (name, count) for name in ("nothing changed", "one body edited") for count in (40, 10)
    ]
    assert [len(item.samples["cold"]) for item in measured] == [
        2,
        1,
        1,
    ]  # none that is slow is measured again
    assert len(turns) == 4 * len(SCENARIOS)


def test_each_round_begins_with_another_and_large_sizes_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    def measured_scenario(site: Site, scenario: Scenario) -> list[Sample]:
        if scenario.name == "cold":
            turns.append(site.count)
        return [Sample(exit_code=0, wall_seconds=1, cpu_seconds=0, peak_bytes=0, others=0)]

    monkeypatch.setattr(rounds, "_measure_scenario", measured_scenario)
    monkeypatch.setattr(rounds, "_bring_up_to_date", lambda _sites: None)
    generator = sitegen_generators(tmp_path)[0]
    sites = [site for count in (10, 20, 30) for site in create_sites([generator], count, tmp_path)]
    for site in sites:
        (site.folder / "output").mkdir()
    measure_rounds(sites, {10: 4, 20: 3, 30: 1}, lambda _told: None)
    assert turns == [10, 10, 20, 20, 10, 10, 20, 30]
