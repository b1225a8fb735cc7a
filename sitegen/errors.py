"""Problems in a site, and how they are told: one shape for the terminal, for JSON and for the preview."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong in the user's files, with all that is needed to mend it."""

    code: str
    """Its kind in one word, shown in brackets: `date`, `template`, `collision` …"""
    message: str
    """What was found, what was expected and how to mend it."""
    path: str | None = None
    """The user's file, relative to the project, with `/` between its parts."""
    line: int | None = None
    """Counted from 1."""
    column: int | None = None
    """Counted in characters from 1."""
    length: int = 1
    """How many characters of the line are meant, from `column`."""
    source: str | None = None
    """The text of that line, without its end."""
    notes: tuple[str, ...] = ()
    """Further lines: the files that collide, what was being rendered."""
    severity: Severity = "error"

    @property
    def location(self) -> str:
        """`path:line:column`, as far as known; empty when no file is concerned."""
        parts = [self.path] if self.path else []
        if self.path and self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)

    def __str__(self) -> str:
        """The problem as the terminal shows it, without colour."""
        return "\n".join(text for text, _ in problem_lines(self))


class SitegenError(Exception):
    """Work that cannot go on, with every problem found up to there.

    Raises nothing itself; `problems` is never empty.
    """

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[SitegenError], tuple[tuple[Problem, ...]]]:
        """Travels between processes with its problems intact."""
        return (SitegenError, (self.problems,))


class GuardError(SitegenError):
    """Nothing was done because a guard refused, such as an output folder that holds the sources."""

    def __reduce__(self) -> tuple[type[SitegenError], tuple[tuple[Problem, ...]]]:
        """Travels between processes with its problems intact."""
        return (GuardError, (self.problems,))


class UnfinishedError(SitegenError):
    """Work that stopped half-way: of what was to be changed some is new and some is old, each whole."""

    def __reduce__(self) -> tuple[type[SitegenError], tuple[tuple[Problem, ...]]]:
        """Travels between processes with its problems intact."""
        return (UnfinishedError, (self.problems,))


LineRole = Literal["error", "warning", "source", "caret", "note"]


def problem_lines(problem: Problem) -> list[tuple[str, LineRole]]:
    """The lines that show a problem, each with the role that decides its colour."""
    head = f"{problem.location}: " if problem.location else ""
    lines: list[tuple[str, LineRole]] = [
        (f"{head}{problem.severity}[{problem.code}]: {problem.message}", problem.severity)
    ]
    if problem.source is not None and problem.line is not None:
        number = str(problem.line)
        shown = problem.source.expandtabs(4)
        lines.append((f"    {number} | {shown}", "source"))
        if problem.column is not None:
            before = problem.source[: problem.column - 1].expandtabs(4)
            meant = problem.source[problem.column - 1 : problem.column - 1 + max(problem.length, 1)]
            carets = "^" * max(display_width(meant.expandtabs(4)), 1)
            margin = " " * (len(number) + 4)
            lines.append((f"{margin} | {' ' * display_width(before)}{carets}", "caret"))
    lines.extend((f"    {note}", "note") for note in problem.notes)
    return lines


def display_width(text: str) -> int:
    """Columns that a terminal gives to `text`: a Han character takes two, a combining mark none."""
    if text.isascii():
        return len(text)
    width = 0
    for character in text:
        if unicodedata.combining(character) or "\ufe00" <= character <= "\ufe0f" or character == "\u200d":
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


SAME = 3
"""How many problems of whole files that say the same are shown."""


def condensed(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Of problems that say the same of many files the first three, the third with a note of how many more there are.

    What has a line is told wherever it stands, for there it is mended.
    """
    problems = tuple(problems)
    totals = Counter(problem.message for problem in problems if problem.line is None)
    seen: Counter[str] = Counter()
    for problem in problems:
        if problem.line is None:
            seen[problem.message] += 1
            more = totals[problem.message] - SAME
            if seen[problem.message] > SAME:
                continue
            if seen[problem.message] == SAME and more > 0:
                files = f"{more:,} other file{'s' if more > 1 else ''}"
                yield msgspec.structs.replace(
                    problem, notes=(*problem.notes, f"and in {files}; -v names them")
                )
                continue
        yield problem


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """` Did you mean titles?` for the known name nearest to `name`, or an empty text."""
    import difflib  # noqa: PLC0415  # a millisecond, and few builds have an error

    near = difflib.get_close_matches(name.lower(), [item.lower() for item in known], n=1, cutoff=0.6)
    if not near:
        return ""
    original = next(item for item in known if item.lower() == near[0])
    return f" Did you mean {original}?"


def summarise(problems: Sequence[Problem]) -> str:
    """`2 errors, 1 warning`, leaving out what is zero."""
    parts = []
    for severity in ("error", "warning"):
        count = sum(problem.severity == severity for problem in problems)
        if count:
            parts.append(f"{count:,} {severity}{'s' if count > 1 else ''}")
    return ", ".join(parts)
