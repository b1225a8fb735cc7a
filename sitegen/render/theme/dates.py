"""Dates as templates show them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache


class DateView:
    """A moment in the site's zone. Printed alone it is the day: `2018-05-08`."""

    def __init__(self, moment: datetime, language: str) -> None:
        self.moment = moment
        """The moment itself."""
        self._language = language

    def __str__(self) -> str:
        """The day, such as `2018-05-08`."""
        return self.day

    @property
    def day(self) -> str:
        """`2018-05-08`."""
        return self.moment.date().isoformat()

    @property
    def iso(self) -> str:
        """`2018-05-08T23:54:20+08:00`, for the `datetime` attribute."""
        return self.moment.isoformat(timespec="seconds")

    @property
    def text(self) -> str:
        """In the language of the site: `May 8, 2018`, `2018年5月8日`."""
        return _long_day(self.moment.date(), self._language)

    @property
    def year(self) -> int:
        """The year."""
        return self.moment.year

    @property
    def month(self) -> int:
        """1 to 12."""
        return self.moment.month

    @property
    def month_day(self) -> str:
        """`05-08`, for lists under a year."""
        return f"{self.moment:%m-%d}"

    @staticmethod
    def period_title(year: int, month: int | None, language: str) -> str:
        """`2018`, or `May 2018`, `2018年5月`."""
        return _month_title(year, month, language) if month else str(year)


@lru_cache(maxsize=1 << 14)
def _long_day(day: date, language: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415  # costs 30 ms, and only pages with dates need it

    return str(format_date(day, "long", locale=locale_of(language)))


@lru_cache(maxsize=1 << 12)
def _month_title(year: int, month: int, language: str) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415  # as above

    return str(format_skeleton("yMMMM", date(year, month, 1), locale=locale_of(language)))


@lru_cache(maxsize=64)
def locale_of(language: str) -> str:
    """The nearest language of which the formats are known: `zh-Hans-SG` → `zh_Hans_SG`, else English."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # as above

    try:
        return str(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return "en"
