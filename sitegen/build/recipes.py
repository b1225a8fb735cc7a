"""Pages as the plan lists them: an address, and the recipe by which its bytes are made."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, TypeAlias

from sitegen.model import OutputPath, SourcePath, Url, Value

FeedFormat = Literal["atom", "rss", "json"]


class PostRecipe(Value, frozen=True, tag="post"):
    """The page of a post or page of the site."""

    source: SourcePath


ListKind: TypeAlias = Literal["index", "category", "tag", "archive"]


class ListRecipe(Value, frozen=True, tag="list"):
    """One page of a list of posts."""

    kind: ListKind
    listing: Url
    number: int
    page_count: int
    per_page: int
    """0 for all posts on one page."""
    about: tuple[str, ...] = ()
    """The path of the term; the year, or the year and month, of the archive."""


class TermsRecipe(Value, frozen=True, tag="terms"):
    """The page of all categories or all tags."""

    taxonomy: Literal["category", "tag"]


class NotFoundRecipe(Value, frozen=True, tag="404"):
    """The page for addresses that do not exist."""


class RedirectRecipe(Value, frozen=True, tag="redirect"):
    """A page that sends an old address on to a post."""

    source: SourcePath


class FeedRecipe(Value, frozen=True, tag="feed"):
    """A feed of a list."""

    format: FeedFormat
    listing: Url
    about: tuple[str, ...] = ()
    """The path of the term whose feed it is; empty for that of the site."""


class SitemapRecipe(Value, frozen=True, tag="sitemap"):
    """One sitemap, or with more than 50,000 addresses a part of it; part 0 is then the index."""

    entries: tuple[tuple[Url, str | None], ...]
    """The addresses, and the day or moment of the last change of those that have one."""
    parts: int = 0
    """Of an index: how many parts it lists."""


class RobotsRecipe(Value, frozen=True, tag="robots"):
    """`robots.txt`."""


class CopyRecipe(Value, frozen=True, tag="copy"):
    """A static file or resource as it is."""

    source: SourcePath


class AssetRecipe(Value, frozen=True, tag="asset"):
    """An asset of the theme."""

    name: str


Recipe: TypeAlias = (
    PostRecipe
    | ListRecipe
    | TermsRecipe
    | NotFoundRecipe
    | RedirectRecipe
    | FeedRecipe
    | SitemapRecipe
    | RobotsRecipe
    | CopyRecipe
    | AssetRecipe
)


class Page(Value, frozen=True):
    """One file of the site to be."""

    path: OutputPath
    url: Url
    recipe: Recipe


class FileKind(IntEnum):
    """What a file of the site is to its readers, in the order in which files are written."""

    ASSET = 0
    """Named by its content, so another content has another address."""
    RESOURCE = 1
    """A picture or other file as its author made it."""
    PAGE = 2
    LIST = 3
    """Lists, feeds and sitemaps: what leads to the pages."""


def file_kind(page: Page) -> FileKind:
    """What the file of a page is."""
    match page.recipe:
        case AssetRecipe():
            return FileKind.ASSET
        case CopyRecipe():
            return FileKind.RESOURCE
        case PostRecipe() | NotFoundRecipe() | RedirectRecipe():
            return FileKind.PAGE
        case _:
            return FileKind.LIST
