"""Values as TOML writes them, for files that we make and for messages."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: Any) -> str:
    """A value on one line: `"text"`, `true`, `[1, 2]`, `{ a = 1 }`."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # A basic string is written as in JSON, but for the one character that only TOML forbids.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            pairs = ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def toml_key(name: str) -> str:
    """A key, in quotes where it needs them."""
    return name if _BARE_KEY.fullmatch(name) else toml_value(name)


def toml_lines(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The lines of a whole file: plain values first, then each table, then each list of tables."""
    tables = {name: value for name, value in table.items() if isinstance(value, Mapping)}
    lists = {name: value for name, value in table.items() if _is_list_of_tables(value)}
    for name, value in table.items():
        if name not in tables and name not in lists:
            yield f"{toml_key(name)} = {toml_value(value)}"
    for name, value in tables.items():
        yield f"\n[{prefix}{toml_key(name)}]"
        yield from toml_lines(value, f"{prefix}{toml_key(name)}.")
    for name, entries in lists.items():
        for entry in entries:
            yield f"\n[[{prefix}{toml_key(name)}]]"
            yield from toml_lines(entry, f"{prefix}{toml_key(name)}.")


def _is_list_of_tables(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)
    )
