"""The line: every pass of a build, run in full every time; what is unchanged is not made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sitegen.build.inputs import NOT_THERE, Fingerprint, trusted
from sitegen.build.ledger import (
    FactTable,
    Ledger,
    Outdated,
    PageRecord,
    changed_facts,
    current_answers,
    outdated,
    recipe_digest,
)
from sitegen.build.options import BuildOptions, BuildReport, Change, Watch
from sitegen.build.output import Output
from sitegen.build.prepare import Prepared, ProblemList, prepare
from sitegen.build.snapshot import (
    Snapshot,
    inputs_fingerprint,
    is_trusted,
    outputs_digest,
    settings_digest,
    snapshot_name,
)
from sitegen.build.staging import Made, make_pages
from sitegen.build.state_folder import StateFolder
from sitegen.config import Config
from sitegen.model import Digest, OutputPath


class Line:
    """One run down the line."""

    def __init__(
        self,
        project: Path,
        folder: Path,
        config: Config,
        options: BuildOptions,
        state_folder: StateFolder,
        watch: Watch,
    ) -> None:
        self._project = project
        self._folder = folder
        self._config = config
        self._options = options
        self._state = state_folder
        self._watch = watch
        self._ledger_name = f"ledger {folder.resolve()}"
        self._snapshot_name = snapshot_name(folder)

    def run(self) -> BuildReport:
        """Builds what is outdated. Raises `SitegenError`, `GuardError` and `StateError`."""
        looked_at_ns = self._state.now_ns()
        inputs = inputs_fingerprint(self._project, self._config)
        prepared = prepare(self._project, self._config, self._options, self._state, self._watch)
        ledger = self._state.load(self._ledger_name, Ledger) or Ledger()
        answers = current_answers(ledger, prepared.facts, prepared.structure)
        output = Output(self._folder, ledger.pages)
        written = {path: record.written for path, record in ledger.pages.items()}
        todo = tuple(
            outdated(prepared.pages, ledger, changed_facts(ledger, answers), output.vandalised(written))
        )
        made, deleted = self._write(prepared, todo, output)
        records = self._remember(prepared, ledger, answers, made, output, inputs, looked_at_ns)
        problems = ProblemList(self._options)
        problems.add([*prepared.problems, *made.problems])
        staged = sum(page.staged for page in made.pages)
        return BuildReport(
            output=self._folder,
            written=staged,
            deleted=deleted,
            unchanged=len(records) - staged,
            posts=len(prepared.site.neighbours),
            rendered=len(made.pages),
            changes=_changes(todo),
            problems=problems.sorted(),
            notes=tuple(self._state.notes),
        )

    def _write(self, prepared: Prepared, todo: Sequence[Outdated], output: Output) -> tuple[Made, int]:
        """Makes the outdated pages and puts them into place, then deletes what is no longer wanted."""
        wanted = [page.path for page in prepared.pages]
        output.claim(wanted)
        problems = ProblemList(self._options)
        try:
            made = make_pages(prepared, todo, output, self._options.jobs, self._watch)
            problems.add([*prepared.problems, *made.problems])
            self._watch("write", 0, 1)
            output.commit(page.path for page in made.pages if page.staged)
        except BaseException:
            output.abandon(item.page.path for item in todo)
            raise
        deleted = output.prune(path for path in wanted if path not in made.failed)
        return made, deleted

    def _remember(
        self,
        prepared: Prepared,
        ledger: Ledger,
        answers: Sequence[Digest],
        made: Made,
        output: Output,
        inputs: Fingerprint,
        looked_at_ns: int,
    ) -> dict[OutputPath, PageRecord]:
        """Writes the ledger, the known files and the snapshot in one transaction; gives the records of all pages."""
        table = FactTable(ledger, answers, prepared.facts)
        fresh = {page.path: page for page in made.pages}
        records: dict[OutputPath, PageRecord] = {}
        for page in prepared.pages:
            new = fresh.get(page.path)
            if new is not None:
                records[page.path] = PageRecord(
                    recipe=recipe_digest(page),
                    reads=table.reads(new.reads),
                    content=new.content,
                    written=output.signature(page.path) or NOT_THERE,
                )
            elif page.path in ledger.pages:
                records[page.path] = ledger.pages[page.path]
        state = self._state
        with state.state.transaction():
            state.save(self._ledger_name, table.ledger(records, prepared.structure))
            state.save("files", trusted(prepared.contents, looked_at_ns))
            if snapshot := self._snapshot(prepared, made, records, inputs, looked_at_ns):
                state.save(self._snapshot_name, snapshot)
            else:
                state.state.remove_value(self._snapshot_name)
            state.state.prune(prepared.memo_keys)
        return records

    def _snapshot(
        self,
        prepared: Prepared,
        made: Made,
        records: Mapping[OutputPath, PageRecord],
        inputs: Fingerprint,
        looked_at_ns: int,
    ) -> Snapshot | None:
        """What lets the next build see that nothing has changed, `None` where it could not tell."""
        has_errors = any(problem.severity == "error" for problem in (*prepared.problems, *made.problems))
        if has_errors or not is_trusted(inputs, looked_at_ns):
            return None
        paths = tuple(records)
        now = self._options.now
        return Snapshot(
            settings=settings_digest(self._config, self._options),
            inputs=inputs.digest,
            outputs=outputs_digest(self._folder, paths),
            paths=paths,
            posts=len(prepared.site.neighbours),
            problems=prepared.problems,
            not_before=max((moment for moment in prepared.turning_points if moment <= now), default=None),
            not_after=min((moment for moment in prepared.turning_points if moment > now), default=None),
        )


def _changes(todo: Sequence[Outdated]) -> tuple[Change, ...]:
    """What the pages are rendered for, the most pages first."""
    counts = Counter(what for item in todo for what in item.reasons)
    return tuple(Change(what=what, pages=pages) for what, pages in sorted(counts.items(), key=_most_first))


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])
