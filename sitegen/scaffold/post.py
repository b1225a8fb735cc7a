"""A new post: its place, its name, and its text from a scaffold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sitegen.errors import Problem, SitegenError
from sitegen.model import SourcePath, Value
from sitegen.scaffold.notation import FrontMatterText, front_matter_value, take_apart
from sitegen.slugs import slugify

_POST = """\
---
title: {{ title }}
date: {{ date }}
categories: {{ categories }}
tags: {{ tags }}
---

"""

_LONGEST_NAME = 200
"""Bytes, as file systems allow 255 with the ending and a number."""

_PLACEHOLDER = re.compile(r"\{\{[ \t]*(title|date|slug|categories|tags)[ \t]*\}\}")

Written = str | datetime | Sequence[str | Sequence[str]]


class NewPost(Value, frozen=True):
    """What the user wants of a new post."""

    title: str
    is_draft: bool = False
    categories: tuple[tuple[str, ...], ...] = ()
    """Each a path from the top."""
    tags: tuple[str, ...] = ()
    date: datetime | None = None
    slug: str | None = None
    """In place of the one made from the title."""


def write_new_post(project: Path, wanted: NewPost) -> SourcePath:
    """Writes a new post or draft beside those that are there, and says where.

    Raises SitegenError when no file name can be made of the title.
    """
    slug = file_name(wanted.slug if wanted.slug is not None else wanted.title)
    folder = project / "content" / ("drafts" if wanted.is_draft else "posts")
    text = post_text(_scaffold(project, wanted), wanted, slug)
    folder.mkdir(parents=True, exist_ok=True)
    taken = {_same_name(path.name.partition(".")[0]) for path in folder.iterdir()}
    number = 0
    while True:
        name = f"{slug}-{number}" if number else slug
        number += 1
        if _same_name(name) in taken:
            continue
        path = folder / f"{name}.md"
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
        return SourcePath(path.relative_to(project).as_posix())


def file_name(title: str) -> str:
    """The slug of a title, short enough for a file. Raises SitegenError where nothing is left of it."""
    slug = slugify(title).encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore").strip("-.")
    if not slug:
        message = f'no file name can be made of "{title}": give one with --slug'
        raise SitegenError(Problem(code="slug", message=message))
    return slug


def post_text(scaffold: str, wanted: NewPost, slug: str) -> str:
    """The text of a new post: the scaffold with everything filled in."""
    values: dict[str, Written | None] = {
        "title": wanted.title,
        "date": wanted.date,
        "slug": slug,
        "categories": _plain_categories(wanted.categories),
        "tags": wanted.tags,
    }
    parts = take_apart(scaffold)
    lines = (_filled_line(line, values, parts) for line in parts.lines)
    parts = parts._replace(
        lines=tuple(line for line in lines if line is not None),
        rest=_PLACEHOLDER.sub(lambda match: _in_prose(values[match[1]]), parts.rest),
    )
    for key in ("date", "tags", "categories"):
        value = values[key]
        if value and parts.is_empty(key):
            parts = parts.with_value(key, front_matter_value(value, parts.language))
    return parts.text


def _filled_line(line: str, values: dict[str, Written | None], parts: FrontMatterText) -> str | None:
    """A line of the scaffold's front matter; None where its value is not there."""
    whole = re.fullmatch(
        rf"(?P<before>.*?[:=][ \t]*)(?P<quote>[\"']?){_PLACEHOLDER.pattern}(?P=quote)(?P<after>[ \t,]*\r?\n)",
        line,
    )
    if whole is None:
        return _PLACEHOLDER.sub(lambda match: _in_prose(values[match[1]]), line)
    value = values[whole[3]]
    if value is None:
        return None
    return f"{whole['before']}{front_matter_value(value, parts.language)}{whole['after']}"


def _in_prose(value: Written | None) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case _:
            return ", ".join(item if isinstance(item, str) else " / ".join(item) for item in value)


def _plain_categories(paths: tuple[tuple[str, ...], ...]) -> Sequence[str | Sequence[str]]:
    """As front matter has it: a single path is a list of names, several are a list of lists."""
    return paths[0] if len(paths) == 1 else paths


def _scaffold(project: Path, wanted: NewPost) -> str:
    """The project's own scaffold, else ours."""
    names = ("draft.md", "post.md") if wanted.is_draft else ("post.md",)
    for name in names:
        path = project / "scaffolds" / name
        try:
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            continue
        except UnicodeDecodeError:
            problem = Problem(code="encoding", message="is not UTF-8", path=f"scaffolds/{name}")
            raise SitegenError(problem) from None
    return _POST


def _same_name(name: str) -> str:
    """What two names share if some file system takes them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
