"""Tables: their alignment by class, and room to scroll in where they are wider than the page."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


def add_table_rules(parser: MarkdownIt) -> None:
    """Make `parser` render tables without inline style, which the site's content security policy forbids."""
    parser.add_render_rule("table_open", _render_open)
    parser.add_render_rule("table_close", _render_close)
    parser.add_render_rule("th_open", _render_cell_open)
    parser.add_render_rule("th_close", _render_header_close)
    parser.add_render_rule("td_open", _render_cell_open)


def _render_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    # Whoever has no mouse must be able to scroll as well, so the box takes the focus.
    return f'<div class="table-scroll" tabindex="0">\n<table{self.renderAttrs(tokens[index])}>\n'


def _render_close(
    _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table>\n</div>\n"


def _render_cell_open(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    alignment = str(tokens[index].attrs.get("style", "")).removeprefix("text-align:")
    tag = _tag(tokens, index, index + 1)
    return f'<{tag} class="align-{alignment}">' if alignment else f"<{tag}>"


def _render_header_close(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f"</{_tag(tokens, index, index - 1)}>\n"


def _tag(tokens: Sequence[Token], index: int, content: int) -> str:
    """The element of a cell: a header without text heads nothing, so it is an ordinary cell."""
    return tokens[index].tag if tokens[content].content else "td"
