"""The names that a template finds: `site`, `page` and what the kind of page adds, and the functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sitegen.errors import Problem, SitegenError, did_you_mean
from sitegen.model import Url
from sitegen.render.theme.theme import ThemeFiles
from sitegen.render.theme.translation import translator
from sitegen.render.theme.views import PageView, Place, SiteView
from sitegen.urls import is_external


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
