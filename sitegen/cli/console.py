"""What the user sees: lines on the terminal, problems with colour, or one JSON document."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from sitegen.errors import LineRole, Problem, condensed, problem_lines, summarise

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Console:
    """Where a command's words go, by its options."""

    quiet: bool = False
    """Only errors are shown."""
    verbose: bool = False
    json: bool = False
    """Standard output is one JSON document; problems are in it instead of on standard error."""
    no_color: bool = False

    def say(self, text: str) -> None:
        """Shows a line that tells what was done."""
        if not self.quiet and not self.json:
            click.echo(plain(text))

    def answer(self, text: str) -> None:
        """Shows a line that was asked for, quiet or not."""
        click.echo(plain(text))

    def note(self, text: str) -> None:
        """Shows a remark beside what was asked for, on standard error."""
        if not self.quiet and not self.json:
            click.echo(plain(text), err=True)

    def tell_more(self, text: str) -> None:
        """Shows a line for those who want to know more."""
        if self.verbose:
            self.say(text)

    def document(self, content: Any) -> None:
        """Writes the JSON document, in UTF-8 whatever the locale."""
        text = json.dumps(msgspec.to_builtins(content), ensure_ascii=False, indent=2)
        # A file name that is not UTF-8 becomes \udcxx, which is how JSON spells it, too.
        click.echo(text.encode("utf-8", "backslashreplace"))

    def problems(self, problems: Sequence[Problem]) -> None:
        """Shows problems on standard error; warnings not when quiet, and of many that say the same the first."""
        if self.json:
            return
        for problem in problems if self.verbose else condensed(problems):
            if self.quiet and problem.severity == "warning":
                continue
            for text, role in problem_lines(problem):
                click.echo(self._styled(plain(text), role, problem), err=True, color=self._has_color)

    def failure(self, problems: Sequence[Problem], outcome: str) -> None:
        """Shows problems that ended a command, then `Nothing was written. 3 problems.`, say."""
        if self.json:
            self.document({"ok": False, "problems": [problem_document(problem) for problem in problems]})
            return
        self.problems(problems)
        click.echo(f"{outcome}{count_problems(problems)}.", err=True)

    @property
    def has_terminal(self) -> bool:
        """Whether somebody watches who can be shown progress."""
        return not self.quiet and not self.json and sys.stderr.isatty()

    @property
    def _has_color(self) -> bool:
        refused = self.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return not refused and sys.stderr.isatty()

    def _styled(self, text: str, role: LineRole, problem: Problem) -> str:
        match role:
            case "error" | "warning":
                label = f"{role}[{problem.code}]"
                color = "red" if role == "error" else "yellow"
                return text.replace(label, click.style(label, fg=color, bold=True), 1)
            case "caret":
                return click.style(text, fg="red" if problem.severity == "error" else "yellow")
            case _:
                return click.style(text, dim=True)


def plain(text: str) -> str:
    """`text` without what could command the terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def count_problems(problems: Sequence[Problem]) -> str:
    """`3 problems`, or `2 errors, 1 warning` where there are both."""
    if any(problem.severity == "warning" for problem in problems):
        return summarise(problems)
    return counted(len(problems), "problem")


def counted(count: int, noun: str) -> str:
    """`1 page`, `9,988 pages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as JSON shows it: what is unknown is null."""
    content = msgspec.to_builtins(problem)
    assert isinstance(content, dict)
    return content
