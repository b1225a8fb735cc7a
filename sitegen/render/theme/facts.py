"""Facts: named questions about the site, which note who asks them.

Everything that a template can learn about the site passes through here. A page is made from the answers alone,
so whoever remembers the questions and the digests of the answers knows whether the page would come out the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, TypeVarTuple

import msgspec

from sitegen.config import Config
from sitegen.digests import hash_bytes
from sitegen.model import Body, Counts, Digest, Label, Outline, Period, Post, Site, SourcePath, Term, Url
from sitegen.render.theme.links import Destination, LinkIndex
from sitegen.render.theme.templates import Templates
from sitegen.render.theme.theme import ThemeFiles

FactKey: TypeAlias = tuple[str | int, ...]
"""The kind of the fact, then what it is about: `("card", "content/posts/a.md")`."""

TEXT_FACTS = frozenset({"label", "card", "body", "counts"})
"""The facts that depend on what posts say; all others depend on the structure of the site alone."""

Taxonomy = Literal["category", "tag"]
About = TypeVarTuple("About")
Answer = TypeVar("Answer")


class NotLoadedError(Exception):
    """A page asks for a post of which only the front matter has been read; `source` says which."""

    def __init__(self, source: SourcePath) -> None:
        super().__init__(source)
        self.source = source


class Cards(Protocol):
    """Where the cards of posts are kept."""

    def get(self, outline: Outline) -> Post:
        """The post that has this outline."""


class Bodies(Protocol):
    """Where the rendered texts are kept."""

    def get(self, digest: Digest) -> Body:
        """The body with this digest."""


def fact(
    method: Callable[[Facts, *About], Answer],
) -> Callable[[Facts, *About], Answer]:
    """Makes a method of `Facts` note the question in `reads` before it answers."""
    kind = method.__name__

    @wraps(method)
    def ask(self: Facts, /, *about: *About) -> Answer:
        self.reads.add((kind, *about))  # type: ignore[arg-type]  # facts are about names and numbers
        return method(self, *about)

    return ask


class Facts:
    """Answers questions about one site, for one page. Pure: the same site gives the same answers."""

    def __init__(
        self,
        site: Site,
        config: Config,
        cards: Cards,
        bodies: Bodies,
        templates: Templates,
        theme: ThemeFiles,
        links: LinkIndex,
        files: Mapping[SourcePath, Digest],
    ) -> None:
        self._site = site
        self._config = config
        self._cards = cards
        self._bodies = bodies
        self._templates = templates
        self._theme = theme
        self._links = links
        self._files = files
        self._top_pages = _top_pages(site)
        self._digests: dict[FactKey, Digest] = {}
        self.tells_lines = False
        """Whether pages say where the blocks of a post stand in its file, as in the preview; no site says it."""
        self.reads: set[FactKey] = set()
        """What this page has asked so far."""

    def for_page(self) -> Facts:
        """The same facts with nothing asked yet."""
        facts = object.__new__(Facts)
        facts.__dict__.update(self.__dict__, reads=set())
        return facts

    def after(self, site: Site, cards: Cards, bodies: Bodies, changed: Iterable[SourcePath]) -> Facts:
        """The same facts after some posts say something else, while the structure of the site is what it was."""
        stale = {(kind, source) for source in changed for kind in TEXT_FACTS}
        facts = object.__new__(Facts)
        facts.__dict__.update(
            self.__dict__,
            reads=set(),
            _site=site,
            _cards=cards,
            _bodies=bodies,
            _digests={key: digest for key, digest in self._digests.items() if key not in stale},
        )
        return facts

    def known_digest(self, key: FactKey) -> Digest:
        """As `digest`, made once: for who asks the same again and again, as a preview does and a build does not."""
        if key not in self._digests:
            self._digests[key] = self.digest(key)
        return self._digests[key]

    def digest(self, key: FactKey) -> Digest:
        """Of the answer to a question, without noting it."""
        kind, *about = key
        posts: Mapping[Any, Outline] = self._site.posts
        match kind:
            case "label":
                return _label_digest(posts[about[0]].label) if about[0] in posts else Digest(b"")
            case "card":
                return posts[about[0]].card if about[0] in posts else Digest(b"")
            case "body":
                return posts[about[0]].body if about[0] in posts else Digest(b"")
            case "counts":
                return _counts_digest(posts[about[0]].counts) if about[0] in posts else Digest(b"")
            case "template":
                return self._templates.digest(str(about[0]))
            case _:
                try:
                    answer = getattr(Facts, str(kind)).__wrapped__(self, *about)
                except (KeyError, NotLoadedError):  # what was asked about is no longer there, or not yet
                    return Digest(b"")
                return hash_bytes(msgspec.msgpack.encode(answer))

    @fact
    def config(self, name: str) -> Any:
        """The setting of this name."""
        return getattr(self._config, name)

    @fact
    def label(self, source: SourcePath) -> Label:
        """What a bare list shows of a post; apart from its card, which fewer edits leave alone."""
        return self._loaded(source).label

    @fact
    def card(self, source: SourcePath) -> Post:
        """All that a listing may show of a post."""
        return self._cards.get(self._loaded(source))

    @fact
    def body(self, source: SourcePath) -> Body:
        """The rendered text of a post, with placeholders."""
        return self._bodies.get(self._loaded(source).body)

    def _loaded(self, source: SourcePath) -> Outline:
        outline = self._site.posts[source]
        if not outline.is_loaded:
            raise NotLoadedError(source)
        return outline

    @fact
    def counts(self, source: SourcePath) -> Counts:
        """How much there is to read in a post; apart from its card, as most edits change it."""
        return self._loaded(source).counts

    @fact
    def newer(self, source: SourcePath) -> SourcePath | None:
        """The post published next after this one."""
        return self._site.neighbours.get(source, (None, None))[0]

    @fact
    def older(self, source: SourcePath) -> SourcePath | None:
        """The post published last before this one."""
        return self._site.neighbours.get(source, (None, None))[1]

    @fact
    def listing(self, name: Url, start: int, stop: int) -> tuple[SourcePath, ...]:
        """The posts of a listing from `start` up to `stop`, counted from 0; none of an unknown listing."""
        return self._site.listings.get(name, ())[start:stop]

    @fact
    def count(self, name: Url) -> int:
        """How many posts a listing holds."""
        return len(self._site.listings.get(name, ()))

    @fact
    def terms(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        """The tree of categories, or the tags."""
        return self._site.categories if taxonomy == "category" else self._site.tags

    @fact
    def term_url(self, taxonomy: Taxonomy, *path: str) -> Url:
        """The address of a term that some post has."""
        return self._site.terms[(taxonomy, *path)].url

    @fact
    def term(self, taxonomy: Taxonomy, *path: str) -> Term:
        """A term that some post has, with all below it."""
        return self._site.terms[(taxonomy, *path)]

    @fact
    def years(self) -> tuple[Period, ...]:
        """The archive's years and months, newest first."""
        return self._site.years

    @fact
    def months(self, year: int) -> tuple[Period, ...]:
        """The months of a year that have posts, newest first."""
        return next((period.months for period in self._site.years if period.year == year), ())

    @fact
    def pages(self) -> tuple[SourcePath, ...]:
        """The pages of the site, by address."""
        return self._site.pages

    @fact
    def top_pages(self) -> tuple[tuple[str, Url], ...]:
        """Title and address of each page directly below the first one that may stand in a menu, by address."""
        return self._top_pages

    @fact
    def link(self, source: SourcePath, target: str) -> Destination | None:
        """Where a reference in a source leads; `None` when it is broken."""
        return self._links.resolve(source, target)

    @fact
    def asset(self, path: str) -> Url | None:
        """The fingerprinted address of a theme asset."""
        return self._theme.asset(path)

    @fact
    def data(self, name: str) -> Any:
        """A data file by its path below `data/`, without the extension."""
        return self._site.data.get(name)

    @fact
    def file(self, source: SourcePath) -> Digest:
        """The digest of a file that is published as it is."""
        return self._files[source]

    @fact
    def template(self, name: str) -> None:
        """Noted when a template is used, for its digest."""


def _label_digest(label: Label) -> Digest:
    # JSON tells the offsets of dates apart, as pages do.
    return hash_bytes(msgspec.json.encode(label))


def _counts_digest(counts: Counts) -> Digest:
    numbers = f"{counts.cjk_characters} {counts.words}".encode()
    return hash_bytes(numbers)


def _top_pages(site: Site) -> tuple[tuple[str, Url], ...]:
    """`/about/` and `/about.html`, but neither `/docs/install/` nor `/404.html` nor what says `menu: false`."""
    posts = [site.posts[source] for source in site.pages]
    return tuple(
        (post.title, post.url)
        for post in posts
        if "/" not in post.url.strip("/") and post.url not in ("/", "/404.html") and post.in_menu
    )
