"""Dates as authors write them."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as clock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.dates import DateFault, date_in_name, midnight, read_date, site_zone
from sitegen.content.scalars import Plain

CHINA = site_zone("Asia/Shanghai")
NEW_YORK = site_zone("America/New_York")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2018-05-08 23:54:20", "2018-05-08T23:54:20+08:00"),
        ("2018-05-08 23:54", "2018-05-08T23:54:00+08:00"),
        ("2018-05-08", "2018-05-08T00:00:00+08:00"),
        ("2018/05/08 23:54:20", "2018-05-08T23:54:20+08:00"),
        ("2018/5/8", "2018-05-08T00:00:00+08:00"),
        ("2018.05.08", "2018-05-08T00:00:00+08:00"),
        ("2018-5-8 3:4:5", "2018-05-08T03:04:05+08:00"),
        ("2018-05-08T23:54:20Z", "2018-05-09T07:54:20+08:00"),
        ("2018-05-08T23:54:20", "2018-05-08T23:54:20+08:00"),
        ("2018-05-08 23:54:20 UTC", "2018-05-09T07:54:20+08:00"),
        ("2018-05-08 23:54:20 +08:00", "2018-05-08T23:54:20+08:00"),
        ("2018-05-08T23:54:20+0800", "2018-05-08T23:54:20+08:00"),
        ("2018-05-08 23:54:20 +8", "2018-05-08T23:54:20+08:00"),
        ("2018-05-08 23:54:20 -03:30", "2018-05-09T11:24:20+08:00"),
        ("2018-05-08T23:54:20.5Z", "2018-05-09T07:54:20.500000+08:00"),
        ("  2018-05-08 23:54:20\t", "2018-05-08T23:54:20+08:00"),
        ("2018年5月8日", "2018-05-08T00:00:00+08:00"),
        ("2018年05月08日 23:54", "2018-05-08T23:54:00+08:00"),
        ("2018年5月8日23时54分20秒", "2018-05-08T23:54:20+08:00"),
        ("2018年5月8号 8点", "2018-05-08T08:00:00+08:00"),
        ("２０１８－０５－０８　２３：５４", "2018-05-08T23:54:00+08:00"),
        ("20180508", "2018-05-08T00:00:00+08:00"),
        ("20180508235420", "2018-05-08T23:54:20+08:00"),
        ("1525823660", "2018-05-09T07:54:20+08:00"),
        (1525823660, "2018-05-09T07:54:20+08:00"),
        (1525823660000, "2018-05-09T07:54:20+08:00"),
        (20180508, "2018-05-08T00:00:00+08:00"),
        (date(2018, 5, 8), "2018-05-08T00:00:00+08:00"),
        (datetime(2018, 5, 8, 1, 2), "2018-05-08T01:02:00+08:00"),  # noqa: DTZ001
        (datetime(2018, 5, 8, 1, 2, tzinfo=UTC), "2018-05-08T09:02:00+08:00"),
        ("2020-02-29", "2020-02-29T00:00:00+08:00"),
        ("0001-01-02", "0001-01-02T00:00:00+08:06"),
        ("9999-12-31 23:59:59", "9999-12-31T23:59:59+08:00"),
    ],
)
def test_a_date_is_read_in_every_shape_that_blogs_have(written: object, moment: str) -> None:
    assert read_date(written, CHINA).isoformat() == moment


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("2024-13-01", '"2024-13-01" is not a date: month must be 1 to 12'),
        ("2024-00-01", '"2024-00-01" is not a date: month must be 1 to 12'),
        ("2018-02-30", '"2018-02-30" is not a date: February 2018 has 28 days'),
        ("2018-2-30 1:00", '"2018-2-30 1:00" is not a date: February 2018 has 28 days'),
        ("2020-02-30", '"2020-02-30" is not a date: February 2020 has 29 days'),
        ("2018-06-31", '"2018-06-31" is not a date: June 2018 has 30 days'),
        ("2018-05-32", '"2018-05-32" is not a date: day must be 1 to 31'),
        ("2018-05-00", '"2018-05-00" is not a date: day must be 1 to 31'),
        ("2018-05-08 24:00", '"2018-05-08 24:00" is not a date: hour must be 0 to 23'),
        ("2018-05-08 23:60", '"2018-05-08 23:60" is not a date: minute must be 0 to 59'),
        ("2018-05-08 23:54:60", '"2018-05-08 23:54:60" is not a date: second must be 0 to 59'),
        ("18-05-08", '"18-05-08" is not a date: the year must have four digits, from 0001 to 9999'),
        ("10000-01-01", '"10000-01-01" is not a date: the year must have four digits, from 0001 to 9999'),
        ("0000-01-01", '"0000-01-01" is not a date: the year must have four digits, from 0001 to 9999'),
        ("2018-05", '"2018-05" is not a date: the day is missing'),
        ("2018年5月", '"2018年5月" is not a date: the day is missing'),
        ("昨天", '"昨天" is not a date: write it as 2018-05-08 23:54:20'),
        ("", '"" is not a date: write it as 2018-05-08 23:54:20'),
        ("12:30:45", '"12:30:45" is not a date: write it as 2018-05-08 23:54:20'),
        ("2018-05/08", '"2018-05/08" is not a date: write it as 2018-05-08 23:54:20'),
        ("20181308", '"20181308" is not a date: month must be 1 to 12. Write it as 2018-05-08 23:54:20'),
        (
            "2018-05-08 11:54 PM",
            (
                '"2018-05-08 11:54 PM" is not a date: PM says nothing here: hours go from 0 to 23, '
                "and a zone is written as an offset, such as +08:00"
            ),
        ),
        (
            "2018-05-08 12:00 +15:00",
            (
                '"2018-05-08 12:00 +15:00" is not a date: +15:00 is not an offset from UTC: '
                "they go from -12:00 to +14:00"
            ),
        ),
        ("0001-01-01", '"0001-01-01" is not a date: it is too near the end of the calendar'),
        (clock(12, 30), '"12:30:00" is a time without a day: write 2018-05-08 23:54:20'),
        (True, "a date was expected, such as 2018-05-08 23:54:20"),
        (["2018-05-08"], "a date was expected, such as 2018-05-08 23:54:20"),
    ],
)
def test_what_is_no_date_says_why(written: object, fault: str) -> None:
    with pytest.raises(DateFault) as caught:
        read_date(written, CHINA)
    assert str(caught.value) == fault


def test_a_reading_that_daylight_saving_skipped_keeps_its_digits() -> None:
    assert read_date("2018-03-11 02:30", NEW_YORK).isoformat() == "2018-03-11T02:30:00-05:00"


def test_a_reading_that_came_twice_is_the_first() -> None:
    assert read_date("2018-11-04 01:30", NEW_YORK).isoformat() == "2018-11-04T01:30:00-04:00"


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Sao_Paulo", "2018-11-04"), ("Pacific/Apia", "2011-12-30")]
)
def test_a_bare_date_stays_the_day_it_names_even_if_its_midnight_never_was(zone: str, day: str) -> None:
    assert read_date(day, site_zone(zone)).isoformat().startswith(f"{day}T00:00:00")


def test_an_old_offset_is_rounded_to_the_minute_as_feeds_write_it() -> None:
    assert read_date("1900-01-01", CHINA).isoformat() == "1900-01-01T00:00:00+08:06"


def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = set()
    for name in ("UTC", "America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", name)
        time.tzset()
        readings.add((read_date("2018-05-08 23:54:20", CHINA), read_date("1525823660", CHINA)))
    monkeypatch.undo()
    time.tzset()
    assert len(readings) == 1, os.environ.get("TZ")


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_a_moment_survives_the_cache_and_keeps_its_clock_reading(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    read = read_date(moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%d %H:%M:%S"), site_zone(zone))
    assert read.replace(tzinfo=None) == moment
    again = msgspec.json.decode(msgspec.json.encode(read), type=datetime)
    assert (again, again.utcoffset()) == (read, read.utcoffset())


@given(st.integers(-840, 840), st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001
def test_an_explicit_offset_is_honoured(minutes: int, moment: datetime) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_date(aware.isoformat(), CHINA) == aware


@given(
    st.one_of(st.text(), st.integers(), st.floats(), st.text("0123456789-/.: TZ+年月日时分秒", max_size=30))
)
def test_any_value_is_a_date_or_says_why_not(value: object) -> None:
    with contextlib.suppress(DateFault):
        assert read_date(value, CHINA).tzinfo is not None


def test_a_text_that_is_typed_without_quotes_is_read_the_same() -> None:
    assert read_date(Plain("2018-05-08"), CHINA) == read_date("2018-05-08", CHINA)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2017-03-04-name", (date(2017, 3, 4), "name")),
        ("2017-3-4-name", (date(2017, 3, 4), "name")),
        ("2017-03-04_名字", (date(2017, 3, 4), "名字")),
        ("2017-03-04 a b", (date(2017, 3, 4), "a b")),
        ("2017-03-04", (date(2017, 3, 4), "2017-03-04")),
        ("2018-12-01-2018-12-01-hexofs", (date(2018, 12, 1), "2018-12-01-hexofs")),
        ("2017-13-04-name", None),
        ("2017-02-29-name", None),
        ("0000-01-01-name", None),
        ("2017-03-name", None),
        ("20170304-name", None),
        ("12017-03-04-name", None),
        ("name-2017-03-04", None),
    ],
)
def test_a_file_name_may_begin_with_a_day(name: str, found: tuple[date, str] | None) -> None:
    assert date_in_name(name) == found


def test_midnight_is_that_of_the_site() -> None:
    assert midnight(date(2017, 3, 4), CHINA).isoformat() == "2017-03-04T00:00:00+08:00"


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "Asia", "asia shanghai", "Asia/\x00"]
)
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        site_zone(name)
