"""Tokens of markdown-it, made at half the cost: a post has some hundreds, and making them was a tenth of parsing."""

from __future__ import annotations

from typing import Any, Literal

from markdown_it.token import Token


class QuickToken(Token):
    """A token whose attributes are a dict from the first; the original converts other forms and calls two factories."""

    __slots__ = ()

    def __init__(
        self,
        type: str,  # noqa: A002 - markdown-it's names
        tag: str,
        nesting: Literal[-1, 0, 1],
        attrs: dict[str, str | int | float] | None = None,
        map: list[int] | None = None,  # noqa: A002
        level: int = 0,
        children: list[Token] | None = None,
        content: str = "",
        markup: str = "",
        info: str = "",
        meta: dict[Any, Any] | None = None,
        block: bool = False,
        hidden: bool = False,
    ) -> None:
        self.type = type
        self.tag = tag
        self.nesting = nesting
        self.attrs = {} if attrs is None else attrs
        self.map = map
        self.level = level
        self.children = children
        self.content = content
        self.markup = markup
        self.info = info
        self.meta = {} if meta is None else meta
        self.block = block
        self.hidden = hidden
