"""`sitegen list`: what the site consists of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from sitegen.cli.clock import current_time
from sitegen.cli.console import problem_document
from sitegen.cli.session import EXIT_PROBLEMS, Session, SiteCommand, session_options
from sitegen.errors import display_width

if TYPE_CHECKING:
    from sitegen.model import Outline, Site, Term

KINDS = ("posts", "drafts", "tags", "categories", "pages")


@click.command(cls=SiteCommand)
@click.argument("kind", type=click.Choice(KINDS), default="posts")
@click.option("-D", "--drafts", is_flag=True, help="Count drafts as published.")
@click.option("-F", "--future", is_flag=True, help="Count posts of the future as published.")
@click.option("-E", "--expired", is_flag=True, help="Count expired posts as published.")
@session_options(json=True)
def command(session: Session, *, kind: str, drafts: bool, future: bool, expired: bool) -> int | None:
    """List posts (newest first), drafts, tags, categories or pages.

    Files that cannot be read are reported, and make the exit code 1.
    """
    from sitegen.build import BuildOptions  # noqa: PLC0415 - all of sitegen
    from sitegen.build.survey import survey  # noqa: PLC0415

    config = session.config
    all_drafts = kind == "drafts"
    options = BuildOptions(
        now=current_time(),
        drafts=drafts or all_drafts,
        future=future or all_drafts,
        expired=expired or all_drafts,
        keep_going=True,
    )
    found = survey(session.project, config, options)
    entries = list(_entries(found.site, kind))
    errors = [problem for problem in found.problems if problem.severity == "error"]
    if session.console.json:
        problems = [problem_document(problem) for problem in errors]
        session.console.document({"ok": not errors, kind: entries, "problems": problems})
    else:
        session.console.problems(errors)
        for line in _table(_row(kind, entry) for entry in entries):
            session.console.answer(line)
        if not entries:
            session.console.note(f"There are no {kind}.")
    return EXIT_PROBLEMS if errors else None


def _entries(site: Site, kind: str) -> Iterator[dict[str, Any]]:
    """What there is of a kind, as JSON shows it."""
    match kind:
        case "posts":
            yield from (_post(site.posts[source]) for source in site.neighbours)
        case "drafts":
            drafts = (post for post in site.posts.values() if post.is_draft)
            yield from map(_post, sorted(drafts, key=lambda post: post.source))
        case "pages":
            yield from (_post(site.posts[source]) for source in site.pages)
        case "tags":
            yield from map(_term, site.tags)
        case "categories":
            yield from map(_term, site.categories)


def _post(post: Outline) -> dict[str, Any]:
    return {
        "source": post.source,
        "title": post.title,
        "date": post.date and post.date.isoformat(),
        "url": post.url,
        "draft": post.is_draft,
        "categories": post.categories,
        "tags": post.tags,
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "name": term.name,
        "path": term.path,
        "url": term.url,
        "count": term.count,
        "children": [_term(child) for child in term.children],
    }


def _row(kind: str, entry: dict[str, Any]) -> Sequence[tuple[str, ...]]:
    """The lines of the terminal for one entry, each as its cells."""
    match kind:
        case "posts" | "drafts":
            return [((entry["date"] or "")[:10], entry["title"], entry["source"])]
        case "pages":
            return [(entry["url"], entry["title"], entry["source"])]
        case _:
            return list(_term_rows(entry, 0))


def _term_rows(entry: dict[str, Any], depth: int) -> Iterator[tuple[str, ...]]:
    yield f"{entry['count']:>5,}", "  " * depth + entry["name"], entry["url"]
    for child in entry["children"]:
        yield from _term_rows(child, depth + 1)


def _table(rows: Iterable[Sequence[tuple[str, ...]]]) -> Iterator[str]:
    """Lines with their cells one below the other; an ideograph is two columns wide."""
    lines = [line for row in rows for line in row]
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell + " " * (width - display_width(cell)) for cell, width in zip(line, widths, strict=True)]
        yield "  ".join(cells).rstrip()
