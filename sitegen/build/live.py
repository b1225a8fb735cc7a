"""The live site: what a build would write, kept in memory for the preview, each page made when it is asked for.

The same passes run as in a build, up to the review. What a build does in its last passes, this one does page by
page: a page that was made before is made anew if its recipe or an answer that it read has changed since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

from sitegen.build.inputs import hash_bytes, hash_file
from sitegen.build.ledger import recipe_digest
from sitegen.build.options import BuildOptions, Job, nobody_watches
from sitegen.build.organise import Hidden, Selection
from sitegen.build.prepare import Prepared, prepare
from sitegen.build.recipes import CopyRecipe, Page, PostRecipe
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


def _pages_of(changed: Collection[SourcePath], pages: Iterable[Page]) -> Iterator[OutputPath]:
    """The pages that show one of these files itself."""
    sources = frozenset(changed)
    for page in pages:
        if isinstance(page.recipe, PostRecipe | CopyRecipe) and page.recipe.source in sources:
            yield page.path


class LiveSite:
    """The site of one project in memory. One thread owns it. The output folder is neither read nor touched."""

    def __init__(self, project: Path, options: LiveOptions) -> None:
        """A site that is empty until the first `refresh`."""
        self._project = project
        self._options = options
        self._state = _opened_state(project)
        self._config: Config | None = None
        self._files: dict[SourcePath, Digest] = {}
        self._prepared: Prepared | None = None
        self._pages: dict[OutputPath, Page] = {}
        self._sources: dict[OutputPath, SourcePath] = {}
        self._made: OrderedDict[OutputPath, _Made] = OrderedDict()
        self._drafts: dict[Url, Hidden] = {}

    def refresh(self, now: datetime, touched: Collection[Path] | None = None) -> Refresh:  # noqa: ARG002  # a look at all files sees these too
        """Takes in what has changed, by a look at the `touched` files or, for `None`, at all.

        Problems are in the answer; while there are errors among them the last good site stays in service.
        """
        try:
            config, warnings = read_config(self._project)
            if self._options.base_url is not None:
                config = with_base_url(config, self._options.base_url)
            prepared = self._attempt(config, now)
        except SitegenError as error:
            return Refresh(problems=error.problems)
        before, self._prepared = self._prepared, prepared
        changed = self._changed(prepared, config)
        pages = {page.path: page for page in prepared.pages}
        gone = tuple(path for path in self._pages if path not in pages)
        new = [path for path in pages if path not in self._pages] if before else []
        self._pages = pages
        self._sources = {
            page.path: page.recipe.source for page in prepared.pages if isinstance(page.recipe, PostRecipe)
        }
        for path in gone:
            self._made.pop(path, None)
        outdated = dict.fromkeys(new)
        outdated.update(dict.fromkeys(path for path in self._made if not self._is_fresh(path)))
        outdated.update(dict.fromkeys(_pages_of(changed, prepared.pages)))
        selection = Selection(now=now)
        self._drafts = {
            post.url: hidden
            for post in prepared.site.posts.values()
            if (hidden := selection.hidden(post)) is not None
        }
        return Refresh(
            changed=changed, outdated=tuple(outdated), gone=gone, problems=(*warnings, *prepared.problems)
        )

    def _attempt(self, config: Config, now: datetime) -> Prepared:
        """The site up to its plan. Raises `SitegenError`."""
        options = BuildOptions(
            now=now,
            drafts=self._options.drafts,
            future=self._options.future,
            expired=self._options.expired,
            jobs=1,
        )
        job = Job(project=self._project, folder=self._project / config.output, config=config, options=options)
        prepared = self._state.attempt(lambda: prepare(job, self._state, nobody_watches))
        prepared.facts.tells_lines = self._options.tells_lines
        return prepared

    def _changed(self, prepared: Prepared, config: Config) -> tuple[SourcePath, ...]:
        """The files that are not as they were at the last look."""
        files = {path: file.digest for path, file in prepared.contents.items()}
        files.update(_theme_files(self._project, config))
        old, self._files = self._files, files
        changed = [path for path in old.keys() | files.keys() if old.get(path) != files.get(path)]
        before, self._config = self._config, config
        if before is None:
            return ()
        if before != config:
            changed.append(SourcePath(FILE_NAME))
        return tuple(sorted(changed))

    def page(self, path: OutputPath) -> LivePage | None:
        """A file of the site as of the last look, `None` for one that it does not have.

        Raises `SitegenError` for the fault of a template.
        """
        page = self._pages.get(path)
        if page is None or self._prepared is None:
            return None
        if isinstance(page.recipe, CopyRecipe):
            return self._copy(page.recipe.source)
        if self._is_fresh(path):
            self._made.move_to_end(path)
            return self._made[path].page
        rendered = self._prepared.renderer.render(page)
        made = LivePage(
            content=rendered.content, digest=hash_bytes(rendered.content), source=self._sources.get(path)
        )
        facts = self._prepared.facts
        self._made[path] = _Made(
            page=made,
            recipe=recipe_digest(page),
            reads={key: facts.digest(key) for key in rendered.reads},
        )
        self._made.move_to_end(path)
        if len(self._made) > KEPT_PAGES:
            self._made.popitem(last=False)
        return made

    def _copy(self, source: SourcePath) -> LivePage | None:
        """A file that is published as it is: as it is now, for it is read again rather than kept."""
        if not (self._project / source).exists():  # taken away since the last look
            return None
        content = read_file(self._project / source, source)
        return LivePage(content=content, digest=hash_bytes(content), source=None)

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
