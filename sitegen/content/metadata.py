"""Front matter and file name together: what a post or page says about itself, complete."""

from __future__ import annotations

import functools
import posixpath
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, tzinfo
from typing import Any, Literal

from sitegen.config import Config
from sitegen.content import fields
from sitegen.content.dates import EXAMPLE, DateFault, date_in_name, midnight, read_date, site_zone
from sitegen.content.encoding import clean_text
from sitegen.content.frontmatter import FrontMatter, problem_at
from sitegen.content.mends import quoted, written_value
from sitegen.content.misspellings import likely_meant
from sitegen.content.scalars import is_nothing
from sitegen.errors import Problem, SitegenError
from sitegen.model import Metadata, SourceFile, SourceKind, Url, Value
from sitegen.urls import AddressFault, address_fault, address_from

FOLDERS = {
    SourceKind.POST: "content/posts/",
    SourceKind.DRAFT: "content/drafts/",
    SourceKind.PAGE: "content/pages/",
}
"""The folder of each kind of text."""

_PROSE = ("title", "description", "excerpt")
"""Fields whose text may begin with a bracket or `#` that was not meant as YAML."""


class Key(Value, frozen=True):
    """One name under which front matter gives a field."""

    field: str
    """Of `Metadata`; `published` and `draft` together are `is_draft`."""
    rank: int
    """Among the names of the field: the first that has a value counts, the others are kept as further keys."""
    read: Callable[[Any, tzinfo], Any]


class _Named(Value, frozen=True):
    """What the name of a file says."""

    folder: str
    slug: str
    day: date | None


def read_metadata(
    front_matter: FrontMatter, file: SourceFile, config: Config, heading: str | None = None
) -> tuple[Metadata, tuple[Problem, ...]]:
    """All that the author says about a file, with the warnings that it gave rise to.

    What front matter does not say comes from the file's name: the slug, a date at its beginning, and the title if
    the text begins with no `heading`. Raises `SitegenError` with every error and warning.
    """
    zone = site_zone(config.timezone)
    keys = _known_among(front_matter.values)
    values, problems = _meant_values(front_matter, keys, file.path)
    chosen = _choose(values, keys)
    extra = _further(values, keys, chosen)
    found: dict[str, Any] = {}
    for field, name in chosen.items():
        try:
            found[field] = keys[name].read(values[name], zone)
        except (fields.Misfit, DateFault, AddressFault) as fault:
            problems.append(_problem(fault, name, front_matter, file.path))
    if extra:
        problems.extend(_misspelt(extra, keys, chosen, front_matter, file.path))

    named = _name_of(file)
    says_draft, says_published = found.pop("draft", False), found.pop("published", True)
    is_draft = file.kind is SourceKind.DRAFT or says_draft or not says_published
    kind: Literal["post", "page"] = "page" if file.kind is SourceKind.PAGE else "post"
    if "date" not in found and "date" not in chosen:
        found["date"] = found.pop("appears", None) or (midnight(named.day, zone) if named.day else None)
        if found["date"] is None and kind == "post" and not is_draft:
            problems.append(_no_date(file))
    errors = any(problem.severity == "error" for problem in problems)
    if errors:
        raise SitegenError(problems)
    if not found.get("title"):
        found["title"] = heading or named.slug
    metadata = Metadata(
        source=file.path,
        kind=kind,
        is_draft=is_draft,
        folder=named.folder,
        extra={clean_text(name): fields.keep(value) for name, value in extra.items()},
        **{"slug": named.slug, **found},
    )
    return metadata, tuple(problems)


def gives_title(front_matter: FrontMatter) -> bool:
    """Whether front matter names a title."""
    return any(
        name.lower() == "title" and not is_nothing(value) for name, value in front_matter.values.items()
    )


@functools.cache
def known_keys() -> Mapping[str, Key]:
    """Every name that has a meaning in front matter, in lower case with `_` for `-`."""
    table: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...] = (
        ("title", fields.read_text, ("title",)),
        ("slug", _read_slug, ("slug",)),
        ("updated", read_date, ("updated", "lastmod", "last_modified_at", "last_modified", "modified")),
        ("date", read_date, ("date",)),
        ("appears", read_date, ("publishdate", "publish_date", "pubdate")),
        ("expires", read_date, ("expirydate", "expiry_date", "expires")),
        ("draft", fields.read_flag, ("draft",)),
        ("published", fields.read_flag, ("published",)),
        ("categories", fields.read_paths, ("categories", "category")),
        ("tags", fields.read_names, ("tags", "tag")),
        ("authors", fields.read_authors, ("authors", "author")),
        ("series", fields.read_first, ("series",)),
        ("description", fields.read_text, ("description",)),
        ("excerpt", fields.read_prose, ("excerpt", "summary")),
        ("cover", fields.read_picture, ("cover", "thumbnail", "image", "photos", "photo")),
        ("sticky", fields.read_rank, ("sticky", "top", "pin")),
        ("toc", fields.read_flag, ("toc",)),
        ("math", fields.read_switch, ("math", "mathjax", "katex")),
        ("comments", fields.read_switch, ("comments", "comment")),
        ("lang", fields.read_text, ("lang", "language")),
        ("layout", fields.read_text, ("layout", "type")),
        ("permalink", _read_permalink, ("permalink", "url")),
        ("aliases", _read_aliases, ("aliases", "alias", "redirect_from")),
        ("in_sitemap", fields.read_listed, ("sitemap",)),
    )
    keys = {
        name: Key(field=field, rank=rank, read=read if read is read_date else _without_zone(read))
        for field, read, names in table
        for rank, name in enumerate(names)
    }
    keys["weight"] = Key(field="sticky", rank=9, read=_without_zone(fields.read_weight))
    return keys


def _without_zone(read: Callable[[Any], Any]) -> Callable[[Any, tzinfo], Any]:
    return lambda value, _: read(value)


def _read_slug(value: object) -> str | None:
    slug = fields.read_text(value)
    if slug and "/" in slug:
        raise fields.Misfit("must be one part of an address, without /: write permalink for a whole address")
    fault = slug and address_fault(f"/{slug}/")
    if fault:
        raise AddressFault(fault)
    return slug


def _read_permalink(value: object) -> Url | None:
    text = fields.read_text(value)
    return address_from(text) if text else None


def _read_aliases(value: object) -> tuple[Url, ...]:
    return tuple(dict.fromkeys(address_from(text) for text in fields.read_texts(value)))


def _known_among(names: Iterable[str]) -> dict[str, Key]:
    """What those among `names` mean that mean something, in any case and with `-` for `_`."""
    keys = known_keys()
    known = {}
    for name in names:
        key = keys.get(name) or keys.get(name.lower().replace("-", "_"))
        if key is not None:
            known[name] = key
    return known


def _choose(values: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, str]:
    """The name that gives each field: the one of lowest rank that has a value, `title` before `Title`."""
    chosen: dict[str, str] = {}
    for name, key in keys.items():
        if is_nothing(values[name]) or (name.lower() == "url" and "://" in str(values[name])):
            continue
        rival = chosen.get(key.field)
        if rival is None or (key.rank, name != name.lower()) < (keys[rival].rank, rival != rival.lower()):
            chosen[key.field] = name
    return chosen


def _further(values: Mapping[str, Any], keys: Mapping[str, Key], chosen: Mapping[str, str]) -> dict[str, Any]:
    """What is kept for templates: keys without a meaning, those not chosen, and all of a value that says more."""
    used = set(chosen.values())
    further = {}
    for name, value in values.items():
        says_more = isinstance(value, dict) or (
            isinstance(value, list) and name in keys and keys[name].field == "cover"
        )
        if says_more or (name not in used and not (name in keys and is_nothing(value))):
            further[name] = value
    return further


def _meant_values(
    front_matter: FrontMatter, keys: Mapping[str, Key], path: str
) -> tuple[dict[str, Any], list[Problem]]:
    """The values, cleaned, with texts that were not meant as YAML taken as the author typed them."""
    values = front_matter.values
    problems: list[Problem] = []
    if "\\" in front_matter.text:
        values = {name: fields.clean(value) for name, value in values.items()}
    if front_matter.notation != "yaml":
        return values, problems
    for name, key in keys.items():
        value = values[name]
        if is_nothing(value):
            written = front_matter.written(name)
            if not written.startswith("#") or written[1:2] in ("", " ", "#", "\t"):
                continue
            message = f"a value that begins with # is a comment, so {name} is empty. Write: {name}: {quoted(written)}"
            if key.field in _PROSE:
                values = {**values, name: written}
                message = f"a value that begins with # needs quotes. Read as: {name}: {quoted(written)}"
        elif key.field in _PROSE and isinstance(value, (list, dict)):
            text = written_value(front_matter.written(name))
            if not text.startswith(("[", "{")):
                continue
            values = {**values, name: text}
            message = f"a value that begins with {text[0]} needs quotes. Read as: {name}: {quoted(text)}"
        else:
            continue
        problems.append(_problem(message, name, front_matter, path, severity="warning"))
    return values, problems


def _misspelt(
    extra: Iterable[str],
    keys: Mapping[str, Key],
    chosen: Mapping[str, str],
    front_matter: FrontMatter,
    path: str,
) -> Iterable[Problem]:
    """A warning for each unknown key that is nearly surely a slip for one that is not there."""
    missing = [name for name, key in known_keys().items() if key.field not in chosen]
    for name in extra:
        meant = None if name in keys else likely_meant(name, missing)
        if meant:
            message = f"{name} has no meaning here. Did you mean {meant}?"
            yield _problem(message, name, front_matter, path, severity="warning", on_key=True)


def _name_of(file: SourceFile) -> _Named:
    """`content/posts/notes/2018-05-08-hello.md` → `notes`, `hello`, 8 May 2018; `a/hello/index.md` → `a`, `hello`."""
    place = posixpath.splitext(file.path.removeprefix(FOLDERS[file.kind]))[0]
    *folders, name = unicodedata.normalize("NFC", place).split("/")
    if name == "index" and folders:
        name = folders.pop()
    day = None
    dated = date_in_name(name) if file.kind is not SourceKind.PAGE else None
    if dated:
        day, name = dated
    return _Named(folder="/".join(folders), slug=name, day=day)


def _no_date(file: SourceFile) -> Problem:
    folder, _, name = file.path.rpartition("/")
    if name.startswith("index."):
        name = folder.rpartition("/")[2]
    day = EXAMPLE.partition(" ")[0]
    return Problem(
        code="date",
        message=f"this post has no date: add date: {EXAMPLE} to its front matter, or rename it to {day}-{name}",
        path=file.path,
    )


def _problem(
    fault: Exception | str,
    name: str,
    front_matter: FrontMatter,
    path: str,
    *,
    severity: Literal["error", "warning"] = "error",
    on_key: bool = False,
) -> Problem:
    place = front_matter.place(name, on_key=on_key)
    message = f"{name} {fault}" if isinstance(fault, fields.Misfit) else str(fault)
    code = (
        "date"
        if isinstance(fault, DateFault)
        else "address"
        if isinstance(fault, AddressFault)
        else "front-matter"
    )
    return problem_at(path, place, message, code=code, severity=severity)
