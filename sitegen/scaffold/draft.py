"""A draft that becomes a post: found by its name, moved with its pictures, dated."""

from __future__ import annotations

import contextlib
import os
import posixpath
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sitegen.config import Config
from sitegen.content.manuscripts import parse_manuscript, read_manuscript
from sitegen.content.scan import scan
from sitegen.errors import GuardError, Problem, SitegenError, did_you_mean
from sitegen.model import Metadata, SourceFile, SourceKind, SourcePath, Value
from sitegen.scaffold.notation import front_matter_value, take_apart
from sitegen.slugs import slugify

_DRAFTS = "content/drafts/"
_POSTS = "content/posts/"


class Published(Value, frozen=True):
    """A draft that is a post now."""

    draft: SourcePath
    """Where it was."""
    post: SourcePath
    """Where it is."""
    date: datetime
    """When it appears."""


def publish_draft(project: Path, config: Config, name: str, now: datetime) -> Published:
    """Makes the draft called `name` a post: by its title, slug, file name or path.

    It moves to `content/posts/` with the folder of its pictures, gets the date `now` if it has none, and loses
    `draft: true`. A post in `content/posts/` that says `draft: true` stays where it is.

    Raises SitegenError when no draft is called so, or several; GuardError when something is in the way.
    """
    file, metadata = _find(project, config, name)
    moves = list(_moves(project, file.path))
    blocked = [new for _, new in moves if os.path.lexists(project / new)]
    if blocked:
        message = f"{file.path} cannot be published: {blocked[0]} is there already"
        raise GuardError(Problem(code="publish", message=message))
    _rewrite(project / file.path, _published_text(project, config, file, metadata, now))
    for old, new in moves:
        (project / new).parent.mkdir(parents=True, exist_ok=True)
        (project / old).rename(project / new)
    post = _moved(file.path)
    _remove_empty_folders(project, posixpath.dirname(file.path))
    return Published(draft=file.path, post=post, date=metadata.date or now)


def _find(project: Path, config: Config, name: str) -> tuple[SourceFile, Metadata]:
    """The one draft that `name` means."""
    sources, _ = scan(project, config)
    drafts = []
    problems: list[Problem] = []
    for file in sources.posts:
        if file.kind is SourceKind.PAGE:
            continue
        try:
            metadata = read_manuscript(project, file, config)[0].metadata
        except SitegenError as error:
            if file.kind is SourceKind.DRAFT:
                problems.extend(error.problems)
            continue
        if metadata.is_draft:
            drafts.append((file, metadata))
    wanted = _same(name.removeprefix("./"))
    for names_of in (_paths, _names):
        found = [draft for draft in drafts if wanted in map(_same, names_of(project, *draft))]
        if len(found) == 1:
            return found[0]
        if found:
            raise SitegenError(
                Problem(
                    code="publish",
                    message=f'{len(found)} drafts are called "{name}": name one by its path',
                    notes=tuple(file.path for file, _ in found),
                )
            )
    known = [known for draft in drafts for known in (*_names(project, *draft), draft[0].path)]
    message = f'there is no draft "{name}".{did_you_mean(name, known)}' if known else "there are no drafts"
    notes = tuple(f"{file.path}: {metadata.title}" for file, metadata in drafts[:20])
    raise SitegenError([Problem(code="publish", message=message, notes=notes), *problems])


def _paths(project: Path, file: SourceFile, metadata: Metadata) -> Sequence[str]:  # noqa: ARG001
    """The ways to write where a draft lies."""
    path = file.path
    ways = [path, path.removeprefix("content/"), path.removeprefix(_DRAFTS).removeprefix(_POSTS)]
    ways.extend([str(project / path), os.path.relpath(project / path)])
    folders = [posixpath.dirname(way) for way in ways if posixpath.basename(way).startswith("index.")]
    return [*ways, *folders, *(f"{folder}/" for folder in folders)]


def _names(project: Path, file: SourceFile, metadata: Metadata) -> Sequence[str]:  # noqa: ARG001
    """What a draft is called: its file, its folder, its slug, its title."""
    stem, _ = posixpath.splitext(file.path)
    if posixpath.basename(stem) == "index":
        stem = posixpath.dirname(stem)
    below = stem.removeprefix(_DRAFTS).removeprefix(_POSTS)
    names = (posixpath.basename(stem), below, metadata.slug, metadata.title, slugify(metadata.title))
    return list(dict.fromkeys(filter(None, names)))


def _moves(project: Path, path: SourcePath) -> Iterator[tuple[str, str]]:
    """What has to move, folders of pictures first: an interruption leaves a draft, not a post without pictures."""
    if not path.startswith(_DRAFTS):
        return
    stem, _ = posixpath.splitext(path)
    folder = posixpath.dirname(path)
    if posixpath.basename(stem) == "index" and folder != _DRAFTS.rstrip("/"):
        yield folder, _moved(SourcePath(folder))
        return
    if (project / stem).is_dir():
        yield stem, _moved(SourcePath(stem))
    yield path, _moved(path)


def _moved(path: SourcePath) -> SourcePath:
    return SourcePath(_POSTS + path.removeprefix(_DRAFTS)) if path.startswith(_DRAFTS) else path


def _published_text(
    project: Path, config: Config, file: SourceFile, metadata: Metadata, now: datetime
) -> bytes:
    """The content of the file, dated and without its draft mark, everything else as it was."""
    parts = take_apart((project / file.path).read_bytes().decode())
    if metadata.date is None:
        parts = parts.with_value("date", front_matter_value(now, parts.language))
    content = parts.without("draft").without("published").text.encode()
    post = SourceFile(path=_moved(file.path), kind=SourceKind.POST, signature=file.signature)
    try:
        after = parse_manuscript(content, post, config)[0].metadata
    except SitegenError:
        after = None
    if after is None or after.is_draft or after.date is None:
        message = "this front matter cannot be changed by itself: give it a date, and take out the draft mark"
        raise SitegenError(Problem(code="publish", message=message, path=file.path))
    return content


def _rewrite(path: Path, content: bytes) -> None:
    """Replaces the file by one that is whole at every moment; leaves it alone where nothing changes."""
    if content == path.read_bytes():
        return
    temporary = path.with_name(f".{path.name}.sitegen-new")
    try:
        temporary.write_bytes(content)
        temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove_empty_folders(project: Path, folder: str) -> None:
    """Removes the folders below `content/drafts/` that a move left empty."""
    while folder.startswith(_DRAFTS):
        with contextlib.suppress(OSError):
            (project / folder).rmdir()
        folder = posixpath.dirname(folder)


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
