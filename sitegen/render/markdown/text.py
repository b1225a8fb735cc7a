"""Measures of text: its columns, its words, where it may be cut.

All of it takes Chinese, Japanese and Korean for what they are: text without blanks between words, in which a
character is two columns wide.
"""

from __future__ import annotations

import re
import unicodedata

from sitegen.model import Counts

ELLIPSIS = "…"
BLANKS = " \t\n\u00a0\u3000"
"""White space that means nothing where a text is shown on one line, the ideographic space included."""

_CJK = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U0001b000-\U0001b16f\U00020000-\U000323af]+"
)
"""Ideographs and kana."""
_WORD = re.compile(r"[^\W_]+(?:['’_]+[^\W_]+)*")
_LETTER = re.compile(r"[^\W_]")
_ASCII = bytes(range(128))
_WORDS_AS_A = bytes(ord("a") if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
"""Makes an `a` of every ASCII letter or digit and a blank of every other byte."""
_LINE_BLANKS = re.compile("[ \t\n\u00a0\u3000]*[\t\n][ \t\n\u00a0\u3000]*| {2,}")
_OPENING = "([{<（［｛＜「『【〖〔《〈“‘«¿¡"
_CLOSING = ")]}>）］｝＞」』】〗〕》〉”’»"
_SENTENCE_ENDS = "。！？；"
_LATIN_SENTENCE_ENDS = ".!?"


def count_text(text: str) -> Counts:
    """How many ideographs and kana, and how many words, `text` has.

    A word is a run of letters and digits of other scripts (`http_proxy` and `don't` are one each); Korean counts
    by its blank-separated words. Punctuation counts nothing.
    """
    others = without_ascii(text)
    rest = _CJK.sub("", others)
    characters = len(others) - len(rest)
    if _LETTER.search(rest):
        words = len(_WORD.findall(_CJK.sub(" ", text)))
    else:
        words = count_ascii_words(text.replace("’", "'") if "’" in rest else text)
    return Counts(cjk_characters=characters, words=words)


def count_ascii_words(text: str) -> int:
    """How many runs of ASCII letters and digits `text` has; apostrophes and underscores do not divide them."""
    # Words become runs of `a`, whose beginnings bytes count ten times as fast as a pattern finds words.
    runs = text.encode("ascii", "replace").translate(_WORDS_AS_A, b"'_")
    return runs.count(b" a") + runs.startswith(b"a")


def without_ascii(text: str) -> str:
    """Only the characters of `text` that are not ASCII."""
    return "" if text.isascii() else text.encode("utf-8", "replace").translate(None, _ASCII).decode()


def one_line(text: str) -> str:
    """`text` with line breaks and tabs as single spaces, without blanks around it."""
    if "\n" in text or "\t" in text or "  " in text:
        text = _LINE_BLANKS.sub(" ", text)
    return text.strip(BLANKS)


def text_width(text: str) -> int:
    """The columns of `text`: two for a wide character, none for what joins the character before it."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def cut_text(text: str, width: int) -> str:
    """`text` if it has at most `width` columns, else as much of it as fits in them, and `…`."""
    position = cut_position(text, width)
    return text if position == len(text) else text[:position] + ELLIPSIS


def cut_position(text: str, width: int) -> int:
    """How many characters of `text` to keep so that they have at most `width` columns.

    The cut is at the end of a sentence if one ends in the last third; else before or after a blank or a wide
    character; else beside punctuation; and inside a word only if nothing would be left before it. It is never inside
    a character sequence, and no opening bracket or blank stands before it.
    """
    late, limit = _fitting(text, width)
    if limit == len(text):
        return limit
    end = _sentence_end(text, late, limit)
    if end:
        return end
    position = limit
    while position > 0 and not _is_gap(text, position):
        position -= 1
    if position <= late:
        position = _beside_punctuation(text, limit) or position
    position = _without_opening(text, position)
    return position or _sequence_start(text, limit)


def _fitting(text: str, width: int) -> tuple[int, int]:
    """How many characters of `text` fit in two thirds of `width` columns, and how many in all of them."""
    late_width = width * 2 // 3
    if text.isascii():
        return min(len(text), late_width), min(len(text), width)
    columns = 0
    late: int | None = None
    for position, character in enumerate(text):
        columns += 1 if character < "\u0300" else _character_width(character)
        if columns > late_width:
            if late is None:
                late = position
            if columns > width:
                return late, position
    return len(text) if late is None else late, len(text)


def _character_width(character: str) -> int:
    if character < "\u0300":
        return 1
    if "\u4e00" <= character <= "\u9fff":
        return 2
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _sentence_end(text: str, start: int, limit: int) -> int:
    """The place after the last sentence that ends between `start` and `limit`, 0 if none does."""
    for position in range(limit, start, -1):
        character = text[position - 1]
        if character in _SENTENCE_ENDS or (
            character in _LATIN_SENTENCE_ENDS
            and text[position : position + 1] in {"", " "}
            and text[position - 2 : position - 1].isalpha()
        ):
            end = position
            while end < limit and text[end] in _CLOSING:
                end += 1
            return end if not _continues(text, end) else 0
    return 0


def _is_gap(text: str, position: int) -> bool:
    """Whether a line of prose could be broken before `position`."""
    if _continues(text, position):
        return False
    before, after = text[position - 1], text[position]
    return before in BLANKS or after in BLANKS or _breaks_freely(before) or _breaks_freely(after)


def _breaks_freely(character: str) -> bool:
    """Whether text may be broken on both sides: ideographs and kana, but not Korean, which has blanks."""
    if character < "\u1100":
        return False
    return unicodedata.east_asian_width(character) in "WF" and not _is_hangul(character)


def _is_hangul(character: str) -> bool:
    return (
        "\u1100" <= character <= "\u11ff"
        or "\uac00" <= character <= "\ud7a3"
        or "\u3131" <= character <= "\u318e"
    )


def _beside_punctuation(text: str, limit: int) -> int:
    """The last place up to `limit` that is not between two letters or digits; 0 if there is none."""
    for position in range(limit, 0, -1):
        if not (text[position - 1].isalnum() and text[position].isalnum()) and not _continues(text, position):
            return position
    return 0


def _sequence_start(text: str, limit: int) -> int:
    """`limit`, moved back to the start of the character sequence that it is in; or else after that sequence."""
    position = limit
    while position > 0 and _continues(text, position):
        position -= 1
    if position:
        return position
    position = max(limit, 1)
    while position < len(text) and _continues(text, position):
        position += 1
    return position


def _without_opening(text: str, position: int) -> int:
    """`position` moved back over blanks and opening brackets."""
    while position > 0 and (text[position - 1] in BLANKS or text[position - 1] in _OPENING):
        position -= 1
    return position


def _continues(text: str, position: int) -> bool:
    """Whether the character at `position` belongs to the one before it."""
    if not 0 < position < len(text):
        return False
    character = text[position]
    if character < "\u0300":
        return text[position - 1] == "\u200d"
    if unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"} or text[position - 1] == "\u200d":
        return True
    if "\u1160" <= character <= "\u11ff" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if _is_regional(character):
        start = position
        while start > 0 and _is_regional(text[start - 1]):
            start -= 1
        return (position - start) % 2 == 1
    return False


def _is_regional(character: str) -> bool:
    """Whether it is one half of a flag."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"
