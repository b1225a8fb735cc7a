"""The line: every pass of a build, run in full every time; what is unchanged is not made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sitegen.build.inputs import NOT_THERE, trusted
from sitegen.build.ledger import (
    FactTable,
    Ledger,
    Outdated,
    PageRecord,
    changed_facts,
    current_answers,
    ledger_name,
    outdated,
    reasons_name,
    recipe_digest,
    remembered_ledger,
)
from sitegen.build.options import BuildReport, Change, Job, Watch
from sitegen.build.output import Output
from sitegen.build.prepare import Prepared, ProblemList, prepare, remember, remembered
from sitegen.build.snapshot import Inputs, Snapshot, outputs_digest, snapshot_name
from sitegen.build.staging import Made, make_pages
from sitegen.build.state_folder import StateFolder
from sitegen.model import OutputPath


class Line:
    """One run down the line."""

    def __init__(self, job: Job, inputs: Inputs, state_folder: StateFolder, watch: Watch) -> None:
        self._job = job
        self._inputs = inputs
        self._state = state_folder
        self._watch = watch

    def run(self) -> BuildReport:
        """Builds what is outdated. Raises `SitegenError`, `GuardError` and `StateError`."""
        folder, options = self._job.folder, self._job.options
        known = remembered(self._state)
        prepared = prepare(self._job, self._state, self._watch, known, self._inputs.scanned)
        ledger = remembered_ledger(self._state, folder)
        answers = current_answers(ledger, prepared.facts, prepared.structure)
        written = {path: record.written for path, record in ledger.pages.items()}
        output = Output(folder, written)
        vandalised = output.vandalised(written)
        changed = changed_facts(ledger, answers)
        todo = tuple(outdated(prepared.pages, prepared.structure, ledger, changed, vandalised))
        table = FactTable(ledger, answers, prepared.facts)
        made, deleted = self._write(prepared, todo, output, table)
        records = self._records(prepared, ledger, made, output)
        snapshot = self._snapshot(prepared, made, records)

        def save() -> None:
            self._state.save(ledger_name(folder), table.ledger(records, prepared.structure))
            self._state.save(reasons_name(folder), {item.page.path: item.reasons for item in todo})
            self._state.save("files", trusted(prepared.gathered.contents, self._inputs.looked_at_ns))
            remember(self._state, known, prepared)
            self._state.save(snapshot_name(folder), snapshot)
            self._state.state.prune(prepared.gathered.loaded.keys.values())

        self._state.remember(save)
        problems = ProblemList(options)
        problems.add([*prepared.problems, *made.problems])
        staged = sum(page.staged for page in made.pages)
        return BuildReport(
            output=folder,
            written=staged,
            deleted=deleted,
            unchanged=len(records) - staged,
            posts=prepared.arrangement.posts,
            rendered=len(made.pages),
            changes=_changes(todo),
            problems=problems.sorted(),
            notes=tuple(self._state.notes),
        )

    def _write(
        self, prepared: Prepared, todo: Sequence[Outdated], output: Output, table: FactTable
    ) -> tuple[Made, int]:
        """Makes the outdated pages and puts them into place, then deletes what is no longer wanted."""
        wanted = [page.path for page in prepared.pages]
        problems = ProblemList(self._job.options)
        with output.writing(wanted, (item.page.path for item in todo)):
            made = make_pages(prepared, todo, output, table, self._job.options.jobs, self._watch)
            problems.add([*prepared.problems, *made.problems])
            self._watch("write", 0, 1)
            output.commit(page.path for page in made.pages if page.staged)
            deleted = output.prune(path for path in wanted if path not in made.failed)
        return made, deleted

    def _records(
        self, prepared: Prepared, ledger: Ledger, made: Made, output: Output
    ) -> dict[OutputPath, PageRecord]:
        """What is to be known of every page that now stands: of those made anew, and of those kept."""
        fresh = {page.path: page for page in made.pages}
        records: dict[OutputPath, PageRecord] = {}
        for page in prepared.pages:
            new = fresh.get(page.path)
            if new is not None:
                records[page.path] = PageRecord(
                    recipe=recipe_digest(page),
                    reads=new.reads,
                    content=new.content,
                    written=output.signature(page.path) or NOT_THERE,
                )
            elif page.path in ledger.pages and page.path not in made.failed:
                records[page.path] = ledger.pages[page.path]
        return records

    def _snapshot(self, prepared: Prepared, made: Made, records: Mapping[OutputPath, PageRecord]) -> Snapshot:
        """What lets the next build see that nothing has changed, an empty one where it could not tell."""
        has_errors = any(problem.severity == "error" for problem in (*prepared.problems, *made.problems))
        if has_errors or not self._inputs.is_trusted:
            return Snapshot()
        paths = tuple(records)
        return Snapshot(
            settings=self._inputs.settings,
            inputs=self._inputs.digest,
            outputs=outputs_digest(record.written for record in records.values()),
            paths=paths,
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
