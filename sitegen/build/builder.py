"""The build: nothing at all where nothing has changed, else the whole line."""

from __future__ import annotations

from pathlib import Path

from sitegen.build.guards import refuse_dangerous_folder
from sitegen.build.options import BuildOptions, BuildReport, Observer, nobody_watches
from sitegen.build.snapshot import Snapshot, snapshot_name, still_holds
from sitegen.build.state import StateError
from sitegen.build.state_folder import StateFolder, held_state
from sitegen.config import Config


def build(
    project: Path, config: Config, options: BuildOptions, observer: Observer | None = None
) -> BuildReport:
    """Builds the site of a project.

    Raises `SitegenError` with every problem of the pass that could not go on, and `GuardError` when the output
    folder is refused or another build is at work; nothing is written then.
    """
    folder = options.output or project / config.output
    refuse_dangerous_folder(folder, project, options.home)
    with held_state(project) as state_folder:
        try:
            unchanged = None if options.rehash else _unchanged(project, folder, config, options, state_folder)
            return unchanged or _run_line(project, folder, config, options, state_folder, observer)
        except StateError as error:
            state_folder.start_over(error)
            return _run_line(project, folder, config, options, state_folder, observer)


def build_clean(project: Path, config: Config, options: BuildOptions, folder: Path) -> None:
    """Builds into an empty folder as if for the first time: nothing known, nothing remembered, no lock."""
    _run_line(project, folder, config, options, StateFolder(None), None)


def _unchanged(
    project: Path, folder: Path, config: Config, options: BuildOptions, state_folder: StateFolder
) -> BuildReport | None:
    """The report of a build that has nothing to do, `None` when there may be something."""
    snapshot = state_folder.load(snapshot_name(folder), Snapshot)
    if snapshot is None or not still_holds(snapshot, project, folder, config, options):
        return None
    return BuildReport(
        output=folder,
        written=0,
        deleted=0,
        unchanged=len(snapshot.paths),
        posts=snapshot.posts,
        problems=snapshot.problems,
    )


def _run_line(
    project: Path,
    folder: Path,
    config: Config,
    options: BuildOptions,
    state_folder: StateFolder,
    observer: Observer | None,
) -> BuildReport:
    from sitegen.build.line import Line  # noqa: PLC0415  # Jinja2 and Markdown, only when there is work

    watch = observer.progress if observer else nobody_watches
    return Line(project, folder, config, options, state_folder, watch).run()
