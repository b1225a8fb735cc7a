"""Turns the text of a code block into HTML."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from sitegen.render.highlight.characters import escape, printable
from sitegen.render.highlight.languages import Language

if TYPE_CHECKING:  # Pygments is imported for the first block that needs it.
    from pygments.lexer import Lexer

REACHES: tuple[tuple[int, int | None], ...] = ((12_000, None), (25_000, 3_000), (50_000, 1_500))
"""The longest token by the size of the block, in characters; larger blocks are not coloured.

Many a rule looks as far as the end of the text, at each word anew. So the product of the two is what a hostile
text can make of the work, some seconds at worst, and with no bound on one of them there would be none on it.
"""

LARGEST_BY_PYGMENTS = 10_000
"""The size up to which blocks are coloured where Pygments does the work, which has no such bound."""

LINEAR = frozenset({"JsonBareObjectLexer", "JsonLdLexer", "JsonLexer"})
"""Lexers of Pygments' own making that take twice as long for twice the text."""

FindTokens = Callable[..., list[str]]
"""`find_tokens` of `sitegen.render.highlight.lexing`, or what stands in for it."""


def highlight(text: str, language: Language | None) -> str:
    """The text as HTML, coloured as `language`, or only escaped without one and beyond `largest_coloured`.

    It shows the same characters as `text`, control characters as their pictures (`␛`), and no span reaches over
    the end of a line.
    """
    text = printable(text)
    if language is None or len(text) > largest_coloured(language):
        return escape(text)
    from sitegen.render.highlight.formatting import format_html, span_opening  # noqa: PLC0415

    find_tokens, _ = _lexing()
    # Lexers want whole lines.
    complete = text if text.endswith("\n") else f"{text}\n"
    reach = next(reach for size, reach in REACHES if len(text) <= size)
    html = format_html(find_tokens(language.lexer_class, complete, span_opening, reach=reach))
    return html if complete is text else html.removesuffix("\n")


def largest_coloured(language: Language) -> int:
    """How many characters of `language` are coloured at most."""
    _, is_made_of_rules = _lexing()
    is_linear = language.lexer in LINEAR or is_made_of_rules(language.lexer_class)
    return REACHES[-1][0] if is_linear else LARGEST_BY_PYGMENTS


@cache
def _lexing() -> tuple[FindTokens, Callable[[type[Lexer]], bool]]:
    """How tokens are found, and whether it takes time in proportion to the text for a lexer.

    Our own way uses inner parts of `re` and of Pygments. A later Python or Pygments without them colours the same
    by Pygments alone.
    """
    try:
        from sitegen.render.highlight.lexing import find_tokens, is_made_of_rules  # noqa: PLC0415
    except (ImportError, AttributeError):
        return find_tokens_by_pygments, lambda _: False
    return find_tokens, is_made_of_rules


def find_tokens_by_pygments(
    lexer_class: type[Lexer],
    text: str,
    label_of: Callable[[Any], str],
    *,
    reach: int | None = None,  # noqa: ARG001 - nothing here to be bounded
) -> list[str]:
    """The tokens of `text` as label, value, label, value and so on, by Pygments alone."""
    make: Callable[..., Lexer] = lexer_class
    tokens: list[str] = []
    for token, value in make(stripnl=False).get_tokens(text):
        tokens += (label_of(token), value)
    return tokens
