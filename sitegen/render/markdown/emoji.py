"""Names of emoji, `:smile:`, as the emoji themselves."""

from __future__ import annotations

import re
import unicodedata

from markdown_it.rules_core import StateCore

_NAME = re.compile(r":([a-z0-9_+-]{1,50}):")


def replace_names(state: StateCore) -> None:
    """The core rule that puts emoji for their names in text; what is no name stays as it is."""
    for token in state.tokens:
        if token.type == "inline" and ":" in token.content:
            for child in token.children or ():
                if child.type == "text" and ":" in child.content:
                    child.content = _NAME.sub(_emoji, child.content)


def _emoji(match: re.Match[str]) -> str:
    # The table comes with the library for the terminal, which few builds load.
    from rich.emoji import Emoji, NoEmoji  # noqa: PLC0415

    try:
        emoji = str(Emoji(match[1]))
    except NoEmoji:
        return match[0]
    is_text_by_default = len(emoji) == 1 and unicodedata.east_asian_width(emoji) != "W"
    return emoji + "\ufe0f" if is_text_by_default else emoji
