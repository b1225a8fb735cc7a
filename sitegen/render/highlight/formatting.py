"""Writes tokens as HTML with the short classes of Pygments."""

from __future__ import annotations

from functools import cache

from pygments.token import STANDARD_TYPES, Error, _TokenType

from sitegen.render.highlight.characters import escape

OPEN, OPENED, CLOSE = "\x01", "\x02", "\x03"
"""Stand for `<span class="`, `">` and `</span>` until everything between them is escaped in one go."""


def format_html(tokens: list[str]) -> str:
    """The HTML of tokens given as opening, text, opening, text …: what `HtmlFormatter(nowrap=True)` writes.

    An opening is that of `span_opening`. No span reaches over the end of a line, so the result can be cut at its
    newlines; neighbours of one class share a span. The texts hold no control characters but tabs and newlines.
    """
    pieces: list[str] = []
    push = pieces.append
    current = ""
    pairs = iter(tokens)
    for opening, text in zip(pairs, pairs, strict=True):
        if "\n" in text:
            *lines, text = text.split("\n")  # noqa: PLW2901 - the last line goes on below
            for line in lines:
                if line and opening != current:
                    push(CLOSE if current else "")
                    push(opening)
                    current = opening
                push(line)
                push(f"{CLOSE}\n" if current else "\n")
                current = ""
        if text:
            if opening != current:
                if current:
                    push(CLOSE)
                push(opening)
                current = opening
            push(text)
    push(CLOSE if current else "")
    html = escape("".join(pieces))
    return html.replace(OPEN, '<span class="').replace(OPENED, '">').replace(CLOSE, "</span>")


@cache
def span_opening(token: _TokenType) -> str:
    """What opens the span of a token for `format_html`, empty where it is text or an error."""
    classes = css_classes(token)
    return f"{OPEN}{classes}{OPENED}" if classes and token is not Error else ""


def css_classes(token: _TokenType) -> str:
    """The classes of a token, empty where it is text: `k` for a keyword.

    A type that has no short class of its own follows its nearest ancestor: `s s-Custom`.
    """
    known = token
    while known not in STANDARD_TYPES:
        assert known.parent is not None
        known = known.parent
    classes = [STANDARD_TYPES[known]]
    for part in token[len(known) :]:
        classes.append(f"{classes[-1]}-{part}")
    return " ".join(filter(None, classes))
