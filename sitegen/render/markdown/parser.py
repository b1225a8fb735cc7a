"""The Markdown parser of the site's posts: CommonMark, the parts of GFM that bloggers use, and what CJK needs."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from sitegen.config import Config
from sitegen.render.markdown.headings import heading_rule

_PUNCTUATION = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+")


def build_parser(config: Config) -> MarkdownIt:
    """A parser for the posts of one site; building it is dear, using it is cheap.

    `parser.render(text, env)` gives the HTML of a text, `parser.parse` its tokens and
    `parser.renderer.render` their HTML; `env` is an `Environment`.
    """
    settings = config.markdown
    parser = MarkdownIt(
        "gfm-like",
        {
            "html": settings.html,
            "linkify": settings.linkify,
            "breaks": settings.breaks,
            "xhtmlOut": False,
            "alerts": True,
            "tasklists": True,
            "maxNesting": 100,
        },
    )
    parser.use(footnote_plugin, inline=True).use(deflist_plugin)
    parser.core.ruler.push("headings", heading_rule(lambda title: _PUNCTUATION.sub("-", title).strip("-")))
    return parser
