"""What the figures have to reach, and whether they do."""

from __future__ import annotations

from dataclasses import dataclass

TIMES_HUGO = {
    ("cold", 1_000): 0.5,
    ("cold", 10_000): 0.5,
    ("nothing changed", 1_000): 0.05,
    ("nothing changed", 10_000): 0.02,
    ("one body edited", 1_000): 0.1,
    ("one body edited", 10_000): 0.03,
    ("one title edited", 1_000): 0.12,
    ("one title edited", 10_000): 0.04,
}
"""The most wall time, by scenario and posts, as a part of what Hugo takes in the same run."""

SECONDS = {
    ("nothing changed", 100_000): 4.0,
    ("one body edited", 100_000): 6.0,
    ("one title edited", 100_000): 6.0,
}
"""The most wall time where Hugo would need more memory than most machines have."""

PEAK_MEGABYTES = {1_000: 80, 10_000: 200, 100_000: 1_200}
"""The most memory of the largest process of a cold build, by posts."""

TIMES_TEN_TIMES_10_000 = 1.1
"""The most wall time of a cold build of 100,000 posts, as a part of ten times that of 10,000."""

PREVIEW = {
    ("body, median", 1_000): 25,
    ("body, 95th percentile", 1_000): 60,
    ("body, median", 10_000): 40,
    ("body, 95th percentile", 10_000): 100,
    ("title, median", 10_000): 200,
    ("first page, cold", 10_000): 4.0,
    ("first page, warm", 10_000): 1.0,
    ("memory", 10_000): 300,
    ("growth", 1_000): 10,
    ("growth", 10_000): 10,
    ("body in the browser, median", 1_000): 120,
}
"""The most of a preview by figure and posts: milliseconds from a save to new pages, seconds to the first, megabytes."""

ONE_PROCESS = {1_000: (3.5, 120)}
"""The most of a cold build in one process, by posts: milliseconds of wall time per post, and megabytes."""


@dataclass(frozen=True)
class Verdict:
    """A figure beside its target."""

    value: float
    limit: float | None
    """`None` where there is no target."""
    unit: str

    @property
    def is_missed(self) -> bool:
        """Whether there is a target and the figure, as it is shown, is beyond it."""
        return self.limit is not None and _rounded(self.value) > self.limit

    def __str__(self) -> str:
        told = f"{_rounded(self.value):,g} {self.unit}"
        if self.limit is None:
            return told
        return f"{told}, target ≤ {self.limit:,g}: {'missed' if self.is_missed else 'reached'}"


def _rounded(value: float) -> float:
    """To three figures, or to a whole number from 100 up."""
    return round(value) if value >= 100 else float(f"{value:.3g}")
