"""Preparing: every pass before the first page is rendered, from what was gathered to the plan and its problems."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from datetime import datetime

import msgspec

from sitegen.build.arrangement import Arrangement, arrange, arranged_site, same_place, structure_digest
from sitegen.build.cards import StateCards
from sitegen.build.gather import Gathered, gather
from sitegen.build.links import LinkReport, check_links
from sitegen.build.load import LoadedPost, StateBodies
from sitegen.build.options import BuildOptions, Job, Watch
from sitegen.build.organise import Selection, dated, turning_points
from sitegen.build.pictures import Pictures, Size
from sitegen.build.recipes import Page
from sitegen.build.rendering import PageRenderer
from sitegen.build.resources import resource_addresses
from sitegen.build.state import StateReader
from sitegen.build.state_folder import StateFolder
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
    arrangement: Arrangement
    index: LinkIndex
    cards: StateCards
    facts: Facts
    templates: Templates
    renderer: PageRenderer
    links: LinkReport
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` errors too."""
    pictures: Pictures
    selection: Selection
    turning_points: tuple[datetime, ...]
    """The moments at which time alone may change the site, sorted."""

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every file of the site, in the order of writing."""
        return self.arrangement.pages

    @property
    def structure(self) -> Digest:
        """Over everything but the texts of posts."""
        return self.arrangement.structure


class Known(Value, frozen=True):
    """What earlier passes gave, each kept for as long as what it was made from is the same."""

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
        pictures=prepared.pictures.known(),
    )


def remembered(folder: StateFolder) -> Known:
    """What the last build knew. Raises `StateError` for what no build wrote."""
    return Known(
        posts=folder.load_json("posts", dict[SourcePath, LoadedPost]) or {},
        arrangement=folder.load("arrangement", Arrangement) or Arrangement(),
        links=folder.load("links", LinkReport) or LinkReport(),
        pictures=folder.load("pictures", dict[bytes, Size]) or {},
    )


def remember(folder: StateFolder, known: Known, prepared: Prepared) -> None:
    """Keeps for the next build what is new since `known`; to be called inside a transaction of the state."""
    if prepared.gathered.loaded.posts != known.posts:
        folder.save_json("posts", prepared.gathered.loaded.posts)
    if prepared.arrangement is not known.arrangement and not prepared.arrangement.problems:
        folder.save("arrangement", prepared.arrangement)
    if prepared.links is not known.links:
        folder.save("links", prepared.links)
    pictures = prepared.pictures.known()
    if pictures != known.pictures:
        folder.save("pictures", pictures)


def prepare(
    job: Job,
    folder: StateFolder,
    watch: Watch,
    known: Known | None = None,
    scanned: Scanned | None = None,
) -> Prepared:
    """Runs every pass before rendering, but for those that were run already.

    Raises `SitegenError` with everything wrong that one of them found.
    """
    if known is None:
        known = remembered(folder)
    if scanned is None:
        watch("scan", 0, 1)
        scanned = scan(job.project, job.config)
    files = {} if job.options.rehash else folder.known_files()
    gathered = gather(job, folder.state, watch, scanned, files, known.posts)
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
    now, zone = job.options.now, site_zone(config.timezone)
    selection = _selection(job.options)
    outlines = loaded.outlines
    published = [dated(post, now, zone) for post in outlines if selection.includes(post)]
    resources = resource_addresses(outlines, published, gathered.sources.resources, gathered.sources.static)
    structure = structure_digest(published, resources, config, theme.digest, gathered.files)
    watch("plan", 0, 1)
    arrangement = known.arrangement
    if arrangement.structure != structure:
        arrangement = arrange(structure, published, resources, config, theme)
    site = arranged_site(arrangement, published, resources, gathered.data)
    digests = gathered.digests
    pictures = Pictures(job.project, digests, known.pictures)
    index = LinkIndex(site.posts, site.resources, [page.url for page in arrangement.pages], pictures.size)
    reader = StateReader(folder.state, folder.reopened)
    cards, bodies = StateCards(reader, loaded.keys, loaded.fresh), StateBodies(reader)
    links = check_links(site, structure, index, cards, bodies, known.links, loaded.changed_since(known.posts))
    problems.add([*arrangement.problems, *links.all_problems])
    facts = Facts(site, config, cards, bodies, gathered.templates, theme, index, digests)
    return Prepared(
        gathered=gathered,
        site=site,
        arrangement=arrangement,
        index=index,
        cards=cards,
        facts=facts,
        templates=gathered.templates,
        renderer=PageRenderer(job.project, facts, gathered.templates, theme),
        links=links,
        problems=problems.sorted(),
        pictures=pictures,
        selection=selection,
        turning_points=tuple(sorted(set(turning_points(outlines, now, zone)))),
    )


def follow(job: Job, folder: StateFolder, gathered: Gathered, before: Prepared) -> Prepared | None:
    """The site `before` with what posts say now, when that is all that has changed; `None` when it is not.

    What organising and planning look at is then the same, so their results are; see `same_place`.
    """
    old, loaded = before.gathered, gathered.loaded
    changed = loaded.changed_since(old.loaded.posts)
    now, points = job.options.now, before.turning_points
    if (
        not old.has_same_frame(gathered)
        or bisect(points, now) != bisect(points, before.selection.now)
        or not all(_has_same_place(old.loaded.posts[source], loaded.posts[source]) for source in changed)
    ):
        return None
    problems = ProblemList(job.options)
    problems.add([*gathered.problems, *loaded.problems])
    zone = site_zone(gathered.config.timezone)
    outlines = (loaded.posts[source].outline for source in changed & before.site.posts.keys())
    posts = {post.source: dated(post, now, zone) for post in outlines if post}
    site = msgspec.structs.replace(before.site, posts={**before.site.posts, **posts})
    reader = StateReader(folder.state, folder.reopened)
    cards, bodies = before.cards.after(reader, loaded.keys, loaded.fresh, changed), StateBodies(reader)
    links = check_links(site, before.structure, before.index, cards, bodies, before.links, changed)
    problems.add([*before.arrangement.problems, *links.all_problems])
    facts = before.facts.after(site, cards, bodies, changed)
    return msgspec.structs.replace(
        before,
        gathered=gathered,
        site=site,
        cards=cards,
        facts=facts,
        renderer=before.renderer.with_facts(facts),
        links=links,
        problems=problems.sorted(),
        selection=_selection(job.options),
    )


def _has_same_place(one: LoadedPost, other: LoadedPost) -> bool:
    return one.outline is not None and other.outline is not None and same_place(one.outline, other.outline)


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
