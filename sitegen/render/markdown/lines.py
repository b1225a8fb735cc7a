"""Where in the HTML of a text its blocks begin, and on which lines of the source: what the preview leads back by.

The places are kept beside the HTML and not in it, so that a site holds nothing of them; `with_lines` writes them
into a page of the preview.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sitegen.model import BlockLine, Body

if TYPE_CHECKING:
    # Pages are given their lines where no Markdown is parsed.
    from markdown_it.token import Token

_START_TAG = re.compile(r"[ \n]*<(?!script\b|style\b)[a-z][a-z0-9-]*", re.IGNORECASE)
"""The beginning of an element; a script would run anew if it moved."""


def block_lines(tokens: Sequence[Token], pieces: Iterable[str], first_line: int) -> tuple[BlockLine, ...]:
    """The lines of the blocks of a text, at any depth, that begins on `first_line` of its file.

    `pieces` holds the HTML of each token. A block that is no element of its own, as a comment, has no line.
    """
    found: list[BlockLine] = []
    position = 0
    for token, piece in zip(tokens, pieces, strict=True):
        lines = token.map
        if lines and token.type != "inline" and token.nesting >= 0:
            if piece == "<p>":  # what a text has most of
                found.append((position + 2, first_line + lines[0]))
            elif tag := _START_TAG.match(piece):
                found.append((position + tag.end(), first_line + lines[0]))
        position += len(piece)
    return tuple(found)


def with_lines(body: Body) -> str:
    """The HTML of a body, with placeholders, in which every block says by `data-line` where it stands in its file."""
    pieces: list[str] = []
    position = 0
    for offset, line in body.lines:
        pieces.append(f'{body.html[position:offset]} data-line="{line}"')
        position = offset
    pieces.append(body.html[position:])
    return "".join(pieces)
