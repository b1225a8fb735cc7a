r"""References of posts to places in the site, which stay open until the page that shows them is rendered.

In the HTML of a `Body` every reference that does not lead to another host is a placeholder for `links[n]`:

- `\0n\0`, as (part of) the value of an attribute, stands for the address;
- `\0ns\0`, inside an `<img>` tag, stands for ` width="…" height="…"`, or nothing if the size is not known.

`resolve` fills them in. NUL cannot come from a post: neither Markdown nor HTML may hold it. References that lead
to a place in the same text (`#part`) stay as they are on the post's own page and are placeholders in its summary,
which stands on other pages; they are among the links either way.

References are found in Markdown links and pictures, and in raw HTML in the attributes of `_ATTRIBUTES`; those in
style sheets and scripts are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from sitegen.model import Link
from sitegen.render.markdown.markup import (
    change_attributes,
    change_tags,
    read_attributes,
    without_attributes,
)

if TYPE_CHECKING:
    # Pages are filled in with `resolve` by builds that parse no Markdown.
    from markdown_it.token import Token

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
_PICTURE_SETS = frozenset([("img", "srcset"), ("source", "srcset")])
_ELEMENTS = frozenset(element for element, _ in _ATTRIBUTES)
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

_MAY_REFER = re.compile(r"(?:href|src|srcset|poster|data|action)[ \t\r\n]*=", re.IGNORECASE)
_MAY_IDENTIFY = re.compile(r"(?:id|for|headers|list|form|href|aria-[a-z]+)[ \t\r\n]*=", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]{2}")
_CANDIDATE = re.compile(r"([ \t\n\r\f,]*)([^ \t\n\r\f]*[^ \t\n\r\f,])([^,]*)")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_KEPT = frozenset("#%?:/\\")
"""What means something in an address: decoding it could make a scheme, a host or a fragment where none was."""
_UNFIT = re.compile('[\x00-\x20"<>\\[\\\\\\]^`{|}\x7f-\xa0]')


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


def numbers_in(html: str) -> list[int]:
    """The numbers of the links whose placeholders stand in `html`, each once, in their order."""
    names = html.split("\0")[1::2]
    return list(dict.fromkeys(int(name.removesuffix("s")) for name in names))


def leads_elsewhere(reference: str) -> bool:
    """Whether a reference names a scheme or a host, so that it is none of the site's affairs."""
    return _ELSEWHERE.match(reference) is not None


def decoded(reference: str) -> str:
    """A reference as its author thinks of it: percent-encoded text readable.

    What would change its meaning or is no text (`%23`, `%2F`, control characters, broken UTF-8) stays encoded, so
    that the path can be decoded once more after the query and the fragment are split off.
    """
    return _PERCENT.sub(_decoded_run, reference) if "%" in reference else reference


def encoded(target: str) -> str:
    """The target of a link as it can stand in an address: what no address may hold is encoded."""
    return _UNFIT.sub(lambda found: quote(found[0]), target)


def _decoded_run(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("%", ""))
    return "".join(
        character
        if character not in _KEPT and character.isprintable()
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
        for character in raw.decode("utf-8", "surrogateescape")
    )


class References:
    """The links of one post, collected while its tokens are changed to hold placeholders."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        """In the order in which they were found."""
        self._fragments: dict[str, int] = {}
        """The numbers of the references to a place in the same text."""
        self._footnote_lines: dict[int, int] = {}
        """Where footnotes are first referred to, which is where one that is written in the text stands."""

    def collect(self, tokens: Iterable[Token], first_line: int) -> None:
        """Put placeholders into all tokens of a text that begins on `first_line` of its file."""
        line = first_line
        for token in tokens:
            kind = token.type
            if kind == "inline":
                content = token.content
                if "[" in content or "<" in content:
                    line = first_line + token.map[0] if token.map else line
                    self._collect_inline(token, line)
            elif kind == "html_block":
                line = first_line + token.map[0] if token.map else line
                token.content = self._html(token.content, line)
            elif kind == "footnote_open":
                line = self._footnote_lines.get(token.meta["number"], line)

    def _collect_inline(self, inline: Token, first_line: int) -> None:
        children = inline.children or ()
        lines = _Lines(inline, first_line)
        for token in children:
            match token.type:
                case "softbreak" | "hardbreak":
                    lines.line += 1
                case "link_open":
                    href = str(token.attrs.get("href", ""))
                    placeholder = self._placeholder(href, "link", lines.of(href))
                    if placeholder:
                        token.attrs["href"] = placeholder
                case "image":
                    source = str(token.attrs.get("src", ""))
                    placeholder = self._placeholder(source, "image", lines.of(source))
                    if placeholder:
                        token.attrs["src"] = placeholder
                        if "width" not in token.attrs and "height" not in token.attrs:
                            token.meta["size"] = _size_placeholder(placeholder)
                case "html_inline":
                    token.content = self._html(token.content, lines.of(token.content))
                    lines.line += token.content.count("\n")
                case "footnote_ref":
                    self._footnote_lines.setdefault(token.meta["number"], lines.line)
                case _:
                    pass

    def detach(self, tokens: Iterable[Token], first_line: int) -> None:
        """Make the tokens of a summary fit to stand on other pages.

        They lose all ids and what refers to ids, and their references into the text itself become placeholders.
        """
        line = first_line
        for token in tokens:
            if token.map:
                line = first_line + token.map[0]
            if token.attrs:
                self._detach_token(token, line)
            if token.type == "html_block":
                token.content = self._detached_html(token.content, line)
            for child in token.children or ():
                if child.type == "html_inline":
                    child.content = self._detached_html(child.content, line)
                elif child.attrs:
                    self._detach_token(child, line)

    def _detach_token(self, token: Token, line: int) -> None:
        token.attrs.pop("id", None)
        href = token.attrs.get("href")
        if isinstance(href, str) and href[:1] in ("", "#"):
            token.attrs["href"] = self._own_page(href, line)

    def _placeholder(self, reference: str, kind: Kind, line: int) -> str | None:
        """What stands for a reference; `None` if it stays as it is."""
        if not reference or leads_elsewhere(reference):
            return None
        link = Link(target=decoded(reference), kind=kind, line=line)
        self.links.append(link)
        number = len(self.links) - 1
        if reference.startswith("#"):
            self._fragments.setdefault(link.target, number)
            return None
        return f"\0{number}\0"

    def _own_page(self, fragment: str, line: int) -> str:
        """What stands for a place in the text itself, on another page."""
        target = decoded(fragment)
        if target not in self._fragments:
            self.links.append(Link(target=target, kind="link", line=line))
            self._fragments[target] = len(self.links) - 1
        return f"\0{self._fragments[target]}\0"

    def _html(self, html: str, line: int) -> str:
        """Raw HTML that begins on `line`, with placeholders."""
        if not _MAY_REFER.search(html):
            return html

        def change(name: str, attributes: str, here: int) -> str | None:
            if name not in _ELEMENTS:
                return None
            changed = change_attributes(
                attributes, lambda attribute, value: self._attribute(name, attribute, value, here)
            )
            return _picture_extras(changed) + changed if name == "img" else changed

        return change_tags(html, change, line)

    def _attribute(self, element: str, name: str, value: str, line: int) -> str | None:
        if (element, name) in _PICTURE_SETS:
            pictures = _CANDIDATE.sub(
                lambda match: match[1] + (self._placeholder(match[2], "image", line) or match[2]) + match[3],
                value,
            )
            return pictures.replace("&", "&amp;").replace('"', "&quot;")
        kind = _ATTRIBUTES.get((element, name))
        return self._placeholder(value.strip(" \t\r\n"), kind, line) if kind else None

    def _detached_html(self, html: str, line: int) -> str:
        if not _MAY_IDENTIFY.search(html):
            return html

        def change(name: str, attributes: str, _line: int) -> str:
            attributes = without_attributes(attributes, _IDENTIFYING)
            return change_attributes(attributes, own_page) if name in ("a", "area") else attributes

        def own_page(name: str, value: str) -> str | None:
            return self._own_page(value, line) if name == "href" and value[:1] in ("", "#") else None

        return change_tags(html, change)


class _Lines:
    """The lines of the references in one inline token, from its line breaks.

    Between Chinese characters these may have been dropped; then a reference is looked for in the source.
    """

    def __init__(self, inline: Token, first_line: int) -> None:
        self.line = first_line
        """The line that the breaks so far lead to."""
        self._first_line = first_line
        self._source = inline.content
        self._position = 0
        expected = self._source.count("\n")
        self._must_look = expected > 0 and expected > sum(
            token.type in ("softbreak", "hardbreak") for token in inline.children or ()
        )

    def of(self, text: str) -> int:
        """The line on which `text`, a reference or a tag, stands."""
        if self._must_look:
            for form in (text, decoded(text)):
                found = self._source.find(form, self._position)
                if found >= 0:
                    self._position = found
                    self.line = self._first_line + self._source.count("\n", 0, found)
                    break
        return self.line


def _size_placeholder(placeholder: str) -> str:
    return f"{placeholder[:-1]}s\0"


def _picture_extras(attributes: str) -> str:
    """What a typed `<img>` gets besides: the size of a picture of the site if none is given, lazy loading."""
    found = read_attributes(attributes)
    extras = ""
    if found.get("src", "").startswith("\0") and found.keys().isdisjoint(("width", "height", "style")):
        extras += _size_placeholder(found["src"])
    if "loading" not in found:
        extras += ' loading="lazy"'
    if "decoding" not in found:
        extras += ' decoding="async"'
    return extras
