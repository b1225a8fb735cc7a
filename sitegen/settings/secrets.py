"""Which lines of a `sitegen.toml` may hold a secret, so that no message repeats them.

None belongs there. But whoever has typed one must not find it on his terminal, or in the log of a forge, as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HIDDEN = "…"
"""What stands in a message for what is not repeated."""

_NAMES = re.compile(r"token|secret|passw|passphrase|credential|(api|access|private)[_-]?key", re.IGNORECASE)
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+|[\"']deploy[\"'])")
_HEADER_ALONE = re.compile(r"\s*\[[^\]=]*\]{0,2}\s*")
_KEY = re.compile(r"(\s*[\w.-]+\s*=\s*)")


def may_hold_secret(lines: Sequence[str], line: int) -> bool:
    """Whether a line, counted from 1, names a secret or belongs to a target of deploys."""
    text = lines[line - 1]
    if _NAMES.search(text):
        return True
    if _HEADER_ALONE.fullmatch(text):
        return False
    tables = (found[1] for other in reversed(lines[:line]) if (found := _TABLE.match(other)))
    return next(tables, "").strip("\"'") == "deploy" or text.lstrip().startswith("deploy")


def hide_value(text: str) -> str:
    """A line with its key alone; if it has none, with nothing."""
    key = _KEY.match(text)
    return f"{key[1]}{HIDDEN}" if key else HIDDEN
