"""Warnings about raw HTML that its author began and did not end, so that the rest of the page falls into it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from sitegen.errors import Problem
from sitegen.model import SourcePath, Value
from sitegen.render.markdown.elements import OpenElements
from sitegen.render.markdown.markup import Tag, tags_with_lines

_END_OPTIONAL = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
        "caption",
        "option",
        "optgroup",
    ]
)
"""Elements that HTML lets end by themselves."""


_ELEMENTS = re.compile(
    r"a|abbr|acronym|address|article|aside|audio|b|bdi|bdo|big|blink|blockquote|body|button|canvas|center|cite|code|"
    r"data|datalist|del|details|dfn|dialog|dir|div|dl|em|fieldset|figcaption|figure|font|footer|form|frameset|h[1-6]|"
    r"head|header|hgroup|html|i|iframe|ins|kbd|label|legend|main|map|mark|marquee|math|menu|meter|nav|nobr|noembed|"
    r"noframes|noscript|object|ol|output|picture|pre|progress|q|rb|rp|rt|rtc|ruby|s|samp|script|search|section|select|"
    r"slot|small|span|strike|strong|style|sub|summary|sup|svg|table|template|textarea|time|title|tt|u|ul|var|video|xmp|"
    r".*-.*"
)
"""Names of elements that have an end tag, those out of use and those of the author's own included."""


class _Place(Value, frozen=True):
    """Where a tag or comment was typed."""

    line: int
    """Of the text, counted from 0."""
    text: str


def unclosed(tokens: Sequence[Token], text: str, path: SourcePath, first_line: int) -> Iterator[Problem]:
    """A warning for each element and comment in the raw HTML of `tokens` that is never closed.

    `tokens` are those of `text`, which begins on `first_line` of the file at `path`.
    """
    lines = text.split("\n")
    for place, message in _findings(tokens):
        source = lines[place.line] if place.line < len(lines) else ""
        column = source.find(place.text)
        yield Problem(
            code="html",
            message=message,
            path=path,
            line=first_line + place.line,
            column=column + 1 if column >= 0 else None,
            length=len(place.text),
            source=source,
            severity="warning",
        )


def _findings(tokens: Sequence[Token]) -> Iterator[tuple[_Place, str]]:
    elements = OpenElements()
    places: list[tuple[Tag, _Place]] = []
    for html, line in _typed(tokens):
        for tag, here in tags_with_lines(html, line):
            shown = html[tag.start : tag.end].partition("\n")[0]
            place = _Place(line=here, text=shown)
            if not tag.is_finished and not tag.name and shown.startswith("<!--"):
                yield _Place(line=place.line, text="<!--"), "this comment is never closed: end it with -->"
            elif tag.name and tag.is_finished:
                elements.meet(tag)
                if elements.tags and elements.tags[-1] is tag:
                    places.append((tag, place))
    still_open = {id(tag) for tag in elements.tags}
    for tag, place in places:
        if id(tag) in still_open and tag.name not in _END_OPTIONAL:
            yield place, _message(tag, place)


def _message(tag: Tag, place: _Place) -> str:
    if _ELEMENTS.fullmatch(tag.name):
        return f"<{tag.name}> is never closed: end it with </{tag.name}>"
    name = place.text[1 : 1 + len(tag.name)]
    return (
        f"<{name}> is taken for a tag and not shown: if it is text, write \\<{name}> or put it in backticks"
    )


def _typed(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """The raw HTML of a text, each piece with its line."""
    line = 0
    for token in tokens:
        if token.map:
            line = token.map[0]
        if token.type == "html_block":
            yield token.content, line
        elif token.type == "inline" and "<" in token.content:
            here = line
            for child in token.children or ():
                if child.type == "html_inline":
                    yield child.content, here
                    here += child.content.count("\n")
                elif child.type in ("softbreak", "hardbreak"):
                    here += 1
