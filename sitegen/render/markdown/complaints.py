"""Warnings about the text of a post, with the line of its file."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.utils import EnvType

from sitegen.errors import Problem


def complain(env: EnvType, code: str, message: str, *, line: int, lines: Sequence[str], excerpt: str) -> None:
    """Add a warning to `env["problems"]`, if the caller wants to hear any.

    `line` counts `lines`, those of the text that is parsed, from 0; the warning points at `excerpt` in it.
    """
    problems = env.get("problems")
    if problems is None:
        return
    column = lines[line].find(excerpt)
    problems.append(
        Problem(
            code=code,
            message=message,
            path=env.get("path"),
            line=line + env.get("first_line", 1),
            column=column + 1 if column >= 0 else None,
            length=len(excerpt),
            source=lines[line],
            severity="warning",
        )
    )
