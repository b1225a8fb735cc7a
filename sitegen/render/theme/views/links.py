"""Small views that others are made of: links, pictures, headings."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.model import Heading
from sitegen.urls import href


class LinkView:
    """A titled link: an entry of the menu, a profile elsewhere, a feed, a neighbour."""

    def __init__(self, title: str, url: str, *, kind: str = "", is_current: bool = False) -> None:
        self.title = title
        """The text to show."""
        self.url = url
        """The address, ready for `href`."""
        self.kind = kind
        """What it is for the browser: the media type of a feed, else empty."""
        self.is_current = is_current
        """Whether it leads to the page being made."""


class ImageView:
    """A picture of the site or of another host."""

    def __init__(self, url: str, absolute_url: str, width: int | None, height: int | None) -> None:
        self.url = url
        """The address, ready for `src`."""
        self.absolute_url = absolute_url
        """The address in full."""
        self.width = width
        """In CSS pixels; `None` when not known."""
        self.height = height
        """In CSS pixels; `None` when not known."""


class HeadingView:
    """One entry of a table of contents."""

    def __init__(self, heading: Heading, children: list[HeadingView]) -> None:
        self.id: str = heading.id
        """The id of the heading."""
        self.url: str = "#" + href(heading.id)
        """The address of the heading on its own page, ready for `href`."""
        self.title: str = heading.title
        """Plain text."""
        self.children = children
        """The headings below it."""


def nested_headings(headings: Sequence[Heading]) -> list[HeadingView]:
    """Headings as a tree: each holds the deeper ones that follow it."""
    top: list[HeadingView] = []
    open_levels: list[tuple[int, list[HeadingView]]] = [(0, top)]
    for heading in headings:
        while open_levels[-1][0] >= heading.level:
            open_levels.pop()
        view = HeadingView(heading, [])
        open_levels[-1][1].append(view)
        open_levels.append((heading.level, view.children))
    return top
