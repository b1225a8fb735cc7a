"""Deleted text: `~~two tildes~~` anywhere, `~one~` as GFM has it, but only around whole words.

One tilde is the Chinese and Japanese sign for a range and for a drawl (`5~10元`, `好的~`), so beside a letter of
any script it stays text. Runs of three and more are text as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

_ONE, _TWO = 0xE007E, 0x7E
"""What tells the delimiters of one and of two tildes apart: they never pair with each other."""


def add_strikethrough_rules(parser: MarkdownIt) -> None:
    """Make `parser` read tildes; its rule begins with `~`."""
    parser.inline.ruler.at("strikethrough", strikethrough)
    parser.inline.ruler2.at("strikethrough", pair_tildes)
    parser.enable("strikethrough")


def strikethrough(state: StateInline, silent: bool) -> bool:
    """The inline rule for a run of tildes."""
    if silent:
        return False
    scanned = state.scanDelims(state.pos, True)
    can_open, can_close, length = scanned
    if length == 1 and can_open and can_close:
        # Text on both sides, or punctuation on both.
        can_open, can_close, _ = state.scanDelims(state.pos, False)
    if length > 2 or not (can_open or can_close):
        state.append_pending("~" * length)
    else:
        state.push("text", "", 0).content = "~" * length
        state.delimiters.append(
            Delimiter(
                marker=_TWO if length == 2 else _ONE,
                length=0,
                token=len(state.tokens) - 1,
                end=-1,
                open=can_open,
                close=can_close,
            )
        )
    state.pos += length
    return True


def pair_tildes(state: StateInline) -> None:
    """The rule that turns the tildes that pair into tags."""
    _pair(state, state.delimiters)
    for meta in state.tokens_meta:
        if meta:
            _pair(state, meta["delimiters"])


def _pair(state: StateInline, delimiters: Iterable[Delimiter]) -> None:
    known = list(delimiters)
    for opener in known:
        if opener.marker in (_ONE, _TWO) and opener.end >= 0:
            ends = ((opener, "s_open", 1), (known[opener.end], "s_close", -1))
            for delimiter, kind, nesting in ends:
                token = state.tokens[delimiter.token]
                token.type, token.tag = kind, "s"
                token.nesting = 1 if nesting > 0 else -1
                token.markup, token.content = token.content, ""
