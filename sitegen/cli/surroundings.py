"""What the machine says about its user: language, time zone, home folder."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.settings.checks import known_time_zones


def user_language() -> str:
    """`zh-Hans` or `zh-Hant` where the user's programs speak Chinese, else `en`."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not locale.startswith("zh"):
        return "en"
    return "zh-Hant" if locale.startswith(("zh_TW", "zh_HK", "zh_MO")) else "zh-Hans"


def user_time_zone() -> str:
    """The zone of the machine's clock, where it is a known one, else UTC."""
    zone = os.environ.get("TZ", "").removeprefix(":") or _zone_of_machine()
    return zone if zone in known_time_zones() and zone != "Etc/UTC" else "UTC"


def _zone_of_machine() -> str:
    try:
        return str(Path("/etc/localtime").readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""


def user_home() -> Path | None:
    """The user's home folder, if there is one."""
    try:
        return Path.home()
    except RuntimeError:
        return None
