"""Measuring every generator at every number of posts, in turns, so that what disturbs the machine disturbs all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import msgspec

from bench.corpus import posts
from bench.generators import Generator
from bench.measurement import Sample, measure, median_sample
from bench.scenarios import SCENARIOS, Scenario, Site

REST_SECONDS = 365.0
"""Before the first build. For six minutes after files were deleted, ext4 without a journal looks at them again and again
before it makes new ones, which takes a cold build of 100,000 posts a quarter longer.
"""

TRUSTED_SECONDS = 2.5
"""Files touched within the last two seconds are not trusted to be at rest; authors give them that time."""

SLOW_SECONDS = 30.0
"""A generator whose cold build takes longer is measured in one round only."""

QUICK_SECONDS = 1.0
"""Builds that take less are measured three times where that is possible, as they feel every disturbance."""


@dataclass(frozen=True)
class Measured:
    """What one generator took at one number of posts."""

    generator: Generator
    count: int
    """The posts."""
    html_files: int
    output_bytes: int
    """Both of the last build."""
    samples: dict[str, list[Sample]]
    """By the name of the scenario."""

    def median(self, scenario: str) -> Sample:
        """The median of each figure over all rounds."""
        return median_sample(self.samples[scenario])


@dataclass(frozen=True)
class OneProcess:
    """A cold build by sitegen in one process, and where its time went."""

    count: int
    sample: Sample
    pass_seconds: dict[str, float]


def create_sites(generators: Sequence[Generator], count: int, work: Path) -> list[Site]:
    """The site of a corpus of `count` posts for each generator, in folders below `work`."""
    sites = [Site(generator, work / f"{generator.name}-{count}", count) for generator in generators]
    for site in sites:
        site.create()
    for item in posts(count):
        for site in sites:
            site.write(item)
    return sites


def rest(seconds: float) -> None:
    """Lets the file system come to rest."""
    os.sync()
    time.sleep(seconds)


def measure_rounds(
    sites: Sequence[Site],
    rounds: Mapping[int, int],
    tell: Callable[[str], None],
) -> list[Measured]:
    """Each generator in every scenario, as often as `rounds` says for its number of posts.

    Cold builds come first, in all rounds, for they delete nothing; what other builds replace is deleted. The sizes that
    are measured in the last rounds alone are the large ones, which leave the memory for files full. Each round begins
    with another site: whoever is first finds a processor that has slept. `tell` hears how it goes.
    """
    found: dict[Site, dict[str, list[Sample]]] = {
        site: {scenario.name: [] for scenario in SCENARIOS} for site in sites
    }
    cold, *edits = SCENARIOS
    for scenarios, left in product(([cold], edits), range(max(rounds.values()), 0, -1)):
        present = [
            site
            for site in sites
            if left <= rounds[site.count] and not (_is_slow(found[site]) and found[site][scenarios[0].name])
        ]
        first = (left - 1) % max(len(present), 1)
        present = [*present[first:], *present[:first]]
        if scenarios is edits:
            _bring_up_to_date(present)
        for scenario, site in product(scenarios, present):
            samples = _measure_scenario(site, scenario)
            found[site][scenario.name] += samples
            middle = median_sample(samples)
            number = rounds[site.count] - left + 1
            tell(
                f"{site.count:,} posts, round {number} of {rounds[site.count]}, {scenario.name}, "
                f"{site.generator.title}: {middle.wall_seconds:.2f} s (CPU {middle.cpu_seconds:.2f} s)"
            )
    return [_measured(site, found[site]) for site in sites]


def _bring_up_to_date(sites: Sequence[Site]) -> None:
    """Takes every edit back and builds."""
    for site in sites:
        site.restore()
    time.sleep(TRUSTED_SECONDS)
    for site in sites:
        _measure(site)


def _is_slow(samples: Mapping[str, Sequence[Sample]]) -> bool:
    return any(sample.wall_seconds >= SLOW_SECONDS for sample in samples["cold"])


def measure_one_process(site: Site, rounds: int) -> OneProcess:
    """Cold builds of a site by sitegen without workers; the medians of all figures."""
    samples = []
    passes: list[dict[str, float]] = []
    for _ in range(rounds):
        site.start_over()
        samples.append(_measure(site, "--jobs", "1", "--json"))
        passes.append(msgspec.json.decode(_log(site).read_bytes())["seconds"])
    total = median_sample(samples)
    middle = sorted(passes, key=lambda seconds: sum(seconds.values()))[len(passes) // 2]
    return OneProcess(site.count, total, middle)


def _measure_scenario(site: Site, scenario: Scenario) -> list[Sample]:
    scenario.prepare(site)
    samples = [_measure(site)]
    if scenario.repeats and samples[0].wall_seconds < QUICK_SECONDS:
        samples += [_measure(site), _measure(site)]
    return samples


def _measure(site: Site, *options: str) -> Sample:
    generator = site.generator
    return measure((*generator.command, *options), site.folder, generator.environment, _log(site))


def _log(site: Site) -> Path:
    return site.folder.with_suffix(".log")


def _measured(site: Site, samples: dict[str, list[Sample]]) -> Measured:
    output = site.folder / site.generator.output
    files = [path for path in output.rglob("*") if path.is_file()]
    return Measured(
        generator=site.generator,
        count=site.count,
        html_files=sum(path.suffix == ".html" for path in files),
        output_bytes=sum(path.stat().st_size for path in files),
        samples=samples,
    )
