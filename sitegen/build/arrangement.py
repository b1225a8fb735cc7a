"""The arrangement of a site: what organising and planning give, kept as long as what they depend on is the same.

Both passes look at the places of posts alone: addresses, dates, terms, order; further at the settings, the theme and
the names of files, and not at what posts say. So their results are kept under a digest of these, as a post is under
one of its file. Posts are numbered in it by their order.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sitegen.build.organise import Selection, dated, organise, turning_points
from sitegen.build.outlines import LoadedPost, Outlines
from sitegen.build.plan import plan_pages
from sitegen.build.planned import encode_page
from sitegen.build.resources import resource_addresses
from sitegen.build.spans import Span
from sitegen.build.state import StateError
from sitegen.config import Config
from sitegen.content.dates import site_zone
from sitegen.digests import blake2b, hash_bytes
from sitegen.errors import Problem
from sitegen.model import Digest, Outline, OutputPath, Period, Site, SourcePath, Sources, Term, Url, Value
from sitegen.render.theme.theme import ThemeFiles


class Arrangement(Value, frozen=True):
    """The order of a site and its plan, without what posts say."""

    ground: Digest = Digest(b"")
    """Over all that organising and planning depend on but the selection; see `ground_digest`."""
    switches: tuple[bool, ...] | None = None
    """Those of the selection; `None` where no post is a draft, in the future or expired, and so they are all the same."""
    span: Span = Span()
    """When it holds."""
    order: tuple[SourcePath, ...] = ()
    """Every post, the newest first, then every page by address."""
    posts: int = 0
    """How many of `order` are posts."""
    listings: dict[Url, bytes] = {}
    """The numbers of the posts of each list, as 32-bit integers of this machine."""
    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    years: tuple[Period, ...] = ()
    resources: dict[SourcePath, Url] = {}
    """The address of every file that is published as it is."""
    paths: tuple[OutputPath, ...] = ()
    """Every file of the site, in the order of writing."""
    pages: tuple[bytes, ...] = ()
    """How each is made; see `sitegen.build.planned`."""
    problems: tuple[Problem, ...] = ()
    """Collisions; the files concerned are not among `pages`."""

    def holds(self, ground: Digest, selection: Selection) -> bool:
        """Whether organising and planning would give just this."""
        is_same_selection = self.switches in (None, _switches(selection)) and selection.now in self.span
        return self.ground == ground and is_same_selection

    @property
    def structure(self) -> Digest:
        """Over all that decides a fact other than what posts say: addresses, order, terms, settings, theme, files."""
        whole = msgspec.msgpack.encode((self.ground, self.switches, self.span.begin))
        return hash_bytes(whole)


def _switches(selection: Selection) -> tuple[bool, ...]:
    return (selection.drafts, selection.future, selection.expired)


def ground_digest(posts: Iterable[LoadedPost], config: Config, theme: Digest, files: Digest) -> Digest:
    """Over all that organising and planning depend on but the selection.

    `files` is a digest over resources, static files and data files.
    """
    digest = blake2b(msgspec.msgpack.encode((config, theme, files), order="deterministic"), digest_size=16)
    digest.update(b"".join([post.place for post in posts]))
    return Digest(digest.digest())


def arrange(
    ground: Digest,
    posts: Sequence[Outline],
    selection: Selection,
    sources: Sources,
    config: Config,
    theme: ThemeFiles,
) -> Arrangement:
    """Selects among all posts, organises and plans the site."""
    now, zone = selection.now, site_zone(config.timezone)
    published = [dated(post, now, zone) for post in posts if selection.includes(post)]
    resources = resource_addresses(posts, published, sources.resources, sources.static)
    site = organise(published, resources, {}, config)
    plan = plan_pages(site, config, theme.asset_urls)
    order = (*site.neighbours, *site.pages)
    numbers = {source: number for number, source in enumerate(order)}
    strictest = Selection(now=now)
    moments = set(turning_points(posts, now, zone))
    return Arrangement(
        ground=ground,
        switches=None if all(map(strictest.includes, posts)) else _switches(selection),
        span=Span(
            begin=max((moment for moment in moments if moment <= now), default=None),
            end=min((moment for moment in moments if moment > now), default=None),
        ),
        order=order,
        posts=len(site.neighbours),
        listings={
            url: array("I", [numbers[source] for source in sources]).tobytes()
            for url, sources in site.listings.items()
        },
        categories=site.categories,
        tags=site.tags,
        years=site.years,
        resources=resources,
        paths=tuple([page.path for page in plan.pages]),
        pages=tuple(map(encode_page, plan.pages)),
        problems=plan.problems,
    )


def arranged_site(arrangement: Arrangement, outlines: Outlines, data: dict[str, Any]) -> Site:
    """The site of posts that are arranged so."""
    return Site(
        posts=outlines,
        pages=arrangement.order[arrangement.posts :],
        listings=_Listings(arrangement.listings, arrangement.order),
        neighbours=_Neighbours(arrangement.order[: arrangement.posts], outlines.numbers),
        categories=arrangement.categories,
        tags=arrangement.tags,
        terms={(term.taxonomy, *term.path): term for term in _terms(arrangement)},
        years=arrangement.years,
        resources=arrangement.resources,
        data=data,
    )


def _terms(arrangement: Arrangement) -> Iterator[Term]:
    waiting = [*arrangement.tags, *arrangement.categories]
    while waiting:
        term = waiting.pop()
        yield term
        waiting.extend(term.children)


class _Listings(Mapping[Url, tuple[SourcePath, ...]]):
    """The posts of each list, made out when it is first asked for."""

    def __init__(self, numbers: Mapping[Url, bytes], order: Sequence[SourcePath]) -> None:
        self._numbers = numbers
        self._order = order
        self._known: dict[Url, tuple[SourcePath, ...]] = {}

    def __getitem__(self, name: Url) -> tuple[SourcePath, ...]:
        """Raises `StateError` for one that no build wrote."""
        if name not in self._known:
            try:
                numbers = array("I", self._numbers[name])
                self._known[name] = tuple([self._order[number] for number in numbers])
            except (IndexError, ValueError) as error:
                raise StateError("a list of the site names posts that there are none of") from error
        return self._known[name]

    def __iter__(self) -> Iterator[Url]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class _Neighbours(Mapping[SourcePath, tuple[SourcePath | None, SourcePath | None]]):
    """The newer and the older post of each post."""

    def __init__(self, order: Sequence[SourcePath], numbers: Mapping[SourcePath, int]) -> None:
        self._order = order
        self._numbers = numbers

    def __getitem__(self, source: SourcePath) -> tuple[SourcePath | None, SourcePath | None]:
        number, order = self._numbers[source], self._order
        if number >= len(order):
            raise KeyError(source)
        newer = order[number - 1] if number else None
        return newer, order[number + 1] if number + 1 < len(order) else None

    def __iter__(self) -> Iterator[SourcePath]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)
