"""Emphasis beside full-width punctuation and bare URLs in Chinese text, against measured pairs."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from markdown_it.common.utils import isPunctChar, isWhiteSpace

from sitegen.config import Config, MarkdownConfig
from sitegen.render.markdown.cjk import flanking, is_cjk
from sitegen.render.markdown.parser import build_parser

FIXTURES = Path(__file__).parents[4] / "shared/fixtures"
PAIRS = {
    "**注意：**这是": "<strong>注意：</strong>这是",
    "请读**《书》**第一回": "请读<strong>《书》</strong>第一回",
    "使用**`code`**安装": "使用<strong><code>code</code></strong>安装",
    "增长**50%**左右": "增长<strong>50%</strong>左右",
    "**스크립트(script)**라고": "<strong>스크립트(script)</strong>라고",
    "_强调：_正文": "_强调：_正文",
    "3 * 4 * 5": "3 * 4 * 5",
    "**注意： **这是": "**注意： **这是",
    "😀**(a)**😀": "😀<strong>(a)</strong>😀",
    "a**(b)**c": "a**(b)**c",
}


def fixture(name: str) -> list[dict[str, Any]]:
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"the shared fixture {name} is not here")
    pairs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    assert pairs
    return pairs


def html_of(markdown: str, *, linkify: bool = True, cjk: bool = True) -> str:
    parser = build_parser(Config(markdown=MarkdownConfig(linkify=linkify, cjk=cjk)))
    return str(parser.render(markdown, {"summary": True}))


@pytest.mark.parametrize("markdown", PAIRS)
def test_emphasis_opens_and_closes_where_readers_of_cjk_expect(markdown: str) -> None:
    assert html_of(markdown) == f"<p>{PAIRS[markdown]}</p>\n"


def test_every_pair_of_the_emphasis_fixture_holds() -> None:
    for pair in fixture("cjk-emphasis.json"):
        assert html_of(pair["markdown"], linkify=False) == pair["html_cjk_friendly"], pair["note"]


def test_without_cjk_every_pair_is_plain_commonmark() -> None:
    for pair in fixture("cjk-emphasis.json"):
        if "~~" not in pair["markdown"]:
            assert html_of(pair["markdown"], cjk=False, linkify=False) == pair["html_commonmark"], pair[
                "note"
            ]


def test_every_pair_of_the_autolink_fixture_holds_and_the_wave_dash_ends_a_link_too() -> None:
    for pair in fixture("autolink.json"):
        expected = pair["linkify_it_js_6_1_0"]
        if "～" in pair["markdown"]:
            expected = '<a href="http://a.b/c">http://a.b/c</a>～d'
        assert html_of(pair["markdown"]) == f"<p>{expected}</p>\n"


@pytest.mark.parametrize("character", "漢あアｱ안ᄀ，。「」￥～〇㊙𠮷　")
def test_wide_characters_are_cjk(character: str) -> None:
    assert is_cjk(character)


@pytest.mark.parametrize("character", "aé,.“”…—😀✅🈚⌚⭐🀄🇨\u0378\u200b")
def test_latin_ambiguous_emoji_and_unassigned_characters_are_not_cjk(character: str) -> None:
    assert not is_cjk(character)


def test_every_assigned_wide_letter_is_cjk() -> None:
    letters = [chr(code) for code in range(0x1100, 0x32000) if chr(code).isalpha()]
    wide = [letter for letter in letters if unicodedata.east_asian_width(letter) in "WH"]
    assert len(wide) > 90_000
    assert [letter for letter in wide if not is_cjk(letter)] == []


def test_beside_a_letter_or_digit_a_run_opens_and_closes() -> None:
    """What plain emphasis takes for granted: for emphasis none of them is a blank or punctuation."""
    letters = [chr(code) for code in range(0x110000) if chr(code).isalnum()]
    assert [letter for letter in letters if isWhiteSpace(ord(letter)) or isPunctChar(letter)] == []
    for letter in ("a", "7", "é", "字", "か", "한", "①"):
        for other in ("a", "字", "，", "“", ".", " ", "\ufe00"):
            assert flanking(f"{other}**{letter}", 1, 3, 4)[0]
            assert flanking(f"{letter}**{other}", 1, 3, 4)[1]
