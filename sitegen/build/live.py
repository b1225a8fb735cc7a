"""The live site: what a build would write, kept in memory for the preview, each page made when it is asked for.

The same passes run as in a build, up to the review. What a build does in its last passes, this one does page by
page: a page that was made before is made anew if its recipe or an answer that it read has changed since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

from sitegen.build.gather import load_waiting
from sitegen.build.ledger import recipe_digest
from sitegen.build.live_values import LiveOptions, LivePage, Refresh
from sitegen.build.looking import Looking
from sitegen.build.options import BuildOptions, Job, job_for, nobody_watches
from sitegen.build.organise import Hidden, Selection
from sitegen.build.prepare import Known, Prepared, assemble, follow, known_from, remember
from sitegen.build.recipes import CopyRecipe, Page, PostRecipe
from sitegen.build.state import StateError
from sitegen.build.state_folder import Note, shared_state
from sitegen.config import Config
from sitegen.digests import hash_bytes
from sitegen.errors import Problem, SitegenError
from sitegen.files import read_file
from sitegen.model import Digest, OutputPath, SourcePath, Url, Value
from sitegen.render.theme.facts import FactKey, NotLoadedError
from sitegen.urls import BaseUrl, url_to_output_path

KEPT_PAGES = 256
"""How many pages that were made are kept in memory."""

LOADED_IN_A_STEP = 16
"""Posts of which `load_some` reads the rest."""


class _Made(Value, frozen=True):
    """A page as it was made, and what it was made from."""

    page: LivePage
    recipe: Digest
    reads: dict[FactKey, Digest]


class LiveSite:
    """The site of one project in memory. One thread owns it. The output folder is neither read nor touched."""

    def __init__(self, project: Path, options: LiveOptions, note: Note | None = None) -> None:
        """A site that is empty until the first `refresh`. `note` hears what the user should know of its state."""
        self._project = project
        self._options = options
        self._state = shared_state(project, note)
        self._looking = Looking(project, self._state, options.base_url)
        self._prepared: Prepared | None = None
        self._pages: Mapping[OutputPath, Page] = {}
        self._made: OrderedDict[OutputPath, _Made] = OrderedDict()
        self._drafts: dict[Url, Hidden] = {}
        self._is_remembered = True
        """Whether the next live site would find out soon what this one knows, as it does what the texts say."""

    def refresh(self, now: datetime, touched: Collection[Path] | None = None) -> Refresh:
        """Takes in what has changed, by a look at the `touched` files or, for `None`, at all.

        Problems are in the answer; while there are errors among them the last good site stays in service.
        """
        before = self._prepared
        changed: set[SourcePath] = set()
        renamed: dict[SourcePath, SourcePath] = {}

        def follow_files() -> Prepared:
            job = self._job(self._looking.settings(touched), now)
            changes = self._looking.look(job, touched)
            changed.update(changes.files)
            renamed.update(changes.renamed)
            return self._prepare(job)

        try:
            prepared = self._prepared = self._state.attempt(follow_files)
        except SitegenError as error:
            return Refresh(changed=tuple(sorted(changed)), renamed=renamed, problems=error.problems)
        known = before.arrangement if before else self._looking.known.arrangement
        self._is_remembered = self._is_remembered and prepared.arrangement is known
        outdated, gone = self._compare(before, prepared, changed)
        return Refresh(
            changed=tuple(sorted(changed)),
            outdated=outdated,
            gone=gone,
            renamed=renamed,
            problems=self._problems(prepared),
        )

    def _problems(self, prepared: Prepared) -> tuple[Problem, ...]:
        return (*self._looking.warnings, *prepared.problems)

    def _job(self, config: Config, now: datetime) -> Job:
        options = BuildOptions(
            now=now,
            drafts=self._options.drafts,
            future=self._options.future,
            expired=self._options.expired,
            jobs=1,
        )
        return job_for(self._project, config, options)

    def _prepare(self, job: Job) -> Prepared:
        """The site of what was gathered, up to its plan."""
        before, gathered = self._prepared, self._looking.gathered
        assert gathered is not None
        prepared = follow(job, self._state, gathered, before) if before else None
        if prepared is None:
            known = known_from(before) if before else self._looking.known
            prepared = assemble(job, self._state, nobody_watches, gathered, known)
        prepared.facts.tells_lines = self._options.tells_lines
        return prepared

    def _compare(
        self, before: Prepared | None, prepared: Prepared, changed: Collection[SourcePath]
    ) -> tuple[tuple[OutputPath, ...], tuple[OutputPath, ...]]:
        """The pages that are outdated, and those that are gone, since the site `before`."""
        outdated: dict[OutputPath, None] = {}
        gone: tuple[OutputPath, ...] = ()
        if before is None or before.arrangement is not prepared.arrangement:
            pages = prepared.pages
            gone = tuple(path for path in self._pages if path not in pages)
            if before is not None:
                outdated.update((path, None) for path in pages if path not in self._pages)
            self._pages = pages
            for path in gone:
                self._made.pop(path, None)
            self._drafts = dict(_hidden(prepared))
        outdated.update((path, None) for path in self._made if not self._is_fresh(path))
        outdated.update((path, None) for path in self._pages_of(changed))
        return tuple(outdated), gone

    def _pages_of(self, changed: Collection[SourcePath]) -> Iterator[OutputPath]:
        """The pages that show one of these files itself."""
        assert self._prepared is not None
        site = self._prepared.site
        for source in changed:
            url = site.posts[source].url if source in site.posts else site.resources.get(source)
            if url is not None:
                yield url_to_output_path(url)

    def page(self, path: OutputPath) -> LivePage | None:
        """A file of the site as of the last look, `None` for one that it does not have.

        Raises `SitegenError` for the fault of a template.
        """
        page = self._pages.get(path)
        if page is None or self._prepared is None:
            return None
        if isinstance(page.recipe, CopyRecipe):
            return self._copy(page.recipe.source)
        if not self._is_fresh(path):
            try:
                self._made[path] = self._make(page)
            except StateError as error:
                return self._page_without(error, path)
            if len(self._made) > KEPT_PAGES:
                self._made.popitem(last=False)
        self._made.move_to_end(path)
        return self._made[path].page

    def _page_without(self, error: StateError, path: OutputPath) -> LivePage | None:
        """As `page`, after the state has turned out broken."""
        found = self._start_over(error)
        if found.has_errors:  # and so the last good site stays, whose texts are lost
            raise SitegenError(found.problems)
        return self.page(path)

    def _start_over(self, error: StateError) -> Refresh:
        assert self._prepared is not None
        self._state.start_over(error)
        return self.refresh(self._prepared.selection.now)

    def _copy(self, source: SourcePath) -> LivePage | None:
        """A file that is published as it is: as it is now, for it is read again rather than kept."""
        if not (self._project / source).exists():  # taken away since the last look
            return None
        content = read_file(self._project / source, source)
        return LivePage(content=content, digest=hash_bytes(content), source=None)

    def load_some(self) -> Refresh | None:
        """Reads on where the first look read only the front matter of posts; `None` when there is nothing left.

        A site without a state begins so. Pages are right all the same: what one asks for is loaded before it is
        made. But problems in posts are known only when they have been loaded.
        """
        gathered = self._looking.gathered
        waiting = gathered.loaded.waiting if gathered and self._prepared else []
        if not waiting:
            return None
        self._is_remembered = False
        try:
            self._load(waiting[:LOADED_IN_A_STEP])
        except StateError as error:
            return self._start_over(error)
        except SitegenError as error:
            return Refresh(problems=error.problems)
        assert self._prepared is not None
        if len(waiting) <= LOADED_IN_A_STEP:
            self._remember()
        outdated = tuple(path for path in self._made if not self._is_fresh(path))
        return Refresh(outdated=outdated, problems=self._problems(self._prepared))

    def _load(self, sources: Collection[SourcePath]) -> None:
        """Takes these posts into what was gathered and into the site. Raises `SitegenError`."""
        assert self._prepared is not None
        good = self._prepared
        is_good = self._looking.gathered is good.gathered
        job = self._job(good.gathered.config, good.selection.now)
        self._looking.load(job, sources)
        if is_good:
            self._prepared = self._prepare(job)
        else:  # the last good site, which goes its own way while there are errors
            gathered = load_waiting(job, self._state.state, good.gathered, sources)
            prepared = follow(job, self._state, gathered, good)
            if prepared is None:
                posts = (gathered.loaded.posts[source] for source in sources)
                raise SitegenError(problem for post in posts for problem in post.problems)
            self._prepared = prepared

    def _make(self, page: Page) -> _Made:
        """The page, with every post loaded that it asks for."""
        step = 1
        while True:
            assert self._prepared is not None
            try:
                return self._rendered(page, self._prepared)
            except NotLoadedError as error:
                self._load(self._waiting_from(error.source, step))
                step *= 2  # a page that lists every post asks for them all

    def _waiting_from(self, source: SourcePath, count: int) -> list[SourcePath]:
        """A post that is to be loaded, with such as stand after it in the order of the site."""
        assert self._prepared is not None
        order, posts = self._prepared.arrangement.order, self._prepared.site.posts
        return [other for other in order[order.index(source) :] if not posts[other].is_loaded][:count]

    def _rendered(self, page: Page, prepared: Prepared) -> _Made:
        rendered = prepared.renderer.render(page)
        made = LivePage(
            content=rendered.content, digest=hash_bytes(rendered.content), source=self._source_at(page.path)
        )
        return _Made(
            page=made,
            recipe=recipe_digest(page),
            reads={key: prepared.facts.known_digest(key) for key in rendered.reads},
        )

    def _is_fresh(self, path: OutputPath) -> bool:
        """Whether a page was made and would come out the same."""
        made = self._made.get(path)
        assert self._prepared is not None
        facts = self._prepared.facts
        return (
            made is not None
            and made.recipe == recipe_digest(self._pages[path])
            and all(facts.known_digest(key) == digest for key, digest in made.reads.items())
        )

    def paths(self) -> AbstractSet[OutputPath]:
        """Every file of the site."""
        return self._pages.keys()

    def drafts(self) -> Mapping[Url, Hidden]:
        """The pages that only the preview shows, each with why a build leaves it out today."""
        return self._drafts

    def source_of(self, url: Url) -> SourcePath | None:
        """The file whose page is at an address."""
        return self._source_at(url_to_output_path(url))

    def _source_at(self, path: OutputPath) -> SourcePath | None:
        page = self._pages.get(path)
        return page.recipe.source if page and isinstance(page.recipe, PostRecipe) else None

    def page_of(self, source: SourcePath) -> Url | None:
        """The address of the page of a file."""
        post = self._prepared.site.posts.get(source) if self._prepared else None
        return post.url if post else None

    @property
    def base(self) -> BaseUrl | None:
        """Where the site lives; `None` as long as there is no site."""
        return BaseUrl.parse(self._prepared.gathered.config.base_url) if self._prepared else None

    def _remember(self) -> None:
        """Keeps what it would take long to find out again."""
        prepared = self._prepared
        if prepared is None or self._is_remembered:
            return

        def save() -> None:
            self._state.save_parts("files", self._looking.trusted, {})
            remember(self._state, Known(), prepared)

        self._state.remember(save)
        self._is_remembered = True

    def _forget(self) -> None:
        """Counts out what the site no longer needs, as a build does; every text ever saved is in the state."""
        prepared = self._prepared
        if prepared is not None:
            self._state.remember(lambda: self._state.state.prune(prepared.gathered.loaded.keys.values()))

    def close(self) -> None:
        """Remembers the site and lets its state go."""
        self._remember()
        self._forget()
        self._state.close()


def _hidden(prepared: Prepared) -> Iterator[tuple[Url, Hidden]]:
    """The addresses of posts that a build would leave out, each with why."""
    if prepared.arrangement.switches is None:
        return  # it would leave out none
    selection = Selection(now=prepared.selection.now)
    for post in prepared.site.posts.values():
        hidden = selection.hidden(post)
        if hidden is not None:
            yield post.url, hidden
