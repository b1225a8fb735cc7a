"""CommonMark 0.31.2: the examples of its specification, to the letter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from sitegen.config import Config, MarkdownConfig
from sitegen.render.markdown.parser import build_parser

SPECIFICATION = Path(__file__).parents[1] / "node/node_modules/commonmark-spec/spec.txt"
_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)

CHANGED_BY_LINKIFY = {602, 608, 611, 612}
"""The four examples which say that a bare URL or mail address is no link in CommonMark. In GFM it is one."""


class Example(NamedTuple):
    """One example of the specification."""

    number: int
    markdown: str
    html: str


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    if not SPECIFICATION.exists():
        pytest.skip(f"run `npm install --prefix tests/node` for {SPECIFICATION.name} of commonmark-spec")
    text = SPECIFICATION.read_text(encoding="utf-8").replace("→", "\t")
    found = [
        Example(number, match[1], match[2]) for number, match in enumerate(_EXAMPLE.finditer(text), start=1)
    ]
    assert len(found) == 652
    return found


def parser_as_the_specification_writes_html(settings: MarkdownConfig) -> MarkdownIt:
    """Our parser, with what CommonMark leaves to the renderer done as its examples do it.

    They write `<br />`, and plain `<pre><code>` where our renderer colours. Ids of headings and the links beside
    them are left out by rendering as in a summary.
    """
    parser = build_parser(Config(markdown=settings))
    parser.options["xhtmlOut"] = True
    original = RendererHTML()
    parser.add_render_rule("fence", lambda _self, *arguments: original.fence(*arguments))
    parser.add_render_rule("code_block", lambda _self, *arguments: original.code_block(*arguments))
    return parser


def render(parser: MarkdownIt, markdown: str) -> str:
    return str(parser.render(markdown, {"summary": True}))


def test_every_example_holds_with_tables_footnotes_attributes_and_cjk_on(examples: list[Example]) -> None:
    parser = parser_as_the_specification_writes_html(MarkdownConfig(linkify=False))
    wrong = [example for example in examples if render(parser, example.markdown) != example.html]
    assert wrong == []


def test_links_of_bare_urls_change_four_examples_and_no_more(examples: list[Example]) -> None:
    parser = parser_as_the_specification_writes_html(MarkdownConfig())
    changed = {example.number for example in examples if render(parser, example.markdown) != example.html}
    assert changed == CHANGED_BY_LINKIFY


def test_breaks_change_nothing_but_line_breaks(examples: list[Example]) -> None:
    """Outline mode leaves every example as markdown-it renders it with `breaks`."""
    parser = parser_as_the_specification_writes_html(MarkdownConfig(linkify=False, breaks=True))
    original = MarkdownIt("commonmark", {"breaks": True})
    for example in examples:
        expected = str(original.render(example.markdown))
        if "<blockquote></blockquote>" in expected:
            # The specification puts a line break into an empty quotation, and so do we.
            expected = expected.replace("<blockquote></blockquote>", "<blockquote>\n</blockquote>")
        assert render(parser, example.markdown) == expected
