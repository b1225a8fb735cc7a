"""`sitegen build`: writes the site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from sitegen.cli.clock import current_time, parse_moment
from sitegen.cli.console import Console, counted, problem_document
from sitegen.cli.session import EXIT_PROBLEMS, Session, WritingCommand, session_options, shown
from sitegen.errors import SitegenError, summarise

if TYPE_CHECKING:
    from sitegen.build import BuildOptions, BuildReport
    from sitegen.build.verify import Difference
    from sitegen.cli.progress import BuildWatcher
    from sitegen.config import Config


@click.command(cls=WritingCommand)
@click.option(
    "-o",
    "-d",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write here. [default: the setting output]",
)
@click.option("-b", "--base-url", metavar="URL", help="The address of the site, in place of the setting.")
@click.option("-D", "--drafts", is_flag=True, help="Publish drafts, too.")
@click.option("-F", "--future", is_flag=True, help="Publish posts of the future, too.")
@click.option("-E", "--expired", is_flag=True, help="Publish expired posts, too.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--keep-going", is_flag=True, help="Write the healthy pages in spite of errors.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="How many processes to use.")
@click.option("--rehash", is_flag=True, help="Read every file again, even those that look unchanged.")
@click.option("--verify", is_flag=True, help="Then build clean elsewhere and compare every byte.")
@click.option("--explain", is_flag=True, help="Tell what changed, and how many pages were rendered for it.")
@click.option("--at", metavar="DATE", help="Build as if it were this moment.")
@session_options(json=True, verbose=True)
def command(
    session: Session,
    *,
    output: Path | None,
    base_url: str | None,
    drafts: bool,
    future: bool,
    expired: bool,
    strict: bool,
    keep_going: bool,
    jobs: int | None,
    rehash: bool,
    verify: bool,
    explain: bool,
    at: str | None,
) -> int | None:
    """Write the site (also: generate, g, b).

    Exits with 1 when there are errors; then nothing was written, unless --keep-going says to.
    """
    from sitegen.build import BuildOptions, build  # noqa: PLC0415 - all of sitegen
    from sitegen.cli.progress import BuildWatcher  # noqa: PLC0415
    from sitegen.cli.surroundings import user_home  # noqa: PLC0415
    from sitegen.settings import read_config, with_base_url  # noqa: PLC0415

    config, warnings = read_config(session.project)
    if strict and warnings:
        raise SitegenError(replace(warning, severity="error") for warning in warnings)
    if base_url is not None:
        config = with_base_url(config, base_url)
    options = BuildOptions(
        now=parse_moment(at, config) if at else current_time(),
        output=output.absolute() if output else None,
        home=user_home(),
        drafts=drafts,
        future=future,
        expired=expired,
        strict=strict,
        keep_going=keep_going,
        rehash=rehash,
        jobs=jobs or 0,
    )
    with BuildWatcher(shows_bar=session.console.has_terminal) as watcher:
        report = build(session.project, config, options, watcher)
    report = replace(report, problems=(*warnings, *report.problems))
    differences = _differences(session.project, config, options) if verify else ()
    if session.console.json:
        session.console.document(_document(report, watcher, differences))
    else:
        _tell(report, watcher, session.console, explain=explain)
        if verify:
            _tell_differences(differences, session.console)
    return EXIT_PROBLEMS if report.has_errors or differences else None


def _differences(project: Path, config: Config, options: BuildOptions) -> tuple[Difference, ...]:
    from sitegen.build.verify import verify  # noqa: PLC0415

    return verify(project, config, options)


def _tell_differences(differences: Sequence[Difference], console: Console) -> None:
    """Shows which files are not those of a clean build, and what they were made from."""
    if not differences:
        console.say("verified: every byte is that of a clean build")
        return
    click.echo(f"{counted(len(differences), 'file')} not as a clean build writes them:", err=True)
    for difference in differences:
        place = f" from byte {difference.first_byte:,} on" if difference.first_byte is not None else ""
        click.echo(f"    {difference.path}: {difference.kind}{place}", err=True)
        for fact in difference.facts if console.verbose else ():
            click.echo(f"        read: {fact}", err=True)
    click.echo(
        "Please report this: it must not happen. Deleting .sitegen/ makes the next build a clean one.",
        err=True,
    )


def _tell(report: BuildReport, watcher: BuildWatcher, console: Console, *, explain: bool) -> None:
    """Shows what the build did; the line with the numbers comes last."""
    console.problems(report.problems)
    for note in report.notes:
        console.note(note)
    for change in report.changes:
        tell = console.say if explain else console.tell_more
        tell(f"    {change.what}: {counted(change.pages, 'page')}")
    for name, seconds in watcher.pass_seconds.items():
        console.tell_more(f"    {name:<10}{seconds:8.3f} s")
    console.tell_more(f"    in {shown(report.output)}")
    console.say(summary(report, watcher.seconds))


def summary(report: BuildReport, seconds: float) -> str:
    """`12 pages written, 3 deleted, 9,988 unchanged in 0.4 s`."""
    line = (
        f"{counted(report.written, 'page')} written, {report.deleted:,} deleted, "
        f"{report.unchanged:,} unchanged in {seconds:.1f} s"
    )
    return f"{line}. {summarise(report.problems)}." if report.problems else line


def _document(
    report: BuildReport, watcher: BuildWatcher, differences: Sequence[Difference]
) -> dict[str, object]:
    return {
        "ok": not report.has_errors and not differences,
        "output": str(report.output),
        "written": report.written,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "posts": report.posts,
        "rendered": report.rendered,
        "changes": report.changes,
        "differences": differences,
        "notes": report.notes,
        "seconds": {name: round(seconds, 4) for name, seconds in watcher.pass_seconds.items()},
        "problems": [problem_document(problem) for problem in report.problems],
    }
