"""The Markdown parser of the site's posts: CommonMark, the parts of GFM that bloggers use, and what CJK needs.

What it adds to markdown-it is in modules of its own: each brings rules for parsing, and rules for rendering the
tokens that they make. Block and inline rules are known to the parsers by the characters they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.parser_core import ParserCore
from markdown_it.rules_core import StateCore
from mdit_py_plugins.deflist import deflist_plugin

from sitegen.config import Config
from sitegen.render.markdown.alerts import add_alert_rules
from sitegen.render.markdown.attributes import add_attribute_rules
from sitegen.render.markdown.autolinks import bare_url, link_text
from sitegen.render.markdown.blocks import BlockParser
from sitegen.render.markdown.cjk import join_lines
from sitegen.render.markdown.code import install_code_rules
from sitegen.render.markdown.contents import add_contents_rules
from sitegen.render.markdown.emoji import replace_names
from sitegen.render.markdown.footnotes import add_footnote_rules
from sitegen.render.markdown.formulas import add_formula_rules
from sitegen.render.markdown.headings import add_heading_rules
from sitegen.render.markdown.inlines import InlineParser, emphasis, join_text
from sitegen.render.markdown.links import LinkHelpers, is_safe_link, normalise_link
from sitegen.render.markdown.marker import add_marker_rules
from sitegen.render.markdown.outline import line_tokens, render_outline_open
from sitegen.render.markdown.rendering import HtmlRenderer
from sitegen.render.markdown.strikethrough import add_strikethrough_rules
from sitegen.render.markdown.tables import add_table_rules
from sitegen.render.markdown.tasks import add_task_rules
from sitegen.render.markdown.typography import set_type
from sitegen.render.markdown.unbroken import add_unbroken_rule

_BLOCK_BEGINNINGS = {"attributes": "{", "footnote": "[", "math_block": "$", "marker": "<"}
_INLINE_BEGINNINGS = {
    "footnote_ref": "[",
    "footnote_inline": "^",
    "linkify": ":",
    "math_inline": "$",
    "marker": "<",
}

# Each begins with a single character, which is found ten times as fast as a pair or one of several.
_SIGNS = {
    "alerts": (r"\[!",),
    "attributes": (r"\{",),
    "contents": (r"\[[tT]",),
    "emoji": (":",),
    "link_text": ("@", r"\.(?<=[wW]\.)"),
    "tasks": (r"\[[ xX]\]",),
    "text_join": (r"\\", "&"),
}
"""Without one of which in the text a core rule has nothing to do; other rules see for themselves."""

_PRINTABLE_ASCII = bytes([*b"\t\n", *range(0x20, 0x7F)])
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that neither HTML nor a feed may hold."""


def build_parser(config: Config) -> MarkdownIt:
    """A parser for the posts of one site; building it is dear, using it is cheap.

    `parser.render(text, env)` gives the HTML of a text, `parser.parse` its tokens and `parser.renderer.render`
    their HTML; `env` is an `Environment`, the same for both.
    """
    settings = config.markdown
    parser = PostParser(
        {
            "html": settings.html,
            "breaks": settings.breaks,
            "xhtmlOut": False,
            "alerts": True,
            "tasklists": True,
        }
    )
    parser.use(deflist_plugin)
    # Core rules run in the order of this list: each comes right after `inline`, so the last added is the first.
    if settings.cjk and not settings.breaks:
        parser.core.ruler.after("text_join", "join_lines", join_lines)
    if settings.typographer:
        parser.core.ruler.after("inline", "typography", set_type)
    if settings.emoji:
        parser.core.ruler.after("inline", "emoji", replace_names)
    if settings.linkify:
        parser.inline.ruler.at("linkify", bare_url)
        parser.inline.ruler.enable("linkify")
        parser.core.ruler.after("inline", "link_text", link_text)
    add_strikethrough_rules(parser)
    add_contents_rules(parser, settings.toc_depth)
    add_attribute_rules(parser)
    add_task_rules(parser)
    add_alert_rules(parser)
    add_footnote_rules(parser)
    if settings.math:
        add_formula_rules(parser)
        add_unbroken_rule(parser)
    add_heading_rules(parser, settings.heading_ids)
    if not settings.html:
        add_marker_rules(parser)
    add_table_rules(parser)
    install_code_rules(parser, config)
    parser.add_render_rule("outline_open", render_outline_open)
    parser.prepare(is_cjk_friendly=settings.cjk, has_outlines=settings.breaks)
    return parser


class PostParser(MarkdownIt):
    """markdown-it with our block and inline parsers, our renderer and our view of links."""

    def __init__(self, options: Mapping[str, bool]) -> None:
        super().__init__("commonmark", options, renderer_cls=HtmlRenderer)
        self.helpers = LinkHelpers()  # type: ignore[assignment]
        self.enable("table")
        self.core.ruler.at("normalize", _normalise)
        self.core.ruler.at("inline", _parse_inlines)
        self.core.ruler.at("text_join", join_text)
        self.inline.ruler.at("emphasis", emphasis)

    def prepare(self, *, is_cjk_friendly: bool, has_outlines: bool) -> None:
        """Take the rules as they are now for all texts to come."""
        self.core = CoreParser(self.core)
        self.block = BlockParser(self.block, _BLOCK_BEGINNINGS, has_outlines=has_outlines)
        self.inline = InlineParser(self.inline, _INLINE_BEGINNINGS, is_cjk_friendly=is_cjk_friendly)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's names
        """Whether `url` may become a link."""
        return is_safe_link(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """`url` as it stands in an attribute."""
        return normalise_link(url)


class CoreParser(ParserCore):
    """Runs the rules for whole texts that `rules` has when the parser is made: those that have something to do.

    Each goes through all tokens of a text, and most look for what few texts have.
    """

    def __init__(self, rules: ParserCore) -> None:
        super().__init__()
        self.ruler = rules.ruler
        active = zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True)
        self._rules = tuple(
            (rule, tuple(re.compile(sign).search for sign in _SIGNS.get(name, ("",))))
            for name, rule in active
        )

    def process(self, state: StateCore) -> None:
        """Run the rules in their order."""
        for rule, signs in self._rules:
            for has_sign in signs:
                if has_sign(state.src):
                    rule(state)
                    break


def _normalise(state: StateCore) -> None:
    """The core rule that makes line ends uniform and takes out what HTML may not hold."""
    text = state.src
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    state.src = text = text.replace("\0", "\ufffd")
    state.env["is_printable"] = _is_printable(text)


def _is_printable(text: str) -> bool:
    """Whether a text holds nothing that HTML may not hold. The simplest texts are told the fastest way."""
    if text.isascii():
        return not text.encode().translate(None, _PRINTABLE_ASCII)
    # `isprintable` is too strict: it also minds the ideographic space.
    return text.replace("\n", "").replace("\t", "").isprintable() or not _UNPRINTABLE.search(text)


def _parse_inlines(state: StateCore) -> None:
    """The core rule that parses the text of paragraphs, headings and cells."""
    parser, env = state.md, state.env
    parse = parser.inline.parse
    if not env["is_printable"]:
        _remove_unprintable(state)
    for token in state.tokens:
        if token.type == "inline" and not token.children:
            if "lines" in token.meta:
                token.children = line_tokens(
                    token.meta["lines"], lambda text, tokens: parse(text, parser, env, tokens)
                )
            else:
                token.children = parse(token.content, parser, env, [])


def _remove_unprintable(state: StateCore) -> None:
    """Take out of the text what HTML may not hold; code shows it by signs of its own."""
    for token in state.tokens:
        if token.type in ("inline", "html_block"):
            token.content = _UNPRINTABLE.sub("", token.content)
    for reference in state.env.get("references", {}).values():
        reference["title"] = _UNPRINTABLE.sub("", reference["title"])
