"""Cards: what listings show of posts, read from the memo only when a page asks, as most builds show few of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from sitegen.build.outlines import LoadedPost
from sitegen.build.state import StateError, StateReader
from sitegen.errors import Problem
from sitegen.model import Outline, Post, SourcePath, Value

KEPT = 120_000
"""How many cards are kept in memory: all of nearly every blog, and of the largest as many as make 300 MB."""

MANY = 64
MANY_OF = 64
"""After so many that were not in memory, or one of so many of all, all are read at once, as for a page that lists
every post: one by one each takes four times as long."""


class PostRecord(Value, frozen=True):
    """What loading one file gave, but for its body. Without a post there is at least one error."""

    post: Post | None
    problems: tuple[Problem, ...] = ()


# JSON keeps the offset of a date; MessagePack would give it back in UTC, on another day perhaps.
_decoder = msgspec.json.Decoder(PostRecord)
encode_record = msgspec.json.Encoder().encode


def decode_record(content: bytes) -> PostRecord:
    """A record as the memo keeps it. Raises `StateError` for anything else."""
    try:
        return _decoder.decode(content)
    except msgspec.DecodeError as error:
        raise StateError(str(error)) from error


class StateCards:
    """Cards as the state keeps them."""

    def __init__(
        self, reader: StateReader, posts: Mapping[SourcePath, LoadedPost], fresh: Iterable[Post]
    ) -> None:
        """Takes what is known of all posts, and such as are in memory already."""
        self._reader = reader
        self._posts = posts
        self._kept = {post.metadata.source: post for post in fresh}
        self._missed = 0

    def after(
        self,
        reader: StateReader,
        posts: Mapping[SourcePath, LoadedPost],
        fresh: Iterable[Post],
        changed: Iterable[SourcePath],
    ) -> StateCards:
        """The same cards after some posts have `changed`."""
        cards = StateCards(reader, posts, ())
        gone = frozenset(changed)
        cards._kept = {
            source: post for source, post in self._kept.items() if source not in gone
        }  # of its own kind
        cards._kept.update((post.metadata.source, post) for post in fresh)
        return cards

    def let_go(self) -> None:
        """Frees memory, at the end of a build or while workers render; what is asked for after all is read again."""
        self._kept.clear()

    def get(self, outline: Outline) -> Post:
        """The post of an outline, with the date that the site gives it. Raises `StateError` when it is lost."""
        post = self._kept.get(outline.source) or self._read(outline.source)
        if post.metadata.date is None and outline.date is not None:
            metadata = msgspec.structs.replace(post.metadata, date=outline.date)
            return msgspec.structs.replace(post, metadata=metadata, card=outline.card)
        return post

    def _read(self, source: SourcePath) -> Post:
        self._missed += 1
        if self._missed == max(MANY, len(self._posts) // MANY_OF) and len(self._posts) <= KEPT:
            self._read_all()
        else:
            self._keep(source, self._reader.state.posts([self._posts[source].key]))
        return self._kept[source]

    def _read_all(self) -> None:
        """Of posts that are not whole yet there are none, and who asks for one is told so before."""
        rows = self._reader.state.posts([post.key for post in self._posts.values()])
        for source, post in self._posts.items():
            if post.place and post.is_whole and source not in self._kept:
                self._keep(source, rows)

    def _keep(self, source: SourcePath, rows: Mapping[bytes, bytes]) -> None:
        key = self._posts[source].key
        post = decode_record(rows[key]).post if key in rows else None
        if post is None:
            raise StateError("a post is missing")
        if len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[source] = post
