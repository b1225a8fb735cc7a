"""`[TOC]` alone in a paragraph: the table of contents of the post stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from sitegen.model import Heading

_MARKERS = frozenset(["[TOC]", "[[TOC]]"])


def add_contents_rules(parser: MarkdownIt, depth: int) -> None:
    """Make `parser` render the marker as a list of the headings down to a level."""

    def render(
        _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, env: EnvType
    ) -> str:
        headings = [heading for heading in env.get("headings", ()) if heading.level <= depth]
        return "" if env.get("summary") else "".join(_list(headings))

    parser.core.ruler.after("inline", "contents", find_marker)
    parser.add_render_rule("contents", render)


def find_marker(state: StateCore) -> None:
    """The core rule that puts one token for each paragraph that is only the marker."""
    tokens = state.tokens
    places = [
        index
        for index, token in enumerate(tokens)
        if token.type == "inline"
        and token.content.startswith("[")
        and token.content.upper() in _MARKERS
        and tokens[index - 1].type == "paragraph_open"
        and [child.type for child in token.children or ()] == ["text"]
    ]
    for index in reversed(places):
        marker = Token("contents", "", 0, map=tokens[index].map, level=tokens[index - 1].level, block=True)
        tokens[index - 1 : index + 2] = [marker]


def _list(headings: Sequence[Heading]) -> Iterator[str]:
    """The nested list of links to headings; a level that is left out is not shown as one."""
    levels: list[int] = []
    for heading in headings:
        if not levels or heading.level > levels[-1]:
            yield '<ul class="contents">\n' if not levels else "\n<ul>\n"
            levels.append(heading.level)
        else:
            while len(levels) > 1 and heading.level <= levels[-2]:
                levels.pop()
                yield "</li>\n</ul>\n"
            levels[-1] = heading.level
            yield "</li>\n"
        yield f'<li><a href="#{escape(heading.id)}">{escape(heading.title, quote=False)}</a>'
    while levels:
        levels.pop()
        yield "</li>\n</ul>\n"
