"""`sitemap.xml` by the sitemap protocol 0.9, and `robots.txt`."""

from __future__ import annotations

from collections.abc import Iterable

from sitegen.model import Url
from sitegen.render.theme.views import Place, escape_attribute

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(entries: Iterable[tuple[Url, str | None]], place: Place) -> str:
    """The addresses of the site, each with the moment of its last change where one is known."""
    lines = []
    for url, changed in entries:
        lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape_attribute(place.absolute(url))}</loc>{lastmod}</url>\n")
    return _document("urlset", lines)


def sitemap_index(parts: Iterable[Url], place: Place) -> str:
    """The list of the parts of a long sitemap."""
    return _document(
        "sitemapindex",
        [f"<sitemap><loc>{escape_attribute(place.absolute(url))}</loc></sitemap>\n" for url in parts],
    )


def _document(root: str, lines: list[str]) -> str:
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{NAMESPACE}">\n'
    return f"{head}{''.join(lines)}</{root}>\n"


def robots(place: Place) -> str:
    """Everything may be read, and here is the sitemap."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {place.absolute(Url('/sitemap.xml'))}\n"
