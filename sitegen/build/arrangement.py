"""The arrangement of a site: what organising and planning give, kept as long as what they depend on is the same.

Both passes look at the structure of the site alone: addresses, dates, terms, order, settings, theme, files, and not
at what posts say. So their results are kept under a digest of the structure, as a post is under one of its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from sitegen.build.organise import organise
from sitegen.build.plan import plan_pages
from sitegen.build.recipes import Page
from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.model import Digest, Outline, Period, Site, SourcePath, Term, Url, Value
from sitegen.render.theme.theme import ThemeFiles


class Arrangement(Value, frozen=True):
    """The order of a site and its plan, without what posts say."""

    structure: Digest = Digest(b"")
    """Over all that it depends on; see `structure_digest`."""
    order: tuple[SourcePath, ...] = ()
    """Every post, the newest first, then every page by address."""
    posts: int = 0
    """How many of `order` are posts."""
    listings: dict[Url, tuple[SourcePath, ...]] = {}
    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    years: tuple[Period, ...] = ()
    pages: tuple[Page, ...] = ()
    """Every file of the site, in the order of writing."""
    problems: tuple[Problem, ...] = ()
    """Collisions; the files concerned are not among `pages`."""


def structure_digest(
    posts: Iterable[Outline],
    resources: Mapping[SourcePath, Url],
    config: Config,
    theme: Digest,
    files: Digest,
) -> Digest:
    """Over all that decides a fact other than what posts say: addresses, order, terms, settings, theme, files.

    `files` is a digest over resources, static files and data files.
    """
    whole = ([_place(post) for post in posts], config, theme, sorted(resources.items()), files)
    return Digest(blake2b(msgspec.msgpack.encode(whole, order="deterministic"), digest_size=16).digest())


def same_place(one: Outline, other: Outline) -> bool:
    """Whether two outlines are the same to organising and planning."""
    return _place(one) == _place(other)


def _place(post: Outline) -> tuple[object, ...]:
    """All of an outline that selecting, organising and planning look at."""
    return (
        post.source,
        post.kind,
        post.url,
        post.date,
        post.updated,
        post.appears,
        post.expires,
        post.is_draft,
        post.sticky,
        post.categories,
        post.tags,
        post.aliases,
        post.has_permalink,
        post.in_sitemap,
        (post.title, post.in_menu) if post.kind == "page" else None,  # the menu names pages
    )


def arrange(
    structure: Digest,
    posts: Sequence[Outline],
    resources: dict[SourcePath, Url],
    config: Config,
    theme: ThemeFiles,
) -> Arrangement:
    """Organises and plans the site of these posts."""
    site = organise(posts, resources, {}, config)
    plan = plan_pages(site, config, theme.asset_urls)
    return Arrangement(
        structure=structure,
        order=(*site.neighbours, *site.pages),
        posts=len(site.neighbours),
        listings=site.listings,
        categories=site.categories,
        tags=site.tags,
        years=site.years,
        pages=plan.pages,
        problems=plan.problems,
    )


def arranged_site(
    arrangement: Arrangement,
    posts: Iterable[Outline],
    resources: dict[SourcePath, Url],
    data: dict[str, Any],
) -> Site:
    """The site of posts that are arranged so."""
    order = arrangement.order[: arrangement.posts]
    outlines = {post.source: post for post in posts}
    return Site(
        posts={source: outlines[source] for source in arrangement.order},
        pages=arrangement.order[arrangement.posts :],
        listings=arrangement.listings,
        neighbours={
            source: (newer, older)
            for source, newer, older in zip(order, (None, *order[:-1]), (*order[1:], None), strict=False)
        },
        categories=arrangement.categories,
        tags=arrangement.tags,
        terms={(term.taxonomy, *term.path): term for term in _terms(arrangement)},
        years=arrangement.years,
        resources=resources,
        data=data,
    )


def _terms(arrangement: Arrangement) -> Iterator[Term]:
    waiting = [*arrangement.tags, *arrangement.categories]
    while waiting:
        term = waiting.pop()
        yield term
        waiting.extend(term.children)
