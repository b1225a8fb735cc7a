"""Now: the clock, unless the user or the environment says otherwise."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from sitegen.config import Config
from sitegen.content.dates import DateFault, read_date, site_zone


def current_time(config: Config, at: str | None = None) -> datetime:
    """The moment that counts as now, in the site's zone: `at`, else SOURCE_DATE_EPOCH, else the clock.

    Raises UsageError where one of them is no moment.
    """
    zone = site_zone(config.timezone)
    if at is not None:
        return parse_moment(at, config)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(zone)
    try:
        return datetime.fromtimestamp(int(epoch), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        message = f'SOURCE_DATE_EPOCH must be a number of seconds since 1970, not "{epoch}"'
        raise click.UsageError(message) from None


def parse_moment(text: str, config: Config) -> datetime:
    """The moment that `text` names; without an offset it is wall-clock time in the site's zone.

    Raises UsageError where it names none.
    """
    try:
        return read_date(text, site_zone(config.timezone))
    except DateFault as fault:
        raise click.UsageError(str(fault)) from None
