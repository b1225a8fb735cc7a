"""From the tables of a TOML file to `Config`, leaf by leaf, so that every problem is found at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from msgspec import inspect

from sitegen.config import Config
from sitegen.errors import Severity, did_you_mean
from sitegen.free_values import free_value
from sitegen.settings.locations import KeyPath
from sitegen.settings.notation import toml_key, toml_value

DEEPEST = 32
"""How many tables and lists may stand in one another, as in front matter."""

OTHER_NAMES = {
    "url": "base_url",
    "baseurl": "base_url",
    "root": "base_url",
    "site_url": "base_url",
    "siteurl": "base_url",
    "public_dir": "output",
    "publishdir": "output",
    "output_dir": "output",
    "destination": "output",
    "paginate": "per_page",
    "lang": "language",
    "languagecode": "language",
    "name": "title",
    "sitename": "title",
    "link": "url",
    "href": "url",
    "repo": "repository",
    "path": "folder",
    "dir": "folder",
    "directory": "folder",
    "server": "host",
    "type": "target",
    "keep": "keep_releases",
}
"""What other generators call a setting."""


class Finding(NamedTuple):
    """Something wrong with a setting; `read_config` adds where it stands."""

    path: KeyPath
    message: str
    part: Literal["key", "value"] = "value"
    severity: Severity = "error"


Report = Callable[[Finding], None]


def convert(table: Mapping[str, Any], report: Report) -> Config:
    """The settings that `table` gives; one that is wrong is reported and has its default."""
    result = _struct((), table, _root(), report)
    assert isinstance(result, Config)
    return result


def _root() -> inspect.StructType:
    described = inspect.type_info(Config)
    assert isinstance(described, inspect.StructType)
    return described


def display_name(path: KeyPath) -> str:
    """`feeds.formats`, without the numbers of list items."""
    return ".".join(toml_key(part) for part in path if isinstance(part, str))


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_WRONG = object()
"""Stands for a value that was reported."""

_STAND_IN = "/"
"""A text that passes every check, in place of one that was reported or is missing; never seen outside."""


def _struct(path: KeyPath, table: Mapping[str, Any], kind: inspect.StructType, report: Report) -> Any:
    """An instance of the struct; what is reported has its default, or `_STAND_IN` for want of one."""
    fields = {field.encode_name: field for field in kind.fields}
    values = {}
    hints = ""
    for name, value in table.items():
        if name not in fields:
            hint = _hint(path, name, value, tuple(fields))
            hints += hint
            report(Finding((*path, name), _unknown(path, name, tuple(fields)) + hint, "key"))
            continue
        converted = _value((*path, name), value, fields[name].type, report)
        if converted is not _WRONG:
            values[fields[name].name] = converted
    required = [name for name, field in fields.items() if field.required and name not in table]
    missing = [name for name in required if f"mean {name}?" not in hints]
    if missing:
        verb = f"has no {' and no '.join(missing)}"
        where = display_name(path)
        entry = f"this [[{where}]] entry" if isinstance(path[-1], int) else f"[{where}]"
        report(Finding(path, f"{entry} {verb}", "key"))
    return _completed(kind, values)


def _tagged(path: KeyPath, table: Mapping[str, Any], kinds: tuple[inspect.Type, ...], report: Report) -> Any:
    """An instance of that struct among `kinds` which `table` names by its tag, or `_WRONG`."""
    structs = {kind.tag: kind for kind in kinds if isinstance(kind, inspect.StructType)}
    field = next(str(kind.tag_field) for kind in structs.values())
    choice = ", ".join(toml_value(str(tag)) for tag in structs)
    if field not in table:
        other = next((name for name in table if OTHER_NAMES.get(name) == field), None)
        hint = f". Did you mean {field} in place of {other}?" if other else ""
        report(Finding(path, f"[{display_name(path)}] has no {field}; it is one of {choice}{hint}", "key"))
        return _WRONG
    tag = table[field]
    if not isinstance(tag, str) or tag not in structs:
        near = did_you_mean(tag, tuple(map(str, structs))) if isinstance(tag, str) else ""
        name = display_name((*path, field))
        report(
            Finding((*path, field), f"{name} must be one of {choice}, not {_found(tag)}{near and f'.{near}'}")
        )
        return _WRONG
    kind = structs[tag]
    rest = {name: value for name, value in table.items() if name != field}
    instance = _struct(path, rest, kind, report)
    is_whole = all(item.encode_name in rest for item in kind.fields if item.required)
    return instance if is_whole else _WRONG


def _completed(kind: inspect.StructType, values: dict[str, Any]) -> Any:
    """An instance of the struct, whatever is missing."""
    return kind.cls(**{field.name: _STAND_IN for field in kind.fields if field.required} | values)


def _value(path: KeyPath, value: Any, kind: inspect.Type, report: Report) -> Any:
    """`value` as the setting holds it, or `_WRONG`."""
    match kind, value:
        case inspect.StructType(), Mapping():
            return _struct(path, value, kind, report)
        case inspect.VarTupleType(item_type=item_type), list():
            items = [_value((*path, index), item, item_type, report) for index, item in enumerate(value)]
            # Each keeps its number, by which the checks name it.
            absent = _completed(item_type, {}) if isinstance(item_type, inspect.StructType) else None
            return tuple(absent if item is _WRONG else item for item in items)
        case inspect.UnionType(types=kinds), Mapping():
            return _tagged(path, value, kinds, report)
        case inspect.DictType(value_type=inspect.UnionType() | inspect.StrType() as value_type), Mapping():
            entries = {name: _value((*path, name), item, value_type, report) for name, item in value.items()}
            return {name: item for name, item in entries.items() if item is not _WRONG}
        case inspect.DictType(), Mapping():
            return free_value(value) if _is_storable(path, value, report) else _WRONG
    fault = _leaf_fault(value, kind)
    if fault is None:
        return value
    name = display_name(path)
    if isinstance(kind, inspect.StructType) and isinstance(value, str):
        fault += f". Did you mean {name}.{kind.fields[0].encode_name} = {toml_value(value)}?"
    report(Finding(path, f"{name} {fault}"))
    return _WRONG


def _leaf_fault(value: Any, kind: inspect.Type) -> str | None:
    """What is wrong with a single value, as the end of a sentence that begins with its name."""
    match kind, value:
        case inspect.BoolType(), bool():
            return None
        case inspect.IntType(ge=low, le=high), int() if not isinstance(value, bool):
            if (low is None or value >= low) and value <= (2**31 - 1 if high is None else high):
                return None
        case inspect.StrType(pattern=pattern), str():
            control = _CONTROL.search(value)
            if control:
                return f"must not hold the control character U+{ord(control.group()):04X}"
            if pattern is None or re.search(pattern, value):
                return None
        case inspect.LiteralType(values=values), str():
            if value in values:
                return None
            near = did_you_mean(value, tuple(str(item) for item in values))
            fault = f"must be {expected(kind)}, not {toml_value(value)}"
            return f"{fault}.{near}" if near else fault
    return f"must be {expected(kind)}, not {_found(value)}"


def expected(kind: inspect.Type) -> str:
    """What a setting holds, in words: `a whole number of 0 or more`."""
    match kind:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=low, le=high):
            if low is not None and high is not None:
                return f"a whole number from {low} to {high}"
            return "a whole number" if low is None else f"a whole number of {low} or more"
        case inspect.StrType(pattern=pattern):
            return "a text in quotes" if pattern is None else 'the path of a folder, such as "public"'
        case inspect.LiteralType(values=values):
            *others, last = (toml_value(value) for value in values)
            return f"{', '.join(others)} or {last}" if others else last
        case inspect.VarTupleType(item_type=inspect.StructType(fields=fields)):
            names = " and ".join(field.encode_name for field in fields)
            return f"a list of tables with {names}"
        case inspect.VarTupleType(item_type=item_type):
            return f"a list in brackets of {expected(item_type)}"
        case inspect.StructType() | inspect.DictType() | inspect.UnionType():
            return "a table"
    raise TypeError(f"a setting cannot be of type {kind}")


def _found(value: Any) -> str:
    """A value as a message shows it."""
    match value:
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case dt.date() | dt.time():
            return f"the date {value}" if isinstance(value, dt.date) else f"the time {value}"
        case _:
            text = toml_value(value)
            return text if len(text) <= 60 else f"{text[:59]}…"


def _unknown(path: KeyPath, name: str, known: tuple[str, ...]) -> str:
    """That there is no such setting."""
    where = display_name(path)
    if path and isinstance(path[-1], int):
        return f"a [[{where}]] entry has no {toml_value(name)}; it has {' and '.join(known)}"
    return f"{f'[{where}] has' if path else 'there is'} no setting {toml_value(name)}"


def _hint(path: KeyPath, name: str, value: Any, known: tuple[str, ...]) -> str:
    """Which setting is meant, or where it belongs; empty when there is no telling."""
    other = OTHER_NAMES.get(name.lower().replace("-", "_"))
    if other in known:
        return f". Did you mean {other}?"
    top = {field.encode_name: field.type for field in _root().fields}
    if path and name in top:
        return ". It belongs to the top of the file, above the first [table]"
    if not path and not isinstance(value, Mapping):
        for table, kind in top.items():
            if isinstance(kind, inspect.StructType) and name in {field.encode_name for field in kind.fields}:
                return f". It belongs into the table [{table}]"
    near = did_you_mean(name, known)
    return f".{near}" if near else ""


def _is_storable(path: KeyPath, value: Any, report: Report) -> bool:
    """Whether a free value is kept as it is; TOML's numbers have 64 bits, but Python reads bigger ones.

    What goes deeper than any table that is meant would overflow the stack of whoever looks through it.
    """
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        report(Finding(path, f"{display_name(path)} holds a number that is too big"))
        return False
    if len(path) > DEEPEST:
        report(Finding(path[:2], f"lists and tables go {DEEPEST} levels deep here at most"))
        return False
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    faults = [name for name, item in parts if not _is_storable((*path, name), item, report)]
    return not faults
