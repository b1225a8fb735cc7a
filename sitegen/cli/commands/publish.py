"""`sitegen publish`: makes a draft a post."""

from __future__ import annotations

import click

from sitegen.cli.clock import time_on_the_wall
from sitegen.cli.session import Session, WritingCommand, session_options, shown


@click.command(cls=WritingCommand)
@click.argument("name")
@session_options(json=True)
def command(session: Session, *, name: str) -> None:
    """Make the draft NAME a post.

    NAME is its title, its slug, or its file. The draft moves to content/posts with its pictures; if it has no
    date it gets that of this moment.
    """
    from sitegen.scaffold.draft import publish_draft  # noqa: PLC0415

    config = session.config
    now = time_on_the_wall(config)
    published = publish_draft(session.project, config, name, now)
    if session.console.json:
        session.console.document({"ok": True, "draft": published.draft, "post": published.post})
        return
    session.console.say(f"Published {shown(session.project / published.post)}")
    if published.date > now:
        session.console.say(f"It appears on {published.date:%Y-%m-%d %H:%M}.")
