"""Preparing: every pass before the first page is rendered, from the scan to the plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from sitegen.build.inputs import KnownFile, content_digests, read_again
from sitegen.build.ledger import structure_digest
from sitegen.build.links import broken_links
from sitegen.build.load import StateBodies, load_posts
from sitegen.build.options import BuildOptions, Job, Watch
from sitegen.build.organise import Selection, dated, organise, turning_points
from sitegen.build.pictures import Pictures, Size
from sitegen.build.plan import plan_pages
from sitegen.build.recipes import Page
from sitegen.build.rendering import PageRenderer
from sitegen.build.resources import resource_addresses
from sitegen.build.state import State
from sitegen.build.state_folder import StateFolder
from sitegen.config import Config
from sitegen.content.data import read_data
from sitegen.content.dates import site_zone
from sitegen.content.scan import scan
from sitegen.errors import Problem, SitegenError
from sitegen.model import Digest, Site, SourcePath, Value
from sitegen.render.theme.facts import Facts
from sitegen.render.theme.links import LinkIndex
from sitegen.render.theme.templates import Templates
from sitegen.render.theme.theme import read_theme


class Prepared(Value, frozen=True):
    """A site that is ready to be rendered."""

    site: Site
    pages: tuple[Page, ...]
    """In the order of writing."""
    facts: Facts
    templates: Templates
    renderer: PageRenderer
    structure: Digest
    """Over everything but the texts of posts."""
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` errors too."""
    contents: dict[SourcePath, KnownFile]
    """The digest of every source."""
    pictures: Pictures
    memo_keys: tuple[bytes, ...]
    """Of the posts in the state that this site uses."""
    turning_points: tuple[datetime, ...]
    """The moments at which time alone may change the site, sorted."""


def prepare(job: Job, folder: StateFolder, watch: Watch) -> Prepared:
    """Runs every pass before rendering. Raises `SitegenError` with everything wrong that one of them found."""
    project, config, options = job.project, job.config, job.options
    problems = ProblemList(options)
    watch("scan", 0, 1)
    sources, unreadable = scan(project, config)
    theme = read_theme(project, config, {"highlight.css": _highlight_stylesheet(config, folder.state)})
    files = (*sources.posts, *sources.resources, *sources.static, *sources.data)
    contents, vanished = content_digests(project, files, {} if options.rehash else folder.known_files())
    digests = {path: file.digest for path, file in contents.items()}
    templates = Templates(theme, config.language)
    watch("load", 0, len(sources.posts))
    loaded = load_posts(
        project,
        config,
        [file for file in sources.posts if file.path in contents],
        digests,
        folder.state,
        jobs=options.jobs,
        watch=lambda done, total: watch("load", done, total),
        meanwhile=templates.compile_all(),
    )
    data, in_data = read_data(
        [file for file in sources.data if file.path in contents],
        lambda source: read_again(project, source, digests[source]),
    )
    problems.add([*unreadable, *vanished, *loaded.problems, *in_data])
    watch("organise", 0, 1)
    selection = Selection(
        now=options.now, drafts=options.drafts, future=options.future, expired=options.expired
    )
    zone = site_zone(config.timezone)
    published = [dated(post, options.now, zone) for post in loaded.posts if selection.includes(post)]
    resources = resource_addresses(
        loaded.posts,
        published,
        [file for file in sources.resources if file.path in contents],
        [file for file in sources.static if file.path in contents],
    )
    site = organise(published, resources, data, config)
    watch("plan", 0, 1)
    plan = plan_pages(site, config, theme.asset_urls)
    bodies = StateBodies(folder.state, folder.reopened)
    pictures = Pictures(project, digests, folder.load("pictures", dict[bytes, Size]) or {})
    links = LinkIndex(site.posts, site.resources, [page.url for page in plan.pages], pictures.size)
    problems.add([*plan.problems, *broken_links(site, links, bodies)])
    facts = Facts(site, config, bodies, templates, theme, links, digests)
    not_posts = {path: digest for path, digest in digests.items() if path not in site.posts}
    return Prepared(
        site=site,
        pages=plan.pages,
        facts=facts,
        templates=templates,
        renderer=PageRenderer(project, facts, templates, theme),
        structure=structure_digest(site, config, theme.digest, not_posts),
        problems=problems.sorted(),
        contents=contents,
        pictures=pictures,
        memo_keys=loaded.keys,
        turning_points=tuple(sorted(set(turning_points(loaded.posts, options.now, zone)))),
    )


def _highlight_stylesheet(config: Config, state: State) -> bytes:
    """The style sheet for code, remembered because making it imports Pygments."""
    name = f"highlight.css {config.highlight.light} {config.highlight.dark}"
    content = state.value(name)
    if content is None:
        from sitegen.render.highlight import highlight_stylesheet  # noqa: PLC0415  # costs 20 ms

        content = highlight_stylesheet(config.highlight.light, config.highlight.dark).encode()
        with state.transaction():
            state.set_value(name, content)
    return content


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
