"""What Chinese, Japanese and Korean text needs of Markdown: emphasis beside full-width punctuation, line breaks.

Emphasis follows the "CommonMark CJK-friendly" amendment (CommonMark issue 650): beside a CJK character,
punctuation no longer keeps `*` and `~` from opening or closing. Text without CJK characters never changes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

FIRST_CJK = "\u1100"
"""No character below this one is CJK."""

_AMBIGUOUS_QUOTES = "“”‘’"
_AMBIGUOUS = "“”‘’…—"
"""Punctuation that both Latin and CJK typography use; the character on its other side tells which."""
_TEXTS = frozenset(["text", "code_inline"])
_FULL_WIDTH_FORM = "\ufe01"
_ZERO_WIDTH_SPACE = "\u200b"


def is_cjk(character: str) -> bool:
    """Whether `character` is wide or half-width as East Asian text is, or Hangul; emoji are not."""
    if character < FIRST_CJK:
        return False
    return not _is_emoji(ord(character)) if _is_wide(character) else _is_hangul(ord(character))


def flanking(source: str, start: int, end: int, limit: int) -> tuple[bool, bool]:
    """Whether the run of `*` or `~` at `source[start:end]` is left- and right-flanking in the text before `limit`."""
    before = source[start - 1] if start > 0 else " "
    after = source[end] if end < limit else " "
    cjk_after = is_cjk(after)
    cjk_before, variant = _cjk_before(source, start, before)
    blank_before, blank_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    # Latin punctuation alone obstructs: CJK punctuation stands beside text without a blank.
    obstacle_before = not cjk_before and not variant and _is_punctuation(before)
    obstacle_after = not cjk_after and _is_punctuation(after)
    left = not blank_after and (
        not obstacle_after or blank_before or obstacle_before or cjk_before or variant
    )
    right = not blank_before and (not obstacle_before or blank_after or obstacle_after or cjk_after)
    return left, right


def join_lines(state: StateCore) -> None:
    """The core rule that drops a line break where CJK text goes on: a browser would make it a blank."""
    for token in () if state.src.isascii() else state.tokens:
        if token.type == "inline" and "\n" in token.content and not token.content.isascii():
            _join(token.children or [])


def _join(tokens: Sequence[Token]) -> None:
    """Empty the soft breaks among `tokens` that stand between CJK characters."""
    before = ""
    for index, token in enumerate(tokens):
        if token.type == "softbreak":
            after = _text_after(tokens, index)
            if before and after and _joins(before, after):
                # The mark tells whoever counts lines that one ended here.
                token.type, token.tag, token.content, token.markup = "text", "", "", "\n"
            before = ""
        elif token.type in _TEXTS:
            before = token.content or before
        elif not _is_transparent(token):
            before = ""


def _joins(before: str, after: str) -> bool:
    """Whether no blank belongs between two texts that a line break divides."""
    last, first = before[-1], after[0]
    if _ZERO_WIDTH_SPACE in (last, first):
        return True
    if _is_hangul(ord(last)) or _is_hangul(ord(first)):
        return False
    wide_last = _is_wide(last) or _leans_on_cjk(before[::-1])
    wide_first = _is_wide(first) or _leans_on_cjk(after)
    if wide_last and wide_first:
        return not (_is_emoji(ord(last)) and _is_emoji(ord(first)))
    # Full-width punctuation brings its own blank, also next to a Latin letter.
    return (wide_last and _is_punctuation_mark(last)) or (wide_first and _is_punctuation_mark(first))


def _leans_on_cjk(text: str) -> bool:
    """Whether `text` begins with quotes, dots or dashes that a CJK character follows."""
    rest = text.lstrip(_AMBIGUOUS)
    return len(rest) < len(text) and rest != "" and is_cjk(rest[0])


def _text_after(tokens: Sequence[Token], index: int) -> str:
    """The text that stands right after `tokens[index]`, through tags."""
    for place in range(index + 1, len(tokens)):
        token = tokens[place]
        if token.type in _TEXTS and token.content:
            return token.content
        if token.type not in _TEXTS and not _is_transparent(token):
            break
    return ""


def _is_transparent(token: Token) -> bool:
    """Whether text goes on through `token`: tags and notes, but no picture, formula or further break."""
    return token.nesting != 0 or token.type in ("html_inline", "footnote_ref")


def _cjk_before(source: str, start: int, before: str) -> tuple[bool, bool]:
    """Whether the character before `start` is CJK, seen through a variation selector; whether it is one of an ideograph."""
    if "\U000e0100" <= before <= "\U000e01ef":
        return False, True
    if not "\ufe00" <= before <= "\ufe0e" or start < 2:
        return is_cjk(before), False
    varied = source[start - 2]
    if before == _FULL_WIDTH_FORM and varied in _AMBIGUOUS_QUOTES:
        return True, False
    return is_cjk(varied), False


def _is_punctuation(character: str) -> bool:
    """Punctuation or a symbol, as CommonMark counts it."""
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_punctuation_mark(character: str) -> bool:
    """Punctuation in the narrow sense: a comma, a bracket, a dash, but no symbol."""
    return unicodedata.category(character)[0] == "P"


def _is_wide(character: str) -> bool:
    """Whether East Asian typography gives `character` a cell of its own, or half of one."""
    if character < FIRST_CJK:
        return False
    width = unicodedata.east_asian_width(character)
    # Python before 3.13 calls code points full-width that are not assigned.
    return width in "WH" or (width == "F" and (character == "\u3000" or "\uff01" <= character <= "\uffe6"))


def _is_hangul(code: int) -> bool:
    """Whether a code point is of the script Hangul."""
    return code >= 0x1100 and (
        code <= 0x11FF
        or 0x302E <= code <= 0x302F
        or 0x3131 <= code <= 0x318E
        or 0x3200 <= code <= 0x321E
        or 0x3260 <= code <= 0x327E
        or 0xA960 <= code <= 0xA97C
        or 0xAC00 <= code <= 0xD7FB
        or 0xFFA0 <= code <= 0xFFDC
    )


def _is_emoji(code: int) -> bool:
    """Whether a wide code point is shown as an emoji by default; what the ranges leave out is wide text."""
    if 0x231A <= code <= 0x2B55:
        return code not in (0x2329, 0x232A) and not 0x2630 <= code <= 0x2637 and not 0x268A <= code <= 0x268F
    if 0x1F200 <= code <= 0x1F265:
        return (
            code in (0x1F201, 0x1F21A, 0x1F22F)
            or 0x1F232 <= code <= 0x1F236
            or 0x1F238 <= code <= 0x1F23A
            or 0x1F250 <= code <= 0x1F251
        )
    return 0x1F004 <= code <= 0x1FAFF
