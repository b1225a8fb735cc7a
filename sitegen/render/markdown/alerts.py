"""Alerts: quotations that begin with `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` or `[!CAUTION]`."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from sitegen.render.markdown.phrases import phrases


def add_alert_rules(parser: MarkdownIt) -> None:
    """Make `parser` title the alerts that markdown-it finds, in the language of the text."""
    parser.core.ruler.after("inline", "alerts", title_alerts)


def title_alerts(state: StateCore) -> None:
    """The core rule that writes the titles of alerts and tells assistive technology what they are."""
    for index, token in enumerate(state.tokens):
        if token.type == "alert_open":
            token.attrs["role"] = "note"
            title = getattr(phrases(state.env), token.info.lower())
            inline = state.tokens[index + 2]
            inline.content = title
            for child in inline.children or ():
                child.content = title
