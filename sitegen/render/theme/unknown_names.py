"""Names that a template asks for and that are not there: errors that suggest the nearest one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from jinja2 import StrictUndefined, UndefinedError
from jinja2.utils import missing

from sitegen.errors import did_you_mean


class NamedUndefined(StrictUndefined):
    """An unknown name in a template: an error that suggests the nearest one."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_obj is missing:
            return f'there is no "{name}" here.'
        owner = _owner(self._undefined_obj)
        return f'{owner} has no "{name}".{did_you_mean(name, _names(self._undefined_obj))}'

    def _fail_with_undefined_error(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        if self._undefined_obj is missing:
            raise UnknownNameError(self._undefined_message, str(self._undefined_name))
        raise UndefinedError(self._undefined_message)


class UnknownNameError(UndefinedError):
    """A name that is neither in the context nor set by the template; the context says which is near."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


_OWNERS = MappingProxyType(
    {
        "NoneType": "none",
        "str": "a text",
        "Markup": "a text",
        "dict": "a mapping",
        "int": "a number",
        "bool": "a truth value",
    }
)


def _owner(value: object) -> str:
    """`a post` for a `PostView`: how an author would call the thing."""
    if type(value).__name__ in _OWNERS:
        return _OWNERS[type(value).__name__]
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(value).__name__.removesuffix("View")).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _names(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    return [name for name in dir(value) if not name.startswith("_")]
