"""Writes tokens as HTML with the short classes of Pygments."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pygments.token import STANDARD_TYPES, Error, _TokenType


def format_html(tokens: Iterable[tuple[_TokenType, str]]) -> str:
    """The tokens as HTML: what `HtmlFormatter(nowrap=True)` writes, but errors are not painted.

    No span reaches over the end of a line, so the result can be cut at its newlines. Neighbours of one class
    share a span.
    """
    pieces: list[str] = []
    open_class = ""
    for token, value in tokens:
        css = css_class(token)
        for index, part in enumerate(escape(value).split("\n")):
            if index:
                pieces.append("</span>\n" if open_class else "\n")
                open_class = ""
            if not part:
                continue
            if css != open_class:
                if open_class:
                    pieces.append("</span>")
                if css:
                    pieces.append(f'<span class="{css}">')
                open_class = css
            pieces.append(part)
    if open_class:
        pieces.append("</span>")
    return "".join(pieces)


def escape(text: str) -> str:
    """Text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@cache
def css_class(token: _TokenType) -> str:
    """The class of a token, empty where it is text: `k` for a keyword.

    A type that has no short class of its own follows its nearest ancestor: `s s-Custom`.
    """
    if token is Error:
        return ""
    known = token
    while known not in STANDARD_TYPES:
        assert known.parent is not None
        known = known.parent
    short = STANDARD_TYPES[known]
    further = token[len(known) :]
    classes = [
        short,
        *(short + "".join(f"-{part}" for part in further[: count + 1]) for count in range(len(further))),
    ]
    return " ".join(filter(None, classes))
