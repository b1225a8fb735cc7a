"""Pictures: when they are loaded, room for their size, captions."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


def add_picture_rules(parser: MarkdownIt) -> None:
    """Makes `parser` render the size and the loading of pictures, and captions."""
    plain = parser.renderer.rules["image"]  # type: ignore[attr-defined]

    def image(
        _self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
    ) -> str:
        html: str = plain(tokens, index, options, env)
        size = tokens[index].meta.get("size", "")
        return f"<img{size}{html.removeprefix('<img')}"

    parser.add_render_rule("image", image)


def arrange_pictures(tokens: list[Token]) -> None:
    """Make a figure of each picture with a title that stands alone in its paragraph, and set how pictures load.

    The first picture of a text is loaded at once, for it may be what the reader sees first; the others when they
    come near the screen.
    """
    is_first = True
    for index, token in enumerate(tokens):
        if token.type != "inline" or "![" not in token.content:
            continue
        children = token.children or []
        for child in children:
            if child.type == "image":
                if not is_first:
                    child.attrs.setdefault("loading", "lazy")
                child.attrs.setdefault("decoding", "async")
                is_first = False
        if tokens[index - 1].type == "paragraph_open" and (caption := _caption(children)):
            _make_figure(tokens, index, caption)


def _caption(children: list[Token]) -> str | None:
    """The title of the picture that is all there is, in a link or not; `None` if it is something else."""
    match [child.type for child in children]:
        case ["image"]:
            picture = children[0]
        case ["link_open", "image", "link_close"]:
            picture = children[1]
        case _:
            return None
    title = picture.attrs.pop("title", None)
    return str(title) if title else None


def _make_figure(tokens: list[Token], index: int, caption: str) -> None:
    opening, inline, closing = tokens[index - 1 : index + 2]
    for token in (opening, closing):
        token.tag = "figure"
        token.type = token.type.replace("paragraph", "figure")
        token.hidden = False
    inline.children = [
        *(inline.children or []),
        Token("figcaption_open", "figcaption", 1),
        Token("text", "", 0, content=caption),
        Token("figcaption_close", "figcaption", -1),
    ]


def load_lazily(tokens: Sequence[Token]) -> None:
    """Make every picture load when it comes near the screen, as on lists."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                child.attrs.setdefault("loading", "lazy")
