r"""References of posts to places in the site, which stay open until the page that shows them is rendered.

In the HTML of a `Body` every reference that does not lead to another host is a placeholder for `links[n]`:

- `\0n\0`, as (part of) the value of an attribute, stands for the address;
- `\0ns\0`, inside an `<img>` tag, stands for ` width="…" height="…"`, or nothing if the size is not known.

`resolve` fills them in. NUL cannot come from a post: neither Markdown nor HTML may hold it. References that lead
to a place in the same text (`#part`) stay as they are on the post's own page and are placeholders in its summary,
which stands on other pages.

References are found in Markdown links and images, and in the raw HTML of the attributes in `_ATTRIBUTES`. Those in
style sheets and scripts are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from markdown_it.token import Token

from sitegen.model import Link
from sitegen.render.markdown.markup import attributes_of, change_attributes, tags, without_attributes

Kind = Literal["link", "image", "file"]

_ATTRIBUTES: dict[tuple[str, str], Kind] = {
    ("a", "href"): "link",
    ("area", "href"): "link",
    ("form", "action"): "link",
    ("link", "href"): "file",
    ("img", "src"): "image",
    ("input", "src"): "image",
    ("video", "poster"): "image",
    ("video", "src"): "file",
    ("audio", "src"): "file",
    ("source", "src"): "file",
    ("track", "src"): "file",
    ("iframe", "src"): "file",
    ("embed", "src"): "file",
    ("object", "data"): "file",
    ("script", "src"): "file",
}
_IMAGE_SETS = frozenset([("img", "srcset"), ("source", "srcset")])
_ELEMENTS = frozenset(element for element, _ in _ATTRIBUTES)
_MAY_REFER = re.compile(r"(?:href|src|srcset|poster|data|action)[ \t\r\n]*=", re.IGNORECASE)
_MAY_POINT = re.compile(r"(?:id|for|headers|list|form|href|aria-[a-z]+)[ \t\r\n]*=", re.IGNORECASE)
_IDENTIFYING = frozenset(
    [
        "id",
        "for",
        "headers",
        "list",
        "form",
        "aria-activedescendant",
        "aria-controls",
        "aria-describedby",
        "aria-details",
        "aria-errormessage",
        "aria-flowto",
        "aria-labelledby",
        "aria-owns",
    ]
)
"""Attributes that name an element of the page, or refer to one by its name."""
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]{2}")
_CANDIDATE = re.compile(r"([ \t\n\r\f,]*)([^ \t\n\r\f]*[^ \t\n\r\f,])([^,]*)")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_KEPT = frozenset("#%?")


def resolve(html: str, url_of: Callable[[int], str], size_of: Callable[[int], str]) -> str:
    """`html` with its placeholders filled in.

    `url_of` gives the address of a link by its number, ready for an attribute in double quotes; `size_of` gives
    ` width="…" height="…"` or an empty text for a picture.
    """
    if "\0" not in html:
        return html
    pieces = html.split("\0")
    for index in range(1, len(pieces), 2):
        name = pieces[index]
        pieces[index] = size_of(int(name[:-1])) if name.endswith("s") else url_of(int(name))
    return "".join(pieces)


def leads_elsewhere(reference: str) -> bool:
    """Whether a reference names a scheme or a host, so that it is none of the site's affairs."""
    return _ELSEWHERE.match(reference) is not None


def decoded(reference: str) -> str:
    """A reference as its author thinks of it: percent-encoded text readable.

    What would change its meaning or is no text (`%23`, `%25`, `%3F`, control characters, broken UTF-8) stays
    encoded, so that the path may be decoded once more after the query and the fragment are split off.
    """
    return _PERCENT.sub(_decoded_run, reference) if "%" in reference else reference


def _decoded_run(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("%", ""))
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(
        character
        if character not in _KEPT and (character == " " or character.isprintable())
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
        for character in text
    )


class References:
    """The links of one post, collected while its tokens are changed to hold placeholders."""

    def __init__(self, first_line: int) -> None:
        self.links: list[Link] = []
        """In the order in which they were found."""
        self.fragments: list[Link] = []
        """References to a place in the same text, which stay as they are."""
        self._first_line = first_line

    def collect(self, tokens: Iterable[Token]) -> None:
        """Put placeholders into all tokens of a text."""
        line = 0
        for token in tokens:
            if token.map:
                line = token.map[0]
            if token.type == "inline":
                content = token.content
                if "[" in content or "<" in content:
                    self._inline(token.children or [], line)
            elif token.type == "html_block":
                token.content = self.in_html(token.content, line)

    def _inline(self, children: list[Token], line: int) -> None:
        for token in children:
            match token.type:
                case "link_open":
                    href = str(token.attrs.get("href", ""))
                    placeholder = self.placeholder(href, "link", line)
                    if placeholder is not None:
                        token.attrs["href"] = placeholder
                case "image":
                    self._image(token, line)
                case "html_inline":
                    token.content = self.in_html(token.content, line)
                    line += token.content.count("\n")
                case "softbreak" | "hardbreak":
                    line += 1

    def _image(self, token: Token, line: int) -> None:
        placeholder = self.placeholder(str(token.attrs.get("src", "")), "image", line)
        if placeholder is not None:
            token.attrs["src"] = placeholder
            if "width" not in token.attrs and "height" not in token.attrs:
                token.meta["size"] = placeholder[:-1] + "s\0"

    def in_html(self, html: str, line: int) -> str:
        """Raw HTML with placeholders; `line` is that of its first character, counted from 0."""
        if not _MAY_REFER.search(html):
            return html
        pieces: list[str] = []
        position = 0
        for tag in tags(html):
            if tag.is_closing or not tag.attributes or tag.name not in _ELEMENTS:
                continue
            line += html.count("\n", position, tag.start)
            start = tag.start + 1 + len(tag.name)
            first = len(self.links)
            attributes = self._changed(tag.name, tag.attributes, line)
            pieces.append(html[position:start])
            if tag.name == "img":
                pieces.append(_image_extras(attributes_of(tag), first if len(self.links) > first else None))
            pieces.append(attributes)
            position = start + len(tag.attributes)
            line += tag.attributes.count("\n")
        pieces.append(html[position:])
        return "".join(pieces)

    def _changed(self, name: str, attributes: str, line: int) -> str:
        def change(attribute: str, value: str) -> str | None:
            if (name, attribute) in _IMAGE_SETS:
                return _CANDIDATE.sub(candidate, value).replace("&", "&amp;").replace('"', "&quot;")
            kind = _ATTRIBUTES.get((name, attribute))
            return self.placeholder(value.strip(" \t\r\n"), kind, line) if kind and value else None

        def candidate(match: re.Match[str]) -> str:
            return match[1] + (self.placeholder(match[2], "image", line) or match[2]) + match[3]

        return change_attributes(attributes, change)

    def placeholder(self, reference: str, kind: Kind, line: int) -> str | None:
        """What stands for a reference; `None` if it stays as it is."""
        if not reference or leads_elsewhere(reference):
            return None
        link = Link(target=decoded(reference), kind=kind, line=self._first_line + line)
        if reference.startswith("#"):
            self.fragments.append(link)
            return None
        self.links.append(link)
        return f"\0{len(self.links) - 1}\0"

    def detach(self, tokens: Iterable[Token]) -> None:
        """Make tokens fit to stand on other pages: no ids, and references into the text itself as placeholders."""
        for token in tokens:
            if token.attrs:
                self._detach_attributes(token)
            if token.type == "html_block":
                token.content = self._detached(token.content)
            for child in token.children or ():
                if child.type == "html_inline":
                    child.content = self._detached(child.content)
                elif child.attrs:
                    self._detach_attributes(child)

    def _detach_attributes(self, token: Token) -> None:
        token.attrs.pop("id", None)
        href = token.attrs.get("href")
        if isinstance(href, str) and (not href or href.startswith("#")):
            token.attrs["href"] = self._own_page(href)

    def _own_page(self, reference: str) -> str:
        self.links.append(Link(target=decoded(reference), kind="link", line=self._first_line))
        return f"\0{len(self.links) - 1}\0"

    def _detached(self, html: str) -> str:
        if not _MAY_POINT.search(html):
            return html
        pieces: list[str] = []
        position = 0
        for tag in tags(html):
            if tag.is_closing or not tag.attributes:
                continue
            start = tag.start + 1 + len(tag.name)
            pieces.append(html[position:start])
            attributes = without_attributes(tag.attributes, _IDENTIFYING)
            if tag.name == "a":
                attributes = change_attributes(attributes, self._own_fragment)
            pieces.append(attributes)
            position = start + len(tag.attributes)
        pieces.append(html[position:])
        return "".join(pieces)

    def _own_fragment(self, name: str, value: str) -> str | None:
        return self._own_page(value) if name == "href" and value.startswith("#") else None


def _image_extras(attributes: dict[str, str], number: int | None) -> str:
    """What a typed `<img>` gets besides: its size if it is `links[number]` and none is given, and lazy loading."""
    extras = ""
    if number is not None and attributes.keys().isdisjoint(("width", "height", "style")):
        extras += f"\0{number}s\0"
    if "loading" not in attributes:
        extras += ' loading="lazy"'
    if "decoding" not in attributes:
        extras += ' decoding="async"'
    return extras
