"""YAML read as texts."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.full_yaml import MOST_VALUES, read_yaml
from sitegen.content.scalars import DEEPEST, Plain, SyntaxFault


def fault(text: str) -> SyntaxFault:
    with pytest.raises(SyntaxFault) as caught:
        read_yaml(text)
    return caught.value


def test_every_value_is_a_text() -> None:
    assert read_yaml("a: 1\nb: [1.10, yes]\nc:\n  - 'x'\n  - d: ~\ne: |\n  f\n  g\n") == {
        "a": "1",
        "b": ["1.10", "yes"],
        "c": ["x", {"d": "~"}],
        "e": "f\ng\n",
    }


def test_only_what_has_no_quotes_is_plain() -> None:
    values = read_yaml("[a, 'b', \"c\", !!str d, !!int 5, !!null '', ! e]")
    assert isinstance(values, list)
    assert [type(value) is Plain for value in values] == [True, False, False, False, True, True, False]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: 1\nb: 2\na: 3", 2, 0, 'the key "a" is there twice: keep one of them'),
        ("a: {b: 1, b: 2}", 0, 10, 'the key "b" is there twice: keep one of them'),
        ("? [a]\n: b", 0, 2, "a key must be a text"),
        ("a: *b", 0, 3, 'no value before is marked with "&b"'),
        ("a: &b [*b]", 0, 7, 'no value before is marked with "&b"'),
        ("a: !python/object:os.system x", 0, 3, "the tag !python/object:os.system means nothing here"),
        ("a: !!set {b}", 0, 3, "the tag !!set means nothing here"),
        ("a: !!binary eA==", 0, 3, "the tag !!binary means nothing here"),
        ("a: 1\n---\nb: 2", 1, 0, "a second document begins here"),
        ('a: "b\nc: d', 0, 3, "a quotation mark is opened here and not closed properly"),
        ("a: [b\nc: d", 0, 3, "a list is opened with [ here and not closed properly"),
        ("a: {b", 0, 3, "a mapping is opened with { here and not closed properly"),
        ("a: b: c", 0, 4, 'a value with ": " in it needs quotes'),
        (
            "a: b\n c: d",
            1,
            2,
            "this continues the value of the line before, so it cannot be a key: check the indentation",
        ),
        ("a: @b", 0, 3, "a value that begins with this character needs quotes"),
        (
            "a: 'b' c",
            0,
            7,
            "this does not belong to what stands before it: check the quotes and the indentation",
        ),
        ("a: 1\nb\nc: 2", 1, 0, 'a line of the form "key: value" was expected'),
        (
            "a:\n  - b\n  c: d",
            2,
            2,
            "an item of a list was expected, with the same indentation as the one before",
        ),
    ],
)
def test_a_fault_has_its_place_and_is_told_in_words(text: str, line: int, column: int, message: str) -> None:
    found = fault(text)
    assert (found.line, found.column, found.message) == (line, column, message)


def test_nothing_is_merged() -> None:
    assert read_yaml("a: &x {b: 1}\nc:\n  <<: *x\n") == {"a": {"b": "1"}, "c": {"<<": {"b": "1"}}}


def test_an_anchor_may_be_mentioned() -> None:
    assert read_yaml("a: &x [1, 2]\nb: *x\n") == {"a": ["1", "2"], "b": ["1", "2"]}


@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "[{a: ", "{a: ["])
def test_depth_is_bounded_before_anything_is_built(opener: str) -> None:
    assert fault(opener * 50_000).message == f"lists and mappings go {DEEPEST} levels deep here at most"


def test_mentions_that_multiply_are_counted_before_they_are_followed() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert fault("\n".join(lines)).message == f"there are more than {MOST_VALUES:,} values here"


@given(st.text() | st.text("-:[]{}#&*!|>'\"%@` ab\n", max_size=40))
def test_any_text_is_a_value_or_a_fault_with_a_place(text: str) -> None:
    found = None
    try:
        read_yaml(text)
    except SyntaxFault as error:
        found = error
    if found:
        breaks = sum(text.count(mark) for mark in "\n\r\x85\u2028\u2029")
        assert 0 <= found.line <= breaks + 1
        assert found.column >= 0
        assert found.message


simple = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(simple)
def test_what_pyyaml_writes_is_read_back(value: Any) -> None:
    written = yaml.safe_dump(value, allow_unicode=True)
    assert read_yaml(written.removesuffix("...\n")) == value
