from __future__ import annotations

import pytest

from sitegen.render.markdown.language import guess_language

SIMPLIFIED = "这是一篇关于深度学习的笔记，我们说说为什么要用它。"
TRADITIONAL = "這是一篇關於深度學習的筆記，我們說說為什麼要用它。"
JAPANESE = "これは深層学習についてのメモです。なぜ使うのかを説明します。"
KOREAN = "이것은 딥러닝에 관한 노트입니다. 왜 사용하는지 설명합니다."
ENGLISH = "This is a note about deep learning, and the reasons for which it is of use to you in the end."
GERMAN = "Das ist eine Notiz über tiefes Lernen und warum man es überhaupt verwenden sollte, wenn man kann."


@pytest.mark.parametrize(
    ("text", "site", "language"),
    [
        (SIMPLIFIED, "en", "zh-Hans"),
        (SIMPLIFIED, "zh-CN", "zh-CN"),
        (SIMPLIFIED, "zh-TW", "zh-TW"),
        (SIMPLIFIED, "ja", "zh-Hans"),
        (TRADITIONAL, "en", "zh-Hant"),
        (TRADITIONAL, "zh-Hant-HK", "zh-Hant-HK"),
        (JAPANESE, "en", "ja"),
        (JAPANESE, "zh-CN", "ja"),
        (JAPANESE, "ja-JP", "ja-JP"),
        ("東京都千代田区", "ja", "ja"),
        (KOREAN, "en", "ko"),
        (KOREAN, "ko-KR", "ko-KR"),
        (ENGLISH, "en-GB", "en-GB"),
        (ENGLISH, "zh-CN", "en"),
        (ENGLISH, "ja", "en"),
        (GERMAN, "zh-CN", "zh-CN"),
        (GERMAN, "de", "de"),
        (ENGLISH + " 中文", "en", "en"),
        ("", "zh-CN", "zh-CN"),
        ("", "en", "en"),
        ("123", "ja", "ja"),
    ],
)
def test_the_language_of_a_text_is_guessed_by_its_script(text: str, site: str, language: str) -> None:
    assert guess_language(text, site) == language


def test_a_few_kana_in_a_chinese_text_do_not_make_it_japanese() -> None:
    assert guess_language(SIMPLIFIED * 4 + "日语里写作「の」。", "en") == "zh-Hans"


def test_code_does_not_count() -> None:
    code = "```python\n" + "for item in items: print(item)\n" * 40 + "```\n"
    assert guess_language(SIMPLIFIED + "\n\n" + code, "en") == "zh-Hans"


def test_notes_full_of_english_terms_are_chinese() -> None:
    text = "使用nn.HybridSequential()定义的网络，依然可以按照imperative的方式执行，但是执行net.hybridize()之后就symbolic了"
    assert guess_language(text, "en") == "zh-Hans"
