"""Faults of templates, told with file, line and the nearest valid name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from jinja2 import TemplateError, TemplateNotFound, TemplatesNotFound, TemplateSyntaxError

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.render.theme.theme import ThemeFile, ThemeFiles
from sitegen.render.theme.unknown_names import UnknownNameError

_PACKAGE = f"{Path(__file__).parents[2]}{os.sep}"
"""The folder of sitegen's own code."""


def template_fault(
    error: Exception, theme: ThemeFiles, names: Iterable[str], page: str
) -> SitegenError | None:
    """An error that arose while a template was rendered, as the author of the template should hear of it.

    `names` are those that the template found, `page` says what was being rendered. `None` for an error that is not
    the template's.
    """
    files = {file.shown: file for file in theme.templates.values()}
    shown, line = _position(error, files)
    match error:
        case TemplateSyntaxError():
            message, shown, line = error.message or "syntax error", error.filename, error.lineno
        case TemplateNotFound() | TemplatesNotFound():
            message = f'there is no template "{error}".{did_you_mean(str(error), sorted(theme.templates))}'
        case UnknownNameError():
            message = f"{error.message}{did_you_mean(error.name, sorted(names))}"
        case TemplateError():
            message = str(error.message or error)
        case SitegenError():
            if shown is None or error.problems[0].path is not None:
                return None
            message = error.problems[0].message
        case RecursionError():
            message, shown, line = "this template includes itself without end", None, None
        case _:
            if shown is None or not _raised_by_template(error, files.keys()):
                return None
            message = f"{type(error).__name__}: {error}"
    return SitegenError(
        Problem(
            code="template",
            message=message,
            path=shown,
            line=line,
            source=_line(files.get(shown or ""), line),
            notes=(f"while rendering {page}",),
        )
    )


def _position(error: BaseException, shown_names: Iterable[str]) -> tuple[str | None, int | None]:
    """The innermost template line in the traceback of `error`."""
    shown, line = None, None
    trace = error.__traceback__
    names = frozenset(shown_names)
    while trace:
        if trace.tb_frame.f_code.co_filename in names:
            shown, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return shown, line


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


def _line(file: ThemeFile | None, line: int | None) -> str | None:
    if file is None or line is None:
        return None
    lines = file.content.decode(errors="replace").splitlines()
    return lines[line - 1].rstrip() if 0 < line <= len(lines) else None
