"""Where front matter ends, by the notation that it is in."""

from __future__ import annotations

import re
from typing import Literal

Notation = Literal["yaml", "toml", "json"]

BOUNDARIES: dict[Notation, re.Pattern[str]] = {
    "yaml": re.compile(r"^(?:-{3,}|\.\.\.)[ \t]*$", re.MULTILINE),
    "toml": re.compile(r"^\+{3,}[ \t]*$", re.MULTILINE),
    "json": re.compile(r"^;{3,}[ \t]*$", re.MULTILINE),
}
"""YAML may also end with `...`."""
