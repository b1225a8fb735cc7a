"""The build: nothing at all where nothing has changed, else the whole line."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from sitegen.build.guards import refuse_dangerous_folder
from sitegen.build.options import BuildOptions, BuildReport, Job, Observer, Watch, job_for, nobody_watches
from sitegen.build.snapshot import Inputs, Snapshot, look, snapshot_name, still_holds
from sitegen.build.state_folder import StateFolder, held_state
from sitegen.build.written import remembered_files
from sitegen.config import Config


def build(
    project: Path, config: Config, options: BuildOptions, observer: Observer | None = None
) -> BuildReport:
    """Builds the site of a project.

    Raises `SitegenError` with every problem of the pass that could not go on, and `GuardError` when the output
    folder is refused or another build is at work; nothing is written then.
    """
    job = job_for(project, config, options)
    refuse_dangerous_folder(job.folder, project, options.home)
    watch = observer.progress if observer else nobody_watches
    with held_state(project) as state_folder:
        watch("scan", 0, 1)
        inputs = look(job, state_folder.now_ns())
        return state_folder.attempt(
            lambda: _unchanged(job, inputs, state_folder) or _run_line(job, inputs, state_folder, watch)
        )


def build_clean(project: Path, config: Config, options: BuildOptions, folder: Path) -> None:
    """Builds into an empty folder as if for the first time: nothing known, nothing remembered, no lock."""
    job = job_for(project, config, replace(options, output=folder))
    _run_line(job, look(job, 0), StateFolder(None), nobody_watches)


def _unchanged(job: Job, inputs: Inputs, state_folder: StateFolder) -> BuildReport | None:
    """The report of a build that has nothing to do, `None` when there may be something."""
    if job.options.rehash:
        return None
    snapshot = state_folder.load(snapshot_name(job.folder), Snapshot)
    if snapshot is None or not still_holds(snapshot, job, inputs):
        return None
    written = remembered_files(state_folder, job.folder)
    if written.changed(job.folder):
        return None
    return BuildReport(
        output=job.folder,
        written=0,
        deleted=0,
        unchanged=len(written.paths),
        posts=snapshot.posts,
        problems=snapshot.problems,
        notes=tuple(state_folder.notes),
    )


def _run_line(job: Job, inputs: Inputs, state_folder: StateFolder, watch: Watch) -> BuildReport:
    from sitegen.build.load import first_loading  # noqa: PLC0415  # costs 10 ms, and only a build with work needs it

    posts = inputs.scanned[0].posts
    with first_loading(job.project, job.config, posts, state_folder.state, job.options.jobs) as loading:
        from sitegen.build.line import Line  # noqa: PLC0415  # imported while the first posts are loaded

        return Line(job, inputs, state_folder, watch, loading).run()
