"""Attributes in braces: `{#id .class key=value}` behind a heading, a link, a picture, code or emphasis, or above a block.

    ## Heading {#start .wide}
    ![A picture](a.png){width=300}

    {.poem}
    A paragraph.

Braces are attributes only if everything in them is: `{x}`, `{{ x }}` or one attribute that is not allowed leaves
them as text, so that nothing an author typed disappears.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ITEM = r"[#.][^\s#.{}=\"'<>`]+|[a-z-]+=(?:\"[^\"{}\n]*\"|[^\s\"'{}=<>`]+)"
_ATTRIBUTES = rf"\{{[ \t]*((?:{_ITEM})(?:[ \t]+(?:{_ITEM})|(?=[#.])(?:{_ITEM}))*)[ \t]*\}}"
_AT_START = re.compile(_ATTRIBUTES)
_ITEMS = re.compile(_ITEM)
_LONGEST = 500

_EVERYWHERE = frozenset(["id", "class", "lang", "dir", "title"])
_ALLOWED = MappingProxyType(
    {
        "image": frozenset(["width", "height", "loading"]),
        "link_open": frozenset(["target", "rel", "hreflang", "download", "type"]),
        "ordered_list_open": frozenset(["start"]),
    }
)
"""What an element may have besides: nothing that runs, loads or paints."""
_VALUES = MappingProxyType(
    {
        "width": re.compile(r"[0-9]{1,5}"),
        "height": re.compile(r"[0-9]{1,5}"),
        "start": re.compile(r"[0-9]{1,9}"),
        "loading": re.compile("lazy|eager"),
        "dir": re.compile("ltr|rtl|auto"),
        "target": re.compile("_blank|_self|_parent|_top"),
        "lang": re.compile("[A-Za-z0-9-]{1,35}"),
        "hreflang": re.compile("[A-Za-z0-9-]{1,35}"),
    }
)
_WITH_ATTRIBUTES = frozenset(["link_open", "em_open", "strong_open", "s_open", "image", "code_inline"])


def add_attribute_rules(parser: MarkdownIt) -> None:
    """Make `parser` read attributes; its block rule begins with `{`."""
    parser.block.ruler.before("fence", "attributes", attribute_block)
    parser.core.ruler.after("inline", "attributes", attach_attributes)


def attribute_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The block rule for a line of attributes right above the block that they are for."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    match = _AT_START.match(state.src, start, min(state.eMarks[startLine], start + _LONGEST))
    if not match or state.src[match.end() : state.eMarks[startLine]].strip(" \t"):
        return False
    if startLine + 1 >= endLine or state.isEmpty(startLine + 1):
        return False
    if silent:
        return True
    token = state.push("attributes", "", 0)
    token.map = [startLine, startLine + 1]
    token.content = match[0]
    token.hidden = True
    state.line = startLine + 1
    return True


def attach_attributes(state: StateCore) -> None:
    """The core rule that gives elements their attributes, and leaves as text what are none."""
    tokens = state.tokens
    blocks = False
    for index, token in enumerate(tokens):
        if token.type == "attributes":
            blocks = True
        elif token.type == "inline" and "{" in token.content:
            _attach_inline(token.children or [])
            if tokens[index - 1].type == "heading_open":
                _attach_heading(tokens[index - 1], token.children or [])
    if blocks:
        state.tokens = _attach_blocks(tokens)


def _attach_inline(children: list[Token]) -> None:
    """Take the attributes behind links, pictures, code and emphasis."""
    opened: list[Token] = []
    owner: Token | None = None
    for child in children:
        if owner and child.type == "text" and child.content.startswith("{"):
            match = _AT_START.match(child.content, 0, _LONGEST)
            if match and _give(owner, match[1]):
                child.content = child.content[match.end() :]
        owner = None
        if child.nesting > 0:
            opened.append(child)
        elif child.nesting < 0 and opened:
            opening = opened.pop()
            owner = opening if opening.type in _WITH_ATTRIBUTES and opening.info != "auto" else None
        elif child.type in _WITH_ATTRIBUTES:
            owner = child


def _attach_heading(heading: Token, children: list[Token]) -> None:
    """Take the attributes at the end of a heading."""
    last = children[-1] if children else heading
    brace = last.content.rfind("{", max(0, len(last.content) - _LONGEST))
    if last.type != "text" or brace < 1 or last.content[brace - 1] not in " \t":
        return
    match = _AT_START.fullmatch(last.content, brace)
    if match and _give(heading, match[1]):
        last.content = last.content[:brace].rstrip(" \t")


def _attach_blocks(tokens: list[Token]) -> list[Token]:
    """The tokens with each line of attributes given to the block below it, or shown as the text that it is."""
    result: list[Token] = []
    waiting: list[Token] = []
    for token in tokens:
        if token.type == "attributes":
            waiting.append(token)
            continue
        for line in waiting:
            match = _AT_START.match(line.content)
            can_have = token.nesting >= 0 and token.tag and not token.hidden
            if not (can_have and match and _give(token, match[1])):
                result += _as_text(line)
        waiting = []
        result.append(token)
    return result


def _as_text(line: Token) -> list[Token]:
    """The paragraph that a line of braces is when they are no attributes."""
    return [
        Token("paragraph_open", "p", 1, map=line.map, level=line.level, block=True),
        Token(
            "inline",
            "",
            0,
            map=line.map,
            level=line.level + 1,
            content=line.content,
            children=[Token("text", "", 0, content=line.content)],
            block=True,
        ),
        Token("paragraph_close", "p", -1, level=line.level, block=True),
    ]


def _give(token: Token, text: str) -> bool:
    """Give the attributes in `text` to a token; False, and nothing given, if one of them is not for it."""
    found: dict[str, str] = {}
    classes: list[str] = []
    allowed = _EVERYWHERE | _ALLOWED.get(token.type, frozenset())
    for item in _ITEMS.findall(text):
        if item[0] == ".":
            classes.append(item[1:])
        elif item[0] == "#":
            found["id"] = item[1:]
        else:
            name, _, value = item.partition("=")
            value = value.strip('"')
            pattern = _VALUES.get(name)
            if name not in allowed or (pattern and not pattern.fullmatch(value)):
                return False
            if name == "class":
                classes += value.split(" ")
            else:
                found[name] = value
    if classes:
        found["class"] = " ".join([*filter(None, [str(token.attrs.get("class", ""))]), *classes])
    token.attrs.update(found)
    return True
