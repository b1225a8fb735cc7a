"""Summaries of posts: what stands before the more marker, an excerpt, or the beginning of the text.

A summary stands on lists, beside others, so it holds no ids, no footnotes and nothing that is left open. The
summary of a post without a marker is a teaser: the text of its paragraphs, items and quotes, one `<p>` each, with
bold, italics, deleted text, code, links and line breaks, cut by width. Headings, code blocks, tables, pictures,
formulas on lines of their own and footnotes are left out; headings and tables are taken if there is nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

from sitegen.render.markdown.markup import shown_text
from sitegen.render.markdown.text import BLANKS, ELLIPSIS, cut_position, cut_text, one_line

_SIMPLE = frozenset(["strong", "em", "s", "del", "ins", "mark", "sub", "sup", "a"])
_GROUPS = frozenset(["outline_open", "outline_close", "unbroken_open", "unbroken_close"])
"""What a teaser keeps: these elements, the lines of outlines, and formulas with their punctuation."""
_LEFT_OUT = {
    "heading_open": "heading_close",
    "table_open": "table_close",
    "figure_open": "figure_close",
    "alert_title_open": "alert_title_close",
    "footnote_block_open": "footnote_block_close",
}
_BREAKS = frozenset(["softbreak", "hardbreak"])
_TEXTS = frozenset(["text", "text_special", "code_inline", "math_inline"])
_READINGS = ("<rt", "<rp")


def reading_text(tokens: Iterable[Token]) -> str:
    """All text of a post, code included, as its words are counted: a line for each block and each line break."""
    pieces: list[str] = []
    add = pieces.append
    for token in tokens:
        kind = token.type
        if kind == "inline":
            children = token.children or ()
            for child in _without_readings(children) if "<" in token.content else children:
                if child.type in _TEXTS:
                    add(child.content)
                elif child.type in _BREAKS:
                    add("\n")
            add("\n")
        elif kind in ("fence", "code_block"):
            add(token.content)
        elif kind == "html_block":
            add(shown_text(token.content))
    return "".join(pieces)


def description(tokens: Sequence[Token], width: int) -> str:
    """The beginning of the prose of a text, on one line of at most `width` columns."""
    pieces: list[str] = []
    length = 0
    for _, text in _paragraphs(tokens):
        pieces.append(one_line(text))
        length += len(text)
        if length > width:
            break
    return cut_text(" ".join(pieces), width)


def teaser(tokens: Sequence[Token], width: int) -> list[Token]:
    """The beginning of the prose of a text as paragraphs in at most `width` columns, with `…` where it is cut."""
    blocks: list[list[Token]] = []
    length = 0
    for children, _ in _paragraphs(tokens):
        block = _trimmed(children)
        blocks.append(block)
        length += sum(len(_shown(token)) for token in block) + 1
        if length > width:
            break
    texts = ["".join(map(_shown, block)) for block in blocks]
    whole = " ".join(texts)
    left = cut_position(whole, width)
    is_cut = left < len(whole)
    result: list[Token] = []
    for block, text in zip(blocks, texts, strict=True):
        if is_cut and left <= len(text):
            return result + _paragraph(_cut(block, left))
        result += _paragraph(block)
        left -= len(text) + 1
    return result


def _paragraphs(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], str]]:
    """The inline tokens of each stretch of prose, and its text; of headings and tables if there is no prose at all."""
    found = False
    for children in _prose(tokens):
        text = "".join(map(_shown, children))
        if text.strip(BLANKS):
            found = True
            yield children, text
    if found:
        return
    for token in tokens:
        if token.type == "inline":
            children = list(_without_readings(token.children or ()))
            text = "".join(map(_shown, children))
            if text.strip(BLANKS):
                yield children, text


def _prose(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    until: str | None = None
    for token in tokens:
        if until:
            if token.type == until:
                until = None
        elif token.type in _LEFT_OUT:
            until = _LEFT_OUT[token.type]
        elif token.type == "inline":
            children = token.children or []
            yield list(_without_readings(children)) if "<" in token.content else children
        elif token.type == "html_block":
            for line in shown_text(token.content).split("\n"):
                if text := one_line(line):
                    yield [Token("text", "", 0, content=text)]


def _without_readings(children: Iterable[Token]) -> Iterator[Token]:
    """Inline tokens without the small text above ruby, and with `<br>` as a line break."""
    end: str | None = None
    for token in children:
        if token.type == "html_inline":
            tag = token.content.lower()
            if end:
                end = None if tag.startswith(end) else end
            elif tag.startswith(_READINGS):
                end = "</" + tag[1:3]
            elif tag.startswith("<br"):
                yield Token("hardbreak", "br", 0)
        elif not end:
            yield token


def _shown(token: Token) -> str:
    """The text that a reader sees of one inline token."""
    if token.type in _TEXTS:
        return token.content
    return "\n" if token.type in _BREAKS else ""


def _trimmed(children: Iterable[Token]) -> list[Token]:
    """What a teaser keeps of a paragraph, without the blanks around it."""
    kept = [
        token
        for token in children
        if token.type in _TEXTS or token.type in _BREAKS or (token.nesting and _is_simple(token))
    ]
    while kept and _is_blank(kept[0]):
        del kept[0]
    while kept and _is_blank(kept[-1]):
        del kept[-1]
    if kept and kept[0].type == "text":
        kept[0] = kept[0].copy(content=kept[0].content.lstrip(BLANKS))
    return kept


def _is_simple(token: Token) -> bool:
    return token.tag in _SIMPLE or token.type in _GROUPS


def _is_blank(token: Token) -> bool:
    return token.type in _BREAKS or (token.type == "text" and not token.content.strip(BLANKS))


def _cut(block: Iterable[Token], left: int) -> list[Token]:
    """The first `left` characters of a paragraph and `…`, with every element closed."""
    result: list[Token] = []
    open_tokens: list[Token] = []
    for token in block:
        text = _shown(token)
        if left <= 0 and token.nesting != -1:
            break
        if token.nesting == 1:
            open_tokens.append(token)
        elif token.nesting == -1 and open_tokens:
            open_tokens.pop()
        if len(text) > left:
            if token.type != "math_inline":
                result.append(token.copy(content=token.content[:left]))
            break
        result.append(token)
        left -= len(text)
    while result and (result[-1].nesting == 1 or _is_blank(result[-1])):
        if result.pop().nesting == 1:
            open_tokens.pop()
    if result and result[-1].type == "text":
        result[-1] = result[-1].copy(content=result[-1].content.rstrip(BLANKS))
    result.append(Token("text", "", 0, content=ELLIPSIS))
    return result + [
        Token(token.type.replace("_open", "_close"), token.tag, -1) for token in reversed(open_tokens)
    ]


def _paragraph(children: list[Token]) -> list[Token]:
    is_outline = any(child.type == "outline_open" for child in children)
    return [
        Token("paragraph_open", "p", 1, attrs={"class": "outline"} if is_outline else {}, block=True),
        Token("inline", "", 0, children=children, block=True),
        Token("paragraph_close", "p", -1, block=True),
    ]
