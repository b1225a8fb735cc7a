"""The notations of front matter, YAML, TOML and JSON: each as a handler of python-frontmatter that knows positions."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from typing import Any

from frontmatter.default_handlers import BaseHandler

from sitegen.content.boundaries import BOUNDARIES, Notation
from sitegen.content.full_yaml import read_yaml
from sitegen.content.scalars import DEEPEST, TOO_DEEP, SyntaxFault

_DOTTED_KEY = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]+[ \t]*\.[ \t]*){{{DEEPEST}}}")
_TOML_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONGEST_NUMBER = 18
"""Digits that 64 bits hold; a longer number stays a text."""


class YamlHandler(BaseHandler):
    """YAML between `---`."""

    FM_BOUNDARY = BOUNDARIES["yaml"]
    START_DELIMITER = END_DELIMITER = "---"

    def load(self, fm: str) -> dict[str, Any]:
        """The block as a dict of texts, lists and dicts; see `sitegen.content.full_yaml`. Raises `SyntaxFault`."""
        return _mapping(read_yaml(fm))


class TomlHandler(BaseHandler):
    """TOML between `+++`."""

    FM_BOUNDARY = BOUNDARIES["toml"]
    START_DELIMITER = END_DELIMITER = "+++"

    def load(self, fm: str) -> dict[str, Any]:
        """The block as TOML means it, dates as dates. Raises `SyntaxFault`."""
        return read_toml(fm)


class JsonHandler(BaseHandler):
    """The members of a JSON object, with or without its braces, between `;;;`."""

    FM_BOUNDARY = BOUNDARIES["json"]
    START_DELIMITER = END_DELIMITER = ";;;"

    def load(self, fm: str) -> dict[str, Any]:
        """The block as JSON means it. Raises `SyntaxFault`."""
        if fm.lstrip(" \t\n").startswith("{"):
            return _mapping(read_json(fm))
        try:
            return _mapping(read_json(f"{{{fm}\n}}"))
        except SyntaxFault as fault:
            column = fault.column - 1 if fault.line == 0 else fault.column
            raise SyntaxFault(fault.message, fault.line, max(column, 0), fault.length) from None


HANDLERS: dict[Notation, BaseHandler] = {"yaml": YamlHandler(), "toml": TomlHandler(), "json": JsonHandler()}


def read_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text, dates as dates. Raises `SyntaxFault`."""
    deep = _DOTTED_KEY.search(text)
    if deep:
        raise SyntaxFault(TOO_DEEP, *_position(text, deep.start()))
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise SyntaxFault(TOO_DEEP, 0, 0) from None
    except ValueError as error:
        raise _toml_fault(str(error), text) from None
    _check_depth(values)
    return values


def read_json(text: str) -> object:
    """The value of a JSON text, no key twice. Raises `SyntaxFault`."""
    try:
        value = json.loads(
            text, object_pairs_hook=_without_repeats, parse_int=_whole_number, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {_uncapitalised(error.msg)}"
        raise SyntaxFault(message, *_position(text, error.pos)) from None
    except RecursionError:
        raise SyntaxFault(TOO_DEEP, 0, 0) from None
    except _MemberFault as fault:
        raise SyntaxFault(
            str(fault), *_position(text, max(text.rfind(fault.name), 0)), len(fault.name)
        ) from None
    _check_depth(value)
    return value


class _MemberFault(ValueError):  # noqa: N818 — carries a fault out of the JSON parser
    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


def _mapping(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SyntaxFault('front matter is made of lines of the form "key: value"', 0, 0)
    return value


def _check_depth(value: object) -> None:
    """Refuses what is too deep for those who walk through it."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            item
            for value in level
            if isinstance(value, (dict, list))
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    if level:
        raise SyntaxFault(TOO_DEEP, 0, 0)


def _position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of `offset`, both counted from 0."""
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1


def _toml_fault(message: str, text: str) -> SyntaxFault:
    found = _TOML_POSITION.search(message)
    line, column = _position(text, len(text))
    if found and found[1]:
        line, column = int(found[1]) - 1, int(found[2]) - 1
    reason = _uncapitalised(_TOML_POSITION.sub("", message))
    if reason == "cannot overwrite a value":
        return SyntaxFault("a key is there twice: keep one of them", line, 0, column)
    return SyntaxFault(f"this is not TOML: {reason}", line, column)


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        repeated = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise _MemberFault(f'the key "{repeated}" is there twice: keep one of them', repeated)
    return values


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _no_number(name: str) -> None:
    raise _MemberFault(f"{name} is not JSON: write it as a text, in quotes", name)
