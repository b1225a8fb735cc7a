"""What templates see: the site, the page being made, its posts and lists.

Each view asks facts when a template reads one of its properties and never before, so that a page depends on
exactly what it shows. Addresses given to templates are ready for an attribute: with the sub-path of the site,
percent-encoded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from markupsafe import Markup

from sitegen.model import Heading, Link, Metadata, Period, Post, SourcePath, Term, Url
from sitegen.render.markdown.references import encoded, resolve
from sitegen.render.theme.dates import DateView
from sitegen.render.theme.facts import Facts, Taxonomy
from sitegen.render.theme.links import Destination
from sitegen.urls import BaseUrl, href, is_external


class Place:
    """Where a page stands, which decides how addresses are written on it."""

    def __init__(self, facts: Facts, url: Url, *, absolute: bool = False) -> None:
        self.facts = facts
        self.url = url
        self._absolute = absolute

    @cached_property
    def base_url(self) -> BaseUrl:
        """Where the site lives."""
        return BaseUrl.parse(self.facts.config("base_url"))

    @cached_property
    def language(self) -> str:
        """The language of the interface."""
        return str(self.facts.config("language"))

    def href(self, url: Url) -> str:
        """An address of the site as this page writes it: from the root, or in full in a feed."""
        return self.base_url.absolute(url) if self._absolute else self.base_url.href(url)

    def absolute(self, url: Url) -> str:
        """An address of the site in full, percent-encoded."""
        return self.base_url.absolute(url)

    def reference(self, source: SourcePath, target: str) -> str:
        """A reference of a source as this page writes it; a broken one as its author wrote it."""
        if is_external(target):
            return target
        destination = self.facts.link(source, target)
        return self.destination(destination) if destination else encoded(target)

    def destination(self, destination: Destination) -> str:
        """The address of a resolved reference."""
        if destination.url == self.url and destination.suffix.startswith("#") and not self._absolute:
            return destination.suffix
        return self.href(destination.url) + destination.suffix

    def fill(self, html: str, source: SourcePath, links: Sequence[Link]) -> str:
        """Rendered text with its placeholders filled in for this page."""
        facts = self.facts

        def url_of(number: int) -> str:
            return escape_attribute(self.reference(source, links[number].target))

        def size_of(number: int) -> str:
            destination = facts.link(source, links[number].target)
            if destination is None or destination.size is None:
                return ""
            width, height = destination.size
            return f' width="{width}" height="{height}"'

        return resolve(html, url_of, size_of)


def escape_attribute(text: str) -> str:
    """Text for a double-quoted attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


class LinkView:
    """A titled link: an entry of the menu, a profile elsewhere, a feed, a neighbour."""

    def __init__(self, title: str, url: str, *, kind: str = "", is_current: bool = False) -> None:
        self.title = title
        """The text to show."""
        self.url = url
        """The address, ready for `href`."""
        self.kind = kind
        """What it is for the browser: the media type of a feed, else empty."""
        self.is_current = is_current
        """Whether it leads to the page being made."""


class ImageView:
    """A picture of the site or of another host."""

    def __init__(self, url: str, absolute_url: str, width: int | None, height: int | None) -> None:
        self.url = url
        """The address, ready for `src`."""
        self.absolute_url = absolute_url
        """The address in full."""
        self.width = width
        """In CSS pixels; `None` when not known."""
        self.height = height
        """In CSS pixels; `None` when not known."""


class HeadingView:
    """One entry of a table of contents."""

    def __init__(self, heading: Heading, children: list[HeadingView]) -> None:
        self.id = heading.id
        """The id of the heading."""
        self.url = "#" + href(heading.id)
        """The address of the heading on its own page, ready for `href`."""
        self.title = heading.title
        """Plain text."""
        self.children = children
        """The headings below it."""


class TermView:
    """A category or tag with its posts."""

    def __init__(self, place: Place, term: Term) -> None:
        self._place = place
        self._term = term

    @property
    def name(self) -> str:
        """Its own name, without its parents'."""
        return self._term.name

    @property
    def path(self) -> tuple[str, ...]:
        """All names from the top."""
        return self._term.path

    @property
    def url(self) -> str:
        """The address of its page."""
        return self._place.href(self._term.url)

    @property
    def count(self) -> int:
        """How many posts it has, those of its children included."""
        return self._term.count

    @property
    def children(self) -> list[TermView]:
        """The categories below it."""
        return [TermView(self._place, child) for child in self._term.children]


class PeriodView:
    """A year of the archive, or one of its months."""

    def __init__(self, place: Place, period: Period) -> None:
        self._place = place
        self._period = period

    @classmethod
    def of(cls, place: Place, url: Url, year: int, month: int | None) -> PeriodView:
        """A period by its dates alone, which asks for nothing of the rest of the archive."""
        count = place.facts.count(url)
        return cls(place, Period(year=year, month=month, url=url, count=count))

    @property
    def year(self) -> int:
        """The year."""
        return self._period.year

    @property
    def month(self) -> int | None:
        """1 to 12; `None` for a whole year."""
        return self._period.month

    @property
    def title(self) -> str:
        """The year, or month and year, in the language of the site."""
        return DateView.period_title(self._period.year, self._period.month, self._place.language)

    @property
    def url(self) -> str:
        """The address of its page."""
        return self._place.href(self._period.url)

    @property
    def count(self) -> int:
        """How many posts it has."""
        return self._period.count

    @property
    def months(self) -> list[PeriodView]:
        """Of a year: those with posts, newest first."""
        if self._period.month is not None:
            return []
        return [PeriodView(self._place, month) for month in self._place.facts.months(self._period.year)]


class PostView:
    """A post or page. In a list, ask it for what its card holds; its text belongs on its own page."""

    def __init__(self, place: Place, source: SourcePath) -> None:
        self._place = place
        self._source = source

    @cached_property
    def _card(self) -> Post:
        return self._place.facts.card(self._source)

    @property
    def _metadata(self) -> Metadata:
        return self._card.metadata

    @property
    def kind(self) -> str:
        """`post`, or `page` for a page that is not dated."""
        return self._metadata.kind

    @property
    def layout(self) -> str | None:
        """The template that its author asked for, without `.html`."""
        return self._metadata.layout

    @property
    def title(self) -> str:
        """The title, plain text."""
        return self._metadata.title

    @property
    def url(self) -> str:
        """The address of its page."""
        return self._place.href(self._card.url)

    @property
    def absolute_url(self) -> str:
        """The address of its page in full."""
        return self._place.absolute(self._card.url)

    @property
    def readable_url(self) -> str:
        """The address of its page in full as people read it, with Chinese as it is."""
        return self._place.base_url.origin + self._place.base_url.href(self._card.url)

    @property
    def date(self) -> DateView | None:
        """When it was published; `None` for a page without a date."""
        return self._date(self._metadata.date)

    @property
    def updated(self) -> DateView | None:
        """When it was last changed, if its author says so."""
        return self._date(self._metadata.updated)

    def _date(self, moment: datetime | None) -> DateView | None:
        return DateView(moment, self._place.language) if moment else None

    @property
    def summary(self) -> Markup:
        """What stands before the more marker, or the beginning of the text, as HTML."""
        card = self._card
        return Markup(self._place.fill(card.summary_html, self._source, card.links))  # noqa: S704  # rendered by us

    @property
    def content(self) -> Markup:
        """The whole text as HTML."""
        html = self._place.facts.body(self._source).html
        return Markup(self._place.fill(html, self._source, self._card.links))  # noqa: S704  # rendered by us

    @property
    def has_more(self) -> bool:
        """Whether the whole text says more than the summary."""
        return self._card.has_more

    @property
    def description(self) -> str:
        """One line of plain text."""
        return self._card.description

    @property
    def language(self) -> str:
        """The language of its text, for `lang`."""
        return self._card.language

    @property
    def categories(self) -> list[list[LinkView]]:
        """Each a path of links from the top category down."""
        return [
            [self._term("category", path[: depth + 1]) for depth in range(len(path))]
            for path in self._metadata.categories
        ]

    @property
    def tags(self) -> list[LinkView]:
        """Its tags, as its author ordered them."""
        return [self._term("tag", (name,)) for name in self._metadata.tags]

    def _term(self, taxonomy: Taxonomy, path: tuple[str, ...]) -> LinkView:
        return LinkView(path[-1], self._place.href(self._place.facts.term_url(taxonomy, *path)))

    @property
    def authors(self) -> tuple[str, ...]:
        """Who wrote it; the author of the site unless the post says otherwise."""
        if self._metadata.authors:
            return self._metadata.authors
        author = str(self._place.facts.config("author"))
        return (author,) if author else ()

    @property
    def series(self) -> str | None:
        """The series it belongs to."""
        return self._metadata.series

    @property
    def cover(self) -> ImageView | None:
        """Its picture."""
        target = self._metadata.cover
        if not target:
            return None
        if is_external(target):
            return ImageView(target, target, None, None)
        destination = self._place.facts.link(self._source, target)
        if destination is None:
            return None
        width, height = destination.size or (None, None)
        return ImageView(
            self._place.href(destination.url), self._place.absolute(destination.url), width, height
        )

    @property
    def reading_minutes(self) -> int:
        """How long it takes to read, at least 1."""
        return self._card.counts.reading_minutes

    @property
    def word_count(self) -> int:
        """How much there is to read: ideographs and words."""
        counts = self._card.counts
        return counts.cjk_characters + counts.words

    @property
    def is_draft(self) -> bool:
        """Whether it is a draft, shown because drafts were asked for."""
        return self._metadata.is_draft

    @property
    def is_sticky(self) -> bool:
        """Whether it stands before newer posts on the first page."""
        return self._metadata.sticky > 0

    @property
    def comments(self) -> bool:
        """Whether readers may comment."""
        return self._metadata.comments

    @property
    def toc(self) -> list[HeadingView]:
        """Its table of contents; empty when there are no headings or the author wants none."""
        if self._metadata.toc is False:
            return []
        depth = self._place.facts.config("markdown").toc_depth
        headings = self._place.facts.body(self._source).headings
        return _nested([heading for heading in headings if heading.level <= depth])

    @property
    def newer(self) -> PostView | None:
        """The post published next after this one."""
        source = self._place.facts.newer(self._source)
        return PostView(self._place, source) if source else None

    @property
    def older(self) -> PostView | None:
        """The post published last before this one."""
        source = self._place.facts.older(self._source)
        return PostView(self._place, source) if source else None

    @property
    def linked_data(self) -> dict[str, Any]:
        """What search engines want to know of it: a `BlogPosting` of schema.org, for `|tojson` in a script element."""
        date, updated, cover = self.date, self.updated, self.cover
        return {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": self.title,
            "description": self.description,
            "inLanguage": self.language,
            "url": self.absolute_url,
            **({"datePublished": date.iso} if date else {}),
            **({"dateModified": updated.iso} if updated else {}),
            **({"image": cover.absolute_url} if cover else {}),
            **(
                {"author": [{"@type": "Person", "name": name} for name in self.authors]}
                if self.authors
                else {}
            ),
        }

    @property
    def params(self) -> dict[str, Any]:
        """Every further key of its front matter."""
        return self._metadata.extra


def list_page_url(first: Url, number: int, folder: str) -> Url:
    """The address of one page of a list: `/tags/x/`, then `/tags/x/page/2/`."""
    return first if number == 1 else Url(f"{first}{folder}/{number}/")


def _nested(headings: Sequence[Heading]) -> list[HeadingView]:
    """Headings as a tree: each holds the deeper ones that follow it."""
    top: list[HeadingView] = []
    open_levels: list[tuple[int, list[HeadingView]]] = [(0, top)]
    for heading in headings:
        while open_levels[-1][0] >= heading.level:
            open_levels.pop()
        view = HeadingView(heading, [])
        open_levels[-1][1].append(view)
        open_levels.append((heading.level, view.children))
    return top


class ListingView:
    """One page of a list of posts."""

    def __init__(self, place: Place, name: Url, number: int, page_count: int) -> None:
        self._place = place
        self._name = name
        self.number = number
        """Which page of the list this is, from 1."""
        self.page_count = page_count
        """How many pages the list has."""

    def _url(self, number: int) -> str:
        folder = self._place.facts.config("taxonomies").pagination
        return self._place.href(list_page_url(self._name, number, folder))

    @property
    def count(self) -> int:
        """How many posts the whole list has."""
        return self._place.facts.count(self._name)

    @cached_property
    def posts(self) -> list[PostView]:
        """The posts of this page."""
        per_page = self._place.facts.config("per_page") or self.count
        start = (self.number - 1) * per_page
        return [
            PostView(self._place, source)
            for source in self._place.facts.listing(self._name, start, start + per_page)
        ]

    @property
    def by_year(self) -> list[tuple[int, list[PostView]]]:
        """The posts of this page under the years in which they were published."""
        groups: list[tuple[int, list[PostView]]] = []
        for post in self.posts:
            year = post.date.year if post.date else 0
            if not groups or groups[-1][0] != year:
                groups.append((year, []))
            groups[-1][1].append(post)
        return groups

    @property
    def newer_url(self) -> str | None:
        """The address of the page before this one, with newer posts."""
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def older_url(self) -> str | None:
        """The address of the page after this one, with older posts."""
        return self._url(self.number + 1) if self.number < self.page_count else None

    @property
    def pages(self) -> list[LinkView | None]:
        """The pages worth a link: the first, the last and those around this one; `None` marks a gap."""
        last = self.page_count
        near = {1, last, *range(max(1, self.number - 2), min(last, self.number + 2) + 1)}
        links: list[LinkView | None] = []
        previous = 0
        for number in sorted(near):
            if number != previous + 1:
                links.append(None)
            links.append(LinkView(str(number), self._url(number), is_current=number == self.number))
            previous = number
        return links


FEED_TYPES = {
    "atom": ("atom.xml", "application/atom+xml"),
    "rss": ("feed.xml", "application/rss+xml"),
    "json": ("feed.json", "application/feed+json"),
}


class SiteView:
    """The site as a whole."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def _text(self, name: str) -> str:
        return str(self._place.facts.config(name))

    @property
    def title(self) -> str:
        """The name of the site."""
        return self._text("title")

    @property
    def subtitle(self) -> str:
        """A line under the name; may be empty."""
        return self._text("subtitle")

    @property
    def description(self) -> str:
        """One sentence about the site; may be empty."""
        return self._text("description")

    @property
    def author(self) -> str:
        """Who writes it; may be empty."""
        return self._text("author")

    @property
    def language(self) -> str:
        """The language of the interface, for `lang`."""
        return self._place.language

    @property
    def url(self) -> str:
        """The address of the first page."""
        return self._place.href(Url("/"))

    @property
    def absolute_url(self) -> str:
        """The address of the first page in full."""
        return self._place.absolute(Url("/"))

    @property
    def menu(self) -> list[LinkView]:
        """The menu as set in `sitegen.toml`; empty when it is not set."""
        return [
            LinkView(item.title, self._menu_url(item.url), is_current=item.url == self._place.url)
            for item in self._place.facts.config("menu")
        ]

    def _menu_url(self, url: str) -> str:
        return url if is_external(url) else self._place.href(Url(url))

    @property
    def social(self) -> list[LinkView]:
        """Links to the author elsewhere."""
        return [LinkView(item.title, item.url) for item in self._place.facts.config("social")]

    @property
    def feeds(self) -> list[LinkView]:
        """The feeds of all posts; `kind` is the media type."""
        return [
            LinkView(self.title, self._place.href(Url("/" + FEED_TYPES[name][0])), kind=FEED_TYPES[name][1])
            for name in self._place.facts.config("feeds").formats
        ]

    @property
    def categories(self) -> list[TermView]:
        """The top of the tree of categories, sorted by name."""
        return [TermView(self._place, term) for term in self._place.facts.terms("category")]

    @property
    def tags(self) -> list[TermView]:
        """All tags, sorted by name."""
        return [TermView(self._place, term) for term in self._place.facts.terms("tag")]

    @property
    def years(self) -> list[PeriodView]:
        """The years of the archive, newest first."""
        return [PeriodView(self._place, period) for period in self._place.facts.years()]

    @property
    def pages(self) -> list[PostView]:
        """The pages that are no posts, by address."""
        return [PostView(self._place, source) for source in self._place.facts.pages()]

    @property
    def top_pages(self) -> list[LinkView]:
        """The pages directly below the first one, such as `/about/`, but those that say `menu: false`; by address."""
        return [
            LinkView(title, self._place.href(url), is_current=url == self._place.url)
            for title, url in self._place.facts.top_pages()
        ]

    def recent(self, count: int) -> list[PostView]:
        """The newest posts, at most `count`."""
        return [
            PostView(self._place, source) for source in self._place.facts.listing(self._archive, 0, count)
        ]

    @property
    def post_count(self) -> int:
        """How many posts there are."""
        return self._place.facts.count(self._archive)

    @property
    def categories_url(self) -> str:
        """The address of the page of all categories."""
        return self._folder("categories")

    @property
    def tags_url(self) -> str:
        """The address of the page of all tags."""
        return self._folder("tags")

    @property
    def archives_url(self) -> str:
        """The address of the archive."""
        return self._folder("archives")

    @property
    def _archive(self) -> Url:
        return Url(f"/{self._place.facts.config('taxonomies').archives}/")

    def _folder(self, name: str) -> str:
        return self._place.href(Url(f"/{getattr(self._place.facts.config('taxonomies'), name)}/"))

    @property
    def params(self) -> dict[str, Any]:
        """The table `[params]` of `sitegen.toml`."""
        params: dict[str, Any] = self._place.facts.config("params")
        return params


class PageView:
    """The page being made, whatever it shows."""

    def __init__(
        self,
        place: Place,
        *,
        kind: str,
        title: str,
        description: str = "",
        language: str | None = None,
        image: ImageView | None = None,
        feeds: Sequence[LinkView] = (),
        breadcrumbs: Sequence[LinkView] = (),
    ) -> None:
        self._place = place
        self.kind = kind
        """`index`, `post`, `page`, `category`, `categories`, `tag`, `tags`, `archive` or `404`."""
        self.title = title
        """Its own title, without the site's name; empty on the first page."""
        self._description = description
        self._language = language
        self.image = image
        """A picture that stands for it when it is shared."""
        self.feeds = list(feeds)
        """Feeds of its own, such as a tag's; `kind` is the media type."""
        self.breadcrumbs = list(breadcrumbs)
        """The way to it from the top: the parents of a category, the year of a month."""

    @property
    def url(self) -> str:
        """Its address."""
        return self._place.href(self._place.url)

    @property
    def absolute_url(self) -> str:
        """Its address in full."""
        return self._place.absolute(self._place.url)

    @property
    def description(self) -> str:
        """One line of plain text for search engines; may be empty."""
        return self._description or str(self._place.facts.config("description"))

    @property
    def language(self) -> str:
        """The language of what it shows, for `lang`."""
        return self._language or self._place.language

    @property
    def locale(self) -> str | None:
        """Its language with a territory as Open Graph writes it, such as `zh_CN`; `None` when that is not known."""
        return open_graph_locale(self.language)


LOCALES = {
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "it": "it_IT",
    "ja": "ja_JP",
    "ko": "ko_KR",
    "pt": "pt_BR",
    "ru": "ru_RU",
    "zh": "zh_CN",
    "zh-hans": "zh_CN",
    "zh-hant": "zh_TW",
}
"""The territory that a language without one most likely means."""


def open_graph_locale(language: str) -> str | None:
    """`zh-Hans` → `zh_CN`, `en-GB` → `en_GB`, `zh-Hant-HK` → `zh_HK`; `None` for a language without a territory."""
    name, *rest = language.split("-")
    territory = next((part for part in rest if len(part) == 2 and part.isalpha()), None)
    return f"{name.lower()}_{territory.upper()}" if territory else LOCALES.get(language.lower())
