"""Broken references, told with file and line before anything is rendered."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from sitegen.errors import Problem
from sitegen.model import Digest, Link, Post, Site, SourcePath
from sitegen.render.theme.facts import Bodies
from sitegen.render.theme.links import LinkIndex
from sitegen.urls import is_external


def broken_links(site: Site, index: LinkIndex, bodies: Bodies) -> Iterator[Problem]:
    """A warning for every reference of a post that leads nowhere: no such page, picture, file or heading."""
    by_address = {post.url: post for post in site.posts.values()}
    anchors: dict[Digest, frozenset[str]] = {}
    for source, post in site.posts.items():
        cover = post.metadata.cover
        if cover and not is_external(cover) and index.resolve(source, cover) is None:
            message = f'there is no picture "{cover}" for the cover, neither beside this file nor in static/'
            yield Problem(code="image", message=message, path=source, severity="warning")
        for link in post.links:
            destination = index.find(source, link.target)
            if destination is None:
                yield _problem(source, link, _missing(link))
                continue
            target: Post | None = by_address.get(destination.url)
            fragment = destination.suffix.partition("#")[2]
            if target is None or not fragment:
                continue
            if target.body not in anchors:
                anchors[target.body] = bodies.get(target.body).anchors
            if unquote(fragment) not in anchors[target.body]:
                message = f'{target.metadata.source} has no heading or other element with the id "{fragment}"'
                yield _problem(source, link, message)


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
