"""From a manuscript to its rendered text: parsing, references, the more cut, the summary, measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import msgspec
from markdown_it.token import Token

from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.model import Body, Counts, Link, Manuscript, Value
from sitegen.render.markdown.elements import balanced
from sitegen.render.markdown.environment import Environment
from sitegen.render.markdown.known_code import KnownCode
from sitegen.render.markdown.language import guess_language
from sitegen.render.markdown.lines import block_lines
from sitegen.render.markdown.markup import rendered_ids, shown_text, typed_ids
from sitegen.render.markdown.more import ANCHOR, MARKER, Cut, has_rest, take_marker, tokens_before
from sitegen.render.markdown.parser import build_parser
from sitegen.render.markdown.pictures import add_picture_rules, arrange_pictures, load_lazily
from sitegen.render.markdown.references import References
from sitegen.render.markdown.rendering import HtmlRenderer
from sitegen.render.markdown.summary import description, reading_text, teaser
from sitegen.render.markdown.text import count_text, one_line, text_width
from sitegen.render.markdown.unclosed import unclosed

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
    """Warnings, by the line of the source file."""


class MarkdownRenderer:
    """Renders the manuscripts of one site. Building it is dear, using it is cheap; it remembers nothing."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._parser = build_parser(config)
        add_picture_rules(self._parser)

    def render(self, manuscript: Manuscript, before: Body | None = None) -> RenderedMarkdown:
        """The body, the summary and the measures of one manuscript.

        They are the same whatever became of an earlier version of it, but come sooner with its body.
        """
        metadata = manuscript.metadata
        language = metadata.lang or self._guess(manuscript)
        problems: list[Problem] = []
        code = KnownCode(before)
        given: Environment = {"lang": language, "path": metadata.source, "problems": problems, "code": code}
        if metadata.math is not None:
            given["math"] = metadata.math
        environment: Environment = {**given, "first_line": manuscript.first_line}
        tokens = self._parse(manuscript, environment)
        cut = take_marker(tokens) if MARKER.search(manuscript.text) else None
        typed = tuple(_typed_html(tokens)) if "<" in manuscript.text else ()
        if typed:
            problems += unclosed(tokens, manuscript.text, metadata.source, manuscript.first_line)
        references = References()
        references.collect(tokens, manuscript.first_line)
        if "![" in manuscript.text:
            arrange_pictures(tokens)
        pieces = self._pieces(tokens, environment)
        html = "".join(pieces)
        lines = block_lines(tokens, pieces, manuscript.first_line)
        code_places = code.places(html)
        anchors = frozenset(rendered_ids(html)).union(*map(typed_ids, typed))
        text = reading_text(tokens)

        # From here on tokens may be changed for the summary; the whole text is rendered.
        if metadata.excerpt is None:
            quiet: Environment = {**environment, "problems": [], "summary": True}
            beginning, has_more = self._beginning(tokens, cut, text)
            self._keep_footnote_numbers(beginning, environment)
        else:
            quiet = {**given, "problems": [], "summary": True}
            beginning, has_more = self._excerpt(metadata.excerpt, quiet, references), bool(tokens)
        references.detach(beginning, manuscript.first_line)
        load_lazily(beginning)
        summary_html = self._html(beginning, quiet)
        if any(_typed_html(beginning)):
            summary_html = balanced(summary_html)
        if metadata.excerpt is not None:
            problems += map(_without_place, quiet["problems"])
        return RenderedMarkdown(
            body=Body(
                html=html,
                summary_html=summary_html.strip(" \t\n"),
                headings=tuple(environment.get("headings", ())),
                anchors=anchors,
                lines=lines,
                code=code_places,
            ),
            links=tuple(references.links),
            has_more=has_more,
            language=language,
            description=one_line(metadata.description or "")
            or description(beginning, DESCRIPTION_WIDTH)
            or description(tokens, DESCRIPTION_WIDTH),
            counts=count_text(text),
            problems=tuple(sorted(problems, key=lambda problem: problem.line or 0)),
        )

    def _guess(self, manuscript: Manuscript) -> str:
        """The language of a manuscript that does not tell its own."""
        text = manuscript.text if manuscript.format == "markdown" else shown_text(manuscript.text)
        return guess_language(text, self._config.language)

    def _parse(self, manuscript: Manuscript, environment: Environment) -> list[Token]:
        """The tokens of a manuscript; one that is HTML is a single block of it, unless raw HTML is switched off."""
        if manuscript.format == "html" and not self._config.markdown.html:
            environment["problems"].append(_shown_as_text(manuscript))
        if manuscript.format == "markdown" or not self._config.markdown.html:
            return self._parser.parse(manuscript.text, cast("dict[str, object]", environment))
        text = manuscript.text.replace("\0", "\ufffd")
        return [Token("html_block", "", 0, map=[0, text.count("\n") + 1], content=text, block=True)]

    def _excerpt(self, excerpt: str, environment: Environment, references: References) -> list[Token]:
        """The tokens of an excerpt of the front matter. Its line is not known, so line 1 stands for it."""
        tokens = self._parser.parse(excerpt, cast("dict[str, object]", environment))
        references.collect(tokens, 1)
        arrange_pictures(tokens)
        return _without_footnotes(tokens)

    def _beginning(self, tokens: list[Token], cut: Cut | None, text: str) -> tuple[list[Token], bool]:
        """The tokens of the summary, and whether the text says more."""
        if cut is not None:
            return tokens_before(tokens, cut), has_rest(tokens, cut)
        width = self._config.markdown.summary_width
        if len(text) <= width * 2 and text_width(one_line(text)) <= width and not _has_footnotes(tokens):
            return tokens, False
        return teaser(tokens, width), True

    def _keep_footnote_numbers(self, tokens: Iterable[Token], environment: Environment) -> None:
        """Make the footnote numbers of a summary plain links, which lead to the footnotes on the post's page."""
        for token in tokens:
            if token.type != "inline" or "^" not in token.content:
                continue
            for child in token.children or ():
                if child.type == "footnote_ref":
                    child.content = self._inline_html(child, environment)
                    child.type = "html_inline"

    def _html(self, tokens: Sequence[Token], environment: Environment) -> str:
        return "".join(self._pieces(tokens, environment))

    def _pieces(self, tokens: Sequence[Token], environment: Environment) -> list[str]:
        renderer = cast("HtmlRenderer", self._parser.renderer)
        return renderer.pieces(tokens, self._parser.options, cast("dict[str, object]", environment))

    def _inline_html(self, token: Token, environment: Environment) -> str:
        renderer = cast("HtmlRenderer", self._parser.renderer)
        return renderer.renderInline([token], self._parser.options, cast("dict[str, object]", environment))


def _shown_as_text(manuscript: Manuscript) -> Problem:
    return Problem(
        code="html",
        message="HTML in posts is switched off, so the tags of this file are shown as text: "
        "write it in Markdown, or set markdown.html = true in sitegen.toml",
        path=manuscript.metadata.source,
        severity="warning",
    )


def _without_place(problem: Problem) -> Problem:
    """A problem of an excerpt, whose lines are not those of the file."""
    return msgspec.structs.replace(problem, line=None, column=None, source=None)


def _has_footnotes(tokens: Sequence[Token]) -> bool:
    """Whether footnotes stand at the end of a text."""
    return any(token.type == "footnote_block_open" for token in tokens)


def _without_footnotes(tokens: list[Token]) -> list[Token]:
    """Tokens without footnotes, for a text that has no place for them."""
    end = next((n for n, token in enumerate(tokens) if token.type == "footnote_block_open"), len(tokens))
    for token in tokens[:end]:
        if token.children:
            token.children = [child for child in token.children if child.type != "footnote_ref"]
    return tokens[:end]


def _typed_html(tokens: Iterable[Token]) -> Iterator[str]:
    """The raw HTML of a text, which need not be balanced."""
    for token in tokens:
        if token.type == "html_block":
            if "<" in token.content and token.content != ANCHOR:
                yield token.content
        elif token.type == "inline" and ("<" in token.content or "^" in token.content):
            for child in token.children or ():
                if child.type == "html_inline" and child.content not in ("", ANCHOR):
                    yield child.content
