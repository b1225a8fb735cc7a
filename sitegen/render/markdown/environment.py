"""What one text is parsed and rendered with: the keys of the `env` that the rules of the parser share."""

from __future__ import annotations

from typing import TypedDict

from sitegen.errors import Problem
from sitegen.model import Heading, SourcePath
from sitegen.render.markdown.known_code import KnownCode


class Environment(TypedDict, total=False):
    """The `env` of one text, given to `parser.parse` and again to `parser.renderer.render`.

    Every key may be left out. The caller sets the first group; the parser fills the second.
    Further keys belong to the rules that use them.
    """

    lang: str
    """The language of the text, a BCP 47 tag: of quotation marks, of the titles of alerts."""
    math: bool
    """False leaves dollar signs alone in this text, whatever the settings say."""
    summary: bool
    """True while a summary is rendered: no ids, no anchors, no footnotes, so that a list page may hold many."""
    path: SourcePath
    """The file that problems name."""
    first_line: int
    """The line of the file on which the text begins, counted from 1."""

    code: KnownCode
    """The code blocks that need not be coloured anew; those of this text are added to it."""

    headings: list[Heading]
    """The headings in their order, complete after parsing."""
    problems: list[Problem]
    """What is wrong in the text, in the order in which it was found; rendering may add to it."""
