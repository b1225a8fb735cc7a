"""Turns the text of a code block into HTML."""

from __future__ import annotations

import re
from functools import lru_cache

from sitegen.render.highlight.formatting import escape, format_html, span_opening
from sitegen.render.highlight.languages import Language
from sitegen.render.highlight.lexing import find_tokens

LARGEST = 200_000
"""Characters of the largest text that is coloured: a lexer may take seconds for what no reader will read."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
"""Characters that HTML must not hold."""


@lru_cache(maxsize=512)
def highlight(text: str, language: Language | None) -> str:
    """The text as HTML, coloured as `language`, or only escaped without one and beyond `LARGEST`.

    It shows the same characters as `text`, control characters as their pictures (`␛`), and no span reaches over
    the end of a line. The last 512 results are kept, since a preview renders a post again and again.
    """
    text = printable(text)
    if language is None or len(text) > LARGEST:
        return escape(text)
    # Lexers want whole lines.
    complete = text if text.endswith("\n") else f"{text}\n"
    html = format_html(find_tokens(language.lexer_class, complete, span_opening))
    return html if complete is text else html.removesuffix("\n")


def printable(text: str) -> str:
    """The text with control characters as their pictures, and `�` for what has none and no place in HTML."""
    return UNPRINTABLE.sub(_picture, text) if UNPRINTABLE.search(text) else text


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
