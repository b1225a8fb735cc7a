"""Names that a template asks for and that are not there: errors that suggest the nearest one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined, UndefinedError
from jinja2.utils import missing

from sitegen.errors import did_you_mean


class NamedUndefined(StrictUndefined):
    """An unknown name in a template: an error that suggests the nearest one."""

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None) -> None:
        """As Jinja2 makes one: a name, and the object that lacks it unless it is a variable."""
        super().__init__(hint, obj, name)
        # Every way of using the value raises this, whichever of Jinja2's methods it ends in.
        self._undefined_exception = partial(UnknownNameError, name=str(name), is_variable=obj is missing)  # type: ignore[assignment]  # Jinja2 calls it

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_obj is missing:
            return f'there is no "{name}" here.'
        owner = owner_of(self._undefined_obj)
        return f'{owner} has no "{name}".{did_you_mean(name, names_of(self._undefined_obj))}'


class UnknownNameError(UndefinedError):
    """A name that is not there.

    For a variable, neither in the context nor set by the template, the context says which is near.
    """

    def __init__(self, message: str, name: str, *, is_variable: bool) -> None:
        super().__init__(message)
        self.name = name
        self.is_variable = is_variable


_OWNERS = MappingProxyType(
    {
        "NoneType": "none",
        "str": "a text",
        "Markup": "a text",
        "dict": "a mapping",
        "FrozenMapping": "a mapping",
        "list": "a list",
        "FrozenList": "a list",
        "int": "a number",
        "bool": "a truth value",
    }
)


def owner_of(value: object) -> str:
    """`a post` for a `PostView`: how an author would call the thing."""
    if type(value).__name__ in _OWNERS:
        return _OWNERS[type(value).__name__]
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(value).__name__.removesuffix("View")).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def names_of(value: object) -> list[str]:
    """What a template can ask of it."""
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    return [name for name in dir(value) if not name.startswith("_")]
