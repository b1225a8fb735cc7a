"""Gathering: everything that a site is made of, read: its sources, each loaded, its theme and its data."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec.structs import replace

from sitegen.build.inputs import KnownFile, content_digests, read_again, signature_of
from sitegen.build.load import Loaded, load_posts
from sitegen.build.options import Job, Watch
from sitegen.build.outlines import LoadedPost
from sitegen.build.pictures import Pictures, Size
from sitegen.build.state import State
from sitegen.build.workers import Crew
from sitegen.config import Config
from sitegen.content.data import read_data
from sitegen.content.scan import Scanned
from sitegen.digests import blake2b
from sitegen.errors import Problem
from sitegen.model import Digest, SourceFile, SourcePath, Sources, Value
from sitegen.render.theme.frozen import frozen
from sitegen.render.theme.templates import Templates
from sitegen.render.theme.theme import ThemeFiles, read_theme


class Gathered(Value, frozen=True):
    """What a site is made of."""

    config: Config
    theme: ThemeFiles
    templates: Templates
    sources: Sources
    """But for those that could not be read."""
    contents: dict[SourcePath, KnownFile]
    """The digest of every source."""
    pictures: Pictures
    loaded: Loaded
    data: dict[str, Any]
    """The data files, by their path below `data/` without the extension."""
    problems: tuple[Problem, ...]
    """Of everything but posts, which have their own in `loaded`."""

    @property
    def digests(self) -> dict[SourcePath, Digest]:
        """Of the content of every source that is no post."""
        return {file.path: self.contents[file.path].digest for file in self.sources.others}

    def has_same_frame(self, other: Gathered) -> bool:
        """Whether all but the content of posts is the same."""
        if self.loaded.posts.keys() != other.loaded.posts.keys():
            return False
        return (
            self.config == other.config
            and self.problems == other.problems
            and (self.theme is other.theme or self.theme.digest == other.theme.digest)
            and (self.data is other.data or self.data == other.data)
            and self.files == other.files
        )

    @property
    def files(self) -> Digest:
        """Over the content of every source that is no post."""
        digest = blake2b(digest_size=16)
        for path, content in self.digests.items():
            digest.update(path.encode() + b"\0" + content)
        return Digest(digest.digest())


def gather(
    job: Job,
    state: State,
    watch: Watch,
    scanned: Scanned,
    files: Mapping[SourcePath, KnownFile],
    posts: Mapping[SourcePath, LoadedPost],
    sizes: Mapping[bytes, Size],
    at_most: int | None = None,
    loading: Crew | None = None,
) -> Gathered:
    """Reads what is new among the sources that the scan found, and the theme.

    `files` are sources whose content is known as long as their signature stays, `posts` what loading gave some time
    ago, `sizes` those of pictures by their content. If there are more than `at_most` posts to load, their front
    matter must do. `loading` are those who load all posts already. Raises `SitegenError` when there is no such theme,
    and `StateError`; other problems are in the answer.
    """
    project, config = job.project, job.config
    found, not_taken = scanned
    watch("load", 0, len(found.posts))
    theme = read_theme(project, config, {"highlight.css": _highlight_stylesheet(config, state)})
    # Posts that are being loaded need not be hashed to see whether they are remembered.
    contents, unread = content_digests(project, found.others if loading else found.all, files)
    digests = {path: file.digest for path, file in contents.items()}
    templates = Templates(theme, config.language)
    others = {file.path: digests[file.path] for file in found.others if file.path in digests}
    pictures = Pictures(project, others, sizes)
    loaded = load_posts(
        project,
        config,
        found.posts if loading else _readable(found, contents).posts,
        digests,
        state,
        posts,
        at_most=at_most,
        jobs=job.options.jobs,
        watch=lambda done, total: watch("load", done, total),
        meanwhile=chain(templates.compile_all(), pictures.measure_all()),
        begun=loading,
    )
    for file in found.posts:
        if file.path in loaded.contents:
            contents[file.path] = KnownFile(signature=file.signature, digest=loaded.contents[file.path])
    sources = _readable(found, contents)
    data, in_data = read_data(
        sources.data, lambda source: read_again(project, source, contents[source].digest)
    )
    return Gathered(
        config=config,
        theme=theme,
        templates=templates,
        sources=sources,
        contents=contents,
        pictures=pictures,
        loaded=loaded,
        data=frozen(data),
        problems=(*not_taken, *unread, *in_data),
    )


def gather_again(job: Job, state: State, before: Gathered, paths: Collection[SourcePath]) -> Gathered | None:
    """As `gather`, with a look at these files alone; `None` where they are not all posts that were there before."""
    known = {file.path: number for number, file in enumerate(before.sources.posts)}
    files: list[SourceFile] = []
    for path in paths:
        try:
            status = os.lstat(job.project / path)
        except OSError:
            return None
        if path not in known or not stat.S_ISREG(status.st_mode):
            return None
        file = before.sources.posts[known[path]]
        files.append(SourceFile(path=path, kind=file.kind, signature=signature_of(status)))
    contents, _ = content_digests(job.project, files, {})
    if len(contents) < len(files):
        return None
    loaded = _loaded_again(job, state, before, files, contents, before.loaded.posts)
    posts = list(before.sources.posts)
    for file in files:
        posts[known[file.path]] = file
    return replace(
        before,
        sources=replace(before.sources, posts=tuple(posts)),
        contents={**before.contents, **contents},
        loaded=loaded,
    )


def load_waiting(job: Job, state: State, before: Gathered, paths: Collection[SourcePath]) -> Gathered:
    """As `before`, with these posts loaded, of which only the front matter was known."""
    files = [file for file in before.sources.posts if file.path in paths]
    return replace(before, loaded=_loaded_again(job, state, before, files, before.contents, {}))


def _loaded_again(
    job: Job,
    state: State,
    before: Gathered,
    files: Sequence[SourceFile],
    contents: Mapping[SourcePath, KnownFile],
    known: Mapping[SourcePath, LoadedPost],
) -> Loaded:
    """What was loaded before, with some files loaded anew unless they are known."""
    digests = {file.path: contents[file.path].digest for file in files}
    loaded = load_posts(job.project, job.config, files, digests, state, known, jobs=1, watch=_nobody_watches)
    return Loaded(posts={**before.loaded.posts, **loaded.posts}, fresh=loaded.fresh)


def _nobody_watches(_done: int, _total: int) -> None:
    """Takes progress of loading and does nothing."""


def _readable(sources: Sources, contents: Mapping[SourcePath, KnownFile]) -> Sources:
    if len(sources.all) == len(contents):
        return sources

    def there(files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        return tuple(file for file in files if file.path in contents)

    return Sources(
        posts=there(sources.posts),
        resources=there(sources.resources),
        static=there(sources.static),
        data=there(sources.data),
    )


def _highlight_stylesheet(config: Config, state: State) -> bytes:
    """The style sheet for code, remembered because making it imports Pygments."""
    name = f"highlight.css {config.highlight.light} {config.highlight.dark}"
    content = state.value(name)
    if content is None:
        from sitegen.render.highlight.styles import highlight_stylesheet  # noqa: PLC0415  # costs 20 ms

        content = highlight_stylesheet(config.highlight.light, config.highlight.dark).encode()
        with state.transaction():
            state.set_value(name, content)
    return content
