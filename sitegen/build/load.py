"""Loading: from source files to posts and their rendered texts, each file on its own, remembered by content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.bodies import compressed_body, decode_body
from sitegen.build.cards import KEPT, PostRecord, decode_record, encode_record
from sitegen.build.outlines import LoadedPost, loaded_post
from sitegen.build.state import State
from sitegen.build.workers import Crew, at_work, worker_count
from sitegen.config import Config
from sitegen.digests import hash_bytes
from sitegen.errors import Problem, SitegenError
from sitegen.model import Body, Digest, Outline, Post, SourceFile, SourcePath, Value, outline_of
from sitegen.urls import post_url

if TYPE_CHECKING:
    from sitegen.build.loader import Loader

POSTS_WORTH_A_WORKER = 24
"""Starting a process costs about as much as loading so many posts."""

CHUNK = 8
"""Posts that a worker loads before it reports."""

ALONE = 1
"""Chunks that one process loads before there are more. To import Markdown and to read the rules of some languages takes
as long as to load some fifty posts."""

LEAST_AT_A_TIME = 64
PARTS = 100
"""All posts are remembered in so many transactions, or in fewer of the least size: each writes most pages of keys, but
few posts may be left when the last is loaded, and who shares the state need not wait for all."""


class Loaded(Value, frozen=True):
    """What all files gave."""

    posts: dict[SourcePath, LoadedPost]
    """By source path, in its order."""
    fresh: tuple[Post, ...] = ()
    """Those that were in hand, as many as may be kept in memory."""
    contents: dict[SourcePath, Digest] = {}
    """The digests of those files that had none before."""

    @property
    def outlines(self) -> list[Outline]:
        """Of all files that could be loaded, each decoded anew."""
        return [post.outline for post in self.posts.values() if post.place]

    def changed_since(self, before: Mapping[SourcePath, LoadedPost]) -> frozenset[SourcePath]:
        """Those posts that are new or not what they were `before`."""
        return frozenset(source for source, post in self.posts.items() if before.get(source) is not post)

    @property
    def keys(self) -> dict[SourcePath, bytes]:
        """Of the memo rows that hold the posts."""
        return {source: post.key for source, post in self.posts.items() if post.place}

    @property
    def waiting(self) -> list[SourcePath]:
        """Those of which only the front matter has been read."""
        return [source for source, post in self.posts.items() if not post.is_whole]

    @property
    def problems(self) -> Iterator[Problem]:
        """Of all files."""
        return (problem for post in self.posts.values() for problem in post.problems)


class _Result(Value, frozen=True, array_like=True):
    """One loaded file on its way from a worker."""

    content: Digest
    """Of the bytes that were loaded, which need not be those that were hashed before."""
    record: bytes
    digest: Digest
    """Of the body before it was compressed, and of where its links lead."""
    body: bytes
    """As the memo keeps it."""


_results_decoder = msgspec.msgpack.Decoder(list[_Result])


def first_loading(
    project: Path, config: Config, files: Sequence[SourceFile], state: State, jobs: int
) -> AbstractContextManager[Crew | None]:
    """Those who load `files` where no post is remembered: at work before anything is imported that comes after.

    Nobody elsewhere, since it is not known yet what there is to load.
    """
    return nullcontext() if state.has_posts or not files else at_loading(project, config, files, jobs)


def at_loading(
    project: Path,
    config: Config,
    files: Sequence[SourceFile],
    jobs: int,
    body_before: Callable[[SourceFile], Body | None] = lambda _file: None,
) -> AbstractContextManager[Crew]:
    """Those who load `files`, at work from now until the end of the block.

    `body_before` gives what a file gave some time ago. Other processes do not ask: the state is written to meanwhile.
    """
    workers = worker_count(jobs, len(files), POSTS_WORTH_A_WORKER)

    @cache
    def loader() -> Loader:
        from sitegen.build.loader import Loader  # noqa: PLC0415  # Markdown and Pygments, only when there is work

        return Loader(project, _settings_for_loading(config))

    def result(file: SourceFile) -> _Result:
        return _result(loader(), file, None if workers > 1 else body_before(file))

    def work(numbers: Sequence[int]) -> bytes:
        return msgspec.msgpack.encode([result(files[number]) for number in numbers])

    return at_work(work, len(files), workers, CHUNK, ALONE)


def load_posts(
    project: Path,
    config: Config,
    files: Sequence[SourceFile],
    contents: Mapping[SourcePath, Digest],
    state: State,
    known: Mapping[SourcePath, LoadedPost],
    *,
    at_most: int | None = None,
    jobs: int = 0,
    watch: Callable[[int, int], None],
    meanwhile: Iterator[object] | None = None,
    begun: Crew | None = None,
) -> Loaded:
    """Every post of `files`; only those whose content is new are read.

    `contents` are the digests of the files, `known` is what they gave some time ago. What is new since is looked up
    in the memo of the state, which holds all posts and bodies afterwards. If that leaves more than `at_most` files to
    load, only their front matter is read. While workers load, `meanwhile` is taken further, step by step.

    A file without a digest is loaded. If that is all of them, `begun` may be those who are `at_loading` them already.
    """
    settings = msgspec.msgpack.encode(_settings_for_loading(config), order="deterministic")
    context = hash_bytes(settings)
    posts: dict[SourcePath, LoadedPost] = {}
    changed: dict[SourceFile, bytes] = {}
    for file in files:
        if file.path not in contents:
            continue
        key = _key(file, contents[file.path], context)
        before = known.get(file.path)
        if before is not None and before.key == key:
            posts[file.path] = before
        else:
            changed[file] = key
    fresh: list[Post] = []

    def take(file: SourceFile, key: bytes, record: PostRecord) -> None:
        posts[file.path] = _loaded_post(key, record)
        if record.post and len(fresh) < KEPT:
            fresh.append(record.post)

    for file, key, record in _looked_up(changed, state):
        take(file, key, record)
    missing = [file for file in files if file.path not in posts]
    if at_most is not None and len(missing) > at_most:
        posts.update((file.path, _outlined(project, config, file, changed[file])) for file in missing)
        missing = []

    def body_before(file: SourceFile) -> Body | None:
        return _body_of(known[file.path], state) if file.path in known else None

    first_seen: dict[SourcePath, Digest] = {}
    if missing:
        with nullcontext(begun) if begun else at_loading(project, config, missing, jobs, body_before) as crew:
            results = _results(crew, missing, watch, meanwhile)
            for file, key, result in _remembered(results, context, state, len(missing)):
                take(file, key, decode_record(result.record))
                if result.content and file.path not in contents:
                    first_seen[file.path] = result.content
    return Loaded(
        posts={file.path: posts[file.path] for file in files},
        fresh=tuple(fresh),
        contents=first_seen,
    )


def _outlined(project: Path, config: Config, file: SourceFile, key: bytes) -> LoadedPost:
    """What the front matter of a file says. The text is not looked at, and may have problems of its own."""
    from sitegen.content.manuscripts import read_manuscript  # noqa: PLC0415  # front matter, only when there is work

    try:
        metadata = read_manuscript(project, file, config)[0].metadata
        url = post_url(metadata, config)
    except SitegenError as error:
        return loaded_post(key, None, error.problems)
    return loaded_post(key, outline_of(metadata, url), ())


def _looked_up(
    wanted: Mapping[SourceFile, bytes], state: State
) -> Iterator[tuple[SourceFile, bytes, PostRecord]]:
    """What the memo has of the files with these keys."""
    rows = state.posts(wanted.values())
    for file, key in wanted.items():
        if key in rows:
            yield file, key, decode_record(rows[key])


def _body_of(post: LoadedPost, state: State) -> Body | None:
    """The body of a post as the memo has it, `None` if it has been forgotten or there never was one."""
    record = state.posts([post.key]).get(post.key)
    loaded = decode_record(record).post if record else None
    return decode_body(state.body(loaded.body)) if loaded else None


def _loaded_post(key: bytes, record: PostRecord) -> LoadedPost:
    return loaded_post(key, record.post.outline if record.post else None, record.problems)


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
    return hash_bytes(content + file.path.encode() + b"\0" + context)


def _results(
    crew: Crew,
    files: Sequence[SourceFile],
    watch: Callable[[int, int], None],
    meanwhile: Iterator[object] | None,
) -> Iterator[tuple[SourceFile, _Result]]:
    """The result of loading each file, as workers finish them."""
    done = 0
    for number, answer in crew.results(meanwhile):
        results = _results_decoder.decode(answer)
        done += len(results)
        watch(done, len(files))
        start = number * CHUNK
        yield from zip(files[start : start + len(results)], results, strict=True)


def _remembered(
    results: Iterator[tuple[SourceFile, _Result]], context: bytes, state: State, count: int
) -> Iterator[tuple[SourceFile, bytes, _Result]]:
    """The `count` results, each with its key once it is in the memo of the state."""
    keyed = ((file, _key(file, result.content, context), result) for file, result in results)
    while part := list(islice(keyed, max(LEAST_AT_A_TIME, count // PARTS))):
        with state.transaction():
            state.add(
                [(key, result.record, result.digest, result.body) for _, key, result in part if result.digest]
            )
        yield from part


def _result(loader: Loader, file: SourceFile, before: Body | None) -> _Result:
    content = Digest(b"")
    try:
        text = loader.read(file)
        content = hash_bytes(text)
        post, body, problems = loader.load(file, text, before)
    except SitegenError as error:
        record = PostRecord(post=None, problems=error.problems)
        return _Result(content=content, record=encode_record(record), digest=Digest(b""), body=b"")
    record = PostRecord(post=post, problems=problems)
    return _Result(
        content=content, record=encode_record(record), digest=post.body, body=compressed_body(body)
    )
