"""Headings: their ids, the list of them that tables of contents are made from, and the links beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from sitegen.model import Heading
from sitegen.render.markdown.complaints import complain
from sitegen.render.markdown.phrases import phrases
from sitegen.slugs import github_slug, slugify

NAMELESS = "section"
"""The id of a heading of which no letter is left."""

_TYPED_ID = re.compile(r"""(?<=[\s"'/])id\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_MORE = re.compile("<!---?[ \t]*more[ \t]*-?-->", re.IGNORECASE)
_MORE_ID = "more"
"""What the more marker leaves behind as an id."""


def add_heading_rules(parser: MarkdownIt, form: str) -> None:
    """Make `parser` give headings ids in Hexo's or GitHub's form, list them in `env`, and link to them."""
    slug = github_slug if form == "github" else slugify
    parser.core.ruler.push("headings", lambda state: _identify(state, slug))
    parser.add_render_rule("heading_open", _render_open)
    parser.add_render_rule("heading_close", _render_close)


def plain_text(tokens: Iterable[Token]) -> str:
    """The text of inline tokens as a reader sees it, on one line; without the readings of ruby."""
    parts: list[str] = []
    reading = ""
    for token in tokens:
        match token.type:
            case "html_inline":
                tag = token.content[:4].lower()
                if tag[:3] in ("<rt", "<rp"):
                    reading = f"</{tag[1:3]}"
                elif token.content.lower().startswith(reading):
                    reading = ""
                if tag[:3] == "<br":
                    parts.append(" ")
            case _ if reading:
                pass
            case "text" | "text_special" | "code_inline" | "math_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "image":
                parts.append(plain_text(token.children or ()))
            case _:
                pass
    return "".join(parts).strip(" \t\n")


def _identify(state: StateCore, slug: Callable[[str], str]) -> None:
    """The core rule that gives each heading an id of its own.

    An id that the author wrote stands. Others come from the text of the heading; one that repeats is numbered
    with a number that makes it no other heading's id, so the link to a real `x-1` is never taken by a second `x`.
    """
    headings: list[Heading] = state.env.setdefault("headings", [])
    if "{" in state.src:
        _drop_repeated(state)
    found = [index for index, token in enumerate(state.tokens) if token.type == "heading_open"]
    if not found:
        return
    titles = [plain_text(state.tokens[index + 1].children or ()) for index in found]
    slugs = [slug(title) or NAMELESS for title in titles]
    taken = set(_typed_ids(state.tokens)) if "{" in state.src or "<" in state.src else set()
    numbers: dict[str, int] = {}
    own = set(slugs)
    for index, title, base in zip(found, titles, slugs, strict=True):
        token = state.tokens[index]
        if "id" not in token.attrs:
            identifier, number = base, numbers.get(base, 0)
            while identifier in taken or (number and identifier in own):
                number += 1
                identifier = f"{base}-{number}"
            numbers[base] = number
            taken.add(identifier)
            token.attrs["id"] = identifier
        if token.level == 0:
            headings.append(Heading(level=int(token.tag[1:]), id=str(token.attrs["id"]), title=title))


def _drop_repeated(state: StateCore) -> None:
    """Take from every element an id that another before it has, with a warning: links lead to the first."""
    seen: set[str] = set()
    lines: list[str] = []
    line = 0
    for token in state.tokens:
        line = token.map[0] if token.map else line
        # Ids come from braces in the text, or in the line that opens a block of code.
        inner = token.children or () if "{" in token.content else ()
        for owner in (token, *inner) if inner or token.attrs else ():
            identifier = str(owner.attrs.get("id", ""))
            if identifier in seen:
                del owner.attrs["id"]
                lines = lines or state.src.split("\n")
                message = f'the id "{identifier}" is used twice; links to it lead to the first place'
                complain(state.env, "id", message, line=line, lines=lines, excerpt=f"#{identifier}")
            elif identifier:
                seen.add(identifier)


def _typed_ids(tokens: Iterable[Token]) -> Iterator[str]:
    """The ids that the author wrote, as attributes and in raw HTML."""
    for token in tokens:
        if token.attrs and "id" in token.attrs:
            yield str(token.attrs["id"])
        if token.type in ("html_block", "html_inline"):
            for match in _TYPED_ID.finditer(token.content):
                yield match[1] or match[2] or match[3] or ""
            if _MORE.search(token.content):
                yield _MORE_ID
        if token.children and ("<" in token.content or "{" in token.content):
            yield from _typed_ids(token.children)


def _render_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    if env.get("summary") and "id" in token.attrs:
        token = token.copy(attrs={name: value for name, value in token.attrs.items() if name != "id"})
    return f"<{token.tag}{self.renderAttrs(token)}>"


def _render_close(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    identifier = tokens[index - 2].attrs.get("id")
    if env.get("summary") or not identifier:
        return f"</{token.tag}>\n"
    # The link is empty, and its sign is the style sheet's: so the text of the heading is only the heading.
    anchor = f'<a class="anchor" href="#{escape(str(identifier))}" aria-label="{phrases(env).anchor}"></a>'
    return f"{anchor}</{token.tag}>\n"
