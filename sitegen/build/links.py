"""Broken references, told with file and line before anything is rendered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from urllib.parse import unquote

from sitegen.errors import Problem
from sitegen.model import Digest, Link, Outline, Site, SourcePath, Url, Value
from sitegen.render.theme.facts import Bodies, Cards
from sitegen.render.theme.links import LinkIndex
from sitegen.urls import is_external


class LinkReport(Value, frozen=True):
    """What is known of the references of all posts of a site."""

    structure: Digest = Digest(b"")
    """Of the site, which decides where references lead; see `sitegen.build.arrangement`."""
    problems: dict[SourcePath, tuple[Problem, ...]] = {}
    """Of those posts that have any."""
    into: dict[SourcePath, tuple[SourcePath, ...]] = {}
    """For each post, those that refer to a place in it by `#`."""

    @property
    def all_problems(self) -> Iterator[Problem]:
        """Of all posts."""
        return (problem for found in self.problems.values() for problem in found)


def check_links(
    site: Site,
    structure: Digest,
    index: LinkIndex,
    cards: Cards,
    bodies: Bodies,
    before: LinkReport,
    changed: Collection[SourcePath],
) -> LinkReport:
    """A warning for every reference of a post that leads nowhere: no such page, picture, file or heading.

    While the site has the structure that it had `before`, only posts that have `changed` are looked at, and those
    that refer to a place in one of them.
    """
    stale: Collection[SourcePath] = site.posts.keys()
    if before.structure == structure:
        readers = (reader for source in changed for reader in before.into.get(source, ()))
        stale = site.posts.keys() & {*changed, *readers}
        if not stale:
            return before
    else:
        before = LinkReport()
    check = _Check(site, index, cards, bodies)
    problems = {source: found for source, found in before.problems.items() if source not in stale}
    into = {
        target: [reader for reader in readers if reader not in stale]
        for target, readers in before.into.items()
    }
    for source in stale:
        found = tuple(check.problems(source))
        if found:
            problems[source] = found
    for reader, target in check.fragments:
        into.setdefault(target, []).append(reader)
    return LinkReport(
        structure=structure,
        problems=problems,
        into={target: tuple(dict.fromkeys(readers)) for target, readers in into.items() if readers},
    )


class _Check:
    """One check of some posts, which notes what they refer to by `#`."""

    def __init__(self, site: Site, index: LinkIndex, cards: Cards, bodies: Bodies) -> None:
        self.fragments: list[tuple[SourcePath, SourcePath]] = []
        self._site = site
        self._index = index
        self._cards = cards
        self._bodies = bodies
        self._anchors: dict[Digest, frozenset[str]] = {}

    @cached_property
    def _by_address(self) -> dict[Url, Outline]:
        return {post.url: post for post in self._site.posts.values()}

    def problems(self, source: SourcePath) -> Iterator[Problem]:
        """Of one post."""
        if not self._site.posts[source].is_loaded:
            return
        post = self._cards.get(self._site.posts[source])
        cover = post.metadata.cover
        if cover and not is_external(cover) and self._index.find(source, cover) is None:
            message = f'there is no picture "{cover}" for the cover, neither beside this file nor in static/'
            yield Problem(code="image", message=message, path=source, severity="warning")
        for link in post.links:
            destination = self._index.find(source, link.target)
            if destination is None:
                yield _problem(source, link, _missing(link))
                continue
            fragment = destination.suffix.partition("#")[2]
            target = self._by_address.get(destination.url) if fragment else None
            if target is not None:
                self.fragments.append((source, target.source))
                if target.is_loaded and unquote(fragment) not in self._anchors_of(target):
                    message = f'{target.source} has no heading or other element with the id "{fragment}"'
                    yield _problem(source, link, message)

    def _anchors_of(self, target: Outline) -> frozenset[str]:
        if target.body not in self._anchors:
            self._anchors[target.body] = self._bodies.get(target.body).anchors
        return self._anchors[target.body]


def _missing(link: Link) -> str:
    match link.kind:
        case "image":
            return f'there is no picture "{link.target}", neither beside this file nor in static/'
        case "file":
            return f'there is no file "{link.target}", neither beside this file nor in static/'
        case "link":
            return f'this link leads nowhere: no page, post or file is at "{link.target}"'


def _problem(source: SourcePath, link: Link, message: str) -> Problem:
    return Problem(
        code="image" if link.kind == "image" else "link",
        message=message,
        path=source,
        line=link.line,
        severity="warning",
    )
