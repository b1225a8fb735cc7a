"""`sitegen config`: the settings in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from sitegen.cli.session import Session, SiteCommand, session_options


@click.command(cls=SiteCommand)
@click.argument("key", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of sitegen.toml.")
@click.option("--reference", is_flag=True, help="Print what every setting is, in Markdown.")
@session_options(json=True)
def command(session: Session, *, key: str | None, schema: bool, reference: bool) -> None:
    """Show the settings in force, or the one that KEY names.

    KEY is a name such as per_page or markdown.breaks. A text is printed without quotes.
    """
    from msgspec import to_builtins  # noqa: PLC0415

    if schema:
        from sitegen.settings.schema import config_schema  # noqa: PLC0415

        session.console.document(config_schema())
        return
    if reference:
        from sitegen.settings.reference import settings_reference  # noqa: PLC0415

        session.console.answer(settings_reference().rstrip("\n"))
        return
    settings = to_builtins(session.config)
    value = _setting(settings, key) if key else settings
    if session.console.json:
        session.console.document(value)
    else:
        session.console.answer(_text(value))


def _setting(settings: Mapping[str, Any], key: str) -> Any:
    """The setting that a dotted key names. Raises UsageError with the nearest name."""
    from sitegen.errors import did_you_mean  # noqa: PLC0415

    value: Any = settings
    walked: list[str] = []
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            known = [".".join([*walked, name]) for name in value] if isinstance(value, Mapping) else []
            raise click.UsageError(f'there is no setting "{key}".{did_you_mean(key, known)}')
        value = value[part]
        walked.append(part)
    return value


def _text(value: Any) -> str:
    from sitegen.settings.notation import toml_lines, toml_value  # noqa: PLC0415

    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(toml_lines(value)).lstrip("\n")
    return toml_value(value)
