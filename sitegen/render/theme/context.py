"""The names that a template finds: `site`, `page` and what the kind of page adds, and the functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.model import Url
from sitegen.render.theme.theme import ThemeFiles
from sitegen.render.theme.translation import translator
from sitegen.render.theme.views import PageView, Place, SiteView
from sitegen.urls import is_external

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""A surrogate, which a template can spell out but nobody can write down."""


def template_context(place: Place, theme: ThemeFiles, page: PageView, **further: object) -> dict[str, Any]:
    """What every template gets, with what this kind of page adds: `post`, `listing`, `term` or `terms`.

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
        "url": _url_function(place),
        "data": _data_function(place),
        "t": translator(place.language, theme.texts),
        **further,
    }


def _text(function: str, value: object) -> str:
    """What a template gives to a function that takes a text. Raises `SitegenError` for anything else."""
    if not isinstance(value, str):
        str(value)  # an unknown name says so itself
        message = f"{function}() takes a text in quotes, not {value!r}"
        raise SitegenError(Problem(code="template", message=message))
    if _HALF_CHARACTER.search(value):
        message = f"{function}() takes a text of whole characters, not {value!r}"
        raise SitegenError(Problem(code="template", message=message))
    return value


def _url_function(place: Place) -> Callable[[object], str]:
    def url(address: object) -> str:
        text = _text("url", address)
        return text if is_external(text) else place.href(Url(text))

    return url


def _data_function(place: Place) -> Callable[[object], Any]:
    return lambda name: place.facts.data(_text("data", name))


def _asset_function(place: Place, theme: ThemeFiles) -> Callable[[object], str]:
    def asset(name: object) -> str:
        path = _text("asset", name)
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
