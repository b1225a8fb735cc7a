"""Expressions without their foreign letters match the same in ASCII."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.render.highlight.expressions import narrow, read_expression


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a-zà-ÿĀ一-龥_]+", "[a-z\x80_]+"),
        ("[^é]x", "[^\x80]x"),
        ("[a-ÿ]", "[a-\x80]"),
        ("é?x[é]", "é?x[\x80]"),
        (r"\[éü?x]", r"\[éü?x]"),
        (r"[\]éü]", "[\\]\x80]"),
        ("[]é-]", "[]\x80-]"),
        ("(?i)[ſ]", "(?i)[ſ]"),
        ("[a-z]", "[a-z]"),
    ],
)
def test_only_sets_lose_their_foreign_letters(source: str, expected: str) -> None:
    assert narrow(source, 0) == expected
    assert narrow(source, re.IGNORECASE) == source


SOURCES = st.lists(
    st.sampled_from(
        ["[éa]", "[^ü]", "[à-ÿ]", "é", r"\[", "]", "x", "?", "b*", "[]é]", "|", r"\é", "[b-ÿ]", r"[\wé]"]
    ),
    max_size=6,
).map("".join)


@given(SOURCES, st.text("abx[]z", max_size=5))
def test_in_ascii_text_the_narrow_expression_matches_the_same(source: str, text: str) -> None:
    try:
        whole = re.compile(source)
    except re.error:
        return
    found, narrow_found = whole.match(text), read_expression(narrow(source, 0), 0).match(text)
    assert (found and found.span()) == (narrow_found and narrow_found.span())
