"""Addresses: of posts by their pattern, as files of the output, and as links in every place that shows one."""

from __future__ import annotations

import functools
import posixpath
import re
import unicodedata
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from sitegen.config import Config
from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.model import Metadata, OutputPath, Url, Value
from sitegen.slugs import github_slug, slugify, term_slug, term_slugs

__all__ = [
    "AddressFault",
    "BaseUrl",
    "address_fault",
    "address_from",
    "collision_key",
    "github_slug",
    "href",
    "is_external",
    "output_path_to_url",
    "percent_encode",
    "post_url",
    "resource_url",
    "slugify",
    "term_slug",
    "term_slugs",
    "url_to_output_path",
]

_LONGEST_NAME = 255
"""Bytes that a file system allows one name."""

_LONGEST_ADDRESS = 2000
"""Bytes; file systems end at 4,096 with the folders above the output, old browsers and sitemaps at 2,048."""

_FILE_ENDINGS = (".html", ".htm", ".xhtml", ".xml", ".txt", ".json")
_PLACEHOLDER = re.compile(r":([A-Za-z][A-Za-z0-9_]*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLAIN_ADDRESS = re.compile(r"(?:/[a-z0-9_-][a-z0-9_.-]{0,99}){0,9}/?(?<=.)", re.ASCII | re.IGNORECASE)
"""Addresses that can be seen at once to be without fault, as most are."""

_FORBIDDEN = re.compile("[\x00-\x1f\\\\\x7f-\x9f\ud800-\udfff]")
_UNREADABLE = re.compile('[\x00-\x20"#%<>?\\[\\\\\\]^`{|}\x7f-\xa0]')

_DATE_FORMATS = {
    "year": "{0.year:04}",
    "month": "{0.month:02}",
    "day": "{0.day:02}",
    "i_month": "{0.month}",
    "i_day": "{0.day}",
    "hour": "{0.hour:02}",
    "minute": "{0.minute:02}",
    "second": "{0.second:02}",
}
_OTHER_PLACEHOLDERS = ("slug", "title", "name", "post_title", "timestamp", "category", "hash", "lang")


class AddressFault(ValueError):  # noqa: N818 — in the language of the site's author it is no error of the program
    """Why a text cannot be an address of the site, in words for its author."""


def post_url(metadata: Metadata, config: Config) -> Url:
    """The address of a post or page: its `permalink`, else by the pattern of the settings, else by its place.

    A page stands where its file stands below `content/pages/`: `about.md` at `/about/`, `a/index.md` at `/a/`,
    `old.html` at `/old.html`, `404.md` at `/404.html`. A draft without a date, which the pattern may ask for, stands
    below `/drafts/` until it is published.

    Raises `SitegenError` when the pattern names something that the post lacks, or the outcome cannot be an address.
    """
    try:
        if metadata.permalink is not None:
            return _address(metadata.permalink)
        if metadata.kind == "page":
            return _address(_page_place(metadata))
        if metadata.is_draft and metadata.date is None:
            return _address(f"/drafts/{posixpath.join(metadata.folder, metadata.slug)}/")
        return _address(_expand(config.permalink, metadata, config))
    except AddressFault as fault:
        raise SitegenError(Problem(code="address", message=str(fault), path=metadata.source)) from None


def address_from(text: str) -> Url:
    """The address that an author means by `text`: `a/b` is `/a/b/`, `/a/b.html` stays, `%E4%BD%A0` is read as 你.

    Raises `AddressFault` when no page of a site can have it.
    """
    text = text.strip(" \t\n")
    if "://" in text or text.startswith("//"):
        raise AddressFault(
            f"{_shown(text)} is outside the site: write only what follows the host, beginning with /"
        )
    for mark, part in (("?", "a query"), ("#", "a fragment")):
        if mark in text:
            raise AddressFault(
                f"{_shown(text)} has {part}, which a site of files cannot answer. "
                f"Write %{ord(mark):X} if you mean the character {mark} itself"
            )
    try:
        return _address(unquote(text, errors="strict"))
    except UnicodeDecodeError:
        raise AddressFault(f"{_shown(text)} holds a % that does not encode a character in UTF-8") from None


def _address(place: str) -> Url:
    """`place` as an address, with a `/` at its end unless it names a file."""
    address = "/" + unicodedata.normalize("NFC", place).lstrip("/")
    if not address.endswith(("/", *_FILE_ENDINGS)):
        address += "/"
    fault = address_fault(address)
    if fault:
        raise AddressFault(fault)
    return Url(address)


def address_fault(address: str) -> str | None:
    """Why no file of the output may have `address`, or None if one may."""
    if not address.startswith("/"):
        return f"{_shown(address)} does not begin with /"
    if len(address.encode("utf-8", "replace")) > _LONGEST_ADDRESS:
        return f'"{address[:40]}…" is too long for an address: at most {_LONGEST_ADDRESS:,} bytes'
    forbidden = _FORBIDDEN.search(address)
    if forbidden:
        character = forbidden[0]
        what = "a backslash" if character == "\\" else f"the control character U+{ord(character):04X}"
        return f"{_shown(address)} holds {what}, which no address may"
    folders = address.removesuffix("/").split("/")[1:]
    for name in folders:
        if not name:
            return f'"{address}" has nothing between two of its /'
        if name in (".", ".."):
            return f'"{address}" holds "{name}", which would lead out of its place'
        if name.lower() == ".git":
            return f'"{address}" holds "{name}", which belongs to Git'
        if len(name.encode()) > _LONGEST_NAME:
            return f'"{name[:40]}…" is too long for a file name: at most {_LONGEST_NAME} bytes'
    return None


def _page_place(metadata: Metadata) -> str:
    stem, ending = posixpath.splitext(posixpath.basename(metadata.source))
    place = posixpath.join(metadata.folder, metadata.slug)
    if stem == "index":
        return "/" if place == "index" else f"/{place}/"
    if place == "404":
        return "/404.html"
    return f"/{place}.html" if ending == ".html" else f"/{place}/"


def _expand(pattern: str, metadata: Metadata, config: Config) -> str:
    """`pattern` with the words of one post in place of `:year`, `:slug` and the like."""
    parts = _pattern_parts(pattern)
    words = list(parts)
    for position in range(1, len(parts), 2):
        words[position] = _word(parts[position], metadata, config)
    return "".join(words)


@functools.cache
def _pattern_parts(pattern: str) -> tuple[str, ...]:
    """Texts and names by turns, beginning with a text."""
    return tuple(_PLACEHOLDER.split(pattern))


def _word(name: str, metadata: Metadata, config: Config) -> str:
    """What stands for `:name` in the address of one post."""
    if name in _DATE_FORMATS:
        return _DATE_FORMATS[name].format(_dated(name, metadata))
    match name:
        case "slug" | "name":
            return metadata.slug
        case "title":
            return posixpath.join(metadata.folder, metadata.slug)
        case "post_title":
            word = slugify(metadata.title).lower()
        case "timestamp":
            return str(int(_dated(name, metadata).timestamp()))
        case "hash":
            seconds = int(_dated(name, metadata).timestamp())
            place = posixpath.join(metadata.folder, metadata.slug)
            import hashlib  # noqa: PLC0415  # 4 ms, and few addresses have it

            return hashlib.sha1(f"{place}{seconds}".encode(), usedforsecurity=False).hexdigest()[:12]
        case "category":
            path = metadata.categories[-1] if metadata.categories else ("uncategorized",)
            word = "/".join(slugify(part) for part in path)
        case "lang":
            word = metadata.lang or config.language
        case _:
            word = _further_word(name, metadata)
    if not word.strip(" /"):
        raise AddressFault(
            f"the permalink pattern has :{name}, which is empty here. Give this post a permalink of its own"
        )
    return word


def _dated(name: str, metadata: Metadata) -> datetime:
    if metadata.date is None:
        raise AddressFault(f"the permalink pattern has :{name}, but this post has no date")
    return metadata.date


def _further_word(name: str, metadata: Metadata) -> str:
    """The value of any other key of the front matter."""
    if name in metadata.extra:
        value = metadata.extra[name]
    elif name == "layout":
        value = metadata.layout or metadata.kind
    elif name == "author":
        value = metadata.authors[0] if metadata.authors else ""
    elif name == "series":
        value = metadata.series or ""
    else:
        near = did_you_mean(name, (*_DATE_FORMATS, *_OTHER_PLACEHOLDERS, *metadata.extra))
        raise AddressFault(
            f"the permalink pattern has :{name}, but this post has no {name}. "
            f"Add it to its front matter, or change permalink in sitegen.toml.{near}"
        )
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise AddressFault(f"the permalink pattern has :{name}, but {name} is no text or number here")
    return str(value)


def url_to_output_path(url: Url) -> OutputPath:
    """The file of the output at `url`: `/a/` is `a/index.html`, `/a.html` is `a.html`.

    Raises `SitegenError` for an address that would leave the output or that no file system can hold.
    """
    if _PLAIN_ADDRESS.fullmatch(url):
        address: str = url
    else:
        address = unicodedata.normalize("NFC", url)
        fault = address_fault(address)
        if fault:
            raise SitegenError(Problem(code="address", message=fault))
    return OutputPath(address[1:] + "index.html" if address.endswith("/") else address[1:])


def output_path_to_url(path: OutputPath) -> Url:
    """The address at which a file of the output is shown: `a/index.html` at `/a/`."""
    folder, _, name = path.rpartition("/")
    if name == "index.html":
        return Url(f"/{folder}/" if folder else "/")
    return Url(f"/{path}")


def collision_key(path: OutputPath) -> str:
    """What two files of the output share if some disk takes them for one, by letter case or Unicode form."""
    return path if path.isascii() and path.islower() else _fold(path)


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def resource_url(post: Url, relative: str) -> Url:
    """The address of a file that belongs to the post at `post`: below `/a/b/` for `/a/b/` and for `/a/b.html`."""
    folder = post if post.endswith("/") else posixpath.splitext(post)[0] + "/"
    return Url(unicodedata.normalize("NFC", folder + relative))


def is_external(target: str) -> bool:
    """Whether `target` leads out of the site: it names a scheme (`https:`, `mailto:`) or a host (`//…`)."""
    return target.startswith("//") or _SCHEME.match(target) is not None


@functools.lru_cache(maxsize=1 << 13)  # addresses of terms stand on half of all pages
def href(url: str) -> str:
    """`url` for an `href` of a page: encoded where it must be, once, and Chinese left readable.

    The result still has to be escaped as an attribute.
    """
    return _UNREADABLE.sub(lambda found: quote(found[0]), url)


def percent_encode(url: str) -> str:
    """`url` in ASCII, for feeds and sitemaps."""
    return quote(url, safe="/!$&'()*+,;=:@-._~")


class BaseUrl(Value, frozen=True):
    """Where the site lives."""

    origin: str
    """`https://example.org`"""
    path: str
    """The sub-path as `/blog`, not percent-encoded; empty at the root of the host."""

    @staticmethod
    def parse(text: str) -> BaseUrl:
        """The two parts of the setting `base_url`."""
        return _parse_base_url(text)

    def href(self, url: Url) -> str:
        """`url` as a page of the site links to it: from the root of the host, readable."""
        return href(self.path + url)

    def absolute(self, url: Url) -> str:
        """`url` with the host, in ASCII, for feeds, sitemaps and link previews."""
        return self.origin + percent_encode(self.path + url)


@functools.cache
def _parse_base_url(text: str) -> BaseUrl:
    parts = urlsplit(text)
    path = unicodedata.normalize("NFC", unquote(parts.path)).strip("/")
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    return BaseUrl(origin=f"{parts.scheme}://{host}", path=f"/{path}" if path else "")


def _shown(address: str) -> str:
    """`address` in quotes, with nothing in it that a terminal would obey."""
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in address) + '"'
