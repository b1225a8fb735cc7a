"""What templates see of the site as a whole."""

from __future__ import annotations

from typing import Any

from sitegen.errors import Problem, SitegenError
from sitegen.model import Url
from sitegen.render.theme.frozen import frozen
from sitegen.render.theme.views.links import LinkView
from sitegen.render.theme.views.lists import PeriodView, TermView
from sitegen.render.theme.views.place import Place
from sitegen.render.theme.views.posts import PostView
from sitegen.urls import is_external

FEED_TYPES = {
    "atom": ("atom.xml", "application/atom+xml"),
    "rss": ("feed.xml", "application/rss+xml"),
    "json": ("feed.json", "application/feed+json"),
}

MOST_POSTS = 2**31 - 1
"""More than any site has; a question may hold no number of any length."""


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
        if type(count) is not int or count < 0:
            str(count)  # an unknown name says so itself
            message = f"site.recent() takes a whole number from 0, not {count!r}"
            raise SitegenError(Problem(code="template", message=message))
        newest = self._place.facts.listing(self._archive, 0, min(count, MOST_POSTS))
        return [PostView(self._place, source) for source in newest]

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
        params: dict[str, Any] = frozen(self._place.facts.config("params"))
        return params
