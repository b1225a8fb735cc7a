"""Raw HTML as authors type it: its tags found, its references and ids changed, its elements closed.

Reads HTML the way a browser's tokeniser does, in one pass whose time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

from sitegen.model import Value

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
"""Elements without an end tag."""

_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|"
    r"dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|html|legend|li|main|"
    r"menu|nav|ol|optgroup|option|p|pre|search|section|select|summary|table|tbody|td|tfoot|"
    r"th|thead|tr|ul"
)
"""Elements before and after which a line breaks."""

_RAW_TEXT = frozenset(["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"])
_HIDDEN = frozenset(
    ["script", "style", "template", "rt", "rp", "iframe", "noembed", "noframes", "svg", "math", "head"]
)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<[!?][^>]*+>?"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?P<attributes>(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+)*+)"
    r"(?P<end>>?)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s/>=]++)(?:(\s*+=\s*+)(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>\"'][^\s>]*+)))?+")


class Tag(Value, frozen=True):
    """One tag or comment of a text."""

    start: int
    end: int
    name: str = ""
    """In small letters; empty for a comment."""
    is_closing: bool = False
    attributes: str = ""
    """As typed."""


def tags(html: str) -> Iterator[Tag]:
    """Every tag, comment and declaration of `html` in order; what scripts and the like hold is skipped."""
    position = 0
    while match := _TOKEN.search(html, position):
        position = match.end()
        name = match["name"]
        if name is None:
            yield Tag(start=match.start(), end=position)
            continue
        name = name.lower()
        yield Tag(
            start=match.start(),
            end=position,
            name=name,
            is_closing=bool(match["close"]),
            attributes=match["attributes"],
        )
        if name in _RAW_TEXT and not match["close"]:
            position = _raw_text_end(html, name, position)


def _raw_text_end(html: str, name: str, position: int) -> int:
    match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
    return match.start() if match else len(html)


def attributes_of(tag: Tag) -> dict[str, str]:
    """The attributes of a tag by name in small letters, as a browser reads them; the first of each name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag.attributes):
        value = match[3] or match[4] or match[5] or ""
        found.setdefault(match[1].lower(), unescape(value) if "&" in value else value)
    return found


AttributeChange = Callable[[str, str], str | None]
"""From the name and the text of an attribute to its new text, ready for double quotes; `None` leaves it as typed."""


def change_attributes(attributes: str, change: AttributeChange) -> str:
    """The attributes of a tag with some values changed; an empty name for a value is never asked for."""

    def changed(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[0]
        value = match[3] or match[4] or match[5] or ""
        new = change(match[1].lower(), unescape(value) if "&" in value else value)
        return match[0] if new is None else f'{match[1]}="{new}"'

    return _ATTRIBUTE.sub(changed, attributes)


def without_attributes(attributes: str, names: frozenset[str]) -> str:
    """The attributes of a tag without those of these names."""
    return _ATTRIBUTE.sub(lambda match: "" if match[1].lower() in names else match[0], attributes)


def balanced(html: str) -> str:
    """`html` with every element closed and no end tag that ends nothing, so that it may stand inside any page.

    A construct that its author never finished, such as a comment without its end, is left out.
    """
    pieces: list[str] = []
    open_names: list[str] = []
    position = 0
    for tag in tags(html):
        pieces.append(html[position : tag.start])
        position = tag.end
        text = html[tag.start : tag.end]
        if not tag.name:
            if _is_finished(text):
                pieces.append(text)
            continue
        if not text.endswith(">"):
            continue
        if not tag.is_closing:
            pieces.append(text)
            if tag.name not in _VOID:
                open_names.append(tag.name)
        elif tag.name in open_names:
            while (name := open_names.pop()) != tag.name:
                pieces.append(f"</{name}>")
            pieces.append(text)
    pieces.append(html[position:])
    pieces.extend(f"</{name}>" for name in reversed(open_names))
    return "".join(pieces)


def _is_finished(text: str) -> bool:
    return text.endswith("-->") or (not text.startswith("<!--") and text.endswith(">"))


def shown_text(html: str) -> str:
    """What a reader sees of raw HTML, with line breaks where blocks begin and end.

    Scripts, style sheets, drawings and the small readings above ruby text are left out.
    """
    pieces: list[str] = []
    hidden: list[str] = []
    position = 0
    for tag in tags(html):
        if not hidden:
            pieces.append(html[position : tag.start])
        position = tag.end
        if _BLOCK.fullmatch(tag.name):
            pieces.append("\n")
        if tag.name in _HIDDEN:
            if not tag.is_closing:
                hidden.append(tag.name)
            elif tag.name in hidden:
                while hidden.pop() != tag.name:
                    pass
    if not hidden:
        pieces.append(html[position:])
    return unescape("".join(pieces))
