"""Free values: what authors write for templates of their own, in settings, themes, front matter and data files."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any


def free_value(value: object) -> Any:
    """A value for templates, made of nothing but what JSON has: texts, numbers, booleans, lists, mappings.

    Two that a template can tell apart have two encodings then; a date and its text would share one.
    """
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return [free_value(item) for item in value]
        case dict():
            return {str(key): free_value(item) for key, item in value.items()}
        case float() if value in (float("inf"), float("-inf")) or value != value:  # noqa: PLR0124
            return str(value)
        case int() if not -(2**63) <= value < 2**63:
            return str(value)
    return value
