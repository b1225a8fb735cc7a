"""`sitegen clean`: takes back what builds wrote."""

from __future__ import annotations

from pathlib import Path

import click

from sitegen.cli.console import counted
from sitegen.cli.session import Session, SiteCommand, session_options


@click.command(cls=SiteCommand)
@click.option(
    "-o",
    "-d",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the site was written. [default: the setting output]",
)
@session_options(json=True)
def command(session: Session, *, output: Path | None) -> None:
    """Remove what sitegen wrote: the site and the folder .sitegen.

    Files that sitegen did not write stay where they are.
    """
    from sitegen.build.cleaning import clean  # noqa: PLC0415

    deleted = clean(session.project, session.config, output.absolute() if output else None)
    if session.console.json:
        session.console.document({"ok": True, "deleted": deleted})
    else:
        session.console.say(f"{counted(deleted, 'page')} deleted")
