"""In which language a text is written, as far as it matters for fonts and typography."""

from __future__ import annotations

import re

from sitegen.render.markdown.text import count_ascii_words, without_ascii

_SAMPLE = 3_000
"""As many characters of a text are looked at."""
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]+")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+")
_WORD = re.compile("[A-Za-z]+")
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "is", "in", "that", "it", "for", "with", "you", "this", "are"]
)
_TRADITIONAL = re.compile("[們這個來說時會學為對發後過還沒點開關應該實現問題經從與讓動機種樣]")
_SIMPLIFIED = re.compile("[们这说时为对发过还开关应该实现问题经从让动种样]")


def guess_language(text: str, site_language: str) -> str:
    """The language tag of `text`, which is Markdown.

    Kana make it Japanese and Hangul Korean, unless they are a few among much else; ideographs in more than 30 % of
    its words make it Chinese: the site's variety if the site is in Chinese, else `zh-Hans` or `zh-Hant` by the
    characters. Any other text is in the site's language; on a site in Chinese, Japanese or Korean it is English if
    it looks so.
    """
    site = site_language.partition("-")[0].lower()
    if text.isascii() and site not in {"zh", "ja", "ko"}:
        return site_language
    # What stands between fences is left out; that a fence may also be of tildes matters little for a guess.
    prose = " ".join(text.split("```")[::2])[:_SAMPLE]
    others = without_ascii(prose)
    rest = _HAN.sub("", others)
    han, kana, hangul = len(others) - len(rest), _characters(_KANA, rest), _characters(_HANGUL, rest)
    total = han + kana + hangul + count_ascii_words(prose)
    if hangul > 0.3 * total and hangul > han + kana:
        return site_language if site == "ko" else "ko"
    if kana and kana > 0.2 * (han + kana) and han + kana > 0.3 * total:
        return site_language if site == "ja" else "ja"
    if han and han > 0.3 * total:
        return _chinese(others, site, site_language)
    if site in {"zh", "ja", "ko"} and _looks_english(prose):
        return "en"
    return site_language


def _characters(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))


def _chinese(text: str, site: str, site_language: str) -> str:
    """The tag of a text of ideographs without kana."""
    if site == "zh":
        return site_language
    simplified, traditional = len(_SIMPLIFIED.findall(text)), len(_TRADITIONAL.findall(text))
    if site == "ja" and simplified <= traditional:
        return site_language
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _looks_english(text: str) -> bool:
    """Whether small English words are as frequent as in English prose."""
    words = _WORD.findall(text)
    return len(words) >= 10 and sum(word.lower() in _ENGLISH for word in words) * 20 >= len(words)
