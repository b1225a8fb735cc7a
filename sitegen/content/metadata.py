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
from sitegen.content.scalars import Plain, is_nothing
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
    values, problems = _meant_values(front_matter, file.path)
    chosen, extra = _choose(values)
    found: dict[str, Any] = {}
    for field, name in chosen.items():
        try:
            found[field] = known_keys()[_normal(name)].read(values[name], zone)
        except (fields.Misfit, DateFault, AddressFault) as fault:
            problems.append(_problem(fault, name, front_matter, file.path))
    problems.extend(_misspelt(extra, chosen, front_matter, file.path))

    named = _name_of(file)
    is_draft = file.kind is SourceKind.DRAFT or found.pop("draft", False) or not found.pop("published", True)
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
        extra={key: fields.keep(value) for key, value in extra.items()},
        **{"slug": named.slug, **found},
    )
    return metadata, tuple(problems)


def gives_title(front_matter: FrontMatter) -> bool:
    """Whether front matter names a title."""
    return any(
        _normal(name) == "title" and not is_nothing(value) for name, value in front_matter.values.items()
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


def _normal(name: str) -> str:
    return name.lower().replace("-", "_")


def _choose(values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The key that gives each field, and all that is kept for templates."""
    keys = known_keys()
    chosen: dict[str, str] = {}
    for name, value in values.items():
        key = keys.get(_normal(name))
        if key is None or is_nothing(value) or (_normal(name) == "url" and "://" in str(value)):
            continue
        rival = chosen.get(key.field)
        if rival is None or _preference(name, key) < _preference(rival, keys[_normal(rival)]):
            chosen[key.field] = name
    used = set(chosen.values())
    extra = {
        name: value
        for name, value in values.items()
        if (name not in used and not (is_nothing(value) and _normal(name) in keys))
        or isinstance(value, dict)
        or (isinstance(value, list) and _normal(name) in ("photos", "photo"))
    }
    return chosen, extra


def _preference(name: str, key: Key) -> tuple[int, bool]:
    """Lower for the more usual name, and for `title` before `Title`."""
    return (key.rank, name != name.lower())


def _meant_values(front_matter: FrontMatter, path: str) -> tuple[dict[str, Any], list[Problem]]:
    """The values, cleaned, with texts that were not meant as YAML taken as the author typed them."""
    values = front_matter.values
    problems: list[Problem] = []
    if "\\" in front_matter.text:
        values = {clean_text(key): _cleaned(value) for key, value in values.items()}
    if front_matter.notation != "yaml":
        return values, problems
    for name, value in values.items():
        key = known_keys().get(_normal(name))
        if key is None or not (isinstance(value, (list, dict)) or is_nothing(value)):
            continue
        written = front_matter.written(name)
        if is_nothing(value) and written.startswith("#") and written[1:2] not in ("", " ", "#", "\t"):
            message = f"a value that begins with # is a comment, so {name} is empty. Write: {name}: {quoted(written)}"
            if key.field in _PROSE:
                values = {**values, name: written}
                message = f"a value that begins with # needs quotes. Read as: {name}: {quoted(written)}"
        elif not is_nothing(value) and key.field in _PROSE and written[:1] in ("[", "{") and written:
            text = written_value(written)
            values = {**values, name: text}
            message = f"a value that begins with {text[0]} needs quotes. Read as: {name}: {quoted(text)}"
        else:
            continue
        problems.append(_problem(message, name, front_matter, path, severity="warning"))
    return values, problems


def _cleaned(value: Any) -> Any:
    match value:
        case Plain():
            return value
        case str():
            return clean_text(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {clean_text(key): _cleaned(item) for key, item in value.items()}
    return value


def _misspelt(
    extra: Iterable[str], chosen: Mapping[str, str], front_matter: FrontMatter, path: str
) -> Iterable[Problem]:
    """A warning for each unknown key that is nearly surely a slip for one that is not there."""
    keys = known_keys()
    for name in extra:
        if _normal(name) in keys:
            continue
        missing = (known for known, key in keys.items() if key.field not in chosen)
        meant = likely_meant(name, missing)
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
