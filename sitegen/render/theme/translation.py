"""The texts of a theme in the language of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.render.theme.dates import locale_of


def translator(language: str, texts: Mapping[str, Mapping[str, str]]) -> Callable[..., str]:
    """The function `t`: a text by its name, in `language`, else its parent language, else English.

    `t("minutes", count=3)` takes `minutes.one`, `minutes.other` … by the plural rules of the language (Unicode
    CLDR, by Babel). Values replace `{name}`. Raises `SitegenError` for a text that no language has.
    """
    chain = [texts[name] for name in _fallbacks(language) if name in texts]

    def translate(name: str, /, **values: object) -> str:
        names = [name]
        if "count" in values:
            names = [f"{name}.{_plural(language, values['count'])}", f"{name}.other", name]
        for layer in chain:
            for candidate in names:
                if candidate in layer:
                    return _filled(layer[candidate], candidate, values, language)
        known = sorted({known for layer in chain for known in layer})
        raise _fault(f'the theme has no text "{name}" in i18n/.{did_you_mean(name, known)}')

    return translate


def _filled(text: str, name: str, values: Mapping[str, object], language: str) -> str:
    """A text with its values in place of `{name}`."""
    if "{" not in text and "}" not in text:
        return text
    try:
        return text.format_map({key: _number(value, language) for key, value in values.items()})
    except (KeyError, ValueError, IndexError, AttributeError):
        given = ", ".join(f"{{{key}}}" for key in values) or "nothing"
        raise _fault(f'the text "{name}" in i18n/ is "{text}", but there is {given} to fill in') from None


def _fault(message: str) -> SitegenError:
    return SitegenError(Problem(code="template", message=message))


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
    if -1000 < value < 1000 or language.partition("-")[0] in {"en", "zh", "ja", "ko"}:
        return f"{value:,}"
    from babel.numbers import format_decimal  # noqa: PLC0415  # as above

    return format_decimal(value, locale=locale_of(language))
