"""Where the references of posts lead: to posts by file name, to pictures beside the source, to addresses."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from urllib.parse import unquote

import msgspec

from sitegen.model import Outline, SourcePath, Url, Value
from sitegen.render.markdown.references import encoded

PictureSize = Callable[[SourcePath], tuple[int, int] | None]
"""The width and height of a picture of the project in CSS pixels, `None` when they cannot be read."""


class Destination(Value, frozen=True):
    """Where a reference leads."""

    url: Url
    suffix: str = ""
    """The query and fragment, as written."""
    owner: SourcePath | None = None
    """The source that is published there, of a post, picture or other file."""
    size: tuple[int, int] | None = None
    """The width and height of a picture of the site, in CSS pixels, when they could be read."""


class LinkIndex:
    """Resolves references against everything that the site publishes.

    A reference may be a path relative to the source file (`img/a.png`, `../other.md`), a path inside the folder
    named after the post, a site-absolute address (`/about/`), a path from the project's folder
    (`/content/posts/a.md`), an address relative to the post's own, or the bare file name of another post.
    """

    def __init__(
        self,
        posts: Mapping[SourcePath, Outline],
        resources: Mapping[SourcePath, Url],
        addresses: Iterable[Url],
        picture_size: PictureSize,
    ) -> None:
        """Takes all there is to lead to; what is not asked for is not looked through."""
        self._posts = posts
        self._resources = resources
        self._all_addresses = addresses
        self._picture_size = picture_size

    @cached_property
    def _spellings(self) -> dict[str, SourcePath]:
        """The sources whose names are not NFC, by what they are in NFC."""
        sources = (*self._resources, *self._posts)
        return {plain: source for source in sources if (plain := _nfc(source)) != source}

    @cached_property
    def _addresses(self) -> dict[str, SourcePath | None]:
        """Every address, with the file that is published there as it is."""
        pages: dict[str, SourcePath | None] = {_plain(url): None for url in self._all_addresses}
        return pages | {_plain(url): source for source, url in self._resources.items()}

    @cached_property
    def _names(self) -> dict[str, SourcePath | None]:
        """The posts by the names of their files, `None` for a name that several have."""
        names: dict[str, SourcePath | None] = {}
        for source in self._posts:
            name = posixpath.basename(_nfc(source))
            names[name] = None if name in names else source
        return names

    def resolve(self, source: SourcePath, target: str) -> Destination | None:
        """Where `target`, written in `source`, leads; `None` when nothing is there. Reads the size of a picture."""
        found = self.find(source, target)
        if found is None or found.owner is None or found.owner in self._posts:
            return found
        return msgspec.structs.replace(found, size=self._picture_size(found.owner))

    def find(self, source: SourcePath, target: str) -> Destination | None:
        """As `resolve`, without reading anything."""
        path, suffix = _split(_nfc(target))
        post = self._posts.get(source)
        if not path:
            return Destination(url=post.url, suffix=suffix) if post else None
        for candidate in self._candidates(_nfc(source), path):
            owner = self._source(candidate)
            if owner is not None:
                return Destination(url=self._url(owner), suffix=suffix, owner=owner)
        address = path if path.startswith("/") else posixpath.join(post.url if post else "/", path)
        address = _normal(address)
        if _plain(address) in self._addresses:
            return Destination(url=Url(address), suffix=suffix, owner=self._addresses[_plain(address)])
        named = self._names.get(posixpath.basename(path)) if "/" not in path else None
        return Destination(url=self._url(named), suffix=suffix) if named else None

    def _source(self, path: str) -> SourcePath | None:
        """The source at a path, whose name may be spelled otherwise."""
        source = SourcePath(path)
        return source if source in self._posts or source in self._resources else self._spellings.get(path)

    def _url(self, source: SourcePath) -> Url:
        return self._posts[source].url if source in self._posts else self._resources[source]

    @staticmethod
    def _candidates(source: str, path: str) -> list[str]:
        if path.startswith("/"):
            return [_normal(path.lstrip("/")), _normal("static" + path), _normal("content" + path)]
        folder, name = posixpath.split(source)
        stem = posixpath.splitext(name)[0]
        return [_normal(posixpath.join(folder, path)), _normal(posixpath.join(folder, stem, path))]


def _split(target: str) -> tuple[str, str]:
    """The path of a reference, decoded in full, and its query and fragment."""
    cut = min((index for index in (target.find("?"), target.find("#")) if index >= 0), default=len(target))
    return unquote(target[:cut]), encoded(target[cut:])


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _normal(path: str) -> str:
    """Without `.` and `..`; a slash at the end stays."""
    normal = posixpath.normpath(path)
    return normal + "/" if path.endswith("/") and normal != "/" else normal


def _plain(address: str) -> str:
    """The form in which addresses are compared: `/a`, `/a/` and `/a/index.html` are one place."""
    return _nfc(address).removesuffix("index.html").rstrip("/") or "/"
