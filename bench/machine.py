"""The machine that figures were taken on, in a line."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine_description() -> str:
    """`AMD EPYC, 2 processors, 24 GB, Debian GNU/Linux 12, Linux 6.1, Python 3.11.7`."""
    processors = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    parts = (
        _processor(),
        f"{processors} processor{'s' if processors != 1 else ''}",
        f"{memory / 1e9:.0f} GB",
        platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        f"Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
    )
    return ", ".join(part for part in parts if part)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
