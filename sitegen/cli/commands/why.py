"""`sitegen why`: what a page was made from, or which pages a file reaches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitegen.cli.clock import current_time
from sitegen.cli.console import Console, counted
from sitegen.cli.session import EXIT_PROBLEMS, Session, SiteCommand, session_options

if TYPE_CHECKING:
    from sitegen.build.why import PageStory, SourceStory

SHOWN = 20
"""Lines of a list, unless --verbose asks for all."""


@click.command(cls=SiteCommand)
@click.argument("name", metavar="URL|FILE")
@click.option(
    "-o", "-d", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Where the site is."
)
@click.option("-D", "--drafts", is_flag=True, help="As built with drafts.")
@click.option("-F", "--future", is_flag=True, help="As built with posts of the future.")
@session_options(json=True, verbose=True)
def command(session: Session, name: str, *, output: Path | None, drafts: bool, future: bool) -> int | None:
    """Tell what a page was made from, what it read and why it was last rendered.

    URL is an address of the site such as /tags/python/, FILE a file of the output. For a file of the project, tell
    which pages it reaches.
    """
    from sitegen.build import BuildOptions  # noqa: PLC0415 - all of sitegen
    from sitegen.build.why import PageStory, why  # noqa: PLC0415

    config = session.config
    options = BuildOptions(
        now=current_time(),
        output=output.absolute() if output else None,
        drafts=drafts,
        future=future,
        keep_going=True,
    )
    story = why(session.project, config, options, name)
    if story is None:
        click.echo(f'"{name}" is neither a file of the project nor a page of the site', err=True)
        return EXIT_PROBLEMS
    if session.console.json:
        session.console.document(story)
    elif isinstance(story, PageStory):
        _tell_page(story, session.console)
    else:
        _tell_source(story, session.console)
    return None


def _tell_page(story: PageStory, console: Console) -> None:
    console.answer(f"{story.url}  ({story.path})")
    console.answer(f"  made from  {story.made_from}")
    console.answer(
        f"  last build {'; '.join(story.last) if story.last else 'kept it: nothing it read had changed'}"
    )
    console.answer(f"  read       {counted(len(story.reads), 'fact')}")
    _tell_list([f"    {read}" for read in story.reads], console)


def _tell_source(story: SourceStory, console: Console) -> None:
    console.answer(f"{story.path} reaches {counted(len(story.pages), 'page')}")
    _tell_list([f"    {url}  by {', '.join(takes)}" for url, takes in story.pages], console)


def _tell_list(lines: list[str], console: Console) -> None:
    shown = lines if console.verbose else lines[:SHOWN]
    for line in shown:
        console.answer(line)
    if len(shown) < len(lines):
        console.answer(f"    … and {len(lines) - len(shown):,} more (--verbose shows all)")
