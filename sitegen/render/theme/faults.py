"""Faults of templates, told with file, line and the nearest valid name."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplatesNotFound, TemplateSyntaxError

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.render.theme.positions import fault_span
from sitegen.render.theme.theme import ThemeFiles
from sitegen.render.theme.unknown_names import UnknownNameError

_PACKAGE = f"{Path(__file__).parents[2]}{os.sep}"
"""The folder of sitegen's own code."""


def template_fault(
    error: Exception, environment: Environment, theme: ThemeFiles, names: Iterable[str], page: str
) -> SitegenError | None:
    """An error that arose while a template was rendered, as the author of the template should hear of it.

    `names` are those that the template found, `page` says what was being rendered. `None` for an error that is not
    the template's.
    """
    files = {file.shown: file for file in theme.templates.values()}
    shown, line = _position(error, files)
    match error:
        case TemplateSyntaxError():
            message = re.sub(
                r" at \d+$", "", error.message or "syntax error"
            )  # counted from the top of the file
            shown, line = error.filename or error.name, error.lineno
        case TemplateNotFound() | TemplatesNotFound():
            message = f'there is no template "{error}".{did_you_mean(str(error), sorted(theme.templates))}'
        case UnknownNameError():
            message = error.message or ""
            if error.is_variable:
                message += did_you_mean(error.name, sorted(names))
        case TemplateError():
            message = str(error.message or error)
        case SitegenError():
            if shown is None or error.problems[0].path is not None:
                return None
            message = error.problems[0].message
        case RecursionError():
            message = "this template includes itself without end"
            shown, line = _recurrence(error, files)
        case _:
            if shown is None or not _raised_by_template(error, files.keys()):
                return None
            message = f"{type(error).__name__}: {error}"
    text = files[shown].content.decode(errors="replace") if shown in files else ""
    span = fault_span(environment, text, line, error) if text and line is not None else None
    return SitegenError(
        Problem(
            code="template",
            # A template can spell out half a character.
            message=message.encode(errors="backslashreplace").decode(),
            path=shown,
            line=line,
            column=span.column if span else None,
            length=span.length if span else 1,
            source=_line(text, line),
            notes=(f"while rendering {page}",),
        )
    )


def _template_lines(error: BaseException, shown_names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The lines of templates in the traceback of `error`, outermost first."""
    names = frozenset(shown_names)
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename in names:
            yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def _position(error: BaseException, shown_names: Iterable[str]) -> tuple[str | None, int | None]:
    """The innermost template line in the traceback of `error`."""
    return next(iter(deque(_template_lines(error, shown_names), maxlen=1)), (None, None))


def _recurrence(error: BaseException, shown_names: Iterable[str]) -> tuple[str | None, int | None]:
    """The first template line that the traceback of `error` comes back to."""
    seen: set[tuple[str, int]] = set()
    for place in _template_lines(error, shown_names):
        if place in seen:
            return place
        seen.add(place)
    return None, None


def _raised_by_template(error: BaseException, shown_names: Iterable[str]) -> bool:
    """Whether the error arose in a template's own expression, not in code of sitegen that it called."""
    names = frozenset(shown_names)
    is_ours = True
    trace = error.__traceback__
    while trace:
        name = trace.tb_frame.f_code.co_filename
        is_ours = name not in names and (is_ours or name.startswith(_PACKAGE))
        trace = trace.tb_next
    return not is_ours


def _line(text: str, line: int | None) -> str | None:
    if line is None:
        return None
    lines = text.splitlines()
    return lines[line - 1].rstrip() if 0 < line <= len(lines) else None
