"""`sitegen deploy`: sends the site to where it lives, and knows the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from sitegen.cli.clock import current_time
from sitegen.cli.session import Session, SiteCommand, session_options
from sitegen.errors import SitegenError
from sitegen.settings import read_config

if TYPE_CHECKING:
    from sitegen.deploy.site import BuiltSite

ACTIONS = ("plan", "status", "list", "rollback")


class DeployCommand(SiteCommand):
    """A command that changes a remote place, or nothing."""

    outcome = "Nothing was deployed. "
    unfinished = "Not everything was done: every file is whole, and the next deploy does the rest. "


@click.command(cls=DeployCommand)
@click.argument("words", nargs=-1, metavar="[plan|status|list|rollback] [NAME]")
@click.option("--no-build", is_flag=True, help="Deploy the site as it was built last, if it is up to date.")
@click.option("--strict", is_flag=True, help="Warnings of the build are errors.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("-t", "--target", metavar="TARGET", help="The target, for `rollback RELEASE`.")
@click.option("-m", "--message", metavar="TEXT", default="", help="What is new, for the list of releases.")
@click.option("--allow-deletes", type=click.IntRange(min=0), metavar="N", help="Let so many files vanish.")
@click.option("--allow-localhost", is_flag=True, help="Deploy a site that links to this machine.")
@click.option("--take-over", is_flag=True, help="Replace files that sitegen did not put there.")
@click.option("--keep-releases", type=click.IntRange(min=1), metavar="N", help="Keep so many releases.")
@click.option("--squash", is_flag=True, help="Leave a single commit in the branch (git).")
@click.option("--rehash", is_flag=True, help="Read everything back, and mend what others changed.")
@session_options(json=True, verbose=True)
def command(
    session: Session,
    *,
    words: tuple[str, ...],
    no_build: bool,
    strict: bool,
    yes: bool,
    target: str | None,
    message: str,
    allow_deletes: int | None,
    allow_localhost: bool,
    take_over: bool,
    keep_releases: int | None,
    squash: bool,
    rehash: bool,
) -> int | None:
    """Build the site and send what changed to a target of the settings (also: d).

    NAME is that of a table [deploy.NAME] in sitegen.toml; it can be left out when there is only one.

    \b
    deploy            builds, shows what will change, asks, and deploys
    deploy plan       shows what would change, and sends nothing
    deploy status     shows the release that is online
    deploy list       shows the releases that can be rolled back to
    deploy rollback   makes the release before current again, or the one named

    Exits with 3 when a guard refuses; then nothing was changed.
    """  # noqa: D301 - \b is click's mark for lines to be kept
    from sitegen.cli.deploying import Deployment, chosen_target  # noqa: PLC0415 - all of deploying
    from sitegen.deploy.engine import DeployOptions  # noqa: PLC0415
    from sitegen.deploy.guards import Allowances  # noqa: PLC0415

    action, name = _understood(words)
    rolls_back = action == "rollback"
    chosen = chosen_target(session.config, target if rolls_back else name or target)
    deployment = Deployment(session, chosen, keep_releases=keep_releases, squash=squash)
    match action:
        case "status":
            return deployment.show_status(rehash=rehash)
        case "list":
            deployment.show_releases()
            return None
        case "rollback":
            return deployment.roll_back(name, yes=yes)
    options = DeployOptions(
        now=current_time(),
        allowances=Allowances(deletions=allow_deletes, take_over=take_over, localhost=allow_localhost),
        rehash=rehash,
        message=message,
    )
    site = _built(session, strict=strict, builds=not no_build)
    if action == "plan":
        deployment.show_plan(site, options)
        return None
    return deployment.deploy(site, options, yes=yes)


def _understood(words: tuple[str, ...]) -> tuple[str, str | None]:
    """What to do, and the name that follows. Raises UsageError for more than that."""
    action, rest = (words[0], words[1:]) if words and words[0] in ACTIONS else ("deploy", words)
    if len(rest) > 1:
        raise click.UsageError(f"there is one name too many: {' '.join(rest[1:])}")
    return action, rest[0] if rest else None


def _built(session: Session, *, strict: bool, builds: bool) -> BuiltSite:
    """The site, built now unless it is to be taken as it is."""
    from sitegen.build import BuildOptions, build  # noqa: PLC0415 - all of sitegen
    from sitegen.build.finished import finished_site  # noqa: PLC0415
    from sitegen.cli.commands.build import summary  # noqa: PLC0415
    from sitegen.cli.progress import BuildWatcher  # noqa: PLC0415
    from sitegen.cli.surroundings import user_home  # noqa: PLC0415
    from sitegen.deploy.site import built_site  # noqa: PLC0415

    config, warnings = read_config(session.project)
    if strict and warnings:
        raise SitegenError(replace(warning, severity="error") for warning in warnings)
    options = BuildOptions(now=current_time(), home=user_home(), strict=strict)
    if builds:
        with BuildWatcher(shows_bar=session.console.has_terminal) as watcher:
            report = build(session.project, config, options, watcher)
        session.console.problems((*warnings, *report.problems))
        session.console.say(summary(report, watcher.seconds))
    return built_site(finished_site(session.project, config, options, just_built=builds), config.base_url)
