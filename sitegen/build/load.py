"""Loading: from source files to posts and their rendered texts, each file on its own, remembered by content."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.inputs import hash_bytes
from sitegen.build.state import State, StateError
from sitegen.build.workers import spread, worker_count
from sitegen.config import Config
from sitegen.errors import Problem, SitegenError
from sitegen.model import Body, Digest, Post, SourceFile, SourcePath, Value

if TYPE_CHECKING:
    from sitegen.build.loader import Loader

POSTS_WORTH_A_WORKER = 24
"""Starting a process costs about as much as loading so many posts."""

CHUNK = 16
"""Posts that a worker loads before it reports."""

POSTS_IN_A_TRANSACTION = 256
"""Posts that are remembered at a time, so that who shares the state need not wait for all of them."""


class PostRecord(Value, frozen=True):
    """What loading one file gave, but for its body. Without a post there is at least one error."""

    post: Post | None
    problems: tuple[Problem, ...] = ()


class Loaded(Value, frozen=True):
    """What all files gave."""

    posts: tuple[Post, ...]
    """By source path."""
    problems: tuple[Problem, ...]
    keys: tuple[bytes, ...]
    """Of the memo rows that hold them."""


class _Result(Value, frozen=True, array_like=True):
    """One loaded file on its way from a worker."""

    content: Digest
    """Of the bytes that were loaded, which need not be those that were hashed before."""
    record: bytes
    digest: Digest
    body: bytes


# JSON keeps the offset of a date; MessagePack would give it back in UTC, on another day perhaps.
_record_decoder = msgspec.json.Decoder(PostRecord)
_results_decoder = msgspec.msgpack.Decoder(list[_Result])
_body_decoder = msgspec.msgpack.Decoder(Body)


class StateBodies:
    """Bodies as the state keeps them; safe to use in a fork."""

    def __init__(self, state: State, reopen: Callable[[], State]) -> None:
        self._state = state
        self._reopen = reopen
        self._process = os.getpid()

    def get(self, digest: Digest) -> Body:
        """The body with this digest. Raises `StateError` when the state has lost it."""
        if os.getpid() != self._process:
            self._state, self._process = self._reopen(), os.getpid()
        try:
            return _body_decoder.decode(self._state.body(digest))
        except msgspec.DecodeError as error:
            raise StateError(str(error)) from error


def load_posts(
    project: Path,
    config: Config,
    files: Sequence[SourceFile],
    contents: Mapping[SourcePath, Digest],
    state: State,
    *,
    jobs: int = 0,
    watch: Callable[[int, int], None],
    meanwhile: Iterator[object] | None = None,
) -> Loaded:
    """Every post of `files`; only those whose content is new are read, the rest comes from the state.

    `contents` are the digests of the files. The bodies are in the state afterwards. While workers load,
    `meanwhile` is taken further, step by step.
    """
    settings = _settings_for_loading(config)
    context = msgspec.msgpack.encode(settings, order="deterministic")
    keys = [_key(file, contents[file.path], context) for file in files]
    records = _remembered(keys, state)
    missing = [number for number, key in enumerate(keys) if key not in records]
    if missing:
        fresh = _load(project, settings, [files[number] for number in missing], jobs, watch, meanwhile)
        while batch := list(islice(fresh, POSTS_IN_A_TRANSACTION)):
            with state.transaction():
                for place, result in batch:
                    index = missing[place]
                    key = keys[index] = _key(files[index], result.content, context)
                    records[key] = _record_decoder.decode(result.record)
                    if result.digest:
                        state.add(key, result.record, result.digest, result.body)
    found = [records[key] for key in keys]
    return Loaded(
        posts=tuple(record.post for record in found if record.post),
        problems=tuple(problem for record in found for problem in record.problems),
        keys=tuple(key for key, record in zip(keys, found, strict=True) if record.post),
    )


def _settings_for_loading(config: Config) -> Config:
    """The settings with everything at its default that loading has no business to know."""
    return Config(
        language=config.language,
        timezone=config.timezone,
        permalink=config.permalink,
        markdown=config.markdown,
        highlight=config.highlight,
    )


def _key(file: SourceFile, content: Digest, context: bytes) -> bytes:
    return blake2b(content + file.path.encode() + b"\0" + context, digest_size=16).digest()


def _remembered(keys: Iterable[bytes], state: State) -> dict[bytes, PostRecord]:
    rows = state.posts()
    try:
        return {key: _record_decoder.decode(rows[key]) for key in keys if key in rows}
    except msgspec.DecodeError as error:
        raise StateError(str(error)) from error


def _load(
    project: Path,
    config: Config,
    files: Sequence[SourceFile],
    jobs: int,
    watch: Callable[[int, int], None],
    meanwhile: Iterator[object] | None,
) -> Iterator[tuple[int, _Result]]:
    """The result of loading each file by its number, as workers finish them."""
    from sitegen.build.loader import Loader  # noqa: PLC0415  # Markdown and Pygments, only when there is work

    loader = Loader(project, config)

    def work(numbers: Sequence[int]) -> bytes:
        return msgspec.msgpack.encode([_result(loader, files[number]) for number in numbers])

    done = 0
    workers = worker_count(jobs, len(files), POSTS_WORTH_A_WORKER)
    for number, answer in spread(work, len(files), workers, CHUNK, meanwhile):
        results = _results_decoder.decode(answer)
        done += len(results)
        watch(done, len(files))
        yield from enumerate(results, number * CHUNK)


def _result(loader: Loader, file: SourceFile) -> _Result:
    content = Digest(b"")
    try:
        text = loader.read(file)
        content = hash_bytes(text)
        post, body, problems = loader.load(file, text)
    except SitegenError as error:
        record = PostRecord(post=None, problems=error.problems)
        return _Result(content=content, record=_encode(record), digest=Digest(b""), body=b"")
    record = PostRecord(post=post, problems=problems)
    return _Result(content=content, record=_encode(record), digest=post.body, body=body)


_encode = msgspec.json.Encoder().encode
