"""Bytes of a source file as clean text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.content.encoding import clean_text, decode
from sitegen.errors import Problem, SitegenError


def refused(data: bytes) -> Problem:
    with pytest.raises(SitegenError) as caught:
        decode(data, "a.md")
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\nb\n", "a\nb\n"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfa", "a"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", "a"),
        ("\u3000\u3000首行缩进\u00a0\u2028é·🎉\ufeff".encode(), "\u3000\u3000首行缩进\u00a0\u2028é·🎉\ufeff"),
        ("か\u3099".encode(), "か\u3099"),
        (b"\ta\n", "\ta\n"),
    ],
)
def test_the_text_is_as_typed_but_for_line_ends_and_mark(data: bytes, text: str) -> None:
    assert decode(data, "a.md") == (text, ())


def test_what_no_page_can_show_is_taken_out_with_a_warning() -> None:
    text, problems = decode("good\nb\x08ad\x1b[0m\x0b\x00\x7f\x85\ufdd0\ufffe\U0001fffe!\n".encode(), "a.md")
    assert text == "good\nbad[0m \ufffd!\n"
    (problem,) = problems
    assert (problem.line, problem.column, problem.severity) == (2, 2, "warning")
    assert problem.message == "the character U+0008 cannot be shown and was taken out; so were 8 more like it"
    assert problem.source == "b ad [0m       !"


@pytest.mark.parametrize("data", [b"\xff\xfea\x00", b"\xfe\xff\x00a", b"\xff\xfe\x00\x00a\x00\x00\x00"])
def test_a_file_in_another_unicode_encoding_is_named(data: bytes) -> None:
    assert "save it as UTF-8" in refused(data).message
    assert "UTF-" in refused(data).message


def test_utf_16_without_a_mark_is_refused_too() -> None:
    assert refused("hello".encode("utf-16-le")).message == (
        "the file holds more zero bytes than a text can: save it as UTF-8"
    )


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_the_place_of_a_bad_byte_is_told(line_end: bytes) -> None:
    data = "标题".encode() + line_end + "中文".encode() + b"\xff!" + line_end + b"x"
    problem = refused(data)
    assert (problem.line, problem.column) == (2, 3)
    assert problem.message == (f"byte 0xFF at offset {data.index(0xFF)} is not UTF-8. Save the file as UTF-8")
    assert problem.source == "中文\ufffd!"


def test_a_file_in_gbk_is_recognised() -> None:
    problem = refused("---\ntitle: 深度学习笔记\n---\n计算能力要够。\n".encode("gbk"))
    assert problem.message == (
        "byte 0xC9 at offset 11 is not UTF-8. It looks like GBK (GB18030). Save the file as UTF-8"
    )
    assert (problem.line, problem.column) == (2, 8)


def test_latin_1_is_not_taken_for_gbk() -> None:
    assert "GBK" not in refused("caf\xe9 au lait, d\xe9j\xe0 vu".encode("latin-1")).message


@given(st.binary())
@example(b"\x00\x00\xfe\xff")
@example("\ufffe".encode())
def test_any_bytes_are_clean_text_or_a_problem(data: bytes) -> None:
    try:
        text, _ = decode(data, "a.md")
    except SitegenError:
        return
    assert "\r" not in text
    assert decode(text.encode(), "a.md") == (text.lstrip("\ufeff"), ())


@given(st.text(alphabet=st.characters(codec=None)))
def test_a_value_is_clean_whatever_its_notation_can_spell(text: str) -> None:
    clean = clean_text(text)
    assert clean.encode().decode() == clean
    assert clean_text(clean) == clean
    assert not any(
        character < "\t" or "\x0b" <= character < " " or "\x7f" <= character <= "\x9f" for character in clean
    )
