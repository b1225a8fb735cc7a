"""Dates as authors write them, read as moments in the zone of the site."""

from __future__ import annotations

import calendar
import functools
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

_DATE = re.compile(
    r"""
    (?P<year>[0-9]{1,6}) \s* (?: (?P<mark>[-/.]) | 年 ) \s*
    (?P<month>[0-9]{1,3}) \s* (?: (?(mark)(?P=mark)|月) \s* (?P<day>[0-9]{1,3}) \s* (?(mark)|[日号]) )
    (?:
        (?: [Tt,] | \s+ | (?<=[日号]) ) \s*
        (?P<hour>[0-9]{1,2}) \s* (?: : | 时 | 點 | 点 ) \s*
        (?: (?P<minute>[0-9]{1,2}) \s* 分? )?
        (?: (?: : | (?<=分) ) \s* (?P<second>[0-9]{1,2}) (?: [.,] (?P<fraction>[0-9]{1,9}) )? \s* 秒? )?
        (?: \s* (?P<zone> [-+][0-9]{1,2} (?: :?[0-9]{2} )? | [A-Za-z][A-Za-z_/+-]* ) )?
    )?
    """,
    re.VERBOSE,
)
_WITHOUT_DAY = re.compile(r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*月?")
_NUMBER = re.compile(r"[0-9]{8}|[0-9]{10}|[0-9]{12}|[0-9]{13}|[0-9]{14}")
_NAME = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[-_ ](.+))?", re.DOTALL)

# Not from the calendar module, which follows the locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

EXAMPLE = "2018-05-08 23:54:20"
"""A date as messages show it."""

_MINUTE = timedelta(minutes=1)
_LONGEST = 60
"""Characters; more are no date."""


class DateFault(ValueError):  # noqa: N818 — in the language of the site's author it is no error of the program
    """Why a text is no date, in words for its author."""


@functools.cache
def site_zone(name: str) -> tzinfo:
    """The zone called `name`, by the rules of the tzdata package, so that every machine has the same.

    Raises `KeyError` for a name that is no zone.
    """
    if name in ("UTC", "Etc/UTC"):
        return UTC
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", name):
        raise KeyError(name)
    from importlib import resources  # noqa: PLC0415  # a dozen modules, of no use to a site in UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # likewise

    file = resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
    if not file.is_file():
        raise KeyError(name)
    with file.open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def read_date(value: object, zone: tzinfo) -> datetime:
    """The moment that `value` means, in the zone of the site with its offset of that day.

    A date without an offset is what the clock on the wall showed in `zone`, and midnight if it has no time; a
    clock reading that daylight saving skipped keeps its digits, one that came twice is the first. An explicit
    offset is honoured. Whole numbers are `20180508`, `201805082354(20)`, or seconds or milliseconds since 1970.
    Raises `DateFault`.
    """
    match value:
        case datetime():
            return _in_zone(value, zone)
        case date():
            return _in_zone(datetime.combine(value, time()), zone)
        case time():
            raise DateFault(f'"{value}" is a time without a day: write {EXAMPLE}')
        case bool() | None:
            pass
        case int() | str():
            return _read_text(str(value), zone)
    raise DateFault(f"a date was expected, such as {EXAMPLE}")


def date_in_name(name: str) -> tuple[date, str] | None:
    """The day at the beginning of a file's name, and the rest: `2017-03-04-name` → 4 March 2017, `name`.

    The rest of a name that is a day and nothing else is the name itself. None if no possible day is there.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return None
    year, month, day, rest = found.groups()
    if int(year) < 1 or not (1 <= int(month) <= 12 and 1 <= int(day) <= _days(int(year), int(month))):
        return None
    return date(int(year), int(month), int(day)), rest or name


def midnight(day: date, zone: tzinfo) -> datetime:
    """The beginning of `day` in the zone of the site."""
    return _in_zone(datetime.combine(day, time()), zone)


def _read_text(text: str, zone: tzinfo) -> datetime:
    if len(text) in (10, 19) and text[4] == text[7] == "-" and text.isascii():
        # The usual shapes, `2018-05-08` and `2018-05-08 23:54:20`; what follows reads them too, but slower.
        try:
            return _in_zone(datetime.fromisoformat(text), zone)
        except ValueError:
            pass
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= _LONGEST else ""
    if _NUMBER.fullmatch(plain):
        return _read_number(plain, zone)
    found = _DATE.fullmatch(plain)
    if not found:
        fault = "the day is missing" if _WITHOUT_DAY.fullmatch(plain) else f"write it as {EXAMPLE}"
        raise DateFault(f'"{_short(text)}" is not a date: {fault}')
    try:
        year, month, day = (int(found[part]) for part in ("year", "month", "day"))
        hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
        _check(year if len(found["year"]) == 4 else -1, month, day, (hour, minute, second))
        fraction = int((found["fraction"] or "0").ljust(6, "0")[:6])
        offset = _offset(found["zone"])
        return _in_zone(datetime(year, month, day, hour, minute, second, fraction, tzinfo=offset), zone)
    except DateFault as fault:
        raise DateFault(f'"{_short(text)}" is not a date: {fault}') from None


def _read_number(digits: str, zone: tzinfo) -> datetime:
    """A date without marks between its parts, or the seconds or milliseconds since 1970."""
    if len(digits) in (10, 13):
        seconds, rest = divmod(int(digits), 1000 if len(digits) == 13 else 1)
        moment = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=rest)
        return _in_zone(moment, zone)
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    hour, minute, second = (int(digits[start : start + 2] or 0) for start in (8, 10, 12))
    try:
        _check(year, month, day, (hour, minute, second))
    except DateFault as fault:
        raise DateFault(f'"{digits}" is not a date: {fault}. Write it as {EXAMPLE}') from None
    return _in_zone(datetime(year, month, day, hour, minute, second), zone)  # noqa: DTZ001


def _check(year: int, month: int, day: int, clock: tuple[int, int, int]) -> None:
    if year < 1:
        raise DateFault("the year must have four digits, from 0001 to 9999")
    if not 1 <= month <= 12:
        raise DateFault("month must be 1 to 12")
    days = _days(year, month)
    if not 1 <= day <= 31:
        raise DateFault(f"day must be 1 to {days}")
    if day > days:
        raise DateFault(f"{_MONTHS[month - 1]} {year} has {days} days")
    for name, number, largest in zip(("hour", "minute", "second"), clock, (23, 59, 59), strict=True):
        if number > largest:
            raise DateFault(f"{name} must be 0 to {largest}")


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if text[0] not in "+-":
        raise DateFault(
            f"{text} says nothing here: hours go from 0 to 23, and a zone is written as an offset, such as +08:00"
        )
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours * 60 + minutes > 14 * 60 or minutes > 59:
        raise DateFault(f"{text} is not an offset from UTC: they go from -12:00 to +14:00")
    return _fixed_zone(-hours * 60 - minutes if text[0] == "-" else hours * 60 + minutes)


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """`moment` in `zone`, with a plain offset in whole minutes.

    A plain offset, because that is all that a cache or a feed can keep, and all builds must see the same.
    """
    try:
        local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
        plain = _fixed_zone(round((local.utcoffset() or timedelta()) / _MINUTE))
        fixed = moment.replace(tzinfo=plain) if moment.tzinfo is None else moment.astimezone(plain)
        if not 1 < fixed.year < 9999:
            fixed.astimezone(UTC)
    except OverflowError:
        raise DateFault("it is too near the end of the calendar") from None
    return fixed


@functools.cache
def _fixed_zone(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
