"""`sitegen init`: begins a blog, or has a forge build and deploy it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitegen.cli.clock import time_on_the_wall
from sitegen.cli.session import Session, WritingCommand, session_options, shown
from sitegen.config import Config
from sitegen.settings import FILE_NAME, read_config

if TYPE_CHECKING:
    from sitegen.scaffold.project import CreatedProject
    from sitegen.scaffold.workflow import CreatedWorkflow, Forge


@click.command(cls=WritingCommand)
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option(
    "--ci",
    "forge",
    type=click.Choice(["github", "gitlab", "gitea"]),
    help="Write a workflow that builds, checks and deploys the blog; also into a blog that is there.",
)
@session_options(json=True)
def command(session: Session, *, folder: Path | None, forge: Forge | None) -> None:
    """Begin a blog in DIR, or here: settings, a first post, a page.

    Files that are there already stay as they are. The blog speaks Chinese when your terminal does, and has the
    time zone of this machine; both are settings.
    """
    target = (session.source or Path()) / (folder or Path())
    is_begun = forge is not None and (target / FILE_NAME).is_file()
    project = None if is_begun else _begin(target)
    workflow = _write_workflow(target, forge) if forge else None
    console = session.console
    if console.json:
        files = {
            kind: tuple(name for made in (project, workflow) if made for name in getattr(made, kind))
            for kind in ("created", "kept")
        }
        console.document({"ok": True, "project": str(target), **files})
        return
    if project:
        _tell_of_project(session, target, project)
    if workflow:
        _tell_of_workflow(session, target, workflow)
    if project:
        console.say("Next:")
        if shown(target) != ".":
            console.say(f"    cd {shlex.quote(shown(target))}")
        console.say('    sitegen new "My first post"')
        console.say("    sitegen build")


def _begin(target: Path) -> CreatedProject:
    from sitegen.cli.surroundings import user_language, user_time_zone  # noqa: PLC0415
    from sitegen.scaffold.project import NewProject, write_new_project  # noqa: PLC0415

    timezone = user_time_zone()
    now = time_on_the_wall(Config(timezone=timezone))
    return write_new_project(target, NewProject(language=user_language(), timezone=timezone, now=now))


def _write_workflow(target: Path, forge: Forge) -> CreatedWorkflow:
    from sitegen.scaffold.workflow import write_workflow  # noqa: PLC0415

    config = read_config(target)[0]
    return write_workflow(target, forge, config.timezone, time_on_the_wall(config))


def _tell_of_project(session: Session, target: Path, project: CreatedProject) -> None:
    say = session.console.say
    say(f"Created a blog in {shown(target)}:" if shown(target) != "." else "Created a blog here:")
    for name in project.created:
        say(f"    {name}")
    for name in project.kept:
        say(f"    {name} was there already and is as it was")
    if project.not_ignored:
        say(f"Add {' and '.join(project.not_ignored)} to .gitignore.")


def _tell_of_workflow(session: Session, target: Path, workflow: CreatedWorkflow) -> None:
    say = session.console.say
    for name in workflow.created:
        say(f"Created {shown(target / name)}")
    for name in workflow.kept:
        say(f"{shown(target / name)} was there already and is as it was")
    if workflow.not_required:
        say(f"Add {workflow.not_required} to requirements.txt, which says what the workflow installs.")
