"""Frozen values: what templates are given and cannot change, or pages would depend on what was rendered before them."""

from __future__ import annotations

from typing import Any

from sitegen.errors import Problem, SitegenError


def frozen(value: object) -> Any:
    """A free value (see `sitegen.free_values`) whose lists and mappings refuse every change."""
    match value:
        case list():
            return FrozenList(map(frozen, value))
        case dict():
            return FrozenMapping((key, frozen(item)) for key, item in value.items())
    return value


def _refuse(value: object, *_given: object, **_named: object) -> Any:
    """In place of every method that changes a list or mapping. Raises `SitegenError`."""
    kind, remedy = ("mapping", "dict(given, …)") if isinstance(value, dict) else ("list", "given + […]")
    message = f"a template cannot change a {kind} that it is given. Make one of its own: {remedy}."
    raise SitegenError(Problem(code="template", message=message))


class FrozenList(list[Any]):
    """A list that cannot be changed."""

    append = clear = extend = insert = pop = remove = reverse = sort = _refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse


class FrozenMapping(dict[str, Any]):
    """A mapping that cannot be changed."""

    clear = pop = popitem = setdefault = update = _refuse
    __setitem__ = __delitem__ = __ior__ = _refuse
