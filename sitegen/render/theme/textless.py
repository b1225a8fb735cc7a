"""Values that have no text of their own: Python would show where they are in memory, another place in each build."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jinja2 import TemplateError, Undefined

from sitegen.render.theme.unknown_names import names_of, owner_of

_TITLES = ("title", "name", "url")
"""What stands for a thing, the best first."""


class TextlessError(TemplateError):
    """A template shows a thing that has no text."""


def refuse_textless(value: object) -> None:
    """Raises `TextlessError` with a remedy for a thing that a template can ask but not show, or a list with such."""
    kind = type(value)
    if isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            refuse_textless(item)
        return
    if isinstance(value, Undefined):  # an `if` without `else`, which shows nothing
        return
    if isinstance(value, Iterator):
        raise TextlessError("this is a list still to be made, not a text. Add |join(', ') to it.")
    if isinstance(value, Callable):  # type: ignore[arg-type]  # it may be asked of anything
        raise TextlessError("this is a function, not a text. Call it, with () behind its name.")
    if kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__ and not hasattr(kind, "__html__"):
        title = next((name for name in _TITLES if name in names_of(value)), None)
        remedy = f" Show its {title}, with .{title} behind it." if title else ""
        raise TextlessError(f"this is {owner_of(value)}, not a text.{remedy}")
