"""The reference of all settings, `docs/settings.md`, made from the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import NODEFAULT, inspect, to_builtins

from sitegen.config import Config
from sitegen.settings.conversion import expected
from sitegen.settings.notation import toml_value
from sitegen.settings.schema import setting_descriptions

_INTRODUCTION = """\
<!-- Made by `sitegen config --reference`; edit the docstrings in sitegen/config.py instead. -->

# Settings

All settings stand in `sitegen.toml`, in the project's folder. Each has a default, so an empty file works; a
name that is not listed here is an error. `sitegen config` shows the settings in force, `sitegen config KEY` one
of them, and `sitegen config --schema` prints a JSON Schema for editors.

An editor with a TOML language server (Even Better TOML in VS Code, for one) completes and checks the file once you
save the schema and name it in the first line:

```toml
#:schema ./sitegen.schema.json
```
"""


def settings_reference() -> str:
    """The reference as Markdown."""
    root = inspect.type_info(Config)
    assert isinstance(root, inspect.StructType)
    return "\n".join([_INTRODUCTION, *_tables("", root)])


def _tables(name: str, kind: inspect.StructType) -> Iterator[str]:
    """The table of one section, then those of the sections in it."""
    descriptions = setting_descriptions()
    yield "| setting | what it is | default | what it does |"
    yield "|---|---|---|---|"
    inner: list[tuple[str, str, inspect.StructType]] = []
    choices: list[tuple[str, str, tuple[inspect.Type, ...]]] = []
    for field in kind.fields:
        description = descriptions[kind.cls.__name__, field.name]
        match field.type:
            case inspect.StructType():
                inner.append((f"[{field.encode_name}]", description, field.type))
            case inspect.VarTupleType(item_type=inspect.StructType() as item_type):
                inner.append((f"[[{field.encode_name}]]", description, item_type))
            case inspect.DictType(value_type=inspect.UnionType(types=targets)):
                choices.append((field.encode_name, description, targets))
            case _:
                cells = (
                    f"`{name}{field.encode_name}`",
                    expected(field.type),
                    _default(field),
                    description,
                )
                yield f"| {' | '.join(' '.join(cell.replace('|', '&#124;').split()) for cell in cells)} |"
    yield ""
    for heading, description, section in inner:
        yield f"## `{heading}`"
        yield ""
        yield description
        yield ""
        yield from _tables(f"{heading.strip('[]')}.", section)
    for heading, description, targets in choices:
        yield f"## `[{heading}.NAME]`"
        yield ""
        yield description
        yield ""
        for target in targets:
            assert isinstance(target, inspect.StructType)
            yield f"### `{target.tag_field} = {toml_value(target.tag)}`"
            yield ""
            yield str(target.cls.__doc__)
            yield ""
            yield from _tables("", target)


def _default(field: inspect.Field) -> str:
    if field.required:
        return "none: must be given"
    default: Any = field.default
    if default is NODEFAULT:
        default = field.default_factory()
    return f"`{toml_value(to_builtins(default))}`"
