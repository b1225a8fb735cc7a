"""Task lists: `- [x] done`, each box labelled by its text."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


def add_task_rules(parser: MarkdownIt) -> None:
    """Make `parser` render the tasks that markdown-it finds in lists."""
    parser.core.ruler.after("inline", "tasks", label_tasks)
    parser.add_render_rule("list_item_open", _render_item)
    parser.add_render_rule("task_open", _render_open)
    parser.add_render_rule("task_close", _render_close)


def label_tasks(state: StateCore) -> None:
    """The core rule that puts the box and the first text of each task into one label."""
    for index, token in enumerate(state.tokens):
        if token.type == "list_item_open" and "checked" in token.meta:
            inline = state.tokens[index + 2]
            if state.tokens[index + 1].type == "paragraph_open":
                opening = Token("task_open", "label", 1, meta={"checked": token.meta.pop("checked")})
                inline.children = [opening, *(inline.children or []), Token("task_close", "label", -1)]


def _render_item(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    item = self.renderToken(tokens, index, options, env)
    if "checked" in tokens[index].meta:
        # No text follows that could label it.
        item += _box(tokens[index], ' aria-label="✓"')
    return item


def _render_open(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f"<label>{_box(tokens[index])} "


def _render_close(
    _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</label>"


def _box(token: Token, label: str = "") -> str:
    checked = " checked" if token.meta["checked"] else ""
    return f'<input type="checkbox" disabled{checked}{label}>'
