"""The values that travel down the line, each complete when constructed.

scan gives `Sources`, load gives `Post` and `Body`, organise a `Site`, plan a list of `Page` (in `sitegen.build`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NewType, TypeAlias

import msgspec

Url = NewType("Url", str)
"""An address inside the site: begins with `/`, not percent-encoded, without the sub-path of `base_url`."""

SourcePath = NewType("SourcePath", str)
"""A file of the project, relative to its folder, with `/` between the parts, as the file system spells it."""

OutputPath = NewType("OutputPath", str)
"""A file of the site, relative to the output folder, with `/` between the parts, NFC."""

Digest = NewType("Digest", bytes)
"""The 16-byte BLAKE2b hash of some content."""


BlockLine: TypeAlias = tuple[int, int]
"""A place in some HTML, behind the name of an element's start tag, and the source line on which the block begins."""

CodePlace: TypeAlias = tuple[Digest, int, int]
"""A code block in some HTML: the digest of all that it was made from, where it begins, and where it ends."""


class Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What all values are: immutable, compared by content, built by keyword."""


class SourceKind(StrEnum):
    """What a file is to the site, which its folder decides."""

    POST = "post"
    PAGE = "page"
    DRAFT = "draft"
    RESOURCE = "resource"
    """A picture or other file beside posts and pages, published as it is."""
    STATIC = "static"
    DATA = "data"


class Signature(Value, frozen=True):
    """How a file looked to `stat`; a changed signature means that it must be read again."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int

    @property
    def touched_ns(self) -> int:
        """When the content or the entry of the file last changed."""
        return max(self.mtime_ns, self.ctime_ns)


class SourceFile(Value, frozen=True):
    """One file that the scan found."""

    path: SourcePath
    kind: SourceKind
    signature: Signature


class Sources(Value, frozen=True):
    """All files of a project that the site is made from, sorted by path within each kind."""

    posts: tuple[SourceFile, ...] = ()
    """Posts, pages and drafts: everything that is Markdown or HTML with front matter."""
    resources: tuple[SourceFile, ...] = ()
    static: tuple[SourceFile, ...] = ()
    data: tuple[SourceFile, ...] = ()

    @property
    def all(self) -> tuple[SourceFile, ...]:
        """Every file, kind by kind."""
        return (*self.posts, *self.others)

    @property
    def others(self) -> tuple[SourceFile, ...]:
        """Every file that is no post."""
        return (*self.resources, *self.static, *self.data)


class Metadata(Value, frozen=True):
    """What the front matter of one file says, completed from its name and the settings."""

    source: SourcePath
    kind: Literal["post", "page"]
    title: str
    slug: str
    """The last part of its address, from the file's name unless the author says otherwise."""
    date: datetime | None
    """In the site's zone. Every post has one; a page and a draft may do without."""
    folder: str = ""
    """The folders between that of all posts (or pages) and the file: `a/b`, empty for none."""
    appears: datetime | None = None
    """Not published before, if the author gives such a time apart from the date."""
    updated: datetime | None = None
    expires: datetime | None = None
    is_draft: bool = False
    categories: tuple[tuple[str, ...], ...] = ()
    """Each a path from the top: (("Languages", "Python"), ("Notes",))."""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    series: str | None = None
    description: str | None = None
    """As the author wrote it; `Post.description` is always there."""
    excerpt: str | None = None
    """A summary in Markdown that the front matter gives in place of the more marker."""
    cover: str | None = None
    """A picture, as written: relative to the source file, site-absolute or a full URL."""
    sticky: int = 0
    """0 is not sticky; a higher number stands further up."""
    toc: bool | None = None
    math: bool | None = None
    comments: bool = True
    lang: str | None = None
    layout: str | None = None
    permalink: Url | None = None
    """The whole address, if the author gives it."""
    aliases: tuple[Url, ...] = ()
    in_sitemap: bool = True
    extra: dict[str, Any] = {}
    """Every further key of the front matter, kept for templates."""


class Manuscript(Value, frozen=True):
    """One source file as read: its metadata and the text that is still Markdown."""

    metadata: Metadata
    text: str
    first_line: int
    """The line of the file on which `text` begins, counted from 1."""
    format: Literal["markdown", "html"] = "markdown"
    """How `text` is written; HTML is passed through as it stands."""


class Heading(Value, frozen=True):
    """One heading of a post, for its table of contents."""

    level: int
    id: str
    title: str
    """Plain text, not escaped."""


class Link(Value, frozen=True):
    """A reference of a post to somewhere in the site: a page, a picture, a file.

    References to other hosts and to a place in the same post by `#` alone are in the HTML as they are.
    """

    target: str
    """As the author wrote it, percent-decoded: `other-post.md#part`, `img/a.png`, `/about/`."""
    kind: Literal["link", "image", "file"]
    line: int
    """Of the source file, counted from 1."""


class Counts(Value, frozen=True):
    """How much there is to read in a text, code included."""

    cjk_characters: int = 0
    words: int = 0

    @property
    def reading_minutes(self) -> int:
        """At least 1; 400 ideographs or 250 words a minute."""
        return max(1, -(-(self.cjk_characters * 5 + self.words * 8) // 2000))


class Body(Value, frozen=True):
    """The rendered text of a post, the heavy part, addressed by its digest.

    `html` and `summary_html` hold a placeholder wherever a `Link` stands; see
    `sitegen.render.markdown.references`.
    """

    html: str
    summary_html: str
    headings: tuple[Heading, ...] = ()
    anchors: frozenset[str] = frozenset()
    """Every id in `html`: of headings, footnotes and whatever else has one."""
    lines: tuple[BlockLine, ...] = ()
    """The lines of the file from which the blocks of `html` were made, in the order of their places."""
    code: tuple[CodePlace, ...] = ()
    """The code blocks in `html`; see `sitegen.render.markdown.known_code`."""


class Label(Value, frozen=True):
    """What a bare list shows of a post."""

    kind: Literal["post", "page"]
    title: str
    language: str
    """Of the text."""
    url: Url
    date: datetime | None
    updated: datetime | None
    is_draft: bool
    sticky: int
    categories: tuple[tuple[str, ...], ...]
    tags: tuple[str, ...]


class Outline(Value, frozen=True, array_like=True):
    """What organising and planning a site need of a post or page: its place in the site, and digests of the rest."""

    source: SourcePath
    kind: Literal["post", "page"]
    url: Url
    title: str
    card: Digest = Digest(b"")
    """Of the `Post`, see there. Empty, like `body`, as long as only the front matter has been read."""
    body: Digest = Digest(b"")
    date: datetime | None = None
    updated: datetime | None = None
    appears: datetime | None = None
    expires: datetime | None = None
    is_draft: bool = False
    sticky: int = 0
    categories: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    aliases: tuple[Url, ...] = ()
    has_permalink: bool = False
    """Whether its author gives the address."""
    in_sitemap: bool = True
    in_menu: bool = True
    language: str = ""
    """Of the text; empty, like `counts`, as long as only the front matter has been read."""
    counts: Counts = Counts()

    @property
    def is_loaded(self) -> bool:
        """Whether more than the front matter has been read."""
        return bool(self.body)

    @property
    def label(self) -> Label:
        """What bare lists show of it."""
        return Label(
            kind=self.kind,
            title=self.title,
            language=self.language,
            url=self.url,
            date=self.date,
            updated=self.updated,
            is_draft=self.is_draft,
            sticky=self.sticky,
            categories=self.categories,
            tags=self.tags,
        )


class Post(Value, frozen=True):
    """A loaded post or page without its text: its card, all that a listing may show of it."""

    metadata: Metadata
    url: Url
    language: str
    """Of the text: as the author says, else as guessed."""
    description: str
    """Plain text, one line."""
    counts: Counts
    summary_html: str
    """With placeholders, as in the body."""
    has_more: bool
    """Whether the body says more than the summary."""
    links: tuple[Link, ...]
    """Numbered by the placeholders of the body."""
    card: Digest
    """Over all that a listing may show of the post, but for its counts."""
    body: Digest
    """Over the `Body`."""

    @property
    def outline(self) -> Outline:
        """What organising the site needs of it."""
        outline = outline_of(self.metadata, self.url)
        return msgspec.structs.replace(
            outline, language=self.language, counts=self.counts, card=self.card, body=self.body
        )


def outline_of(metadata: Metadata, url: Url) -> Outline:
    """The outline of a post with this metadata, of which nothing else is known."""
    return Outline(
        source=metadata.source,
        kind=metadata.kind,
        url=url,
        title=metadata.title,
        date=metadata.date,
        updated=metadata.updated,
        appears=metadata.appears,
        expires=metadata.expires,
        is_draft=metadata.is_draft,
        sticky=metadata.sticky,
        categories=metadata.categories,
        tags=metadata.tags,
        aliases=metadata.aliases,
        has_permalink=metadata.permalink is not None,
        in_sitemap=metadata.in_sitemap,
        in_menu=metadata.extra.get("menu") is not False,
    )


class Asset(Value, frozen=True):
    """A file that is published under an address of its own."""

    url: Url
    width: int | None = None
    height: int | None = None
    """In CSS pixels; both are there for a picture whose size could be read."""


class Term(Value, frozen=True):
    """One category or tag that has posts, with the place of its pages."""

    taxonomy: Literal["category", "tag"]
    path: tuple[str, ...]
    """Names from the top; a tag's path is its name alone."""
    url: Url
    """Of its page, which is also the name of its listing."""
    count: int
    children: tuple[Term, ...] = ()
    """Sorted by name."""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]


class Period(Value, frozen=True):
    """One year of the archive, or one month of it."""

    year: int
    month: int | None
    url: Url
    """Of its page, which is also the name of its listing."""
    count: int
    months: tuple[Period, ...] = ()
    """Of a year: those with posts, newest first."""


class Site(Value, frozen=True):
    """The organised site: what is published, in which order, under which names and addresses.

    Post lists are tuples of source paths; the posts themselves are in `posts`.
    """

    posts: Mapping[SourcePath, Outline]
    """Every published post and page by its source."""
    pages: tuple[SourcePath, ...]
    """The pages among them, by address."""
    listings: Mapping[Url, tuple[SourcePath, ...]]
    """The posts of each list by the address of its first page: newest first, on `/` sticky posts before them."""
    neighbours: Mapping[SourcePath, tuple[SourcePath | None, SourcePath | None]]
    """The newer and the older post of each post."""
    categories: tuple[Term, ...]
    """The top of the tree, sorted by name."""
    tags: tuple[Term, ...]
    """Sorted by name."""
    terms: dict[tuple[str, ...], Term]
    """Each term by its taxonomy and its path, as posts name it."""
    years: tuple[Period, ...]
    """Newest first."""
    resources: dict[SourcePath, Url]
    """Resources and static files by their source, with the address at which each is published."""
    data: dict[str, Any]
    """The data files, by their path below `data/` without the extension."""
