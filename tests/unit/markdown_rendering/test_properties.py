"""What holds for whatever an author may type."""

from __future__ import annotations

import re
from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from sitegen.config import Config, MarkdownConfig
from sitegen.render.markdown.renderer import MarkdownRenderer
from tests.unit.markdown_rendering.rendering import faults_of, filled, manuscript

PIECES = [
    "- ",
    "1. ",
    "> ",
    "## ",
    "\n",
    "\n\n",
    "\n\n",
    "    ",
    "\t",
    "**",
    "*",
    "_",
    "~~",
    "`",
    "```\n",
    "[",
    "](b.md)",
]
PIECES += [
    "![",
    '](c.png "t")',
    "|",
    "|-|-|\n",
    "[^1]",
    "\n\n[^1]: ",
    "^[",
    "]",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<p id=x>",
]
PIECES += [
    "<!-- more -->",
    "<!-- more -->\n",
    "<!--more-->",
    "<a href='#x'>",
    "</a>",
    "<br>",
    "<table>",
    "<td>",
    "<ul>",
]
PIECES += [
    "中文，",
    "深度学习。" * 12,
    "word ",
    "a\nb",
    "\n: ",
    "$x$",
    "\n---\n",
    "{#id}",
    "[x](#a)",
    "<!--",
    "<",
    "\u3000",
    "[ ] ",
]
documents = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@cache
def renderer(*, breaks: bool, html: bool) -> MarkdownRenderer:
    return MarkdownRenderer(Config(markdown=MarkdownConfig(breaks=breaks, html=html)))


@settings(max_examples=300)
@given(documents, st.booleans(), st.booleans())
@example("- a\n\n  |b|c|\n  |-|-|\n  |**d <!-- more -->** e|f|\n", False, True)
@example("[^1]\n\n[^1]: <b><!-- more -->", False, True)
@example("1. <table>\n<!-- more -->", True, True)
@example("</a>![](b.md)", True, True)
def test_a_summary_is_balanced_and_holds_no_id(text: str, breaks: bool, html: bool) -> None:
    rendered = renderer(breaks=breaks, html=html).render(manuscript(text))
    summary = filled(rendered.body.summary_html, rendered)
    assert faults_of(summary) == []
    assert "\0" not in summary
    page = f'<main>{summary}</main><footer id="end">end</footer>'
    footer = LexborHTMLParser(page).css_first("#end")
    assert footer is not None
    assert footer.parent is not None
    assert footer.parent.tag == "body"


@settings(max_examples=200)
@given(documents, st.booleans())
def test_every_placeholder_has_its_link_and_every_link_that_is_shown_its_placeholder(
    text: str, breaks: bool
) -> None:
    rendered = renderer(breaks=breaks, html=True).render(manuscript(text))
    numbers = {int(n) for n in re.findall("\0([0-9]+)s?\0", rendered.body.html + rendered.body.summary_html)}
    own = {
        number for number, link in enumerate(rendered.links) if link.target.startswith("#") or not link.target
    }
    assert numbers | own == set(range(len(rendered.links)))


@settings(max_examples=100)
@given(documents)
def test_lines_of_links_are_lines_of_the_source(text: str) -> None:
    rendered = renderer(breaks=False, html=True).render(manuscript(text, first_line=7))
    assert all(7 <= link.line <= 7 + text.count("\n") for link in rendered.links)


@settings(max_examples=100)
@given(documents)
def test_a_description_is_one_line_of_text(text: str) -> None:
    description = renderer(breaks=True, html=True).render(manuscript(text)).description
    assert "\n" not in description
    assert description == description.strip(" \t")
    assert description.count("…") <= 1


@settings(max_examples=100)
@given(documents)
def test_the_anchor_of_a_marker_is_there_at_most_once(text: str) -> None:
    html = renderer(breaks=True, html=True).render(manuscript(text)).body.html
    assert html.count('<span id="more"></span>') <= 1


@settings(max_examples=100)
@given(documents)
def test_nothing_typed_is_html_when_html_is_off(text: str) -> None:
    text = (
        text.replace("<div", "<x-typed").replace("</div", "</x-typed").replace("<b>", "<x-typed onclick=x>")
    )
    rendered = renderer(breaks=True, html=False).render(manuscript(text))
    assert "<x-" not in rendered.body.html + rendered.body.summary_html
    assert "</x-" not in rendered.body.html + rendered.body.summary_html


@settings(max_examples=50)
@given(documents)
def test_rendering_again_gives_the_same(text: str) -> None:
    one = renderer(breaks=True, html=True)
    assert one.render(manuscript(text)) == one.render(manuscript(text))


BLOCKS = st.sampled_from(
    [
        "```python\nx = 1\n```\n",
        "```python\nx = 2\n```\n",
        "```python title=a mark:1\nx = 1\n```\n",
        "~~~\n<&>\0\ud800\n~~~\n",
        "```no-such-language\nx\n```\n",
        "```python {9}\nx = 1\n```\n",
        "- a\n\n  ```sh\n  ls\n  ```\n",
        "Text[^1]\n\n[^1]: note\n\n    ```sh\n    ls -l\n    ```\n",
        "{#own .class}\n```sh\nls\n```\n",
        "<!-- more -->\n",
        "Text.\n",
    ]
)
texts_with_code = st.lists(BLOCKS, max_size=6).map("\n".join)


@settings(max_examples=200)
@given(texts_with_code, texts_with_code)
def test_an_earlier_version_of_a_text_changes_nothing(earlier: str, text: str) -> None:
    one = renderer(breaks=True, html=True)
    before = one.render(manuscript(earlier)).body
    assert one.render(manuscript(text), before) == one.render(manuscript(text))
