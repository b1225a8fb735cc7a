"""Whatever is typed becomes HTML: never an exception, never two elements with one id, never a script if it may not."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from sitegen.config import Config, MarkdownConfig
from sitegen.render.markdown.parser import build_parser

_PIECES = [
    *"a中，1 \t\n*_`~$^[](){}<>!#|-+:=\"'\\&@.…\u3000\x01",
    *[
        "\n\n",
        "\n\t",
        "\n\t\t",
        "\n- ",
        "\n1. ",
        "\n> ",
        "\n```\n",
        "\n\t```\n",
        "\n$$\n",
        "\n---\n",
        "\n: ",
        "\n|a|b|\n|-|:-|\n",
    ],
    *[
        "[^1]",
        "\n[^1]: ",
        "^[a]",
        "{#a}",
        "{.b}",
        "\n{#a}\n",
        "# a {#a}\n",
        "\n# a\n",
        "[TOC]",
        "- [x] ",
        "> [!NOTE]\n> ",
    ],
    *[
        "**",
        "~~",
        "$x$",
        "$\\foo$",
        "$$\\frac{a}{b}$$",
        ":tada:",
        "http://a.b/c",
        "www.a.b",
        "a@b.c",
        "--",
        "...",
        "[a](b)",
    ],
    *[
        "![a](b)",
        "<!-- more -->",
        "<b>",
        "</b>",
        "<script>x</script>",
        "[a](javascript:x)",
        "<javascript:x>",
        "&lt;",
        "<br>",
    ],
    *["[a]: b\n", "<rt>", '<a href="x">', "</a>"],
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
EVERYTHING = [
    build_parser(Config(markdown=MarkdownConfig(breaks=breaks, typographer=True, emoji=True, html=False)))
    for breaks in (False, True)
]
RAW = build_parser(Config(markdown=MarkdownConfig(breaks=True)))
_RUNS = re.compile(r"<script|<b>|href=\"javascript|\son[a-z]+=|\sstyle=", re.IGNORECASE)


@given(TEXTS)
def test_any_text_is_rendered_without_anything_that_runs(text: str) -> None:
    for parser in EVERYTHING:
        html = parser.render(text, {"problems": []})
        assert not _RUNS.search(html)
        ids = [node.attributes["id"] for node in LexborHTMLParser(html).css("[id]")]
        assert len(ids) == len(set(ids))


@given(TEXTS)
def test_rendering_a_summary_of_any_text_leaves_no_id_but_those_typed(text: str) -> None:
    env: dict[str, object] = {"problems": []}
    tokens = EVERYTHING[0].parse(text, env)
    html = EVERYTHING[0].renderer.render(tokens, EVERYTHING[0].options, {**env, "summary": True})
    assert "fnref:" not in html
    assert 'class="anchor"' not in html


@given(TEXTS)
def test_any_text_with_raw_html_is_rendered(text: str) -> None:
    assert isinstance(RAW.render(text, {"problems": []}), str)


@given(TEXTS)
def test_blocks_of_any_text_are_closed_in_their_order(text: str) -> None:
    open_tags: list[str] = []
    for token in RAW.parse(text, {}):
        if token.nesting == 1:
            open_tags.append(token.tag)
        elif token.nesting == -1:
            assert open_tags.pop() == token.tag
        inner: list[str] = []
        for child in token.children or ():
            if child.nesting == 1:
                inner.append(child.tag)
            elif child.nesting == -1:
                assert inner.pop() == child.tag
        assert inner == []
    assert open_tags == []
