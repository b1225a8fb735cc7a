"""Which elements of raw HTML are open where, and how they are closed."""

from __future__ import annotations

from collections import Counter

from sitegen.render.markdown.markup import RAW_TEXT, Tag, closes_itself, tags

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
"""Elements without an end tag."""

_FOREIGN = frozenset(["svg", "math"])
"""Elements in which `/>` closes a tag."""

_ENDS_PARAGRAPH = frozenset(
    [
        *[
            "address",
            "article",
            "aside",
            "blockquote",
            "center",
            "details",
            "dialog",
            "dir",
            "div",
            "dl",
            "fieldset",
        ],
        *[
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hgroup",
            "hr",
        ],
        *["main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "ul"],
    ]
)
"""Start tags before which an open paragraph ends without an end tag."""

_ROWS = frozenset(["tr"])
_CELLS = frozenset(["td", "th"])
_ROW_GROUPS = frozenset(["thead", "tbody", "tfoot"])
_TERMS = frozenset(["dt", "dd"])
_ENDS_SIBLING: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(["li"]), frozenset(["ul", "ol", "menu"])),
    **dict.fromkeys(_TERMS, (_TERMS, frozenset(["dl"]))),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset(["tr", "table"]))),
    "tr": (_ROWS | _CELLS, frozenset(["table", *_ROW_GROUPS])),
    **dict.fromkeys(_ROW_GROUPS, (_ROW_GROUPS, frozenset(["table"]))),
    "option": (frozenset(["option"]), frozenset(["select", "datalist"])),
}
"""Start tags that end an open element of some names, unless it is outside an element of other names."""

_BOUNDARIES = frozenset(["table", "td", "th", "caption", "button", "object", "template"])
"""Elements out of which no end tag reaches but those of tables themselves."""

_REACH = 100
"""An end tag is not looked for further out than this many elements."""

_TABLE_PARTS = frozenset(["table", "caption", "tr", *_CELLS, *_ROW_GROUPS])


class OpenElements:
    """The elements that are open at one place of a text, from the outermost."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []
        self._counts: Counter[str] = Counter()

    def meet(self, tag: Tag) -> list[str] | None:
        """Go past a tag; the names of the elements that end before it, or `None` if it is an end tag to be ignored.

        An end tag ends its own element too, which is not among the names.
        """
        if tag.is_closing:
            position = self._open_position(tag.name)
            if position is None:
                return None
            ended = self._end_from(position)
            return ended[:-1]
        ended = self._ended_by(tag.name)
        if tag.name not in _VOID and not (closes_itself(tag.attributes) and self._is_foreign(tag.name)):
            self.tags.append(tag)
            self._counts[tag.name] += 1
        return ended

    def names(self) -> list[str]:
        """The names of the open elements, from the innermost."""
        return [tag.name for tag in reversed(self.tags)]

    def are_foreign(self) -> bool:
        """Whether the innermost element is part of a drawing or formula."""
        return any(self._counts[name] for name in _FOREIGN)

    def _is_foreign(self, name: str) -> bool:
        return name in _FOREIGN or self.are_foreign()

    def _outwards(self) -> range:
        """The places of the open elements, from the innermost."""
        return range(len(self.tags) - 1, max(-1, len(self.tags) - 1 - _REACH), -1)

    def _end_from(self, position: int) -> list[str]:
        """End the elements from a place on; their names from the innermost."""
        names = [tag.name for tag in reversed(self.tags[position:])]
        del self.tags[position:]
        self._counts.subtract(names)
        return names

    def _open_position(self, name: str) -> int | None:
        """The place of the element that an end tag of this name ends."""
        if not self._counts[name]:
            return None
        boundaries = {"table"} if name in _TABLE_PARTS else _BOUNDARIES
        for position in self._outwards():
            open_name = self.tags[position].name
            if open_name == name:
                return position
            if open_name in boundaries:
                return None
        return None

    def _ended_by(self, name: str) -> list[str]:
        """End what a start tag of this name ends without an end tag."""
        if name in _ENDS_PARAGRAPH:
            position = self._open_position("p")
            return [] if position is None else self._end_from(position)
        if name not in _ENDS_SIBLING:
            return []
        siblings, containers = _ENDS_SIBLING[name]
        if not any(self._counts[sibling] for sibling in siblings):
            return []
        found: int | None = None
        for position in self._outwards():
            if self.tags[position].name in siblings:
                found = position
            elif self.tags[position].name in containers:
                break
        return [] if found is None else self._end_from(found)


def open_tags(html: str) -> list[Tag]:
    """The tags of the elements that are open at the end of `html`, from the outermost."""
    elements = OpenElements()
    for tag in tags(html):
        if tag.name and tag.is_finished:
            elements.meet(tag)
    return elements.tags


def balanced(html: str) -> str:
    """`html` with every element closed and no end tag that ends nothing, so that it can stand inside any page.

    A tag or comment that its author did not finish is left out, and `<plaintext>`, which has no end.
    """
    elements = OpenElements()
    pieces: list[str] = []
    position = 0
    for tag in tags(html):
        text = _text_inside(elements, html[position : tag.start])
        position = tag.end
        is_kept = tag.is_finished and tag.name != "plaintext"
        ended = elements.meet(tag) if tag.name and is_kept else []
        if ended is None or not is_kept:
            # What follows must not make a tag of a bracket that was none.
            pieces.append(f"{text[:-1]}&lt;" if text.endswith("<") else text)
            continue
        pieces.append(text)
        pieces.extend(f"</{name}>" for name in ended)
        pieces.append(_as_read(html, tag, is_opening=tag in elements.tags[-1:]))
    pieces.append(_text_inside(elements, html[position:]))
    pieces.extend(f"</{name}>" for name in elements.names())
    return "".join(pieces)


def _text_inside(elements: OpenElements, text: str) -> str:
    """`text` as it may stand inside the innermost element.

    Where no tags are read, a bracket is made one that no reader can take for a tag, or the text is left out: so it
    is in a script that holds `<!--`, which may not end where it seems to, and in one within a drawing.
    """
    if "<" not in text or not elements.tags or elements.tags[-1].name not in RAW_TEXT:
        return text
    match elements.tags[-1].name:
        case "textarea" | "title":
            return text.replace("<", "&lt;")
        case "script" | "style" if not ("<!--" in text or elements.are_foreign()):
            return text
        case _:
            return ""


def _as_read(html: str, tag: Tag, *, is_opening: bool) -> str:
    """A tag as typed, but that `<div/>`, which is `<div>` to browsers, says so."""
    text = html[tag.start : tag.end]
    return text[:-1].rstrip(" \t\r\n\f/") + ">" if is_opening and closes_itself(tag.attributes) else text
