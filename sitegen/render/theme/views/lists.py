"""What templates see of lists: a page of posts, a term, a period of the archive."""

from __future__ import annotations

from functools import cached_property

from sitegen.model import Period, Term, Url
from sitegen.render.theme.dates import DateView
from sitegen.render.theme.views.links import LinkView
from sitegen.render.theme.views.place import Place
from sitegen.render.theme.views.posts import PostView


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


def list_page_url(first: Url, number: int, folder: str) -> Url:
    """The address of one page of a list: `/tags/x/`, then `/tags/x/page/2/`."""
    return first if number == 1 else Url(f"{first}{folder}/{number}/")


class ListingView:
    """One page of a list of posts."""

    def __init__(self, place: Place, name: Url, number: int, page_count: int, per_page: int) -> None:
        self._place = place
        self._name = name
        self._per_page = per_page
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
        per_page = self._per_page or self.count
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
