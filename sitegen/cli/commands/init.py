"""`sitegen init`: begins a blog."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from sitegen.cli.clock import time_on_the_wall
from sitegen.cli.session import Session, WritingCommand, session_options, shown
from sitegen.config import Config


@click.command(cls=WritingCommand)
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@session_options(json=True)
def command(session: Session, *, folder: Path | None) -> None:
    """Begin a blog in DIR, or here: settings, a first post, a page.

    Files that are there already stay as they are. The blog speaks Chinese when your terminal does, and has the
    time zone of this machine; both are settings.
    """
    from sitegen.cli.surroundings import user_language, user_time_zone  # noqa: PLC0415
    from sitegen.scaffold.project import NewProject, write_new_project  # noqa: PLC0415

    target = (session.source or Path()) / (folder or Path())
    timezone = user_time_zone()
    now = time_on_the_wall(Config(timezone=timezone))
    project = write_new_project(target, NewProject(language=user_language(), timezone=timezone, now=now))
    console = session.console
    if console.json:
        console.document({"ok": True, "project": str(target), **_lists(project.created, project.kept)})
        return
    console.say(f"Created a blog in {shown(target)}:" if shown(target) != "." else "Created a blog here:")
    for name in project.created:
        console.say(f"    {name}")
    for name in project.kept:
        console.say(f"    {name} was there already and is as it was")
    if project.not_ignored:
        console.say(f"Add {' and '.join(project.not_ignored)} to .gitignore.")
    console.say("Next:")
    if shown(target) != ".":
        console.say(f"    cd {shlex.quote(shown(target))}")
    console.say('    sitegen new "My first post"')
    console.say("    sitegen build")


def _lists(created: tuple[str, ...], kept: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {"created": created, "kept": kept}
