"""Now: the clock, unless the user or the environment says otherwise."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from sitegen.config import Config


def current_time() -> datetime:
    """The moment that counts as now, in UTC: SOURCE_DATE_EPOCH, else the clock.

    Raises UsageError where SOURCE_DATE_EPOCH is no moment.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        message = f'SOURCE_DATE_EPOCH must be a number of seconds since 1970, not "{epoch}"'
        raise click.UsageError(message) from None


def time_on_the_wall(config: Config) -> datetime:
    """The current time in the site's zone."""
    from sitegen.content.dates import site_zone  # noqa: PLC0415 - a build that changes nothing needs no content

    return current_time().astimezone(site_zone(config.timezone))


def parse_moment(text: str, config: Config) -> datetime:
    """The moment that `text` names; without an offset it is wall-clock time in the site's zone.

    Raises UsageError where it names none.
    """
    from sitegen.content.dates import DateFault, read_date, site_zone  # noqa: PLC0415

    try:
        return read_date(text, site_zone(config.timezone))
    except DateFault as fault:
        raise click.UsageError(str(fault)) from None
