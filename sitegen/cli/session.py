"""What every command shares: its project, its console, and what becomes of problems."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from sitegen.cli.console import Console
from sitegen.config import Config
from sitegen.errors import GuardError, SitegenError, UnfinishedError
from sitegen.settings import FILE_NAME, read_config

EXIT_PROBLEMS = 1
EXIT_REFUSED = 3

UNFINISHED = "Only a part was written; the next build writes the rest. "


@dataclass(frozen=True)
class Session:
    """One run of a command."""

    source: Path | None
    console: Console

    @cached_property
    def project(self) -> Path:
        """The project's folder. Raises UsageError where there is none."""
        project = self.source or nearest_project(Path.cwd())
        if not project.is_dir():
            raise click.UsageError(f"there is no folder {project}")
        if not (project / FILE_NAME).exists() and not (project / "content").is_dir():
            where = project if self.source else "this folder and those above"
            raise click.UsageError(
                f"there is no site in {where}: no {FILE_NAME}, no content/. Begin one with: sitegen init"
            )
        return Path(os.path.abspath(project))

    @property
    def config(self) -> Config:
        """The settings of the project, whatever there is to warn about them."""
        return read_config(self.project)[0]


def nearest_project(folder: Path) -> Path:
    """The nearest folder upward that holds `sitegen.toml`, else the folder itself."""
    for candidate in (folder, *folder.parents):
        if (candidate / FILE_NAME).is_file():
            return candidate
    return folder


def shown(path: Path) -> str:
    """A path as the user would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


class SiteCommand(click.Command):
    """A command that runs in a `Session`, which its function gets as first argument.

    It ends with exit code 1 on problems and 3 on a refusal.
    """

    outcome = ""
    """What a failure of the command means, before the number of problems."""
    unfinished = UNFINISHED
    """What a failure half-way means."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; the exit code, or None for success."""
        settings = {
            name: bool(ctx.params.pop(name, False)) for name in ("quiet", "verbose", "json", "no_color")
        }
        source = ctx.params.pop("source")
        ctx.obj = Session(source=source, console=Console(**settings))
        try:
            return super().invoke(ctx)
        except SitegenError as error:
            outcome = self.unfinished if isinstance(error, UnfinishedError) else self.outcome
            ctx.obj.console.failure(error.problems, outcome)
            return EXIT_REFUSED if isinstance(error, GuardError) else EXIT_PROBLEMS


class WritingCommand(SiteCommand):
    """A command that changes nothing when there are problems."""

    outcome = "Nothing was written. "


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def session_options(*, json: bool = False, verbose: bool = False) -> Decorator:
    """Adds the options that every command has, and passes the `Session`."""
    options = [
        click.option(
            "-s",
            "--source",
            metavar="DIR",
            type=click.Path(path_type=Path),
            help=f"The project's folder. [default: the nearest parent with {FILE_NAME}]",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Show errors only."),
        click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR set."),
    ]
    if verbose:
        options.append(click.option("-v", "--verbose", is_flag=True, help="Say more."))
    if json:
        options.append(click.option("--json", is_flag=True, help="Print one JSON document."))

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        decorated = click.pass_obj(function)
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
