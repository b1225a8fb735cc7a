"""The figures as Markdown, beside their targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bench.measurement import Sample
from bench.rounds import Measured, OneProcess
from bench.scenarios import SCENARIOS
from bench.targets import (
    ONE_PROCESS,
    PEAK_MEGABYTES,
    SECONDS,
    TIMES_HUGO,
    TIMES_TEN_TIMES_10_000,
    Verdict,
)

BEGIN = "<!-- figures of make bench: begin -->"
END = "<!-- figures of make bench: end -->"
BUSY = 0.2
"""So many processors at work for others disturb a measurement."""


class Report:
    """All figures of one run."""

    def __init__(
        self, measured: Sequence[Measured], one_process: OneProcess | None, machine: str, day: date
    ) -> None:
        self._measured = measured
        self._one_process = one_process
        self._machine = machine
        self._day = day

    def conclusion(self) -> str:
        """The figures beyond their targets, a line each, or that there are none."""
        told = [
            (f"{count:,} posts, {name}", verdict)
            for count in self._counts()
            for name, verdict in self._verdicts(count)
        ]
        told += [("one process", verdict) for verdict in self._one_process_verdicts()]
        if not any(verdict.limit is not None for _, verdict in told):
            return "Nothing was measured that has a target."
        missed = [f"{name}: {verdict}" for name, verdict in told if verdict.is_missed]
        return "\n".join(missed) or "Every target is reached."

    def markdown(self) -> str:
        """Tables of all figures with what they mean."""
        parts = [f"Measured on {self._day}: {self._machine}.{self._disturbance()}"]
        parts.extend(self._table(count) for count in self._counts())
        if self._one_process:
            parts.append(self._passes(self._one_process))
        return "\n\n".join(parts) + "\n"

    def _counts(self) -> list[int]:
        return sorted({item.count for item in self._measured})

    def _disturbance(self) -> str:
        others = max(item.median("cold").others for item in self._measured)
        if others < BUSY:
            return ""
        return f" Other work kept up to {others:.1f} processors busy meanwhile, so take the figures as rough."

    def _table(self, count: int) -> str:
        columns = [item for item in self._measured if item.count == count]
        verdicts = dict(self._verdicts(count))
        rows = [
            ["wall s (CPU s)", *(item.generator.title for item in columns), "sitegen against its target"],
            ["---"] * (len(columns) + 2),
        ]
        for scenario in SCENARIOS:
            cells = [_times(item.median(scenario.name)) for item in columns]
            rows.append([scenario.name, *cells, self._told(scenario.name, count, verdicts)])
        peaks = [f"{item.median('cold').peak_bytes / 1e6:,.0f}" for item in columns]
        rows.append(["peak memory, cold, MB", *peaks, str(verdicts.get("peak memory", ""))])
        rows.append(["HTML files", *(f"{item.html_files:,}" for item in columns), ""])
        rows.append(["output, MB", *(f"{item.output_bytes / 1e6:,.0f}" for item in columns), ""])
        return f"### {count:,} posts\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _told(self, scenario: str, count: int, verdicts: dict[str, Verdict]) -> str:
        """The verdict on a scenario, with the ratio of the default theme where there is one."""
        if scenario not in verdicts:
            return ""
        default, hugo = self._find("sitegen-default", count), self._find("hugo", count)
        if not default or not hugo:
            return str(verdicts[scenario])
        ratio = _ratio(default, hugo, scenario, None)
        return f"{verdicts[scenario]}; {ratio} with the default theme"

    def _verdicts(self, count: int) -> Iterator[tuple[str, Verdict]]:
        ours, hugo = self._find("sitegen", count), self._find("hugo", count)
        if not ours:
            return
        smaller = self._find("sitegen", 10_000)
        for scenario in (scenario.name for scenario in SCENARIOS):
            if hugo:
                yield scenario, _ratio(ours, hugo, scenario, TIMES_HUGO.get((scenario, count)))
            elif (scenario, count) in SECONDS:
                seconds = ours.median(scenario).wall_seconds
                yield scenario, Verdict(seconds, SECONDS[scenario, count], "s")
            elif scenario == "cold" and count == 100_000 and smaller:
                factor = ours.median("cold").wall_seconds / (10 * smaller.median("cold").wall_seconds)
                yield scenario, Verdict(factor, TIMES_TEN_TIMES_10_000, "× ten times that of 10,000")
        peak = ours.median("cold").peak_bytes / 1e6
        yield "peak memory", Verdict(peak, PEAK_MEGABYTES.get(count), "MB")

    def _find(self, name: str, count: int) -> Measured | None:
        return next(
            (item for item in self._measured if item.generator.name == name and item.count == count), None
        )

    def _one_process_verdicts(self) -> list[Verdict]:
        if not self._one_process:
            return []
        sample, count = self._one_process.sample, self._one_process.count
        milliseconds, megabytes = ONE_PROCESS.get(count, (None, None))
        return [
            Verdict(1e3 * sample.wall_seconds / count, milliseconds, "ms per post"),
            Verdict(sample.peak_bytes / 1e6, megabytes, "MB at the peak"),
        ]

    def _passes(self, build: OneProcess) -> str:
        spent = dict(build.pass_seconds)
        spent["start and end"] = max(0.0, build.sample.wall_seconds - sum(spent.values()))
        rows = [("pass", "ms per post"), ("---", "---")]
        rows += [(name, f"{1e3 * seconds / build.count:.3f}") for name, seconds in spent.items()]
        table = "\n".join(f"| {name} | {value} |" for name, value in rows)
        return (
            f"### One process\n\nA cold build of {build.count:,} posts with `--jobs 1`: "
            f"{'; '.join(map(str, self._one_process_verdicts()))}.\n\n{table}"
        )


def _ratio(ours: Measured, hugo: Measured, scenario: str, limit: float | None) -> Verdict:
    value = ours.median(scenario).wall_seconds / hugo.median(scenario).wall_seconds
    return Verdict(value, limit, "× Hugo")


def _times(sample: Sample) -> str:
    return f"{sample.wall_seconds:.2f} ({sample.cpu_seconds:.2f})"


def with_figures(document: str, figures: str, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """A document with its figures between the marks replaced. Raises `ValueError` when the marks are missing."""
    before, begin, rest = document.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError(f"the marks are missing: {marks[0]} and {marks[1]}")
    return f"{before}{begin}\n\n{figures}\n{end}{after}"
