"""The data files of a site, for its templates."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Any

from sitegen.content.encoding import decode
from sitegen.content.fields import clean, keep
from sitegen.content.frontmatter import place_in, problem_at
from sitegen.content.scalars import SyntaxFault
from sitegen.errors import Problem, SitegenError
from sitegen.model import SourceFile, SourcePath

ENDINGS = (".json", ".toml", ".yaml", ".yml")
"""Of data files."""

MOST_VALUES = 1_000_000
"""Values in one YAML file."""


def read_data(
    files: Iterable[SourceFile], read: Callable[[SourcePath], bytes]
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The contents of the data files by their path below `data/` without ending, with what is wrong in them.

    `read` gives the bytes of a file or raises `SitegenError`.

    YAML is read as YAML 1.2 means it; a number is one only if it prints as it was typed. Dates are texts.
    """
    data: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        name, ending = posixpath.splitext(file.path.removeprefix("data/"))
        if ending.lower() not in ENDINGS:
            message = f"is not read: data files end in {', '.join(ENDINGS)}"
            problems.append(Problem(code="data", message=message, path=file.path, severity="warning"))
        elif name in sources:
            message = f'there are two data files called "{name}": rename one of them'
            problems.append(Problem(code="data", message=message, path=file.path, notes=(sources[name],)))
        else:
            sources[name] = file.path
            try:
                data[name], mended = _parsed(read(file.path), file)
                problems.extend(mended)
            except SitegenError as error:
                problems.extend(error.problems)
    return data, tuple(problems)


def _parsed(content: bytes, file: SourceFile) -> tuple[Any, tuple[Problem, ...]]:
    from sitegen.content.full_yaml import read_yaml  # noqa: PLC0415  # PyYAML, only where there are data files
    from sitegen.content.notations import read_json, read_toml  # noqa: PLC0415  # as above

    text, mended = decode(content, file.path)
    try:
        value: object
        match posixpath.splitext(file.path)[1].lower():
            case ".json":
                value = read_json(text)
            case ".toml":
                value = read_toml(text)
            case _:
                value = read_yaml(text, MOST_VALUES)
    except SyntaxFault as fault:
        place = place_in(text, 1, fault.line, fault.column, fault.length)
        raise SitegenError((*mended, problem_at(file.path, place, fault.message, code="data"))) from None
    return keep(clean(value) if "\\" in text else value), mended
