"""The place where a page stands, which decides how addresses are written on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sitegen.model import Body, Link, SourcePath, Url
from sitegen.render.markdown.lines import with_lines
from sitegen.render.markdown.references import encoded, resolve
from sitegen.render.theme.facts import Facts
from sitegen.render.theme.links import Destination
from sitegen.urls import BaseUrl, is_external


class Place:
    """Where a page stands, which decides how addresses are written on it."""

    def __init__(self, facts: Facts, url: Url, *, absolute: bool = False) -> None:
        self.facts = facts
        self.url = url
        self._absolute = absolute

    @cached_property
    def base_url(self) -> BaseUrl:
        """Where the site lives."""
        return BaseUrl.parse(self.facts.config("base_url"))

    @cached_property
    def language(self) -> str:
        """The language of the interface."""
        return str(self.facts.config("language"))

    def href(self, url: Url) -> str:
        """An address of the site as this page writes it: from the root, or in full in a feed."""
        return self.base_url.absolute(url) if self._absolute else self.base_url.href(url)

    def absolute(self, url: Url) -> str:
        """An address of the site in full, percent-encoded."""
        return self.base_url.absolute(url)

    def reference(self, source: SourcePath, target: str) -> str:
        """A reference of a source as this page writes it; a broken one as its author wrote it."""
        if is_external(target):
            return target
        destination = self.facts.link(source, target)
        return self.destination(destination) if destination else encoded(target)

    def destination(self, destination: Destination) -> str:
        """The address of a resolved reference."""
        if destination.url == self.url and destination.suffix.startswith("#") and not self._absolute:
            return destination.suffix
        return self.href(destination.url) + destination.suffix

    def html(self, body: Body) -> str:
        """The rendered text of a post, with placeholders; in a page of the preview with the lines of its source."""
        return with_lines(body) if self.facts.tells_lines and not self._absolute else body.html

    def fill(self, html: str, source: SourcePath, links: Sequence[Link]) -> str:
        """Rendered text with its placeholders filled in for this page."""
        facts = self.facts

        def url_of(number: int) -> str:
            return escape_attribute(self.reference(source, links[number].target))

        def size_of(number: int) -> str:
            destination = facts.link(source, links[number].target)
            if destination is None or destination.size is None:
                return ""
            width, height = destination.size
            return f' width="{width}" height="{height}"'

        return resolve(html, url_of, size_of)


def escape_attribute(text: str) -> str:
    """Text for a double-quoted attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
