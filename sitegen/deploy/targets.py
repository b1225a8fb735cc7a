"""The targets by the settings that name them; the module of one is imported when it is used."""

from __future__ import annotations

from sitegen.config import GitTarget, LocalTarget, RsyncTarget, TargetConfig
from sitegen.deploy.target import Remote, Surroundings


def open_target(target: TargetConfig, surroundings: Surroundings) -> Remote:
    """The remote place that the settings name. Raises `SitegenError` when a program or library is missing."""
    match target:
        case LocalTarget():
            from sitegen.deploy.local import local_remote  # noqa: PLC0415  # only the target that is used

            return local_remote(target, surroundings)
        case GitTarget() | RsyncTarget():
            raise NotImplementedError
