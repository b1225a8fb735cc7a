"""Organising: from loaded posts to the site, with what is published, in which order, under which lists."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal, TypeAlias

from msgspec.structs import replace

from sitegen.config import Config
from sitegen.content.dates import midnight
from sitegen.digests import hash_bytes
from sitegen.model import Digest, Outline, Period, Site, SourcePath, Term, Url, Value
from sitegen.urls import term_slugs

HOME = Url("/")

Hidden: TypeAlias = Literal["draft", "future", "expired"]
"""Why a post is not published."""


class Selection(Value, frozen=True):
    """Which posts are published."""

    now: datetime
    """Posts dated later are in the future; posts that expire earlier are expired."""
    drafts: bool = False
    future: bool = False
    expired: bool = False

    def includes(self, post: Outline) -> bool:
        """Whether the post is published."""
        return self.hidden(post) is None

    def hidden(self, post: Outline) -> Hidden | None:
        """Why the post is not published, `None` when it is."""
        if post.is_draft and not self.drafts:
            return "draft"
        if not self.future and any(moment > self.now for moment in _beginnings(post)):
            return "future"
        if post.expires and post.expires <= self.now and not self.expired:
            return "expired"
        return None


def _beginnings(post: Outline) -> list[datetime]:
    """The moments before which a post is in the future."""
    return [moment for moment in (post.date, post.appears) if moment]


def dated(post: Outline, now: datetime, zone: tzinfo) -> Outline:
    """`post`; a draft without a date, which readers never see, is shown as one of today."""
    if not _is_undated(post):
        return post
    today = midnight(now.astimezone(zone).date(), zone)
    digest = hash_bytes(post.card + today.isoformat().encode())
    return replace(post, date=today, card=Digest(digest))


def _is_undated(post: Outline) -> bool:
    return post.kind == "post" and post.date is None


def turning_points(posts: Iterable[Outline], now: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The moments at which the site may change by the passing of time alone."""
    for post in posts:
        yield from _beginnings(post)
        if post.expires:
            yield post.expires
        if _is_undated(post):
            today = now.astimezone(zone).date()
            yield midnight(today, zone)
            yield midnight(today + timedelta(days=1), zone)


def organise(
    published: Iterable[Outline], resources: dict[SourcePath, Url], data: dict[str, Any], config: Config
) -> Site:
    """The site that the published posts make."""
    published = sorted(published, key=_newest_first)
    dated = [post for post in published if post.kind == "post"]
    order = tuple(post.source for post in dated)
    listings: dict[Url, tuple[SourcePath, ...]] = {}
    sticky = sorted(dated, key=lambda post: -post.sticky)
    listings[HOME] = tuple(post.source for post in sticky)
    years = _years(dated, config, listings)
    terms: dict[tuple[str, ...], Term] = {}
    categories = _categories(dated, config, listings, terms)
    tags = _tags(dated, config, listings, terms)
    pages = (post for post in published if post.kind == "page")
    return Site(
        posts={post.source: post for post in published},
        pages=tuple(post.source for post in sorted(pages, key=lambda post: post.url)),
        listings=listings,
        neighbours={
            source: (
                order[index - 1] if index else None,
                order[index + 1] if index + 1 < len(order) else None,
            )
            for index, source in enumerate(order)
        },
        categories=categories,
        tags=tags,
        terms=terms,
        years=years,
        resources=resources,
        data=data,
    )


def _newest_first(post: Outline) -> tuple[float, SourcePath]:
    """Drafts without a date come first: they are what is being written."""
    date = post.date
    return (-date.timestamp() if date else float("-inf"), post.source)


def name_order(name: str) -> tuple[str, str]:
    """The order of names: by code point with Latin case folded, the same everywhere."""
    return (unicodedata.normalize("NFC", name).casefold(), name)


def _years(
    posts: Sequence[Outline], config: Config, listings: dict[Url, tuple[SourcePath, ...]]
) -> tuple[Period, ...]:
    """The archive by year and month; adds its lists to `listings`."""
    root = f"/{config.taxonomies.archives}/"
    listings[Url(root)] = tuple(post.source for post in posts)
    divides = config.taxonomies.archives_by
    by_month: dict[int, dict[int, list[SourcePath]]] = {}
    for post in posts if divides != "none" else ():
        if post.date:
            months = by_month.setdefault(post.date.year, {})
            months.setdefault(post.date.month, []).append(post.source)
    years = []
    for year, months in by_month.items():
        periods = []
        for month, sources in months.items() if divides == "month" else ():
            url = Url(f"{root}{year:04d}/{month:02d}/")
            listings[url] = tuple(sources)
            periods.append(Period(year=year, month=month, url=url, count=len(sources)))
        url = Url(f"{root}{year:04d}/")
        listings[url] = tuple(source for sources in months.values() for source in sources)
        years.append(Period(year=year, month=None, url=url, count=len(listings[url]), months=tuple(periods)))
    return tuple(years)


def _tags(
    posts: Sequence[Outline],
    config: Config,
    listings: dict[Url, tuple[SourcePath, ...]],
    terms: dict[tuple[str, ...], Term],
) -> tuple[Term, ...]:
    """The tags; adds them to `terms` and their lists to `listings`."""
    sources: dict[str, list[SourcePath]] = {}
    for post in posts:
        for name in dict.fromkeys(post.tags):
            sources.setdefault(name, []).append(post.source)
    tags = []
    slugs = term_slugs(sources, reserved=(config.taxonomies.pagination,))
    for name in sorted(sources, key=name_order):
        url = Url(f"/{config.taxonomies.tags}/{slugs[name]}/")
        listings[url] = tuple(sources[name])
        tag = Term(taxonomy="tag", path=(name,), url=url, count=len(sources[name]))
        terms["tag", name] = tag
        tags.append(tag)
    return tuple(tags)


def _categories(
    posts: Sequence[Outline],
    config: Config,
    listings: dict[Url, tuple[SourcePath, ...]],
    terms: dict[tuple[str, ...], Term],
) -> tuple[Term, ...]:
    """The top categories; adds all of them to `terms` and their lists to `listings`.

    A category lists the posts of its children too.
    """
    sources: dict[tuple[str, ...], dict[SourcePath, None]] = {}
    children: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for post in posts:
        for path in post.categories:
            for depth in range(1, len(path) + 1):
                sources.setdefault(path[:depth], {})[post.source] = None
                children.setdefault(path[: depth - 1], set()).add(path[:depth])

    def below(parent: tuple[str, ...], folder: str) -> tuple[Term, ...]:
        """The categories below one, whose page is in `folder`."""
        paths = children.get(parent, set())
        slugs = term_slugs((path[-1] for path in paths), reserved=(config.taxonomies.pagination,))
        return tuple(
            term(path, f"{folder}{slugs[path[-1]]}/")
            for path in sorted(paths, key=lambda path: name_order(path[-1]))
        )

    def term(path: tuple[str, ...], folder: str) -> Term:
        url = Url(folder)
        listings[url] = tuple(sources[path])
        count = len(sources[path])
        category = Term(taxonomy="category", path=path, url=url, count=count, children=below(path, folder))
        terms["category", *path] = category
        return category

    return below((), f"/{config.taxonomies.categories}/")
