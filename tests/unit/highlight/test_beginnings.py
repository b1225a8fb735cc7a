"""A character that is ruled out can never begin a match."""

from __future__ import annotations

import re
from re import _parser as parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.render.highlight.beginnings import BEYOND_ASCII, END, find_beginnings, mask_of


def ahead(source: str, flags: int = 0) -> str:
    """The ASCII characters that can stand ahead, then `…` for others and `$` for the end of the text."""
    mask = find_beginnings(parser.parse(source, flags)).ahead
    found = "".join(chr(code) for code in range(33, 127) if mask >> code & 1)
    return found + ("…" if mask & BEYOND_ASCII else "") + ("$" if mask & END else "")


ANY = "".join(map(chr, range(33, 127))) + "…"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("abc", "a"),
        ("[b-d]x", "bcd"),
        ("b*c", "bc"),
        ("b+c", "b"),
        ("(a|b)?(?:c|de)", "abcd"),
        (r"\bif\b", "i"),
        ("^#", "#"),
        ("(?=[xy]).", "xy"),
        ("(?![a-z])[a-c!]", "!"),
        ("(?!ab)[a-c]", "abc"),
        ("(?<=x)y", "y"),
        ("a?", ANY + "$"),
        ("", ANY + "$"),
        ("x{0,3}y{2}", "xy"),
        ("(?>ab|c)d", "ac"),
        ("x*+y", "xy"),
        ("é|z", "z…"),
        ("[^a-z]", "".join(character for character in ANY if not "a" <= character <= "z")),
        (r"\d", "0123456789…"),
        ("(?i:k)x", "Kk…"),
        ("(a)|\\1", ANY + "$"),
        ("$", ANY + "$"),
        (r"(?=/)", "/"),
        (r"\s*(?=/)", "/…"),
    ],
)
def test_what_can_stand_ahead(source: str, expected: str) -> None:
    assert ahead(source) == expected


def test_without_regard_to_case_letters_beyond_ascii_equal_some_within_it() -> None:
    assert re.match("ſ", "S", re.IGNORECASE)
    assert "s" in ahead("ſ", re.IGNORECASE)
    assert "S" in ahead("ſ", re.IGNORECASE)
    assert "…" in ahead("k", re.IGNORECASE)


@pytest.mark.parametrize(
    ("source", "expected"),
    [("^a", True), (r"\Aa", True), ("(^a)", True), ("a", False), ("a^", False), ("^a|b", False)],
)
def test_what_needs_the_start_of_a_line(source: str, expected: bool) -> None:
    assert find_beginnings(parser.parse(source, re.MULTILINE)).at_line_start is expected


def test_a_set_of_characters_is_always_one_character() -> None:
    single = find_beginnings(parser.parse("[{};é]", 0)).single
    assert single == mask_of("{") | mask_of("}") | mask_of(";")
    for other in ("[{}]+", "ab", "[a](?=b)", r"\b", "[ab]|c+"):
        assert find_beginnings(parser.parse(other, 0)).single == 0
    assert find_beginnings(parser.parse("[ab]", re.IGNORECASE)).single == 0


PARTS = st.sampled_from(
    [
        "a",
        "B",
        "é",
        "ſ",
        ".",
        r"\w",
        r"\d",
        r"\s",
        r"\W",
        r"\S",
        "[a-cX]",
        "[^ab]",
        "[^é]",
        "[à-ÿ]",
        "\n",
        r"\b",
        "^",
        "$",
    ]
)
EXPRESSIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "*?", "*+"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        inner.map(lambda one: f"(?={one})"),
        inner.map(lambda one: f"(?!{one})"),
        inner.map(lambda one: f"(?i:{one})"),
        inner.map(lambda one: f"(?>{one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(
    EXPRESSIONS, st.text("aAbBcX1_ \né ſ sSkK", max_size=4), st.sampled_from([0, re.MULTILINE, re.IGNORECASE])
)
def test_wherever_a_match_begins_the_character_ahead_was_foreseen(source: str, text: str, flags: int) -> None:
    beginnings = find_beginnings(parser.parse(source, flags))
    expression = re.compile(source, flags)
    for position in range(len(text) + 1):
        found = expression.match(text, position)
        character = text[position : position + 1]
        if found:
            assert beginnings.ahead & mask_of(character)
            assert not beginnings.at_line_start or position == 0 or text[position - 1] == "\n"
        if character and beginnings.single & mask_of(character):
            assert found is not None
            assert found[0] == character
