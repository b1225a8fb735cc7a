"""Now: the clock, unless the user or the environment says otherwise."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from sitegen.config import Config


def current_time(config: Config, at: str | None = None) -> datetime:
    """The moment that counts as now, in the site's zone: `at`, else SOURCE_DATE_EPOCH, else the clock.

    Raises UsageError where one of them is no moment.
    """
    zone = ZoneInfo(config.timezone)
    if at is not None:
        return parse_moment(at, zone)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(zone)
    try:
        return datetime.fromtimestamp(int(epoch), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(
            f'SOURCE_DATE_EPOCH must be a number of seconds since 1970, not "{epoch}"'
        ) from None


def parse_moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment that `text` names; without an offset it is wall-clock time in `zone`.

    Raises UsageError where it names none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f'"{text}" is not a date: write 2024-05-01 or "2024-05-01 12:30"') from None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
