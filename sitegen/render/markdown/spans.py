"""Emphasis, code and links whose text is plain, each read in one step: nine in ten of all there are.

The rules of markdown-it look for the end of a label token by token, make a token of each `*`, and pair these in
three passes over the text. None of that is needed where nothing inside a span means anything. Whatever is not
as simple as that is left to those rules, which stand behind the ones made here.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_inline import StateInline

from sitegen.render.markdown.tokens import QuickToken

_ORDINARY_DESTINATION = r"[A-Za-z0-9/._~!$*+,;=?#@%:-]++"
_CODE = re.compile(r"`([^`\n ][^`\n]*+)`(?!`)")


def plain_span_rules(special: Collection[str]) -> dict[str, RuleFuncInlineType]:
    """The rules by the characters they begin with; text is plain that holds none of the `special` characters."""
    plain = f"[^{re.escape(''.join(sorted(special)))}]++"
    emphasis = re.compile(rf"(\*\*?)({plain})\1(?!\*)")
    link = re.compile(rf"\[({plain})\]\(({_ORDINARY_DESTINATION})\)")

    def plain_emphasis(state: StateInline, silent: bool) -> bool:
        """The inline rule for `*text*` and `**text**`.

        The two runs pair if the one can open and the other close: no delimiter is between them, and as they are
        of one length CommonMark's rule of three does not part them. But a run that could also close must first
        be offered to what was opened before.
        """
        match = None if silent else emphasis.match(state.src, state.pos, state.posMax)
        if match is None:
            return False
        marker, text = match.groups()
        # Beside a letter or digit a run opens and closes whatever stands on its other side.
        is_within = text[0].isalnum() and text[-1].isalnum()
        if state.delimiters or not is_within:
            opening = state.scanDelims(state.pos, True)
            closing = state.scanDelims(match.end() - len(marker), True)
            if not (opening.can_open and closing.can_close) or (opening.can_close and state.delimiters):
                return False
        if len(marker) == 1:
            _push_element(state, "em_open", "em_close", "em", text, markup=marker)
        else:
            _push_element(state, "strong_open", "strong_close", "strong", text, markup=marker)
        state.pos = match.end()
        return True

    def plain_link(state: StateInline, silent: bool) -> bool:
        """The inline rule for `[text](destination)`."""
        match = None if silent else link.match(state.src, state.pos, state.posMax)
        if match is None:
            return False
        text, destination = match.groups()
        href = state.md.normalizeLink(destination)
        if not state.md.validateLink(href):
            return False
        _push_element(state, "link_open", "link_close", "a", text, attrs={"href": href})
        state.pos = match.end()
        return True

    return {"*": plain_emphasis, "[": plain_link, "`": plain_code}


def plain_code(state: StateInline, silent: bool) -> bool:
    """The inline rule for code between single backticks."""
    match = None if silent else _CODE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    token = state.push("code_inline", "code", 0)
    token.markup = "`"
    token.content = match[1]
    state.pos = match.end()
    return True


def _push_element(
    state: StateInline,
    opening: str,
    closing: str,
    tag: str,
    text: str,
    *,
    attrs: dict[str, str | int | float] | None = None,
    markup: str = "",
) -> None:
    """Append an element that holds nothing but text."""
    if state.pending:
        state.pushPending()
    level = state.pendingLevel = state.level
    state.tokens += (
        QuickToken(opening, tag, 1, attrs, level=level, markup=markup),
        QuickToken("text", "", 0, level=level + 1, content=text),
        QuickToken(closing, tag, -1, level=level, markup=markup),
    )
