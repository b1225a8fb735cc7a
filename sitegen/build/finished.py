"""The finished site: the files that the last build wrote, for whoever passes them on, and proof that they are current.

Between a build and its being passed on anything may happen: sources are edited, drafts are built for a look, files
of the output are changed. So each file is checked against what the ledger says was written, and, unless the build
was only just done, the sources against what was built from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import msgspec

from sitegen.build.answers import FactTable
from sitegen.build.ledger import Ledger, PageRecord, remembered_ledger
from sitegen.build.options import BuildOptions, Job, job_for, nobody_watches
from sitegen.build.output import was_interrupted
from sitegen.build.prepare import prepare, remembered
from sitegen.build.recipes import PostRecipe
from sitegen.build.review import outdated
from sitegen.build.snapshot import Snapshot, look, snapshot_name, still_holds
from sitegen.build.state_folder import StateFolder, held_state
from sitegen.build.written import ROW, looks_of, remembered_files, rows, signature_in
from sitegen.config import Config
from sitegen.errors import GuardError, Problem
from sitegen.model import OutputPath, SourcePath, Value

SHOWN = 5
"""How many files a message names."""


class FinishedSite(Value, frozen=True):
    """The files of a built site."""

    folder: Path
    files: dict[OutputPath, PageRecord]
    """In the order of writing."""

    def changed(self) -> tuple[OutputPath, ...]:
        """The files that no longer look as they did when they were written."""
        looks = rows(looks_of(self.folder, self.files), ROW)
        pairs = zip(self.files.items(), looks, strict=True)
        return tuple(sorted(path for (path, record), look in pairs if signature_in(look) != record.written))


def finished_site(
    project: Path, config: Config, options: BuildOptions, *, just_built: bool = False
) -> FinishedSite:
    """The site as the last build wrote it.

    Raises `GuardError` when a build under these options would write anything else than what is there, and
    `SitegenError` when the sources have errors. With `just_built`, only the written files are checked.
    """
    job = job_for(project, config, options)
    with held_state(project) as state:
        return state.attempt(lambda: _finished(job, state, just_built=just_built))


def _finished(job: Job, state: StateFolder, *, just_built: bool) -> FinishedSite:
    ledger = remembered_ledger(state, job.folder)
    name = job.folder.name
    if was_interrupted(job.folder):
        raise _refusal(f"the last build of {name}/ was interrupted. Build again")
    if not ledger.paths:
        raise _refusal(f"it is not known what is in {name}/. Build first")
    site = FinishedSite(folder=job.folder, files=ledger.pages)
    if just_built or _is_as_left(job, state):
        changed = site.changed()
        if changed:
            raise _refusal(f"{_files(len(changed))} in {name}/ changed after the build. Build again", changed)
        return site
    _review(job, state, ledger)
    return site


def _is_as_left(job: Job, state: StateFolder) -> bool:
    """Whether `stat` alone shows that neither the sources nor the output changed since the build."""
    snapshot = state.load(snapshot_name(job.folder), Snapshot)
    if snapshot is None or not still_holds(snapshot, job, look(job, state.now_ns())):
        return False
    return not remembered_files(state, job.folder).changed(job.folder)


def _review(job: Job, state: StateFolder, ledger: Ledger) -> None:
    """Raises `GuardError` naming what a build would change, by the passes of a build up to the review."""
    known = remembered(state)
    prepared = prepare(job, state, nobody_watches, known)
    changed, vandalised = FactTable(ledger, prepared, known).changed, ledger.written.changed(job.folder)
    stale = [item.path for item in outdated(prepared.pages, prepared.structure, ledger, changed, vandalised)]
    unwanted = {*ledger.paths} - prepared.pages.keys()
    drafts = sorted(_drafts(job, state, unwanted)) if unwanted else []
    if drafts:
        raise GuardError(
            Problem(
                code="draft",
                message=f"this draft is in {job.folder.name}/, as {path}. Build without drafts first",
                path=source,
            )
            for source, path in drafts
        )
    if stale or unwanted:
        message = f"{job.folder.name}/ is not what a build would write now. Build first"
        raise _refusal(message, (*stale, *sorted(unwanted)))


def _drafts(
    job: Job, state: StateFolder, unwanted: AbstractSet[OutputPath]
) -> Iterator[tuple[SourcePath, OutputPath]]:
    """The drafts among files that do not belong into the output."""
    everything = msgspec.structs.replace(job.options, drafts=True, future=True, expired=True)
    prepared = prepare(msgspec.structs.replace(job, options=everything), state, nobody_watches)
    for page in prepared.pages.values():
        match page.recipe:
            case PostRecipe(source=source) if page.path in unwanted:
                if prepared.site.posts[source].is_draft:
                    yield source, page.path


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _refusal(message: str, paths: tuple[OutputPath, ...] = ()) -> GuardError:
    further = len(paths) - SHOWN
    notes = (*paths[:SHOWN], *((f"and {further:,} more",) if further > 0 else ()))
    return GuardError(Problem(code="stale", message=message, notes=notes))
