"""`sitegen serve`: shows the site in a browser while it is written."""

from __future__ import annotations

import os
from datetime import datetime

import click

from sitegen.cli.clock import current_time, parse_moment
from sitegen.cli.session import Session, SiteCommand, session_options

HOST = "127.0.0.1"
PORT = 4000


@click.command(cls=SiteCommand)
@click.option(
    "-i",
    "--host",
    "--bind",
    metavar="HOST",
    default=HOST,
    help=f"Listen there. [default: {HOST}, for this machine only]",
)
@click.option(
    "-p",
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=PORT,
    help=f"Listen on this port, or on the next one that is free. [default: {PORT}]",
)
@click.option("-o", "--open", "opens", is_flag=True, help="Open the site in a browser.")
@click.option("-D", "--drafts/--no-drafts", default=True, help="Show drafts. [default: shown, with a mark]")
@click.option(
    "-F", "--future/--no-future", default=True, help="Show posts of the future. [default: shown, with a mark]"
)
@click.option("-E", "--expired", is_flag=True, help="Show expired posts, too.")
@click.option("--no-reload", is_flag=True, help="Leave pages alone: no script, no reloading.")
@click.option("--follow", is_flag=True, help="Have the browser go to the post that was saved.")
@click.option(
    "--policy",
    metavar="POLICY",
    help="Enforce this Content-Security-Policy. [default: report what breaks default-src 'self']",
)
@click.option("--at", metavar="DATE", help="Show the site as it would be at this moment.")
@session_options()
def command(
    session: Session,
    *,
    host: str,
    port: int,
    opens: bool,
    drafts: bool,
    future: bool,
    expired: bool,
    no_reload: bool,
    follow: bool,
    policy: str | None,
    at: str | None,
) -> None:
    """Show the site in a browser while you write it (also: server, s, preview).

    What you save is shown at once. Nothing is written to the output folder.
    """
    from secrets import token_urlsafe  # noqa: PLC0415 - all of these are needed by this command alone
    from socket import gethostname  # noqa: PLC0415

    from sitegen.build.live_values import LiveOptions  # noqa: PLC0415
    from sitegen.cli.preview import run_preview  # noqa: PLC0415
    from sitegen.preview.application import Behaviour  # noqa: PLC0415
    from sitegen.preview.editor import Editor  # noqa: PLC0415
    from sitegen.preview.serving import PreviewOptions  # noqa: PLC0415

    if policy is not None and not (policy.isascii() and policy.isprintable()):
        raise click.UsageError("--policy must be a line of plain characters")
    moment = _moment(session, at)
    options = PreviewOptions(
        project=session.project,
        host=host,
        port=port,
        machine=gethostname(),
        live=LiveOptions(drafts=drafts, future=future, expired=expired, tells_lines=not no_reload),
        behaviour=Behaviour(token=token_urlsafe(16), reloads=not no_reload, follows=follow, policy=policy),
        clock=lambda: moment or current_time(),
        open_editor=Editor(session.project, os.environ).open,
    )
    run_preview(options, session.console, opens=opens)


def _moment(session: Session, at: str | None) -> datetime | None:
    """The moment that `--at` names. Raises UsageError."""
    return parse_moment(at, session.config) if at else None
