"""Footnotes: `[^name]` in the text, `[^name]: …` anywhere, and `^[…]` for both at once.

They are numbered in the order in which the text refers to them and stand at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from sitegen.render.markdown.complaints import complain
from sitegen.render.markdown.phrases import phrases

_NAME = r"\[\^([^\s\[\]]{1,200})\]"
_DEFINITION = re.compile(_NAME + ":")
_REFERENCE = re.compile(_NAME)
_INDENT = 4
"""The indentation of what goes on with a footnote on further lines."""


def add_footnote_rules(parser: MarkdownIt) -> None:
    """Make `parser` read and render footnotes; its rules begin with `[` and `^`."""
    parser.block.ruler.before("reference", "footnote", footnote, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.after("image", "footnote_ref", footnote_reference)
    parser.inline.ruler.after("image", "footnote_inline", inline_footnote)
    parser.core.ruler.after("inline", "footnotes", gather_footnotes)
    parser.add_render_rule("footnote_ref", _render_reference)
    parser.add_render_rule("footnote_block_open", _render_block_open)
    parser.add_render_rule("footnote_block_close", _render_block_close)
    parser.add_render_rule("footnote_open", _render_open)
    parser.add_render_rule("footnote_close", _render_close)
    parser.add_render_rule("footnote_anchor", _render_anchor)


def footnote(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """The block rule for `[^name]: …`, with all that is indented below it."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    match = _DEFINITION.match(state.src, start, state.eMarks[startLine])
    if not match or state.is_code_block(startLine):
        return False
    if silent:
        return True
    name = match[1]
    is_new = name not in state.env.setdefault("footnotes", {})
    state.env["footnotes"].setdefault(name, startLine)
    # The tokens stand between these two until `gather_footnotes` takes them to the end.
    opening = Token(
        "footnote_definition_open", "", 1, meta={"name": name, "is_new": is_new}, level=state.level
    )
    state.tokens.append(opening)
    state.level += 1
    before = (state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine], state.parentType)
    text = state.src[match.end() : state.eMarks[startLine]]
    blank = len(text) - len(text.lstrip(" \t"))
    state.bMarks[startLine] = match.end()
    state.tShift[startLine] = blank
    state.blkIndent += _INDENT
    state.sCount[startLine] = state.blkIndent
    state.parentType = "footnote"
    state.md.block.tokenize(state, startLine, endLine)
    state.blkIndent -= _INDENT
    (state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine], state.parentType) = before
    state.level -= 1
    opening.map = [startLine, state.line]
    state.tokens.append(Token("footnote_definition_close", "", -1, level=state.level))
    return True


def footnote_reference(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[^name]`, if there is a footnote of this name. A link can hold none: it is one itself."""
    names = state.env.get("footnotes")
    if not names or state.linkLevel > 0:
        return False
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    if not match or match[1] not in names:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"name": match[1]}
    state.pos = match.end()
    return True


def inline_footnote(state: StateInline, silent: bool) -> bool:
    """The inline rule for `^[text of the footnote]`."""
    start, limit = state.pos, state.posMax
    if state.linkLevel > 0 or state.src[start + 1 : start + 2] != "[":
        return False
    end = state.md.helpers.parseLinkLabel(state, start + 1)
    if end < 0:
        return False
    if not silent:
        text = state.src[start + 2 : end]
        state.env.setdefault("footnotes", {})
        state.push("footnote_ref", "", 0).meta = {"tokens": _paragraph(text, state)}
    state.pos, state.posMax = end + 1, limit
    return True


def gather_footnotes(state: StateCore) -> None:
    """The core rule that numbers the references and puts the footnotes to the end, in their order."""
    if "footnotes" not in state.env:
        return
    text, definitions = _apart(state.tokens)
    notes: list[list[Token]] = []
    counts: list[int] = []
    numbers: dict[str, int] = {}
    # A footnote may refer to others, so those found are read in their turn.
    unread = [text]
    for tokens in unread:
        for reference in _references(tokens):
            name = reference.meta.get("name")
            if name not in numbers:
                notes.append(definitions[name] if name else reference.meta["tokens"])
                counts.append(0)
                unread.append(notes[-1])
                if name:
                    numbers[name] = len(notes)
            number = numbers[name] if name else len(notes)
            counts[number - 1] += 1
            reference.meta = {"number": number, "occurrence": counts[number - 1]}
    unused = [(name, line) for name, line in state.env["footnotes"].items() if name not in numbers]
    lines = state.src.split("\n") if unused else []
    for name, line in unused:
        message = f"nothing refers to the footnote [^{name}], so it is not shown"
        complain(state.env, "footnote", message, line=line, lines=lines, excerpt=f"[^{name}]")
    state.tokens = text + _block(notes, counts)


def _apart(tokens: Sequence[Token]) -> tuple[list[Token], dict[str, list[Token]]]:
    """The tokens outside footnotes, and those of each footnote by its name; the first of a name counts."""
    text: list[Token] = []
    definitions: dict[str, list[Token]] = {}
    targets = [text]
    for token in tokens:
        if token.type == "footnote_definition_open":
            content: list[Token] = []
            if token.meta["is_new"]:
                definitions[token.meta["name"]] = content
            targets.append(content)
        elif token.type == "footnote_definition_close":
            targets.pop()
        else:
            targets[-1].append(token)
    return text, definitions


def _references(tokens: Sequence[Token]) -> Iterator[Token]:
    """The references to footnotes in tokens, in order."""
    for token in tokens:
        if token.type == "inline":
            yield from (child for child in token.children or () if child.type == "footnote_ref")


def _block(notes: Sequence[list[Token]], counts: Sequence[int]) -> list[Token]:
    """The tokens of all footnotes, each with links back behind its last words."""
    if not notes:
        return []
    tokens = [Token("footnote_block_open", "", 1, block=True)]
    for number, (content, count) in enumerate(zip(notes, counts, strict=True), start=1):
        tokens.append(Token("footnote_open", "", 1, meta={"number": number}, block=True))
        anchors = [
            Token("footnote_anchor", "", 0, meta={"number": number, "occurrence": occurrence})
            for occurrence in range(1, count + 1)
        ]
        if content and content[-1].type == "paragraph_close":
            tokens += [*content[:-1], *anchors, content[-1]]
        else:
            tokens += [*content, *anchors]
        tokens.append(Token("footnote_close", "", -1, block=True))
    tokens.append(Token("footnote_block_close", "", -1, block=True))
    return tokens


def _paragraph(text: str, state: StateInline) -> list[Token]:
    """The tokens of an inline footnote."""
    children = state.md.inline.parse(text, state.md, state.env, [])
    return [
        Token("paragraph_open", "p", 1, block=True),
        Token("inline", "", 0, content=text, children=children, block=True),
        Token("paragraph_close", "p", -1, block=True),
    ]


def _mark(meta: dict[str, int]) -> str:
    """What the ids of one reference end in: no heading's id holds a colon, so they can meet none."""
    return f"{meta['number']}" if meta["occurrence"] == 1 else f"{meta['number']}:{meta['occurrence']}"


def _render_reference(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    meta = tokens[index].meta
    identifier = "" if env.get("summary") else f' id="fnref:{_mark(meta)}"'
    return (
        f'<sup class="footnote-ref"><a href="#fn:{meta["number"]}"{identifier} role="doc-noteref">'
        f"{meta['number']}</a></sup>"
    )


def _render_block_open(
    _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, env: EnvType
) -> str:
    return f'<section class="footnotes" role="doc-endnotes" aria-label="{phrases(env).footnotes}">\n<ol>\n'


def _render_block_close(
    _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</ol>\n</section>\n"


def _render_open(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    return "<li>" if env.get("summary") else f'<li id="fn:{tokens[index].meta["number"]}">'


def _render_close(
    _self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</li>\n"


def _render_anchor(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType
) -> str:
    if env.get("summary"):
        return ""
    meta = tokens[index].meta
    label = phrases(env).back_to_text.format(number=_mark(meta).replace(":", "."))
    # The variation selector keeps telephones from drawing the arrow as an emoji.
    return (
        f' <a href="#fnref:{_mark(meta)}" class="footnote-backref" role="doc-backlink"'
        f' aria-label="{label}">\u21a9\ufe0e</a>'
    )
