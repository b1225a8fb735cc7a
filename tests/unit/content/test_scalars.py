"""What texts of front matter mean where no key says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.full_yaml import read_yaml
from sitegen.content.scalars import Plain, is_nothing, settle


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("true", True),
        ("False", False),
        ("42", 42),
        ("-7", -7),
        ("0", 0),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("1.10", "1.10"),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        ("-0", "-0"),
        (".5", ".5"),
        ("1.", "1."),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("12:30:45", "12:30:45"),
        ("2018-05-08", "2018-05-08"),
        ("=", "="),
        ("<<", "<<"),
        ("1234567890123456789", "1234567890123456789"),
        ("123456789012345678", 123456789012345678),
        ("0.1000000000000000055", "0.1000000000000000055"),
    ],
)
def test_a_plain_text_has_its_meaning_only_if_nothing_typed_is_lost(written: str, value: object) -> None:
    settled = settle(Plain(written))
    assert settled == value
    assert type(settled) is type(value)


@given(st.text(alphabet="0123456789.-+exo_:ainfulstrETUN~ ", max_size=8))
def test_what_becomes_a_number_prints_as_it_was_typed(written: str) -> None:
    settled = settle(Plain(written))
    assert not isinstance(settled, (int, float)) or isinstance(settled, bool) or str(settled) == written


def test_a_quoted_text_is_never_anything_else() -> None:
    assert settle(read_yaml("['', '~', 'true', '42']")) == ["", "~", "true", "42"]


@pytest.mark.parametrize(
    ("value", "nothing"), [(None, True), (Plain(""), True), (Plain("~"), True), ("", False)]
)
def test_nothing_is_what_was_left_out(value: object, nothing: bool) -> None:
    assert is_nothing(value) is nothing
