"""What templates see of the page being made, whatever it shows."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.render.theme.views.links import ImageView, LinkView
from sitegen.render.theme.views.place import Place


class PageView:
    """The page being made, whatever it shows."""

    def __init__(
        self,
        place: Place,
        *,
        kind: str,
        title: str,
        description: str = "",
        language: str | None = None,
        image: ImageView | None = None,
        feeds: Sequence[LinkView] = (),
        breadcrumbs: Sequence[LinkView] = (),
    ) -> None:
        self._place = place
        self.kind = kind
        """`index`, `post`, `page`, `category`, `categories`, `tag`, `tags`, `archive`, `redirect` or `404`."""
        self.title = title
        """Its own title, without the site's name; empty on the first page."""
        self._description = description
        self._language = language
        self.image = image
        """A picture that stands for it when it is shared."""
        self.feeds: list[LinkView] = list(feeds)
        """Feeds of its own, such as a tag's; `kind` is the media type."""
        self.breadcrumbs: list[LinkView] = list(breadcrumbs)
        """The way to it from the top: the parents of a category, the year of a month."""

    @property
    def url(self) -> str:
        """Its address."""
        return self._place.href(self._place.url)

    @property
    def absolute_url(self) -> str:
        """Its address in full."""
        return self._place.absolute(self._place.url)

    @property
    def description(self) -> str:
        """One line of plain text for search engines; may be empty."""
        return self._description or str(self._place.facts.config("description"))

    @property
    def language(self) -> str:
        """The language of what it shows, for `lang`."""
        return self._language or self._place.language

    @property
    def locale(self) -> str | None:
        """Its language with a territory as Open Graph writes it, such as `zh_CN`; `None` when that is not known."""
        return open_graph_locale(self.language)


LOCALES = {
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "it": "it_IT",
    "ja": "ja_JP",
    "ko": "ko_KR",
    "pt": "pt_BR",
    "ru": "ru_RU",
    "zh": "zh_CN",
    "zh-hans": "zh_CN",
    "zh-hant": "zh_TW",
}
"""The territory that a language without one most likely means."""


def open_graph_locale(language: str) -> str | None:
    """`zh-Hans` → `zh_CN`, `en-GB` → `en_GB`, `zh-Hant-HK` → `zh_HK`; `None` for a language without a territory."""
    name, *rest = language.split("-")
    territory = next((part for part in rest if len(part) == 2 and part.isalpha()), None)
    return f"{name.lower()}_{territory.upper()}" if territory else LOCALES.get(language.lower())
