"""What templates see of a post."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from markupsafe import Markup

from sitegen.model import Label, Metadata, Post, SourcePath
from sitegen.render.theme.dates import DateView
from sitegen.render.theme.facts import Taxonomy
from sitegen.render.theme.frozen import frozen
from sitegen.render.theme.views.links import HeadingView, ImageView, LinkView, nested_headings
from sitegen.render.theme.views.place import Place
from sitegen.urls import is_external


class PostView:
    """A post or page. In a list, ask it for what its label or its card holds; its text belongs on its own page."""

    def __init__(self, place: Place, source: SourcePath) -> None:
        self._place = place
        self._source = source

    @cached_property
    def _label(self) -> Label:
        return self._place.facts.label(self._source)

    @cached_property
    def _card(self) -> Post:
        return self._place.facts.card(self._source)

    @property
    def _metadata(self) -> Metadata:
        return self._card.metadata

    @property
    def kind(self) -> str:
        """`post`, or `page` for a page that is not dated."""
        return self._label.kind

    @property
    def layout(self) -> str | None:
        """The template that its author asked for, without `.html`."""
        return self._metadata.layout

    @property
    def title(self) -> str:
        """The title, plain text."""
        return self._label.title

    @property
    def url(self) -> str:
        """The address of its page."""
        return self._place.href(self._label.url)

    @property
    def absolute_url(self) -> str:
        """The address of its page in full."""
        return self._place.absolute(self._label.url)

    @property
    def readable_url(self) -> str:
        """The address of its page in full as people read it, with Chinese as it is."""
        return self._place.base_url.origin + self._place.base_url.href(self._label.url)

    @property
    def date(self) -> DateView | None:
        """When it was published; `None` for a page without a date."""
        return self._date(self._label.date)

    @property
    def updated(self) -> DateView | None:
        """When it was last changed, if its author says so."""
        return self._date(self._label.updated)

    def _date(self, moment: datetime | None) -> DateView | None:
        return DateView(moment, self._place.language) if moment else None

    @property
    def summary(self) -> Markup:
        """What stands before the more marker, or the beginning of the text, as HTML."""
        card = self._card
        return Markup(self._place.fill(card.summary_html, self._source, card.links))  # noqa: S704  # rendered by us

    @property
    def content(self) -> Markup:
        """The whole text as HTML."""
        html = self._place.html(self._place.facts.body(self._source))
        return Markup(self._place.fill(html, self._source, self._card.links))  # noqa: S704  # rendered by us

    @property
    def has_more(self) -> bool:
        """Whether the whole text says more than the summary."""
        return self._card.has_more

    @property
    def description(self) -> str:
        """One line of plain text."""
        return self._card.description

    @property
    def language(self) -> str:
        """The language of its text, for `lang`."""
        return self._label.language

    @property
    def categories(self) -> list[list[LinkView]]:
        """Each a path of links from the top category down."""
        return [
            [self._term("category", path[: depth + 1]) for depth in range(len(path))]
            for path in self._label.categories
        ]

    @property
    def tags(self) -> list[LinkView]:
        """Its tags, as its author ordered them."""
        return [self._term("tag", (name,)) for name in self._label.tags]

    def _term(self, taxonomy: Taxonomy, path: tuple[str, ...]) -> LinkView:
        return LinkView(path[-1], self._place.href(self._place.facts.term_url(taxonomy, *path)))

    @property
    def authors(self) -> tuple[str, ...]:
        """Who wrote it; the author of the site unless the post says otherwise."""
        if self._metadata.authors:
            return self._metadata.authors
        author = str(self._place.facts.config("author"))
        return (author,) if author else ()

    @property
    def series(self) -> str | None:
        """The series it belongs to."""
        return self._metadata.series

    @property
    def cover(self) -> ImageView | None:
        """Its picture."""
        target = self._metadata.cover
        if not target:
            return None
        if is_external(target):
            return ImageView(target, target, None, None)
        destination = self._place.facts.link(self._source, target)
        if destination is None:
            return None
        width, height = destination.size or (None, None)
        return ImageView(
            self._place.href(destination.url), self._place.absolute(destination.url), width, height
        )

    @property
    def reading_minutes(self) -> int:
        """How long it takes to read, at least 1."""
        return self._place.facts.counts(self._source).reading_minutes

    @property
    def word_count(self) -> int:
        """How much there is to read: ideographs and words."""
        counts = self._place.facts.counts(self._source)
        return counts.cjk_characters + counts.words

    @property
    def is_draft(self) -> bool:
        """Whether it is a draft, shown because drafts were asked for."""
        return self._label.is_draft

    @property
    def is_sticky(self) -> bool:
        """Whether it stands before newer posts on the first page."""
        return self._label.sticky > 0

    @property
    def comments(self) -> bool:
        """Whether readers may comment."""
        return self._metadata.comments

    @property
    def toc(self) -> list[HeadingView]:
        """Its table of contents; empty when there are no headings or the author wants none."""
        if self._metadata.toc is False:
            return []
        depth = self._place.facts.config("markdown").toc_depth
        headings = self._place.facts.body(self._source).headings
        return nested_headings([heading for heading in headings if heading.level <= depth])

    @property
    def newer(self) -> PostView | None:
        """The post published next after this one."""
        source = self._place.facts.newer(self._source)
        return PostView(self._place, source) if source else None

    @property
    def older(self) -> PostView | None:
        """The post published last before this one."""
        source = self._place.facts.older(self._source)
        return PostView(self._place, source) if source else None

    @property
    def linked_data(self) -> dict[str, Any]:
        """What search engines want to know of it: a `BlogPosting` of schema.org, for `|tojson` in a script element."""
        date, updated, cover = self.date, self.updated, self.cover
        return {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": self.title,
            "description": self.description,
            "inLanguage": self.language,
            "url": self.absolute_url,
            **({"datePublished": date.iso} if date else {}),
            **({"dateModified": updated.iso} if updated else {}),
            **({"image": cover.absolute_url} if cover else {}),
            **(
                {"author": [{"@type": "Person", "name": name} for name in self.authors]}
                if self.authors
                else {}
            ),
        }

    @property
    def params(self) -> dict[str, Any]:
        """Every further key of its front matter."""
        params: dict[str, Any] = frozen(self._metadata.extra)
        return params
