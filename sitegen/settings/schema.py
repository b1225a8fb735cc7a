"""What the settings are, read off `config.py`: a JSON Schema for editors, and the docstring of each setting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sitegen import config
from sitegen.config import Config


def config_schema() -> dict[str, Any]:
    """The JSON Schema of `sitegen.toml`."""
    schema = msgspec.json.schema(Config)
    definitions = schema.pop("$defs")
    descriptions = setting_descriptions()
    for section, definition in definitions.items():
        for name, described in definition["properties"].items():
            # Beside a $ref a description still holds in the draft of 2020.
            tag = "What kind of place it is." if name == "target" else ""
            described["description"] = tag or descriptions[section, name]
            if "$ref" in described:
                described.pop("default", None)
    root = definitions.pop("Config")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **root,
        "title": "sitegen.toml",
        "$defs": definitions,
    }


def setting_descriptions() -> dict[tuple[str, str], str]:
    """What each setting does, by the class and the name of the setting: the string that stands below it."""
    source = Path(config.__file__).read_text(encoding="utf-8")
    return dict(_descriptions(ast.parse(source)))


def _descriptions(module: ast.Module) -> Iterator[tuple[tuple[str, str], str]]:
    for definition in module.body:
        if not isinstance(definition, ast.ClassDef):
            continue
        for setting, below in zip(definition.body, definition.body[1:], strict=False):
            match setting, below:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    yield (definition.name, name), text
