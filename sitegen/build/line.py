"""The line: every pass of a build, run in full every time; what is unchanged is not made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from sitegen.build.answers import FactTable
from sitegen.build.inputs import trusted
from sitegen.build.ledger import Ledger, remember_ledger, remembered_ledger, with_pages
from sitegen.build.options import BuildReport, Change, Job, Watch
from sitegen.build.outlines import posts_digest
from sitegen.build.output import Output
from sitegen.build.prepare import Prepared, ProblemList, prepare, remember, remembered
from sitegen.build.review import Outdated, outdated, reasons_name
from sitegen.build.snapshot import Inputs, Snapshot, look_of_list, snapshot_name
from sitegen.build.staging import Made, at_rendering, make_pages
from sitegen.build.state_folder import StateFolder
from sitegen.build.workers import Crew
from sitegen.build.written import looks_of


class Line:
    """One run down the line."""

    def __init__(
        self, job: Job, inputs: Inputs, state_folder: StateFolder, watch: Watch, loading: Crew | None
    ) -> None:
        """Takes what is known before the first pass; `loading` are those who load all posts, as in a first build."""
        self._job = job
        self._inputs = inputs
        self._state = state_folder
        self._watch = watch
        self._loading = loading

    def run(self) -> BuildReport:
        """Builds what is outdated. Raises `SitegenError`, `GuardError` and `StateError`."""
        folder, options = self._job.folder, self._job.options
        known = remembered(self._state)
        prepared = prepare(self._job, self._state, self._watch, known, self._inputs.scanned, self._loading)
        ledger = remembered_ledger(self._state, folder)
        table = FactTable(ledger, prepared, known)
        output, vandalised = Output(folder, ledger.written), ledger.written.changed(folder)
        todo = tuple(outdated(prepared.pages, prepared.structure, ledger, table.changed, vandalised))
        made, deleted = self._write(prepared, todo, output, table)
        renewed = table.renewed(self._with_pages(ledger, prepared, made))
        snapshot = self._snapshot(prepared, made)
        prepared.cards.let_go()  # what is remembered next takes as much memory again

        def save() -> None:
            remember_ledger(self._state, folder, renewed, ledger)
            self._state.save(reasons_name(folder), {item.path: item.reasons for item in todo})
            files = trusted(prepared.gathered.contents, self._inputs.looked_at_ns)
            self._state.save_parts("files", files, known.files)
            remember(self._state, known, prepared)
            self._state.save(snapshot_name(folder), snapshot)
            self._state.state.prune(prepared.gathered.loaded.keys.values())

        self._state.remember(save)
        problems = ProblemList(options)
        problems.add([*prepared.problems, *made.problems])
        return BuildReport(
            output=folder,
            written=len(made.staged),
            deleted=deleted,
            unchanged=len(renewed.paths) - len(made.staged),
            posts=prepared.arrangement.posts,
            rendered=len(made.paths),
            changes=_changes(todo),
            problems=problems.sorted(),
            notes=tuple(self._state.notes),
        )

    def _write(
        self, prepared: Prepared, todo: Sequence[Outdated], output: Output, table: FactTable
    ) -> tuple[Made, int]:
        """Makes the outdated pages and puts them into place, then deletes what is no longer wanted."""
        wanted = tuple(prepared.pages)
        problems = ProblemList(self._job.options)
        self._watch("render", 0, len(todo))
        with (
            output.writing(wanted, (item.path for item in todo)),
            at_rendering(prepared, todo, output, self._job.options.jobs) as crew,
        ):
            if crew.is_apart:
                prepared.cards.let_go()  # room for what they report
            made = make_pages(crew, todo, table, self._watch)
            problems.add([*prepared.problems, *made.problems])
            self._watch("write", 0, 1)
            output.commit(made.staged)
            deleted = output.prune(path for path in wanted if path not in made.failed)
        return made, deleted

    def _with_pages(self, ledger: Ledger, prepared: Prepared, made: Made) -> Ledger:
        """The ledger of every page that now stands: of those made anew, and of those kept."""
        known = {*ledger.paths, *made.paths} - made.failed
        fresh = replace(
            ledger,
            paths=made.paths,
            recipes=made.recipes,
            contents=made.contents,
            looks=looks_of(self._job.folder, made.paths),
            reads=made.reads,
        )
        renewed = with_pages(ledger, tuple([path for path in prepared.pages if path in known]), fresh)
        texts = posts_digest(prepared.gathered.loaded.posts.values())
        return replace(renewed, structure=prepared.structure, texts=texts)

    def _snapshot(self, prepared: Prepared, made: Made) -> Snapshot:
        """What lets the next build see that nothing has changed, an empty one where it could not tell.

        To be made when everything is written.
        """
        has_errors = any(problem.severity == "error" for problem in (*prepared.problems, *made.problems))
        if has_errors or not self._inputs.is_trusted:
            return Snapshot()
        return Snapshot(
            settings=self._inputs.settings,
            inputs=self._inputs.digest,
            owned_list=look_of_list(self._job.folder),
            posts=prepared.arrangement.posts,
            problems=prepared.problems,
            span=prepared.arrangement.span,
        )


def _changes(todo: Sequence[Outdated]) -> tuple[Change, ...]:
    """What the pages are rendered for, the most pages first."""
    counts = Counter(what for item in todo for what in item.reasons)
    return tuple(Change(what=what, pages=pages) for what, pages in sorted(counts.items(), key=_most_first))


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])
