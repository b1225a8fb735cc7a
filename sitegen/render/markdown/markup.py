"""Raw HTML as authors type it: its tags found, its attributes read and changed, its text taken out.

Reads HTML the way a browser's tokeniser does, in one pass whose time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

from sitegen.model import Value

_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|"
    r"dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|html|legend|li|main|"
    r"menu|nav|ol|optgroup|option|p|pre|search|section|select|summary|table|tbody|td|tfoot|"
    r"th|thead|tr|ul"
)
"""Elements before and after which a line breaks."""

RAW_TEXT = frozenset(["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"])
"""Elements in which there are no tags but their own end."""
_HIDDEN = frozenset(
    ["script", "style", "template", "rt", "rp", "iframe", "noembed", "noframes", "svg", "math", "head"]
)
_ATTRIBUTE_PATTERN = r"([^\s/>][^\s/>=]*+)(?:(\s*+=\s*+)(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>\"'][^\s>]*+)))?+"
_ATTRIBUTE = re.compile(_ATTRIBUTE_PATTERN, re.ASCII)
_ATTRIBUTE_AFTER_BLANKS = re.compile(r"\s*+" + _ATTRIBUTE_PATTERN, re.ASCII)
_TAG = re.compile(
    # A comment, to its end or that of the text.
    r"<!--(?:(?P<comment>-?>)|.*?(?:(?P<comment_end>--!?>)|\Z))"
    # What browsers take for a comment: declarations, instructions, end tags without a name.
    r"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?P<other_end>>?)"
    # A tag: possessive throughout and always a match, so that no text is read twice.
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>\0]*+)"
    r"(?P<attributes>(?:[\s/]++|[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+)*+)"
    r"(?P<end>>?)",
    re.DOTALL | re.ASCII,
)


class Tag(Value, frozen=True):
    """One tag or comment of a text."""

    start: int
    end: int
    name: str = ""
    """In small letters; empty for a comment or declaration."""
    is_closing: bool = False
    is_finished: bool = True
    """Whether its end is there, rather than that of the text."""
    attributes: str = ""
    """As typed."""


def tags(html: str) -> Iterator[Tag]:
    """Every tag, comment and declaration of `html` in order; what scripts and the like hold is skipped."""
    position = 0
    while match := _TAG.search(html, position):
        start, position = match.span()
        name = match["name"]
        if name is None:
            ending = match["comment"] or match["comment_end"] or match["other_end"]
            yield Tag(start=start, end=position, is_finished=bool(ending))
            continue
        name = name.lower()
        yield Tag(
            start=start,
            end=position,
            name=name,
            is_closing=bool(match["close"]),
            is_finished=bool(match["end"]),
            attributes=match["attributes"],
        )
        if name in RAW_TEXT and not match["close"]:
            position = _raw_text_end(html, name, position)


def tags_with_lines(html: str, first_line: int) -> Iterator[tuple[Tag, int]]:
    """Every tag of `html`, which begins on `first_line`, with the line on which it begins."""
    line, position = first_line, 0
    for tag in tags(html):
        line += html.count("\n", position, tag.start)
        position = tag.start
        yield tag, line


def _raw_text_end(html: str, name: str, position: int) -> int:
    match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
    return match.start() if match else len(html)


def read_attributes(attributes: str) -> dict[str, str]:
    """The values of the attributes of a tag by name in small letters; the first of each name counts, as in browsers."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        found.setdefault(match[1].lower(), _value(match))
    return found


def closes_itself(attributes: str) -> bool:
    """Whether a tag with these attributes ends with `/>`, where the slash is not part of a value without quotes."""
    if not attributes.endswith("/"):
        return False
    last = None
    for match in _ATTRIBUTE.finditer(attributes):
        last = match
    return last is None or last.end() < len(attributes)


def _value(match: re.Match[str]) -> str:
    value = match[3] or match[4] or match[5] or ""
    return unescape(value) if "&" in value else value


TagChange = Callable[[str, str, int], str | None]
"""From a tag's name, its attributes and its line to its new attributes; `None` leaves them as they are."""


def change_tags(html: str, change: TagChange, first_line: int = 0) -> str:
    """`html`, which begins on `first_line`, with the attributes of some tags changed; end tags are not asked about."""
    pieces: list[str] = []
    position = 0
    for tag, line in tags_with_lines(html, first_line):
        if tag.attributes and not tag.is_closing:
            changed = change(tag.name, tag.attributes, line)
            if changed is not None:
                start = tag.start + 1 + len(tag.name)
                pieces += (html[position:start], changed)
                position = start + len(tag.attributes)
    pieces.append(html[position:])
    return "".join(pieces)


AttributeChange = Callable[[str, str], str | None]
"""From the name and the text of an attribute to its new text, ready for double quotes; `None` leaves it as typed."""


def change_attributes(attributes: str, change: AttributeChange) -> str:
    """The attributes of a tag with some values changed; an empty name for a value is never asked for."""

    def changed(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[0]
        new = change(match[1].lower(), _value(match))
        return match[0] if new is None else f'{match[1]}="{new}"'

    return _ATTRIBUTE.sub(changed, attributes)


def without_attributes(attributes: str, names: frozenset[str]) -> str:
    """The attributes of a tag without those of these names."""
    return _ATTRIBUTE_AFTER_BLANKS.sub(
        lambda match: "" if match[1].lower() in names else match[0], attributes
    )


def shown_text(html: str) -> str:
    """What a reader sees of raw HTML, with line breaks where blocks begin and end.

    Scripts, style sheets, drawings and the small readings above ruby text are left out.
    """
    pieces: list[str] = []
    hidden, depth = "", 0
    position = 0
    for tag in tags(html):
        if not hidden:
            pieces.append(html[position : tag.start])
        position = tag.end
        if _BLOCK.fullmatch(tag.name):
            pieces.append("\n")
        if tag.name == (hidden or tag.name) and tag.name in _HIDDEN:
            depth = max(depth - 1, 0) if tag.is_closing else depth + 1
            hidden = tag.name if depth else ""
    if not hidden:
        pieces.append(html[position:])
    return unescape("".join(pieces))


_ID = re.compile(r"""(?<=[\s"'/])(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def rendered_ids(html: str) -> Iterator[str]:
    """The ids in HTML that we rendered ourselves, where they are always written ` id="…"`."""
    for piece in html.split(' id="')[1:]:
        yield unescape(piece[: piece.find('"')])


def typed_ids(html: str) -> Iterator[str]:
    """The names that a `#fragment` can mean in HTML as authors type it."""
    for match in _ID.finditer(html):
        yield unescape(match[1] or match[2] or match[3] or "")
