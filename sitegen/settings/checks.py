"""What a setting must be beyond its type: a zone that exists, an address that works, folders that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from msgspec.structs import replace

from sitegen.config import Config
from sitegen.errors import did_you_mean
from sitegen.settings.conversion import Finding, Report
from sitegen.settings.locations import KeyPath
from sitegen.settings.notation import toml_value
from sitegen.settings.targets import target_faults

SOURCE_FOLDERS = ("content", "static", "data", "themes", "templates", "scaffolds", ".sitegen", ".git")
"""Folders of a project that the site can never be written to."""

_COMMON_ZONES = dict.fromkeys(
    ("asia/beijing", "beijing", "shanghai", "china", "prc", "cst", "utc+8", "utc+08:00", "gmt+8"),
    "Asia/Shanghai",
)
"""What authors write for a zone whose name looks nothing like it."""

_LANGUAGE_TAG = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)


def normalise(config: Config) -> Config:
    """`config` with `/` at the end of `base_url`, and no `/` at the end of folders."""
    folders = config.taxonomies
    return replace(
        config,
        base_url=config.base_url if config.base_url.endswith("/") else f"{config.base_url}/",
        output=config.output.rstrip("/"),
        taxonomies=replace(
            folders,
            categories=folders.categories.rstrip("/"),
            tags=folders.tags.rstrip("/"),
            archives=folders.archives.rstrip("/"),
            pagination=folders.pagination.rstrip("/"),
        ),
    )


def check(config: Config, report: Report) -> None:
    """Reports what cannot work, each with the setting that says so."""
    if not config.title.strip():
        message = "title is empty: the site has no name in its pages, feeds and search results"
        report(Finding(("title",), message, severity="warning"))
    for path, fault in _faults(config):
        name = ".".join(part for part in path if isinstance(part, str))
        report(Finding(path, f"{name} {fault}"))


def base_url_fault(base_url: str) -> str | None:
    """What is wrong with an address of a site, as the end of a sentence."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return f"is not an address: {toml_value(base_url)}"
    shown = toml_value(base_url)
    if parts.scheme not in {"http", "https"} or not host or port == 0 or re.search(r"\s", base_url):
        guess = urlsplit(f"https://{base_url.lstrip('/')}")
        meant = (
            f". Did you mean {guess.geturl()}?" if re.fullmatch(r"[\w-]+(\.[\w-]+)+", guess.netloc) else ""
        )
        return f"must be a full address such as https://example.org/, not {shown}{meant}"
    if parts.query or parts.fragment or "?" in base_url or "#" in base_url:
        return f"must end with its path, without ? and #, not be {shown}"
    if {".", ".."} & set(parts.path.split("/")) or "//" in parts.path:
        return f"has a path that is not plain: {shown}"
    return None


def _faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    base_url = base_url_fault(config.base_url)
    if base_url:
        yield ("base_url",), base_url
    if not _LANGUAGE_TAG.fullmatch(config.language):
        yield ("language",), _language_fault(config.language)
    yield from _zone_faults(config.timezone)
    yield from _permalink_faults(config.permalink)
    yield from _address_faults(config)
    yield from _style_faults(config)
    yield from _repeated_formats(config)
    yield from _folder_faults(config)
    yield from target_faults(config)


def _language_fault(language: str) -> str:
    meant = language.partition(".")[0].replace("_", "-")
    if meant != language and _LANGUAGE_TAG.fullmatch(meant):
        return f"must be a language tag, not {toml_value(language)}. Did you mean {meant}?"
    return f"must be a language tag such as en or zh-Hans, not {toml_value(language)}"


def _zone_faults(timezone: str) -> Iterator[tuple[KeyPath, str]]:
    if timezone == "UTC":
        return
    zones = known_time_zones()
    if timezone not in zones:
        common = _COMMON_ZONES.get(timezone.casefold())
        near = f" Did you mean {common}?" if common else did_you_mean(timezone, sorted(zones))
        fault = f"must be the name of a time zone, such as Asia/Shanghai, not {toml_value(timezone)}"
        yield ("timezone",), f"{fault}.{near}" if near else fault


def known_time_zones() -> frozenset[str]:
    """The names of the tz database as it comes with sitegen, the same on every machine."""
    package = find_spec("tzdata")
    assert package, "sitegen depends on tzdata"
    assert package.origin
    return frozenset(Path(package.origin).with_name("zones").read_text("utf-8").split())


def _permalink_faults(permalink: str) -> Iterator[tuple[KeyPath, str]]:
    path: KeyPath = ("permalink",)
    if not permalink.startswith("/"):
        yield path, f"must begin with /, as in /:year/:month/:day/:slug/, not be {toml_value(permalink)}"
        return
    if re.search(r"[?#\\]|//|/\.\.?(?:/|$)", permalink):
        yield path, f"must be a plain path, without ?, #, // or .., not {toml_value(permalink)}"
    if not re.search(r":[A-Za-z]", permalink):
        yield path, f"must hold what tells posts apart, such as :slug; {toml_value(permalink)} is one address"


def _address_faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    for index, item in enumerate(config.menu):
        if not item.url.startswith("/") and not urlsplit(item.url).scheme:
            yield (
                ("menu", index, "url"),
                f"must begin with / or be a full URL, not {toml_value(item.url)}",
            )
    for index, link in enumerate(config.social):
        if not link.url.startswith("/") and not urlsplit(link.url).scheme:
            yield ("social", index, "url"), f"must be a full URL, not {toml_value(link.url)}"


def _style_faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    defaults = type(config.highlight)()
    for name in ("light", "dark"):
        style = getattr(config.highlight, name)
        if style == getattr(defaults, name):
            continue
        from pygments.styles import STYLE_MAP, get_all_styles  # noqa: PLC0415 - slow to import

        if style not in STYLE_MAP:
            styles = sorted(get_all_styles())
            if style not in styles:
                near = did_you_mean(style, styles)
                fault = f"must be a Pygments style, not {toml_value(style)}"
                yield ("highlight", name), f"{fault}.{near}" if near else fault


def _repeated_formats(config: Config) -> Iterator[tuple[KeyPath, str]]:
    for name in ("formats", "term_formats"):
        formats = getattr(config.feeds, name)
        for index, item in enumerate(formats):
            if item in formats[:index]:
                yield ("feeds", name, index), f"names {toml_value(item)} twice"


def _folder_faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    taxonomies = config.taxonomies
    folders: dict[str, str] = {}
    for name in ("categories", "tags", "archives", "pagination"):
        folder = getattr(taxonomies, name).rstrip("/")
        fault = _path_fault(folder)
        if fault:
            yield ("taxonomies", name), fault
        elif folder.casefold() in folders:
            other = folders[folder.casefold()]
            fault = f"must not be the same folder as taxonomies.{other}, {toml_value(folder)}"
            yield ("taxonomies", name), fault
        folders[folder.casefold()] = name
    fault = _path_fault(config.output.rstrip("/"))
    top = config.output.partition("/")[0]
    if fault:
        yield ("output",), fault
    elif top.casefold() in SOURCE_FOLDERS:
        yield ("output",), f"must not be {toml_value(config.output)}: {top}/ holds sources of the site"


def _path_fault(folder: str) -> str | None:
    if not folder or {"", ".", ".."} & set(folder.split("/")):
        return f"must be a folder below the site's own, such as public, not {toml_value(folder)}"
    if re.search(r'[?#%:*"<>|]', folder):
        return f'must not hold any of ? # % : * " < > |, as {toml_value(folder)} does'
    return None
