"""Turns the text of a code block into HTML."""

from __future__ import annotations

from functools import lru_cache

from sitegen.render.highlight.formatting import escape, format_html
from sitegen.render.highlight.languages import Language, lexer_for


@lru_cache(maxsize=512)
def highlight(text: str, language: Language | None) -> str:
    """The text as HTML, coloured as `language`, or only escaped without one.

    It shows the same characters as `text`, and no span reaches over the end of a line. The last 512 results
    are kept, since a preview renders a post again and again.
    """
    if language is None:
        return escape(text)
    html = format_html(lexer_for(language).get_tokens(text))
    # Lexers see whole lines only, so they are given a newline that the text may lack.
    return html if text.endswith("\n") else html.removesuffix("\n")
