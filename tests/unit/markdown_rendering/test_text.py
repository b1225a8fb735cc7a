from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.model import Counts
from sitegen.render.markdown.text import count_text, cut_position, cut_text, one_line, text_width

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
FLAG = "\U0001f1e8\U0001f1f3"
VARIED = "葛\U000e0100"
PIECES = ["中", "文", "。", "，", "（", "」", "か\u3099", VARIED, FAMILY, THUMB, FLAG, "e\u0301", "한", "글"]
PIECES += ["word", "x1.5", "don't", "http://a.b/c?d=e", " ", "\u3000", "a", "(", ".", "! ", "1\ufe0f\u20e3"]
mixed_text = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "cjk_characters", "words"),
    [
        ("你好 world 123", 2, 2),
        ("GPU选购", 2, 1),
        ("", 0, 0),
        ("，。！？、……——", 0, 0),
        ("ひらがな カタカナー ｶﾅｰ 々", 13, 0),
        ("안녕하세요 세계", 0, 2),
        ("GPU를 선택", 0, 2),
        ("don't http_proxy x1", 0, 3),
        ("café naïve", 0, 2),
        ("中文café中文", 4, 1),
        ("__init__ a_b _", 0, 2),
        ("1.GPU选购指南\n\t计算能力:32位", 9, 3),
    ],
)
def test_han_and_kana_count_one_each_and_other_scripts_by_the_word(
    text: str, cjk_characters: int, words: int
) -> None:
    assert count_text(text) == Counts(cjk_characters=cjk_characters, words=words)


@given(st.text(st.sampled_from("ab'’_ 1,.中カé\n")))
def test_the_fast_way_to_count_ascii_agrees_with_the_general_one(text: str) -> None:
    assert count_text(text.replace("中", " ").replace("カ", " ")).words == count_text(text + "中").words


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("深度学习ABCDEF", 10, "深度学习…"),
        ("深度学习", 8, "深度学习"),
        ("深度学习", 7, "深度学…"),
        ("hello wonderful world", 11, "hello…"),
        ("hello wonderful world", 15, "hello wonderful…"),
        ("hello world", 11, "hello world"),
        ("计算能力要够。内存要大一点", 17, "计算能力要够。…"),
        ("够。深度学习笔记计算能力", 17, "够。深度学习笔记…"),
        ("他说：“好的。”然后走了很远", 16, "他说：“好的。”…"),
        ("One sentence ends here. Another begins", 26, "One sentence ends here.…"),
        ("version 1.5 is not an end", 20, "version 1.5 is not…"),
        ("深度学习（GPU和内存）", 10, "深度学习…"),
        ("深度学习 「 GPU", 12, "深度学习…"),
        ("안녕하세요 세계입니다", 14, "안녕하세요…"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_where_a_reader_would_cut_it(text: str, width: int, expected: str) -> None:
    assert cut_text(text, width) == expected


@pytest.mark.parametrize("width", range(1, 12))
def test_a_cut_never_loses_the_selector_of_a_variant(width: int) -> None:
    text = f"{VARIED}城{VARIED}城"
    kept = text[: cut_position(text, width)]
    assert kept.count("葛") == kept.count("\U000e0100")


def test_a_word_too_long_for_the_width_is_cut_beside_punctuation_or_at_last_anywhere() -> None:
    assert cut_text("https://example.org/a/very/long/address", 22) == "https://example.org/a/…"
    assert cut_text("a" * 50, 10) == "a" * 10 + "…"


def test_a_single_sequence_wider_than_the_width_is_kept_whole() -> None:
    assert cut_text(FAMILY + "中文", 1) == FAMILY + "…"


@given(mixed_text, st.integers(1, 60))
def test_a_cut_text_fits_and_is_a_beginning(text: str, width: int) -> None:
    position = cut_position(text, width)
    assert 0 <= position <= len(text)
    if position == len(text):
        assert text_width(text) <= max(width, 6)
    elif text_width(text[:position]) > width:
        # Only a first sequence that is wider than the width by itself.
        assert text[:position] in {FAMILY, THUMB, FLAG, "中", VARIED} or text_width(text[:position]) <= 6


@given(mixed_text, st.integers(1, 60))
def test_a_cut_never_splits_a_character_sequence(text: str, width: int) -> None:
    position = cut_position(text, width)
    kept, rest = text[:position], text[position:]
    if not rest:
        return
    assert not kept.endswith("\u200d")
    assert unicodedata.category(rest[0]) not in {"Mn", "Mc", "Me"}
    assert rest[0] not in "\u200d\U0001f3fd"
    assert sum(character in FLAG for character in kept[-9:]) % 2 == 0 or len(kept) > 9


@given(mixed_text, st.integers(12, 60))
@example("（wordwordword", 12)
def test_a_cut_is_inside_a_word_only_if_nothing_stands_before_it(text: str, width: int) -> None:
    position = cut_position(text, width)
    before, after = text[:position], text[position:]
    if not after or not (before[-1].isalnum() and after[0].isalnum()):
        return
    latin = (before[-1] + after[0]).isascii()
    run = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyz0123456789")) :]
    assert not latin or run == before.lstrip("（( \u3000")


@given(mixed_text, st.integers(1, 60))
def test_no_opening_bracket_or_blank_stands_before_the_dots(text: str, width: int) -> None:
    cut = cut_text(text, width)
    if cut != text and cut[:-1].strip(" \u3000(（"):
        assert cut[-2] not in " \u3000(（"


def test_one_line_joins_lines_by_a_blank_and_drops_the_indentation_of_paragraphs() -> None:
    assert one_line("\u3000\u3000首行\n\u3000\u3000第二行\t结束  ") == "首行 第二行 结束"
    assert one_line("全角\u3000空格") == "全角\u3000空格"


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("中文", 4), ("e\u0301", 1), (VARIED, 2), ("ｶﾅ", 2), ("", 0), ("한글", 4)]
)
def test_a_wide_character_takes_two_columns_and_a_mark_none(text: str, width: int) -> None:
    assert text_width(text) == width
