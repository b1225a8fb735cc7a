"""Rendering pages: from a recipe and the facts of a site to bytes, noting every fact that was asked."""

from __future__ import annotations

from pathlib import Path

from sitegen.build.inputs import read_again
from sitegen.build.plan import sitemap_part
from sitegen.build.recipes import (
    AssetRecipe,
    CopyRecipe,
    FeedRecipe,
    ListRecipe,
    NotFoundRecipe,
    Page,
    PostRecipe,
    RedirectRecipe,
    RobotsRecipe,
    SitemapRecipe,
    TermsRecipe,
)
from sitegen.model import Url, Value
from sitegen.render import feeds, sitemap
from sitegen.render.theme.context import template_context
from sitegen.render.theme.facts import FactKey, Facts
from sitegen.render.theme.templates import Templates
from sitegen.render.theme.theme import ThemeFiles
from sitegen.render.theme.translation import translator
from sitegen.render.theme.views import (
    FEED_TYPES,
    LinkView,
    ListingView,
    PageView,
    PeriodView,
    Place,
    PostView,
    SiteView,
    TermView,
)

LAYOUTS = {"post": "post.html", "page": "page.html"}


class Rendered(Value, frozen=True):
    """The bytes of a page and what they were made from."""

    content: bytes
    reads: frozenset[FactKey]


class PageRenderer:
    """Renders the pages of one site. The same page gives the same bytes, in any process."""

    def __init__(self, project: Path, facts: Facts, templates: Templates, theme: ThemeFiles) -> None:
        self._project = project
        self._facts = facts
        self._templates = templates
        self._theme = theme

    def with_facts(self, facts: Facts) -> PageRenderer:
        """The same with other facts, which the same templates show."""
        return PageRenderer(self._project, facts, self._templates, self._theme)

    def render(self, page: Page) -> Rendered:
        """The bytes of one page with the facts that it read. Raises `SitegenError` for a template's fault."""
        facts = self._facts.for_page()
        content = self._content(page, facts)
        return Rendered(content=content, reads=frozenset(facts.reads))

    def _content(self, page: Page, facts: Facts) -> bytes:
        match page.recipe:
            case AssetRecipe(name=name):
                return self._theme.assets[name].content
            case CopyRecipe(source=source):
                return read_again(self._project, source, facts.file(source))
            case SitemapRecipe(entries=entries, parts=parts):
                place = Place(facts, page.url)
                if parts:
                    numbers = range(1, parts + 1)
                    return sitemap.sitemap_index(map(sitemap_part, numbers), place).encode()
                return sitemap.sitemap(entries, place).encode()
            case RobotsRecipe():
                return sitemap.robots(Place(facts, page.url)).encode()
            case FeedRecipe() as recipe:
                return _feed(recipe, Place(facts, page.url, absolute=True)).encode()
            case _:
                # A template can spell out half a character, which nobody can write down.
                return self._html(page, Place(facts, page.url)).encode(errors="replace")

    def _html(self, page: Page, place: Place) -> str:
        match page.recipe:
            case PostRecipe(source=source):
                post = PostView(place, source)
                if post.layout == "false":
                    return post.content
                template = self._layout(place, post.kind, post.layout)
                view = PageView(
                    place,
                    kind=post.kind,
                    title=post.title,
                    description=post.description,
                    language=post.language,
                    image=post.cover,
                )
                return self._template(template, place, view, source, post=post)
            case ListRecipe() as recipe:
                return self._list(recipe, place)
            case TermsRecipe(taxonomy=taxonomy):
                kind = "categories" if taxonomy == "category" else "tags"
                terms = [TermView(place, term) for term in place.facts.terms(taxonomy)]
                view = PageView(place, kind=kind, title=self._text(place, kind))
                return self._template(f"{kind}.html", place, view, f"the list of {kind}", terms=terms)
            case RedirectRecipe(source=source):
                post = PostView(place, source)
                view = PageView(place, kind="redirect", title=post.title, language=post.language)
                return self._template("redirect.html", place, view, source, post=post, target=post.url)
            case NotFoundRecipe():
                view = PageView(place, kind="404", title=self._text(place, "not_found"))
                return self._template("404.html", place, view, "404.html")
            case _:
                raise AssertionError(page.recipe)

    def _list(self, recipe: ListRecipe, place: Place) -> str:
        listing = ListingView(place, recipe.listing, recipe.number, recipe.page_count, recipe.per_page)
        match recipe.kind:
            case "index":
                view = PageView(place, kind="index", title="")
                return self._template("index.html", place, view, "the index", listing=listing)
            case "archive":
                return self._archive(recipe, place, listing)
            case "category" | "tag" as kind:
                term = TermView(place, place.facts.term(kind, *recipe.about))
                view = PageView(
                    place,
                    kind=kind,
                    title=term.name,
                    feeds=_term_feeds(recipe, term, place),
                    breadcrumbs=[
                        LinkView(
                            recipe.about[depth - 1],
                            place.href(place.facts.term_url(kind, *recipe.about[:depth])),
                        )
                        for depth in range(1, len(recipe.about))
                    ],
                )
                shown = f"the list of {kind} {' › '.join(recipe.about)}"
                return self._template(f"{kind}.html", place, view, shown, listing=listing, term=term)

    def _archive(self, recipe: ListRecipe, place: Place, listing: ListingView) -> str:
        title = self._text(place, "archives")
        breadcrumbs: list[LinkView] = []
        period = None
        if recipe.about:
            year, *month = map(int, recipe.about)
            period = PeriodView.of(place, recipe.listing, year, month[0] if month else None)
            breadcrumbs.append(LinkView(title, SiteView(place).archives_url))
            if month:
                parent = Url(recipe.listing.rsplit("/", 2)[0] + "/")
                breadcrumbs.append(LinkView(str(year), place.href(parent)))
            title = period.title
        view = PageView(place, kind="archive", title=title, breadcrumbs=breadcrumbs)
        return self._template("archive.html", place, view, "the archive", listing=listing, period=period)

    def _layout(self, place: Place, kind: str, layout: str | None) -> str:
        """The template of a post: as its front matter says where the theme has it, else by its kind."""
        name = f"{layout}.html" if layout else LAYOUTS[kind]
        place.facts.template(name)  # which may be added later
        return name if self._templates.exists(name) else LAYOUTS[kind]

    def _template(self, name: str, place: Place, view: PageView, origin: str, **further: object) -> str:
        place.facts.template(name)
        context = template_context(place, self._theme, view, **further)
        return self._templates.render(name, context, f"{place.url} from {origin}")

    def _text(self, place: Place, name: str) -> str:
        return translator(place.language, self._theme.texts)(name)


def _term_feeds(recipe: ListRecipe, term: TermView, place: Place) -> list[LinkView]:
    names = place.facts.config("feeds").term_formats
    return [
        LinkView(term.name, place.href(Url(recipe.listing + FEED_TYPES[name][0])), kind=FEED_TYPES[name][1])
        for name in names
    ]


def _feed(recipe: FeedRecipe, place: Place) -> str:
    site = SiteView(place)
    settings = place.facts.config("feeds")
    sources = place.facts.listing(recipe.listing, 0, settings.limit)
    posts = [PostView(place, source) for source in sources]
    home = place.absolute(recipe.listing if recipe.about else Url("/"))
    title = f"{' › '.join(recipe.about[1:])} · {site.title}" if recipe.about else site.title
    feed = feeds.Feed(
        title=title,
        url=place.url,
        page_url=home,
        language=site.language,
        full_text=settings.content == "full",
    )
    write = {"atom": feeds.atom, "rss": feeds.rss, "json": feeds.json_feed}[recipe.format]
    return write(feed, site, posts, place)
