"""Which theme a site uses, which it extends, and the options that they declare together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sitegen.config import Config
from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.files import LEADS_OUT, leads_out, read_file
from sitegen.free_values import free_value
from sitegen.model import Value
from sitegen.settings import setting_problem
from sitegen.settings.conversion import Finding

DECLARATION = "theme.toml"


class Theme(Value, frozen=True):
    """One theme as found."""

    folder: Path
    shown: str
    """How problems name its folder: relative to the project, or `<sitegen>/themes/default`."""
    declared: dict[str, Any]
    """Its `theme.toml`."""


def builtin_themes() -> Path:
    """The folder of the themes that come with sitegen, in a wheel or in a checkout."""
    package = Path(__file__).parents[2]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def theme_chain(project: Path, name: str) -> tuple[Theme, ...]:
    """The theme of this name, then the one that it extends by `extends = "…"` in its `theme.toml`, and so on.

    A theme of the project comes before one of sitegen; it may extend the one of its own name. Raises `SitegenError`
    for a theme that is not there, for a broken `theme.toml` and for themes that extend each other in a circle.
    """
    chain: list[Theme] = []
    wanted = name
    while True:
        passed = {theme.folder for theme in chain}
        places = [place / wanted for place in _places(project)]
        there = [place for place in places if (place / DECLARATION).is_file()]
        folder = next((place for place in there if place not in passed), None)
        if folder is None:
            raise SitegenError(_missing(project, wanted, chain, in_circle=bool(there)))
        shown = _shown(folder, project)
        declaration = f"{shown}/{DECLARATION}"
        if leads_out(folder / DECLARATION, bounds(folder, project)):
            raise SitegenError(Problem(code="file", message=LEADS_OUT, path=declaration))
        content = read_file(folder / DECLARATION, declaration)
        theme = Theme(folder=folder, shown=shown, declared=parse_theme_toml(content, declaration))
        chain.append(theme)
        extends = theme.declared.get("extends")
        if extends is None:
            return tuple(chain)
        wanted = str(extends)


def _places(project: Path) -> tuple[Path, ...]:
    return (project / "themes", builtin_themes())


def bounds(folder: Path, project: Path) -> Path:
    """What links in the folder of a theme may not lead out of: the project, or a theme that comes with sitegen."""
    return project if folder.is_relative_to(project) else folder


def _shown(folder: Path, project: Path) -> str:
    if folder.is_relative_to(project):
        return folder.relative_to(project).as_posix()
    return f"<sitegen>/themes/{folder.name}"


def _missing(project: Path, name: str, chain: Sequence[Theme], *, in_circle: bool) -> Problem:
    known = sorted(
        {entry.parent.name for place in _places(project) for entry in place.glob(f"*/{DECLARATION}")}
    )
    if in_circle:
        circle = " extends ".join([*(theme.folder.name for theme in chain), name])
        message = f"themes extend each other in a circle: {circle}"
    else:
        message = (
            f'there is no theme "{name}": no themes/{name}/{DECLARATION}, and none of that name comes with '
            f"sitegen.{did_you_mean(name, known)}"
        )
    notes = (f"themes there are: {', '.join(known) or 'none'}",)
    if chain:
        return Problem(code="theme", message=message, path=f"{chain[-1].shown}/{DECLARATION}", notes=notes)
    problem = setting_problem(project, Finding(("theme", "name"), message))
    return Problem(
        code="theme",
        message=message,
        path=problem.path,
        line=problem.line,
        column=problem.column,
        length=problem.length,
        source=problem.source,
        notes=notes,
    )


def parse_theme_toml(content: bytes, shown: str) -> dict[str, Any]:
    """A TOML file of a theme, its values as the settings have theirs. Raises `SitegenError` naming it as `shown`."""
    try:
        values: dict[str, Any] = free_value(tomllib.loads(content.decode()))
    except RecursionError:
        message = "lists and tables are nested too deeply"
        raise SitegenError(Problem(code="theme", message=message, path=shown)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise SitegenError(
            Problem(
                code="theme",
                message=f"this is not TOML: {error}",
                path=shown,
                line=int(line[1]) if line else None,
            )
        ) from error
    return values


def chosen_options(project: Path, chain: Sequence[Theme], config: Config) -> dict[str, Any]:
    """The options that the themes declare, each `{default, description, choices}`, with the site's values.

    A theme inherits the options of the one it extends. Raises `SitegenError` for every option that does not fit.
    """
    declared: dict[str, Any] = {}
    for theme in reversed(chain):
        declared.update(theme.declared.get("options", {}))
    values = {name: option["default"] for name, option in declared.items()}
    problems = []
    for name, value in config.theme.options.items():
        fault = _option_fault(name, value, declared, config.theme.name)
        if fault is None:
            values[name] = value
        else:
            path = ("theme", "options", name)
            finding = Finding(path, fault) if name in declared else Finding(path, fault, "key")
            problems.append(setting_problem(project, finding))
    if problems:
        raise SitegenError(problems)
    return values


def _option_fault(name: str, value: object, declared: dict[str, Any], theme: str) -> str | None:
    """What is wrong with an option that the site has set."""
    option = declared.get(name)
    if option is None:
        return f'the theme "{theme}" has no option "{name}".{did_you_mean(name, sorted(declared))}'
    if type(value) is not type(option["default"]):
        kind = {str: "a text", bool: "true or false", int: "a whole number", list: "a list"}
        expected = kind.get(type(option["default"]), type(option["default"]).__name__)
        return f'the theme option "{name}" must be {expected}, not {value!r}'
    if "choices" in option and value not in option["choices"]:
        choices = ", ".join(f'"{choice}"' for choice in option["choices"])
        return f'the theme option "{name}" must be one of {choices}, not "{value}"'
    return None
