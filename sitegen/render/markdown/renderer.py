"""From a manuscript to its rendered text: parsing, references, the more cut, the summary, measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from markdown_it.token import Token

from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.model import Body, Counts, Link, Manuscript, Value
from sitegen.render.markdown.environment import Environment
from sitegen.render.markdown.language import guess_language
from sitegen.render.markdown.markup import balanced
from sitegen.render.markdown.more import MARKER, Cut, has_rest, take_marker, tokens_before
from sitegen.render.markdown.parser import build_parser
from sitegen.render.markdown.pictures import add_picture_rules, arrange_pictures, load_lazily
from sitegen.render.markdown.references import References
from sitegen.render.markdown.summary import description, reading_text, teaser
from sitegen.render.markdown.text import count_text, one_line, text_width

DESCRIPTION_WIDTH = 200
"""The columns of a description that is made from the text."""


class RenderedMarkdown(Value, frozen=True):
    """What becomes of one manuscript."""

    body: Body
    links: tuple[Link, ...]
    """Numbered by the placeholders of the body."""
    has_more: bool
    """Whether the body says more than the summary."""
    language: str
    """As the author says, else as guessed."""
    description: str
    """Plain text, one line."""
    counts: Counts
    problems: tuple[Problem, ...] = ()
    """Warnings, with the line of the source file."""


class MarkdownRenderer:
    """Renders the manuscripts of one site. Building it is dear, using it is cheap; it remembers nothing."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._parser = build_parser(config)
        add_picture_rules(self._parser)

    def render(self, manuscript: Manuscript) -> RenderedMarkdown:
        """The body, the summary and the measures of one manuscript."""
        metadata = manuscript.metadata
        language = metadata.lang or guess_language(manuscript.text, self._config.language)
        problems: list[Problem] = []
        environment: Environment = {
            "lang": language,
            "path": metadata.source,
            "first_line": manuscript.first_line,
            "problems": problems,
        }
        if metadata.math is not None:
            environment["math"] = metadata.math
        tokens = self._parse(manuscript, environment)
        cut = take_marker(tokens) if MARKER.search(manuscript.text) else None
        references = References(manuscript.first_line)
        references.collect(tokens)
        arrange_pictures(tokens)
        quiet: Environment = {**environment, "problems": [], "summary": True}
        excerpt = None
        if metadata.excerpt is not None:
            excerpt = self._parser.parse(metadata.excerpt, {**quiet, "headings": []})
            references.collect(excerpt)
            arrange_pictures(excerpt)
        html = self._html(tokens, environment)

        text = reading_text(tokens)
        beginning, has_more = self._summary(tokens, cut, excerpt, text)
        references.detach(beginning)
        load_lazily(beginning)
        summary_html = self._html(beginning, quiet)
        if _has_markup(beginning):
            summary_html = balanced(summary_html)
        return RenderedMarkdown(
            body=Body(
                html=html,
                summary_html=summary_html.strip(" \t\n"),
                headings=tuple(environment.get("headings", ())),
            ),
            links=tuple(references.links),
            has_more=has_more,
            language=language,
            description=one_line(metadata.description or "")
            or description(beginning, DESCRIPTION_WIDTH)
            or description(tokens, DESCRIPTION_WIDTH),
            counts=count_text(text),
            problems=tuple(problems),
        )

    def _parse(self, manuscript: Manuscript, environment: Environment) -> list[Token]:
        """The tokens of a manuscript; one that is HTML is a single block of it."""
        if not _is_html(manuscript) or not self._config.markdown.html:
            return self._parser.parse(manuscript.text, cast("dict[str, object]", environment))
        text = manuscript.text.replace("\0", "\ufffd")
        return [Token("html_block", "", 0, map=[0, text.count("\n") + 1], content=text, block=True)]

    def _html(self, tokens: Sequence[Token], environment: Environment) -> str:
        return str(
            self._parser.renderer.render(tokens, self._parser.options, cast("dict[str, object]", environment))
        )

    def _summary(
        self, tokens: list[Token], cut: Cut | None, excerpt: list[Token] | None, text: str
    ) -> tuple[list[Token], bool]:
        """The tokens of the summary, and whether the text says more."""
        if excerpt is not None:
            return excerpt, bool(tokens)
        if cut is not None:
            return tokens_before(tokens, cut), has_rest(tokens, cut)
        width = self._config.markdown.summary_width
        if len(text) <= width * 2 and text_width(one_line(text)) <= width and not _has_footnotes(tokens):
            return tokens, False
        return teaser(tokens, width), True


def _is_html(manuscript: Manuscript) -> bool:
    return manuscript.metadata.source.lower().endswith((".html", ".htm"))


def _has_footnotes(tokens: Sequence[Token]) -> bool:
    return any(token.type == "footnote_block_open" for token in tokens)


def _has_markup(tokens: Iterable[Token]) -> bool:
    """Whether there is any raw HTML, which need not be balanced."""
    return any(
        token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ())
        for token in tokens
    )
