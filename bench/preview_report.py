"""The figures of previews as Markdown, beside their targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bench.previews import FURTHER_EDITS, PreviewFigures, spread
from bench.targets import PREVIEW, Verdict

BEGIN = "<!-- figures of previews: begin -->"
END = "<!-- figures of previews: end -->"


class PreviewReport:
    """All figures of one run."""

    def __init__(self, measured: Sequence[PreviewFigures], machine: str, day: date) -> None:
        self._measured = measured
        self._machine = machine
        self._day = day

    def markdown(self) -> str:
        """A table for each number of posts."""
        parts = [f"Measured on {self._day}: {self._machine}."]
        parts += [self._table(count) for count in sorted({item.count for item in self._measured})]
        return "\n\n".join(parts) + "\n"

    def conclusion(self) -> str:
        """The figures beyond their targets, a line each, or that there are none."""
        missed = [
            f"preview, {item.count:,} posts, {name}: {verdict}"
            for item in self._measured
            if item.generator.name == "sitegen"
            for name, verdict in verdicts(item).items()
            if verdict.is_missed
        ]
        return "\n".join(missed) or "Every target is reached."

    def _table(self, count: int) -> str:
        columns = [item for item in self._measured if item.count == count]
        ours = next((verdicts(item) for item in columns if item.generator.name == "sitegen"), {})
        rows = [
            ["", *(item.generator.title for item in columns), "target"],
            ["---"] * (len(columns) + 2),
            [
                "first page, nothing remembered, s",
                *(f"{item.cold_seconds:.2f}" for item in columns),
                _told(ours, "first page, cold"),
            ],
            [
                "first page, s",
                *(f"{item.warm_seconds:.2f}" for item in columns),
                _told(ours, "first page, warm"),
            ],
            [
                "a body saved → its page, ms",
                *(_spread(item.body) for item in columns),
                _told(ours, "body, median", "body, 95th percentile"),
            ],
            [
                "a title saved → four pages, ms",
                *(_spread(item.title) for item in columns),
                _told(ours, "title, median"),
            ],
            [
                "a body saved → seen in Chromium, ms",
                *(_spread(item.seen) if item.seen else "" for item in columns),
                _told(ours, "body in the browser, median"),
            ],
            ["memory in the end (at most), MB", *(_memory(item) for item in columns), _told(ours, "memory")],
            [
                f"more after {FURTHER_EDITS * max(len(item.body) for item in columns):,} further edits, MB",
                *(
                    f"{item.grown_bytes / 1e6:.1f}" if item.grown_bytes is not None else ""
                    for item in columns
                ),
                _told(ours, "growth"),
            ],
        ]
        return f"#### {count:,} posts\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def verdicts(item: PreviewFigures) -> dict[str, Verdict]:
    """What is told of our own figures."""
    body, title = spread(item.body), spread(item.title)
    figures = {
        "first page, cold": (item.cold_seconds, "s"),
        "first page, warm": (item.warm_seconds, "s"),
        "body, median": (body[0], "ms"),
        "body, 95th percentile": (body[1], "ms"),
        "title, median": (title[0], "ms"),
        "memory": (item.memory_bytes / 1e6, "MB"),
    }
    if item.grown_bytes is not None:
        figures["growth"] = (item.grown_bytes / 1e6, "MB")
    if item.seen:
        figures["body in the browser, median"] = (spread(item.seen)[0], "ms")
    return {
        name: Verdict(value, PREVIEW.get((name, item.count)), unit) for name, (value, unit) in figures.items()
    }


def _told(found: dict[str, Verdict], *names: str) -> str:
    return "; ".join(str(found[name]) for name in names if name in found and found[name].limit is not None)


def _spread(samples: Sequence[float]) -> str:
    middle, most = spread(samples)
    return f"{middle:,.0f} ({most:,.0f})"


def _memory(item: PreviewFigures) -> str:
    return f"{item.memory_bytes / 1e6:,.0f} ({item.most_memory_bytes / 1e6:,.0f})"
