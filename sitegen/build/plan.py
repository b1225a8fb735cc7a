"""Planning: every file that the site must have, and the problems that stop it before a byte is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sitegen.build.output import OWN_NAMES
from sitegen.build.recipes import (
    AssetRecipe,
    CopyRecipe,
    FeedFormat,
    FeedRecipe,
    ListKind,
    ListRecipe,
    NotFoundRecipe,
    Page,
    PostRecipe,
    Recipe,
    RedirectRecipe,
    RobotsRecipe,
    SitemapRecipe,
    TermsRecipe,
    file_kind,
)
from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.model import Outline, Site, Url, Value
from sitegen.render.theme.views import FEED_TYPES, list_page_url
from sitegen.urls import collision_key, url_to_output_path

SITEMAP_LIMIT = 50_000
"""Addresses that one sitemap may hold, by the sitemap protocol."""


class Plan(Value, frozen=True):
    """Every file of the site, in the order of writing: assets, posts, then lists and feeds."""

    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]
    """Collisions: files at one address (also by letter case or Unicode form), files where others need a folder, and
    files where sitegen keeps its own.

    None of the files concerned is among `pages`.
    """


def plan_pages(site: Site, config: Config, assets: Mapping[str, Url]) -> Plan:
    """Every file that the site must have."""
    pages = [
        Page(path=url_to_output_path(url), url=url, recipe=recipe)
        for url, recipe in _addresses(site, config, assets)
    ]
    taken = {page.path for page in pages}
    generated: list[tuple[Url, Recipe]] = [
        (Url("/404.html"), NotFoundRecipe()),
        (Url("/robots.txt"), RobotsRecipe()),
        *_sitemaps(pages, site),
    ]
    pages.extend(
        Page(path=url_to_output_path(url), url=url, recipe=recipe)
        for url, recipe in generated
        if url_to_output_path(url) not in taken
    )
    collisions = list(_collisions(pages))
    concerned = {page.path for rivals, _ in collisions for page in rivals}
    return Plan(
        pages=tuple(
            sorted(
                (page for page in pages if page.path not in concerned),
                key=lambda page: (file_kind(page), _depth(page.recipe), page.path),
            )
        ),
        problems=tuple(_problem(rivals, message, site) for rivals, message in collisions),
    )


def _depth(recipe: Recipe) -> float:
    """How far down its list a page is, from 0 to 1.

    Pages of different lists that show the same posts are about as deep, so their cards are read from the state once,
    where a large blog has more cards than are kept in memory.
    """
    return (recipe.number - 1) / recipe.page_count if isinstance(recipe, ListRecipe) else 0.0


def _addresses(site: Site, config: Config, assets: Mapping[str, Url]) -> Iterator[tuple[Url, Recipe]]:
    for name, url in assets.items():
        yield url, AssetRecipe(name=name)
    for source, url in site.resources.items():
        yield url, CopyRecipe(source=source)
    for source, post in site.posts.items():
        yield post.url, PostRecipe(source=source)
    yield from _lists(site, config)
    yield from _redirects(site.posts.values())
    yield from _feeds(site, config)


def _lists(site: Site, config: Config) -> Iterator[tuple[Url, Recipe]]:
    folders = config.taxonomies
    home_taken = any(site.posts[source].url == "/" for source in site.pages)
    if not home_taken:
        yield from _list_pages(site, config, "index", Url("/"))
    yield from _list_pages(site, config, "archive", Url(f"/{folders.archives}/"))
    for year in site.years:
        yield from _list_pages(site, config, "archive", year.url, (f"{year.year:04d}",))
        for month in year.months:
            about = (f"{month.year:04d}", f"{month.month:02d}")
            yield from _list_pages(site, config, "archive", month.url, about)
    for term in site.terms.values():
        yield from _list_pages(site, config, term.taxonomy, term.url, term.path)
    yield Url(f"/{folders.categories}/"), TermsRecipe(taxonomy="category")
    yield Url(f"/{folders.tags}/"), TermsRecipe(taxonomy="tag")


def _list_pages(
    site: Site, config: Config, kind: ListKind, listing: Url, about: tuple[str, ...] = ()
) -> Iterator[tuple[Url, Recipe]]:
    count = len(site.listings[listing])
    per_page = config.taxonomies.archives_per_page if kind == "archive" else config.per_page
    page_count = max(1, -(-count // per_page)) if per_page else 1
    for number in range(1, page_count + 1):
        yield (
            list_page_url(listing, number, config.taxonomies.pagination),
            ListRecipe(
                kind=kind,
                listing=listing,
                number=number,
                page_count=page_count,
                per_page=per_page,
                about=about,
            ),
        )


def _redirects(posts: Iterable[Outline]) -> Iterator[tuple[Url, Recipe]]:
    for post in posts:
        for alias in dict.fromkeys(post.aliases):
            if alias != post.url:
                yield alias, RedirectRecipe(source=post.source)


def _feeds(site: Site, config: Config) -> Iterator[tuple[Url, Recipe]]:
    def feed(name: FeedFormat, listing: Url, about: tuple[str, ...] = ()) -> tuple[Url, Recipe]:
        url = Url(f"{listing}{FEED_TYPES[name][0]}" if about else f"/{FEED_TYPES[name][0]}")
        return url, FeedRecipe(format=name, listing=listing, about=about)

    archive = Url(f"/{config.taxonomies.archives}/")
    for name in config.feeds.formats:
        yield feed(name, archive)
    for term in site.terms.values():
        for name in config.feeds.term_formats:
            yield feed(name, term.url, (term.taxonomy, *term.path))


def _sitemaps(pages: list[Page], site: Site) -> list[tuple[Url, Recipe]]:
    """The sitemap of every page worth finding; in parts when it is too long for one."""
    entries: list[tuple[Url, str | None]] = []
    for page in pages:
        match page.recipe:
            case PostRecipe(source=source) if site.posts[source].in_sitemap:
                changed = site.posts[source].updated or site.posts[source].date
                entries.append((page.url, changed.isoformat(timespec="seconds") if changed else None))
            case ListRecipe() | TermsRecipe():
                entries.append((page.url, None))
            case _:
                pass
    entries.sort(key=lambda entry: entry[0])
    if len(entries) <= SITEMAP_LIMIT:
        return [(Url("/sitemap.xml"), SitemapRecipe(entries=tuple(entries)))]
    chunks = [entries[start : start + SITEMAP_LIMIT] for start in range(0, len(entries), SITEMAP_LIMIT)]
    parts: list[tuple[Url, Recipe]] = [
        (sitemap_part(number), SitemapRecipe(entries=tuple(chunk))) for number, chunk in enumerate(chunks, 1)
    ]
    return [(Url("/sitemap.xml"), SitemapRecipe(entries=(), parts=len(chunks))), *parts]


def sitemap_part(number: int) -> Url:
    """The address of one part of a sitemap that is too long for one file."""
    return Url(f"/sitemap-{number}.xml")


def _collisions(pages: Sequence[Page]) -> Iterator[tuple[list[Page], str]]:
    """The pages that get in each other's way, with what is to be said of them."""
    owners: dict[str, list[Page]] = {}
    folders: dict[str, Page] = {}
    for page in pages:
        key = collision_key(page.path)
        owners.setdefault(key, []).append(page)
        while "/" in key:
            key = key.rpartition("/")[0]
            if key in folders:
                break
            folders[key] = page
    for key, rivals in sorted(owners.items()):
        if len(rivals) > 1:
            yield rivals, f"{len(rivals)} pages want the address {rivals[0].url}:"
        elif key in folders:
            inside = folders[key]
            yield (
                [rivals[0], inside],
                f"{rivals[0].url} is a file, and {inside.url} needs a folder of that name:",
            )
    for name in OWN_NAMES:
        if name in owners or name in folders:
            for page in pages:
                if collision_key(page.path).split("/")[0] == name:
                    message = f"{page.url} would lie at {name}, which sitegen keeps for itself. Rename or move away:"
                    yield [page], message


def _problem(rivals: Sequence[Page], message: str, site: Site) -> Problem:
    notes = tuple(sorted(_owner(rival, site, rivals[0].url) for rival in rivals))
    return Problem(code="collision", message=message, notes=notes)


def _owner(page: Page, site: Site, url: Url) -> str:
    """How a colliding page is named: by its source where it has one."""
    spelt = f"   (spelt {page.url})" if page.url != url else ""
    match page.recipe:
        case PostRecipe(source=source):
            post = site.posts[source]
            reason = f"   (its front matter says permalink: {post.url})" if post.has_permalink else ""
            return f"{source}{reason}{spelt}"
        case CopyRecipe(source=source):
            return f"{source}{spelt}"
        case RedirectRecipe(source=source):
            return f"{source}   (among its aliases){spelt}"
        case ListRecipe(kind=kind, about=about):
            return f"the list of {_list_name(kind, about)}{spelt}"
        case TermsRecipe(taxonomy=taxonomy):
            return f"the list of all {'categories' if taxonomy == 'category' else 'tags'}{spelt}"
        case FeedRecipe(about=about):
            return f"the feed of {_list_name(about[0], about[1:]) if about else 'all posts'}{spelt}"
        case AssetRecipe(name=name):
            return f"the theme's asset {name}{spelt}"
        case _:
            return f"{page.path}, which sitegen makes{spelt}"


def _list_name(kind: str, about: tuple[str, ...]) -> str:
    match kind:
        case "category":
            return f"category {' › '.join(about)}"
        case "tag":
            return f"tag {about[0]}"
        case "archive":
            return f"posts of {'-'.join(about)}" if about else "all posts"
        case _:
            return "the newest posts"
