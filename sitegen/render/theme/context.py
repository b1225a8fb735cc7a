"""The names that a template finds: `site`, `page` and what the kind of page adds, and the functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.model import Url
from sitegen.render.theme.dates import locale_of
from sitegen.render.theme.theme import ThemeFiles
from sitegen.render.theme.views import PageView, Place, SiteView
from sitegen.urls import is_external


def template_context(place: Place, theme: ThemeFiles, page: PageView, **further: object) -> dict[str, Any]:
    """What every template gets, with what this kind of page adds: `post`, `listing`, `term`, `terms` …

    - `site`, `page`: a `SiteView` and a `PageView`;
    - `theme`: the options of the theme;
    - `asset(path)`: the fingerprinted address of an asset of the theme;
    - `url(address)`: an address of the site with its sub-path;
    - `data(name)`: a file of `data/`, `none` if there is none;
    - `t(name, **values)`: a text of the theme in the language of the site; with `count`, in the right plural.

    Everything else comes from the kind of page.
    """
    return {
        "site": SiteView(place),
        "page": page,
        "theme": theme.options,
        "asset": _asset_function(place, theme),
        "url": lambda address: address if is_external(address) else place.href(Url(address)),
        "data": place.facts.data,
        "t": translator(place.language, theme.texts),
        **further,
    }


def _asset_function(place: Place, theme: ThemeFiles) -> Callable[[str], str]:
    def asset(path: str) -> str:
        url = place.facts.asset(path)
        if url is None:
            raise SitegenError(
                Problem(
                    code="template",
                    message=f'the theme has no asset "{path}".{did_you_mean(path, sorted(theme.assets))}',
                )
            )
        return place.href(url)

    return asset


def translator(language: str, texts: Mapping[str, Mapping[str, str]]) -> Callable[..., str]:
    """The function `t`: a text by its name, in `language`, else its parent language, else English.

    `t("minutes", count=3)` takes `minutes.one`, `minutes.other` … by the plural rules of the language (Unicode
    CLDR, by Babel). Values replace `{name}`. Raises `SitegenError` for a text that no language has.
    """
    chain = [texts[name] for name in _fallbacks(language) if name in texts]

    def translate(name: str, /, **values: object) -> str:
        names = [name]
        if not values:
            for layer in chain:
                if name in layer:
                    text = layer[name]
                    return text if "{" not in text and "}" not in text else text.format_map({})
        elif "count" in values:
            names = [f"{name}.{_plural(language, values['count'])}", f"{name}.other", name]
        for layer in chain:
            for candidate in names:
                if candidate in layer:
                    return layer[candidate].format_map(
                        {key: _number(value, language) for key, value in values.items()}
                    )
        known = sorted({known for layer in chain for known in layer})
        raise SitegenError(
            Problem(
                code="template",
                message=f'the theme has no text "{name}" in i18n/.{did_you_mean(name, known)}',
            )
        )

    return translate


def _fallbacks(language: str) -> list[str]:
    """`zh-TW` → zh-TW, zh-Hant, zh, en: the more special first."""
    parts = language.split("-")
    names = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if parts[0] == "zh":
        script = "zh-Hant" if {"TW", "HK", "MO", "Hant"} & set(parts) else "zh-Hans"
        names.insert(len(names) - 1, script)
        names.append("zh-Hans")
    return list(dict.fromkeys([*names, "en"]))


def _plural(language: str, count: object) -> str:
    if not isinstance(count, int):
        return "other"
    if language.partition("-")[0] in {"zh", "ja", "ko"}:
        return "other"
    if language.partition("-")[0] == "en":
        return "one" if count == 1 else "other"
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # costs 30 ms, and most sites need it not

    try:
        return str(Locale.parse(language, sep="-").plural_form(count))
    except (UnknownLocaleError, ValueError):
        return "other"


def _number(value: object, language: str) -> object:
    """A number as the language groups its digits: `1,234`, `1.234`; anything else as it is."""
    if not isinstance(value, int):
        return value
    if -1000 < value < 1000 or language.split("-", maxsplit=1)[0] in {"en", "zh", "ja", "ko"}:
        return f"{value:,}"
    from babel.numbers import format_decimal  # noqa: PLC0415  # as above

    return format_decimal(value, locale=locale_of(language))
