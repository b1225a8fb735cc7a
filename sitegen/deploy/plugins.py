"""Targets of other people's packages, found by their entry points."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, TypeAlias, cast

from sitegen.config import PluginTarget
from sitegen.deploy.target import Remote, Surroundings
from sitegen.errors import Problem, SitegenError, did_you_mean

GROUP = "sitegen.targets"
"""The group of entry points; each is an `OpenRemote`."""

OpenRemote: TypeAlias = Callable[[dict[str, Any], Surroundings, str], Remote]
"""A function of the options in the settings, the machine and the site's `base_url`. Raises `SitegenError`."""


def plugin_remote(target: PluginTarget, surroundings: Surroundings, address: str) -> Remote:
    """The remote place of a plugin. Raises `SitegenError` when no installed package offers it."""
    offered = {point.name: point for point in entry_points(group=GROUP)}
    if target.plugin not in offered:
        known = f"; there are {', '.join(sorted(offered))}" if offered else ""
        message = (
            f'no installed package offers deploys to "{target.plugin}"{known}.'
            f"{did_you_mean(target.plugin, sorted(offered))}"
        )
        raise SitegenError(Problem(code="library", message=message))
    open_remote = cast("OpenRemote", offered[target.plugin].load())
    return open_remote(dict(target.options), surroundings, address)
