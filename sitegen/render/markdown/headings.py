"""Ids of headings, the list of a post's headings, and the links to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from sitegen.model import Heading

_WRITTEN_ID = re.compile(r"""\sid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def heading_rule(slug: Callable[[str], str]) -> Callable[[StateCore], None]:
    """The core rule that gives every heading an id and lists it in `env["headings"]`."""

    def number_headings(state: StateCore) -> None:
        """Give every heading of the text its id."""
        found = [
            (token, state.tokens[index + 1])
            for index, token in enumerate(state.tokens)
            if token.type == "heading_open"
        ]
        headings: list[Heading] = state.env.setdefault("headings", [])
        if not found:
            return
        titles = [plain_text(inline.children or ()) for _, inline in found]
        wanted = [str(token.attrs.get("id") or "") for token, _ in found]
        taken = {identifier for identifier in wanted if identifier} | set(_written_ids(state.tokens))
        slugs = [slug(title) or "section" for title in titles]
        first = set(slugs)
        for (token, _), title, identifier, base in zip(found, titles, wanted, slugs, strict=True):
            chosen = identifier or _free_id(base, taken, first)
            taken.add(chosen)
            token.attrs["id"] = chosen
            headings.append(Heading(level=int(token.tag[1:]), id=chosen, title=title))

    return number_headings


def plain_text(tokens: Iterable[Token]) -> str:
    """The text of inline tokens as a reader sees it, on one line, ruby annotations left out."""
    parts: list[str] = []
    for token in tokens:
        match token.type:
            case "text" | "text_special" | "code_inline" | "math_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "image":
                parts.append(plain_text(token.children or ()))
    return "".join(parts).strip(" \t\n")


def _free_id(base: str, taken: set[str], first: set[str]) -> str:
    """`base`, else `base-1`, `base-2`, … that is neither taken nor what another heading is called."""
    if base not in taken:
        return base
    number = 1
    while (numbered := f"{base}-{number}") in taken or numbered in first:
        number += 1
    return numbered


def _written_ids(tokens: Iterable[Token]) -> Iterable[str]:
    """The ids in raw HTML."""
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            for match in _WRITTEN_ID.finditer(token.content):
                yield match[1] or match[2] or match[3]
        elif token.children:
            yield from _written_ids(token.children)
