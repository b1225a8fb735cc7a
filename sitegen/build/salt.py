"""The salt: what besides the user's files decides the bytes of a site, so that an upgrade starts cold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sitegen.digests import hash_bytes
from sitegen.model import Digest


def salt() -> Digest:
    """Over Python, every installed package, and sitegen's own files.

    Which packages can change a page cannot be told: a style for code may come from any. Versions are read from the
    names of the installed metadata folders (`jinja2-3.1.6.dist-info`): asking `importlib.metadata` takes longer than
    a build in which nothing changed.
    """
    # The arrangement of a site is kept in numbers as this machine has them.
    parts = [sys.version, sys.byteorder, *sorted(_installed()), *sorted(_own_files())]
    return hash_bytes("\n".join(parts).encode())


def _installed() -> set[str]:
    found: set[str] = set()
    for place in sys.path:
        try:
            names = os.listdir(place or ".")
        except OSError:
            continue
        found.update(name for name in names if name.endswith(".dist-info"))
    return found


def _own_files() -> list[str]:
    package = Path(__file__).parents[1]
    entries = []
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name not in {"__pycache__", "themes"}]
        for name in names:
            status = os.stat(os.path.join(folder, name))
            place = os.path.relpath(folder, package)
            entries.append(f"{place}/{name} {status.st_size} {status.st_mtime_ns}")
    return entries
