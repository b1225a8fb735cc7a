"""Preparing: every pass before the first page is rendered, from what was gathered to the plan and its problems."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sitegen.build.arrangement import Arrangement, arrange, arranged_site, ground_digest
from sitegen.build.bodies import StateBodies
from sitegen.build.cards import StateCards
from sitegen.build.gather import Gathered, gather
from sitegen.build.inputs import KnownFile
from sitegen.build.links import LinkReport, check_links
from sitegen.build.options import BuildOptions, Job, Watch
from sitegen.build.organise import Selection
from sitegen.build.outlines import LoadedPost, Outlines
from sitegen.build.pictures import Size
from sitegen.build.planned import PlannedPages
from sitegen.build.rendering import PageRenderer
from sitegen.build.state import StateReader
from sitegen.build.state_folder import StateFolder
from sitegen.build.workers import Crew
from sitegen.content.dates import site_zone
from sitegen.content.scan import Scanned, scan
from sitegen.errors import Problem, SitegenError
from sitegen.model import Digest, Site, SourcePath, Value
from sitegen.render.theme.facts import Facts
from sitegen.render.theme.links import LinkIndex
from sitegen.render.theme.templates import Templates


class Prepared(Value, frozen=True):
    """A site that is ready to be rendered."""

    gathered: Gathered
    site: Site
    outlines: Outlines
    """The posts of the site."""
    arrangement: Arrangement
    structure: Digest
    """Over everything but the texts of posts."""
    pages: PlannedPages
    """Every file of the site, in the order of writing."""
    index: LinkIndex
    cards: StateCards
    facts: Facts
    templates: Templates
    renderer: PageRenderer
    links: LinkReport
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` errors too."""
    selection: Selection


class Known(Value, frozen=True):
    """What earlier passes gave, each kept for as long as what it was made from is the same."""

    files: dict[SourcePath, KnownFile] = {}
    """The sources whose content is known as long as their signature stays."""
    posts: dict[SourcePath, LoadedPost] = {}
    arrangement: Arrangement = Arrangement()
    links: LinkReport = LinkReport()
    pictures: dict[bytes, Size] = {}


def known_from(prepared: Prepared) -> Known:
    """What can be known for the next time."""
    return Known(
        posts=prepared.gathered.loaded.posts,
        arrangement=prepared.arrangement,
        links=prepared.links,
        pictures=prepared.gathered.pictures.known(),
    )


def remembered(folder: StateFolder) -> Known:
    """What the last build knew. Raises `StateError` for what no build wrote."""
    return Known(
        files=folder.load_parts("files", dict[SourcePath, KnownFile]),
        posts=folder.load_parts("posts", dict[SourcePath, LoadedPost]),
        arrangement=folder.load("arrangement", Arrangement) or Arrangement(),
        links=folder.load("links", LinkReport) or LinkReport(),
        pictures=folder.load("pictures", dict[bytes, Size]) or {},
    )


def remember(folder: StateFolder, known: Known, prepared: Prepared) -> None:
    """Keeps for the next build what is new since `known`; to be called inside a transaction of the state."""
    folder.save_parts("posts", prepared.gathered.loaded.posts, known.posts)
    if prepared.arrangement is not known.arrangement and not prepared.arrangement.problems:
        folder.save("arrangement", prepared.arrangement)
    if prepared.links is not known.links:
        folder.save("links", prepared.links)
    pictures = prepared.gathered.pictures.known()
    if pictures != known.pictures:
        folder.save("pictures", pictures)


def prepare(
    job: Job,
    folder: StateFolder,
    watch: Watch,
    known: Known | None = None,
    scanned: Scanned | None = None,
    loading: Crew | None = None,
) -> Prepared:
    """Runs every pass before rendering, but for those that were run already.

    Raises `SitegenError` with everything wrong that one of them found.
    """
    if known is None:
        known = remembered(folder)
    if scanned is None:
        watch("scan", 0, 1)
        scanned = scan(job.project, job.config)
    files = {} if job.options.rehash else known.files
    gathered = gather(job, folder.state, watch, scanned, files, known.posts, known.pictures, loading=loading)
    return assemble(job, folder, watch, gathered, known)


def assemble(
    job: Job,
    folder: StateFolder,
    watch: Watch,
    gathered: Gathered,
    known: Known,
) -> Prepared:
    """The site of what was gathered, ready to be rendered. Raises `SitegenError` as `prepare` does."""
    config, theme, loaded = gathered.config, gathered.theme, gathered.loaded
    problems = ProblemList(job.options)
    problems.add([*gathered.problems, *loaded.problems])
    watch("organise", 0, 1)
    selection = _selection(job.options)
    ground = ground_digest(loaded.posts.values(), config, theme.digest, gathered.files)
    watch("plan", 0, 1)
    arrangement = known.arrangement
    if not arrangement.holds(ground, selection):
        arrangement = arrange(ground, loaded.outlines, selection, gathered.sources, config, theme)
    outlines = Outlines(arrangement.order, loaded.posts, selection.now, site_zone(config.timezone))
    site = arranged_site(arrangement, outlines, gathered.data)
    digests = gathered.digests
    pages = PlannedPages(arrangement.paths, arrangement.pages)
    addresses = (page.url for page in pages.values())
    index = LinkIndex(site.posts, site.resources, addresses, gathered.pictures.size)
    reader = StateReader(folder.state, folder.reopened)
    cards, bodies = StateCards(reader, loaded.posts, loaded.fresh), StateBodies(reader)
    structure, changed = arrangement.structure, loaded.changed_since(known.posts)
    links = check_links(site, structure, index, cards, bodies, known.links, changed)
    problems.add([*arrangement.problems, *links.all_problems])
    facts = Facts(site, config, cards, bodies, gathered.templates, theme, index, digests)
    return Prepared(
        gathered=_without_fresh(gathered),  # the cards have them now
        site=site,
        arrangement=arrangement,
        structure=structure,
        outlines=outlines,
        pages=pages,
        index=index,
        cards=cards,
        facts=facts,
        templates=gathered.templates,
        renderer=PageRenderer(job.project, facts, gathered.templates, theme),
        links=links,
        problems=problems.sorted(),
        selection=selection,
    )


def follow(job: Job, folder: StateFolder, gathered: Gathered, before: Prepared) -> Prepared | None:
    """The site `before` with what posts say now, when that is all that has changed; `None` when it is not.

    What organising and planning look at is then the same, so their results are.
    """
    old, loaded = before.gathered, gathered.loaded
    changed = loaded.changed_since(old.loaded.posts)
    selection = _selection(job.options)
    if (
        not old.has_same_frame(gathered)
        or selection.now not in before.arrangement.span
        or any(old.loaded.posts[source].place != loaded.posts[source].place for source in changed)
    ):
        return None
    problems = ProblemList(job.options)
    problems.add([*gathered.problems, *loaded.problems])
    outlines = before.outlines.after(loaded.posts, changed, selection.now)
    site = msgspec.structs.replace(before.site, posts=outlines)
    reader = StateReader(folder.state, folder.reopened)
    cards, bodies = before.cards.after(reader, loaded.posts, loaded.fresh, changed), StateBodies(reader)
    links = check_links(site, before.structure, before.index, cards, bodies, before.links, changed)
    problems.add([*before.arrangement.problems, *links.all_problems])
    facts = before.facts.after(site, cards, bodies, changed)
    return msgspec.structs.replace(
        before,
        gathered=gathered,
        site=site,
        outlines=outlines,
        cards=cards,
        facts=facts,
        renderer=before.renderer.with_facts(facts),
        links=links,
        problems=problems.sorted(),
        selection=selection,
    )


def _without_fresh(gathered: Gathered) -> Gathered:
    loaded = msgspec.structs.replace(gathered.loaded, fresh=())
    return msgspec.structs.replace(gathered, loaded=loaded)


def _selection(options: BuildOptions) -> Selection:
    return Selection(now=options.now, drafts=options.drafts, future=options.future, expired=options.expired)


class ProblemList:
    """What the passes have found so far; errors stop the build between passes unless it is to keep going."""

    def __init__(self, options: BuildOptions) -> None:
        self._options = options
        self._found: list[Problem] = []

    def add(self, problems: Iterable[Problem]) -> None:
        """Takes the problems of a pass; raises `SitegenError` with all so far when there are errors."""
        for problem in problems:
            strict = self._options.strict and problem.severity == "warning"
            self._found.append(msgspec.structs.replace(problem, severity="error") if strict else problem)
        if not self._options.keep_going and any(problem.severity == "error" for problem in self._found):
            raise SitegenError(self.sorted())

    def sorted(self) -> tuple[Problem, ...]:
        """By file and line, each once; those without a file last."""
        unique = dict.fromkeys(self._found)
        return tuple(
            sorted(unique, key=lambda problem: (problem.path is None, problem.path or "", problem.line or 0))
        )
