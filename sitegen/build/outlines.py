"""What is known of each post after loading, encoded until it is asked for: an edit concerns few of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo

import msgspec

from sitegen.build.organise import dated
from sitegen.build.state import StateError
from sitegen.digests import hash_bytes
from sitegen.errors import Problem
from sitegen.model import Digest, Outline, SourcePath, Value


class LoadedPost(Value, frozen=True, array_like=True):
    """What is known of one file after loading. Without an outline there is at least one error."""

    key: bytes
    """Of the memo row that holds what loading it gave."""
    place: Digest = Digest(b"")
    """Over all of the outline that selecting, organising and planning look at; empty without one."""
    encoded: bytes = b""
    """The outline, as `outline` reads it."""
    is_whole: bool = True
    """Whether more than the front matter has been read."""
    problems: tuple[Problem, ...] = ()

    @property
    def outline(self) -> Outline:
        """What organising needs of it; only to be asked for with a `place`. Raises `StateError`."""
        try:
            return _decoder.decode(self.encoded)
        except msgspec.DecodeError as error:
            raise StateError(str(error)) from error


# JSON keeps the offset of a date; MessagePack would give it back in UTC, on another day perhaps.
_decoder = msgspec.json.Decoder(Outline)
_encode = msgspec.json.Encoder().encode


def loaded_post(key: bytes, outline: Outline | None, problems: tuple[Problem, ...]) -> LoadedPost:
    """What loading a file gave."""
    if outline is None:
        return LoadedPost(key=key, problems=problems)
    return LoadedPost(
        key=key,
        place=_place(outline),
        encoded=_encode(outline),
        is_whole=outline.is_loaded,
        problems=problems,
    )


def _place(post: Outline) -> Digest:
    """Over all of an outline that selecting, organising and planning look at."""
    place = (
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
    return hash_bytes(msgspec.msgpack.encode(place))


def posts_digest(posts: Iterable[LoadedPost]) -> Digest:
    """Over all that loading gave for these files."""
    return hash_bytes(b"".join([post.key for post in posts]))


class Outlines(Mapping[SourcePath, Outline]):
    """The outlines of the published posts, each decoded when it is first asked for."""

    def __init__(
        self, order: Iterable[SourcePath], posts: Mapping[SourcePath, LoadedPost], now: datetime, zone: tzinfo
    ) -> None:
        """Takes the posts that are published, what is known of all posts, and the moment for drafts without a date."""
        self.numbers = {source: number for number, source in enumerate(order)}
        """The place of each post in the order."""
        self._posts = posts
        self._now = now
        self._zone = zone
        self._known: dict[SourcePath, Outline] = {}

    def after(
        self, posts: Mapping[SourcePath, LoadedPost], changed: Collection[SourcePath], now: datetime
    ) -> Outlines:
        """The same outlines after some posts have changed that have kept their places."""
        outlines = Outlines((), posts, now, self._zone)
        outlines.numbers = self.numbers
        outlines._known = {  # of its own kind
            source: outline for source, outline in self._known.items() if source not in changed
        }
        return outlines

    def __getitem__(self, source: SourcePath) -> Outline:
        found = self._known.get(source)
        if found is None:
            if source not in self.numbers:
                raise KeyError(source)
            loaded = self._posts.get(source)
            if loaded is None:
                raise StateError("the order of the site names posts that there are none of")
            found = self._known[source] = dated(loaded.outline, self._now, self._zone)
        return found

    def __contains__(self, source: object) -> bool:
        return source in self.numbers

    def __iter__(self) -> Iterator[SourcePath]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)
