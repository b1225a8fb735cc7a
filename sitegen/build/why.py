"""Why: what a page was made from and why it was made, and which pages a source reaches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sitegen.build.ledger import Ledger, fact_numbers, remembered_ledger
from sitegen.build.options import BuildOptions, Job, job_for, nobody_watches
from sitegen.build.prepare import Prepared, prepare
from sitegen.build.recipes import (
    AssetRecipe,
    CopyRecipe,
    FeedRecipe,
    ListRecipe,
    Page,
    PostRecipe,
    RedirectRecipe,
    SitemapRecipe,
    TermsRecipe,
)
from sitegen.build.review import fact_in_words, reasons_name
from sitegen.build.state_folder import StateFolder, held_state
from sitegen.config import Config
from sitegen.model import OutputPath, Url, Value
from sitegen.render.theme.facts import FactKey
from sitegen.render.theme.templates import Templates
from sitegen.settings import FILE_NAME
from sitegen.urls import url_to_output_path


class PageStory(Value, frozen=True):
    """One page of the site as the last build knows it."""

    url: Url
    path: OutputPath
    made_from: str
    """Its recipe in words."""
    reads: tuple[str, ...]
    """The facts it read, in words."""
    last: tuple[str, ...]
    """Why the last build that did anything rendered it; empty when it was kept."""


class SourceStory(Value, frozen=True):
    """One file of the project, and the pages that depend on it."""

    path: str
    pages: tuple[tuple[Url, tuple[str, ...]], ...]
    """Each with what it takes from the file."""


def why(project: Path, config: Config, options: BuildOptions, name: str) -> PageStory | SourceStory | None:
    """The story of a page (by address or output file) or of a source file; `None` for neither.

    A file of the project comes first, then an address of the site. Raises `SitegenError` when the site has
    errors, for then nobody knows what its pages are made from.
    """
    job = job_for(project, config, options)
    with held_state(project) as state_folder:
        prepared, ledger, reasons = state_folder.attempt(lambda: _known(job, state_folder))
    source = _source(project, name)
    if source is not None:
        return SourceStory(path=source, pages=tuple(_reached(source, prepared, ledger)))
    page = _page(name, prepared.pages, job.folder)
    if page is None:
        return None
    (reads,) = ledger.reads_of([page.path])
    return PageStory(
        url=page.url,
        path=page.path,
        made_from=made_from(page),
        reads=tuple(sorted({_subject(key) for key in reads})),
        last=reasons.get(page.path, ()),
    )


def _known(job: Job, state_folder: StateFolder) -> tuple[Prepared, Ledger, dict[OutputPath, tuple[str, ...]]]:
    """The site as it would be built now, and what the last build remembers of its pages and why it made them."""
    ledger = remembered_ledger(state_folder, job.folder)
    reasons = state_folder.load(reasons_name(job.folder), dict[OutputPath, tuple[str, ...]]) or {}
    return prepare(job, state_folder, nobody_watches), ledger, reasons


def _source(project: Path, name: str) -> str | None:
    path = Path(name)
    for candidate in (path, project / path):
        if candidate.is_file() and candidate.resolve().is_relative_to(project.resolve()):
            relative = candidate.resolve().relative_to(project.resolve()).as_posix()
            return None if relative.startswith("output/") else relative
    return None


def _page(name: str, pages: Mapping[OutputPath, Page], folder: Path) -> Page | None:
    try:
        inside = Path(name).resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        inside = ""
    address = "/" + name.partition("://")[2].partition("/")[2] if "://" in name else name
    tries = [inside, name]
    if address.startswith("/"):
        tries += [url_to_output_path(Url(address)), url_to_output_path(Url(address.rstrip("/") + "/"))]
    return next((pages[OutputPath(one)] for one in tries if one in pages), None)


def _reached(source: str, prepared: Prepared, ledger: Ledger) -> list[tuple[Url, tuple[str, ...]]]:
    """The pages that read something which comes from the file, each with what."""
    keys = map(ledger.fact_key, range(len(ledger.facts)))
    numbers = {number: key for number, key in enumerate(keys) if _comes_from(key, source, prepared.templates)}
    reads = dict(zip(ledger.paths, ledger.reads, strict=True))
    reached = []
    for page in prepared.pages.values():
        read = fact_numbers(reads.get(page.path, b""))
        found = [numbers[number] for number in read if number in numbers]
        if found:
            reached.append((page.url, tuple(sorted(_subject(key) for key in found))))
    return reached


def _comes_from(key: FactKey, source: str, templates: Templates) -> bool:
    """Whether the answer to a fact is made from the file."""
    match key:
        case ("config", _):
            return source == FILE_NAME
        case ("template", name):
            return any(source.endswith(f"templates/{part}") for part in templates.parts(str(name)))
        case ("asset", name):
            return source.endswith(f"assets/{name}")
        case ("data", name):
            return source.startswith(f"data/{name}.")
        case ("label" | "card" | "body" | "counts" | "file", path):
            return path == source
        case _:
            return False


def _subject(key: FactKey) -> str:
    return fact_in_words(key).removesuffix(" changed")


def made_from(page: Page) -> str:
    """A recipe in words."""
    match page.recipe:
        case PostRecipe(source=source):
            return source
        case RedirectRecipe(source=source):
            return f"an alias of {source}"
        case CopyRecipe(source=source):
            return f"a copy of {source}"
        case AssetRecipe(name=name):
            return f"the theme's asset {name}"
        case ListRecipe(kind=kind, number=number, page_count=count, about=about):
            what = " › ".join(about) if about else "all posts"
            return f"the {kind} list of {what}, page {number} of {count}"
        case TermsRecipe(taxonomy=taxonomy):
            return f"the list of all {'categories' if taxonomy == 'category' else 'tags'}"
        case FeedRecipe(format=name, about=about):
            return f"the {name} feed of {' › '.join(about[1:]) if about else 'all posts'}"
        case SitemapRecipe(entries=entries):
            return f"the addresses of {len(entries):,} pages"
        case _:
            return "the settings and the theme"
