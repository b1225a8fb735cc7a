"""The live site: what a build would write, kept in memory for the preview, each page made when it is asked for.

The same passes run as in a build, up to the review. What a build does in its last passes, this one does page by
page: a page that was made before is made anew if its recipe or an answer that it read has changed since.
"""

from __future__ import annotations

import contextlib
import os
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

from sitegen.build.gather import Gathered, gather, gather_again
from sitegen.build.inputs import KnownFile, hash_bytes, hash_file, trusted
from sitegen.build.ledger import recipe_digest
from sitegen.build.options import BuildOptions, Job, nobody_watches
from sitegen.build.organise import Hidden, Selection
from sitegen.build.prepare import Prepared, assemble, follow, known_from, remembered
from sitegen.build.recipes import CopyRecipe, Page, PostRecipe
from sitegen.build.state import StateError
from sitegen.build.state_folder import NAME, StateFolder, held_state
from sitegen.config import Config
from sitegen.errors import GuardError, Problem, SitegenError
from sitegen.files import read_file
from sitegen.model import Digest, OutputPath, SourcePath, Url, Value
from sitegen.render.theme.chain import theme_chain
from sitegen.render.theme.facts import FactKey
from sitegen.settings import FILE_NAME, read_config, with_base_url
from sitegen.urls import BaseUrl, url_to_output_path

KEPT_PAGES = 256
"""How many pages that were made are kept in memory."""


class LiveOptions(Value, frozen=True):
    """What a live site shows, apart from the settings."""

    drafts: bool = True
    future: bool = True
    expired: bool = False
    base_url: str | None = None
    """The address of the site, in place of the setting."""
    tells_lines: bool = False
    """Whether the pages of posts say by `data-line` where in its file each block stands."""


class Refresh(Value, frozen=True):
    """What a look at the files found."""

    changed: tuple[SourcePath, ...] = ()
    """Files of the project and its theme whose content is new or gone since the last look; the settings too."""
    outdated: tuple[OutputPath, ...] = ()
    """Files of the site that may no longer be as they were last made; new ones too."""
    gone: tuple[OutputPath, ...] = ()
    """Files that the site no longer has."""
    problems: tuple[Problem, ...] = ()
    """Everything wrong, not only what is new. With errors among them the site is the one of the look before."""
    restart: str | None = None
    """What changed that only a restart can take in, in words."""

    @property
    def has_errors(self) -> bool:
        """Whether the site could not follow the files."""
        return any(problem.severity == "error" for problem in self.problems)


class LivePage(Value, frozen=True):
    """One file of the site."""

    content: bytes
    digest: Digest
    """Over the content."""
    source: SourcePath | None
    """The file of the project that it shows, if it is the page of one."""


class _Made(Value, frozen=True):
    """A page as it was made, and what it was made from."""

    page: LivePage
    recipe: Digest
    reads: dict[FactKey, Digest]


def _opened_state(project: Path) -> StateFolder:
    """The state of a project, which is then shared with the builds; none while one of them is just at work."""
    try:
        with held_state(project) as held:
            is_usable = held.now_ns() > 0
    except GuardError:
        is_usable = False
    return StateFolder(project / NAME if is_usable else None)


def _theme_files(project: Path, config: Config) -> Iterator[tuple[SourcePath, Digest]]:
    """The files of the theme and of the site's own templates with their digests, as problems name them."""
    places = [(theme.folder, f"{theme.shown}/") for theme in theme_chain(project, config.theme.name)]
    places += [(project / name, f"{name}/") for name in ("templates", "assets", "i18n")]
    for folder, shown in places:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield SourcePath(shown + path.relative_to(folder).as_posix()), hash_file(path)


class LiveSite:
    """The site of one project in memory. One thread owns it. The output folder is neither read nor touched."""

    def __init__(self, project: Path, options: LiveOptions) -> None:
        """A site that is empty until the first `refresh`."""
        self._project = project
        self._options = options
        self._state = _opened_state(project)
        self._seen = self._state.state
        """The state that what is known refers to."""
        self._config: Config | None = None
        self._warnings: tuple[Problem, ...] = ()
        self._gathered: Gathered | None = None
        self._is_whole = False
        """Whether what was gathered is of a look that came to its end."""
        self._trusted: dict[SourcePath, KnownFile] = {}
        self._files: dict[SourcePath, Digest] = {}
        self._prepared: Prepared | None = None
        self._pages: dict[OutputPath, Page] = {}
        self._sources: dict[OutputPath, SourcePath] = {}
        self._made: OrderedDict[OutputPath, _Made] = OrderedDict()
        self._drafts: dict[Url, Hidden] = {}

    def refresh(self, now: datetime, touched: Collection[Path] | None = None) -> Refresh:
        """Takes in what has changed, by a look at the `touched` files or, for `None`, at all.

        Problems are in the answer; while there are errors among them the last good site stays in service.
        """
        changed: tuple[SourcePath, ...] = ()
        try:
            config = self._read_settings() if self._is_for_settings(touched) else self._config
            assert config is not None  # settings are read until they could be
            job = self._job(config, now)
            changed = self._state.attempt(lambda: self._look(job, touched))
            before = self._prepared
            self._prepared = self._state.attempt(lambda: self._prepare(job))
        except SitegenError as error:
            return Refresh(changed=changed, problems=error.problems)
        prepared = self._prepared
        outdated, gone = self._compare(before, prepared, changed)
        problems = (*self._warnings, *prepared.problems)
        return Refresh(changed=changed, outdated=outdated, gone=gone, problems=problems)

    def _is_for_settings(self, touched: Collection[Path] | None) -> bool:
        return self._config is None or touched is None or any(path.name == FILE_NAME for path in touched)

    def _read_settings(self) -> Config:
        """The settings as they are now. Raises `SitegenError`; then they are read again next time."""
        before, self._config = self._config, None
        config, self._warnings = read_config(self._project)
        if self._options.base_url is not None:
            config = with_base_url(config, self._options.base_url)
        self._config = before if before == config else config
        return config

    def _job(self, config: Config, now: datetime) -> Job:
        options = BuildOptions(
            now=now,
            drafts=self._options.drafts,
            future=self._options.future,
            expired=self._options.expired,
            jobs=1,
        )
        return Job(
            project=self._project, folder=self._project / config.output, config=config, options=options
        )

    def _look(self, job: Job, touched: Collection[Path] | None) -> tuple[SourcePath, ...]:
        """Reads what is new, of the touched files alone where these are posts that were there; says what is changed."""
        if self._state.state is not self._seen:  # what was known has been lost with the state
            self._seen, self._gathered, self._trusted = self._state.state, None, {}
        before = self._gathered
        if before and self._is_whole and touched is not None and before.config is job.config:
            paths = self._sources_among(touched)
            again = None if paths is None else gather_again(job, self._state.state, before, paths)
            if again is not None:
                self._gathered = again
                return self._changed({path: again.contents[path].digest for path in paths or ()}, {})
        self._is_whole = False
        looked_at_ns = self._state.now_ns()
        posts = before.loaded.posts if before else remembered(self._state).posts
        files = self._trusted if before else self._state.known_files()
        self._gathered = gather(job, self._state.state, nobody_watches, files, posts)
        self._trusted = trusted(self._gathered.contents, looked_at_ns)
        self._is_whole = True
        digests = {**self._gathered.digests, **dict(_theme_files(self._project, job.config))}
        with contextlib.suppress(OSError):
            digests[SourcePath(FILE_NAME)] = hash_file(self._project / FILE_NAME)
        return self._changed(digests, dict(self._files))

    def _sources_among(self, touched: Collection[Path]) -> list[SourcePath] | None:
        """The touched files as sources, without such as come and go while others are saved; `None` for no files."""
        assert self._gathered is not None
        paths = []
        for place in touched:
            try:
                path = SourcePath(place.relative_to(self._project).as_posix())
            except ValueError:
                return None
            if path in self._gathered.contents:
                paths.append(path)
            elif os.path.lexists(place):
                return None
        return paths

    def _prepare(self, job: Job) -> Prepared:
        """The site of what was gathered, up to its plan."""
        before, gathered = self._prepared, self._gathered
        assert gathered is not None
        is_known = before is not None and self._state.state is self._seen
        prepared = follow(job, self._state, gathered, before) if before and is_known else None
        if prepared is None:
            known = known_from(before) if before else remembered(self._state)
            prepared = assemble(job, self._state, nobody_watches, gathered, known)
        prepared.facts.tells_lines = self._options.tells_lines
        return prepared

    def _changed(
        self, files: Mapping[SourcePath, Digest], before: Mapping[SourcePath, Digest]
    ) -> tuple[SourcePath, ...]:
        """Which of `files` are not as they were, and which of those `before` are no longer there."""
        is_first = not self._files
        gone = [path for path in before if path not in files]
        changed = [path for path, digest in files.items() if self._files.get(path) != digest]
        for path in gone:
            del self._files[path]
        self._files.update(files)
        return () if is_first else tuple(sorted([*gone, *changed]))

    def _compare(
        self, before: Prepared | None, prepared: Prepared, changed: Collection[SourcePath]
    ) -> tuple[tuple[OutputPath, ...], tuple[OutputPath, ...]]:
        """The pages that are outdated, and those that are gone, since the site `before`."""
        outdated: dict[OutputPath, None] = {}
        gone: tuple[OutputPath, ...] = ()
        if before is None or before.pages is not prepared.pages:
            pages = {page.path: page for page in prepared.pages}
            gone = tuple(path for path in self._pages if path not in pages)
            if before is not None:
                outdated.update((path, None) for path in pages if path not in self._pages)
            self._pages = pages
            self._sources = {
                page.path: page.recipe.source
                for page in prepared.pages
                if isinstance(page.recipe, PostRecipe)
            }
            for path in gone:
                self._made.pop(path, None)
        if before is None or before.turning_points is not prepared.turning_points:
            selection = Selection(now=prepared.selection.now)
            self._drafts = {
                post.url: hidden
                for post in prepared.site.posts.values()
                if (hidden := selection.hidden(post)) is not None
            }
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
                self._made[path] = self._make(page, self._prepared)
            except StateError as error:
                self._state.start_over(error)
                self.refresh(self._prepared.selection.now)
                self._made[path] = self._make(page, self._prepared)
            if len(self._made) > KEPT_PAGES:
                self._made.popitem(last=False)
        self._made.move_to_end(path)
        return self._made[path].page

    def _copy(self, source: SourcePath) -> LivePage | None:
        """A file that is published as it is: as it is now, for it is read again rather than kept."""
        if not (self._project / source).exists():  # taken away since the last look
            return None
        content = read_file(self._project / source, source)
        return LivePage(content=content, digest=hash_bytes(content), source=None)

    def _make(self, page: Page, prepared: Prepared) -> _Made:
        rendered = prepared.renderer.render(page)
        made = LivePage(
            content=rendered.content, digest=hash_bytes(rendered.content), source=self._sources.get(page.path)
        )
        return _Made(
            page=made,
            recipe=recipe_digest(page),
            reads={key: prepared.facts.digest(key) for key in rendered.reads},
        )

    def _is_fresh(self, path: OutputPath) -> bool:
        """Whether a page was made and would come out the same."""
        made = self._made.get(path)
        assert self._prepared is not None
        facts = self._prepared.facts
        return (
            made is not None
            and made.recipe == recipe_digest(self._pages[path])
            and all(facts.digest(key) == digest for key, digest in made.reads.items())
        )

    def paths(self) -> AbstractSet[OutputPath]:
        """Every file of the site."""
        return self._pages.keys()

    def drafts(self) -> Mapping[Url, Hidden]:
        """The pages that only the preview shows, each with why a build leaves it out today."""
        return self._drafts

    def source_of(self, url: Url) -> SourcePath | None:
        """The file whose page is at an address."""
        return self._sources.get(url_to_output_path(url))

    def page_of(self, source: SourcePath) -> Url | None:
        """The address of the page of a file."""
        post = self._prepared.site.posts.get(source) if self._prepared else None
        return post.url if post else None

    @property
    def base(self) -> BaseUrl | None:
        """Where the site lives; `None` as long as there is no site."""
        return BaseUrl.parse(self._config.base_url) if self._config else None

    def close(self) -> None:
        """Lets the state go."""
        self._state.close()
