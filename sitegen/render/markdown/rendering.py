"""From tokens to HTML: markdown-it's renderer, with a short way for the tokens of which a text has most."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_PLAIN = MappingProxyType(
    {
        "paragraph_close": "</p>\n",
        "em_open": "<em>",
        "em_close": "</em>",
        "strong_open": "<strong>",
        "strong_close": "</strong>",
        "s_open": "<s>",
        "s_close": "</s>",
        "link_close": "</a>",
        "list_item_close": "</li>\n",
        "outline_close": "</span>",
        "td_close": "</td>\n",
    }
)
"""The HTML of tokens that are always the same unless they are hidden or have attributes."""


class HtmlRenderer(RendererHTML):
    """Renders a token stream; every kind of token has its rule in `rules`, or is an element."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """The HTML of a text."""
        return "".join(self.pieces(tokens, options, env))

    def pieces(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> list[str]:
        """The HTML of a text, in one piece for each token."""
        rules = self.rules
        html: list[str] = []
        push = html.append
        is_after_hidden = False
        for index, token in enumerate(tokens):
            kind, is_hidden = token.type, token.hidden
            if kind == "inline":
                push(self.renderInline(token.children, options, env) if token.children else "")
            elif kind in _PLAIN:
                push("" if is_hidden else _PLAIN[kind])
            elif kind == "paragraph_open" and not token.attrs:
                # That of a tight list item is hidden. Text that no tag encloses ends its line before the next block.
                push("" if is_hidden else "\n<p>" if is_after_hidden else "<p>")
            elif kind in rules:
                push(rules[kind](tokens, index, options, env))
            else:
                push(self.renderToken(tokens, index, options, env))
            is_after_hidden = is_hidden
        return html

    def renderInline(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:  # noqa: N802
        """The HTML of the text of one paragraph, heading or cell."""
        if len(tokens) == 1 and tokens[0].type == "text":
            return escape_text(tokens[0].content)
        rules = self.rules
        html: list[str] = []
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "text":
                html.append(escape_text(token.content))
            elif kind in _PLAIN and not token.attrs:
                html.append(_PLAIN[kind])
            elif kind == "code_inline" and not token.attrs:
                html.append(f"<code>{escape_text(token.content)}</code>")
            elif kind in rules:
                html.append(rules[kind](tokens, index, options, env))
            else:
                html.append(self.renderToken(tokens, index, options, env))
        return "".join(html)

    def renderToken(  # noqa: N802
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,
        env: EnvType,  # noqa: ARG002
    ) -> str:
        """The tag of an element. A block begins on a line of its own, and so does what it holds unless that is text."""
        token = tokens[idx]
        if token.hidden:
            return ""
        attributes = self.renderAttrs(token) if token.attrs else ""
        if token.nesting == 0 and options["xhtmlOut"]:
            attributes += " /"
        if not token.block:
            return f"</{token.tag}{attributes}>" if token.nesting < 0 else f"<{token.tag}{attributes}>"
        if token.nesting < 0:
            return f"</{token.tag}{attributes}>\n"
        before = "\n" if idx and tokens[idx - 1].hidden else ""
        end = "\n"
        if token.nesting > 0 and idx + 1 < len(tokens):
            following = tokens[idx + 1]
            is_empty = following.nesting < 0 and following.tag == token.tag
            if following.type == "inline" or following.hidden or is_empty:
                end = ""
        return f"{before}<{token.tag}{attributes}>{end}"

    @staticmethod
    def renderAttrs(token: Token) -> str:  # noqa: N802
        """The attributes of an element."""
        return "".join(
            [f' {escape_text(name)}="{escape_text(str(value))}"' for name, value in token.attrs.items()]
        )

    def blockquote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The beginning of a quotation, on a line of its own even if it is empty."""
        html = self.renderToken(tokens, idx, options, env)
        return html if html.endswith("\n") else html + "\n"

    def renderInlineAsText(  # noqa: N802
        self, tokens: Sequence[Token] | None, options: OptionsDict, env: EnvType
    ) -> str:
        """The text of a picture's description; what is no text has none."""
        parts: list[str] = []
        for token in tokens or ():
            match token.type:
                case "text" | "text_special" | "code_inline" | "math_inline" | "html_inline":
                    parts.append(token.content)
                case "image":
                    parts.append(self.renderInlineAsText(token.children, options, env))
                case "softbreak" | "hardbreak":
                    parts.append("\n")
                case _:
                    pass
        return "".join(parts)


def escape_text(text: str) -> str:
    """`text` as HTML, in which a quotation mark is escaped as CommonMark's examples do."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.replace('"', "&quot;") if '"' in text else text
