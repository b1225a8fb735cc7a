"""Looking: what a live site is made of, as of the last look at its files: settings, sources, theme."""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from sitegen.build.gather import Gathered, gather, gather_again, load_waiting
from sitegen.build.inputs import KnownFile, hash_file, trusted
from sitegen.build.options import Job, nobody_watches
from sitegen.build.prepare import Known, remembered
from sitegen.build.state_folder import StateFolder
from sitegen.config import Config
from sitegen.content.scan import scan
from sitegen.errors import Problem
from sitegen.model import Digest, SourcePath, Value
from sitegen.render.theme.chain import theme_chain
from sitegen.settings import FILE_NAME, read_config, with_base_url

LOADED_AT_ONCE = 64
"""With more posts to load, a look reads their front matter and leaves the rest for later."""


class Changes(Value, frozen=True):
    """What is new since the last look."""

    files: tuple[SourcePath, ...] = ()
    """Those whose content is not what it was, or that are gone; none the first time."""
    renamed: dict[SourcePath, SourcePath] = {}
    """Of files that are gone, what they seem to be called now."""


class Looking:
    """The files of one project, looked at again and again."""

    def __init__(self, project: Path, state: StateFolder, base_url: str | None) -> None:
        """Nothing is known before the first look. `base_url` stands in place of the setting."""
        self.gathered: Gathered | None = None
        """What the last look found."""
        self.warnings: tuple[Problem, ...] = ()
        """About the settings."""
        self.known = Known()
        """What was known before the first look, or before the state was lost."""
        self._project = project
        self._state = state
        self._base_url = base_url
        self._seen = state.state
        self._config: Config | None = None
        self._is_whole = False
        self.trusted: dict[SourcePath, KnownFile] = {}
        """Files whose content is known as long as their signature stays."""
        self._digests: dict[SourcePath, Digest] = {}

    def settings(self, touched: Collection[Path] | None) -> Config:
        """The settings, read again where they may have changed or could not be read. Raises `SitegenError`."""
        if self._config is None or touched is None or any(path.name == FILE_NAME for path in touched):
            before, self._config = self._config, None
            config, self.warnings = read_config(self._project)
            if self._base_url is not None:
                config = with_base_url(config, self._base_url)
            self._config = before if before == config else config
        return self._config

    def look(self, job: Job, touched: Collection[Path] | None) -> Changes:
        """Reads what is new and says what that is; of the touched files alone if these are posts that were there.

        Raises `SitegenError` when there is no theme, and `StateError`.
        """
        if self._state.state is not self._seen:  # what was known is lost with the state that held it
            self._seen, self.gathered, self.trusted = self._state.state, None, {}
        before = self.gathered
        if before and self._is_whole and touched is not None and before.config is job.config:
            paths = self._sources_among(touched, before)
            again = None if paths is None else gather_again(job, self._state.state, before, paths)
            if again is not None:
                self.gathered = again
                return self._changes({path: again.contents[path].digest for path in paths or ()})
        self._is_whole = False
        looked_at_ns = self._state.now_ns()
        if before is None:
            self.known = remembered(self._state)
        posts = before.loaded.posts if before else self.known.posts
        files = self.trusted if before else self.known.files
        sizes = before.pictures.known() if before else self.known.pictures
        scanned = scan(job.project, job.config)
        self.gathered = gather(
            job, self._state.state, nobody_watches, scanned, files, posts, sizes, LOADED_AT_ONCE
        )
        self.trusted = trusted(self.gathered.contents, looked_at_ns)
        self._is_whole = True
        contents = {path: file.digest for path, file in self.gathered.contents.items()}
        digests = {**contents, **dict(_theme_files(self._project, job.config))}
        with contextlib.suppress(OSError):
            digests[SourcePath(FILE_NAME)] = hash_file(self._project / FILE_NAME)
        return self._changes(digests, self._digests.keys() - digests.keys())

    def load(self, job: Job, sources: Collection[SourcePath]) -> None:
        """Loads posts of which the last look read the front matter alone. Raises `StateError`."""
        assert self.gathered is not None
        self.gathered = load_waiting(job, self._state.state, self.gathered, sources)

    def _sources_among(self, touched: Collection[Path], before: Gathered) -> list[SourcePath] | None:
        """The touched files as sources, without such as come and go while others are saved; `None` for new ones."""
        paths = []
        for place in touched:
            try:
                path = SourcePath(place.relative_to(self._project).as_posix())
            except ValueError:
                return None
            if path in before.contents:
                paths.append(path)
            elif os.path.lexists(place) or before.problems or not _is_passing(path, before):
                return None  # a file that is gone may have been what was wrong
        return paths

    def _changes(self, digests: Mapping[SourcePath, Digest], gone: Collection[SourcePath] = ()) -> Changes:
        """What these files are that was not known, and which are `gone`."""
        is_first = not self._digests
        renamed = self._renamed(digests, gone) if gone else {}
        changed = [path for path, digest in digests.items() if self._digests.get(path) != digest]
        for path in gone:
            del self._digests[path]
        self._digests.update(digests)
        return Changes() if is_first else Changes(files=tuple(sorted([*gone, *changed])), renamed=renamed)

    def _renamed(
        self, digests: Mapping[SourcePath, Digest], gone: Collection[SourcePath]
    ) -> dict[SourcePath, SourcePath]:
        """For files that are gone a new one with the same content or, as when a draft is published, name."""
        new = [path for path in digests if path not in self._digests]
        by_content = {digests[path]: path for path in new}
        by_name = {_name(path): path for path in new}
        found = {path: by_content.get(self._digests[path]) or by_name.get(_name(path)) for path in gone}
        return {path: other for path, other in found.items() if other}


def _name(path: SourcePath) -> str:
    """The name of a post: that of its file, or of the folder that it has to itself."""
    folder, name = posixpath.split(posixpath.splitext(path)[0])
    return posixpath.basename(folder) if name == "index" else name


def _is_passing(path: SourcePath, before: Gathered) -> bool:
    """Whether a file that is not there was none of the site's, such as editors make for the time of a save."""
    folder = f"{path}/"
    return path.startswith("content/") and not any(source.startswith(folder) for source in before.contents)


def _theme_files(project: Path, config: Config) -> Iterator[tuple[SourcePath, Digest]]:
    """The files of the theme and of the site's own templates with their digests, as problems name them."""
    places = [(theme.folder, f"{theme.shown}/") for theme in theme_chain(project, config.theme.name)]
    places += [(project / name, f"{name}/") for name in ("templates", "assets", "i18n")]
    for folder, shown in places:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield SourcePath(shown + path.relative_to(folder).as_posix()), hash_file(path)
