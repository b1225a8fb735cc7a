"""Whatever the text, the work grows with its length: counted in function calls, which no busy machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from sitegen.config import Config, MarkdownConfig
from sitegen.render.markdown.parser import build_parser

SIZE = 200
PROSE = build_parser(Config())
NOTES = build_parser(Config(markdown=MarkdownConfig(breaks=True, typographer=True, emoji=True)))

TEXTS: dict[str, Callable[[int], str]] = {
    "open brackets": lambda n: "[" * n,
    "nested brackets": lambda n: "[" * n + "a" + "]" * n,
    "open pictures": lambda n: "![" * n,
    "nested pictures": lambda n: "![" * n + "a" + "](b)" * n,
    "openings of links": lambda n: "[a](" * n,
    "openings of destinations": lambda n: "[a](<b" * n,
    "emphasis that only opens": lambda n: "**a " * n,
    "emphasis that only closes": lambda n: "a** " * n,
    "emphasis in turn": lambda n: "*a _b " * n,
    "nested emphasis": lambda n: "*a **a " * n + "b" + "** a* " * n,
    "emphasis in Chinese": lambda n: "中**（文" * n,
    "a run of stars": lambda n: "*" * n,
    "tildes": lambda n: "~~a ~b " * n,
    "backticks of many lengths": lambda n: "".join("a" + "`" * (i % 60) for i in range(n)),
    "deep quotations": lambda n: ">" * n + "a",
    "lazy lines of quotations": lambda n: "> > > a\n" + "b\n" * n,
    "deep lists": lambda n: "- " * n + "a",
    "deep numbered lists": lambda n: "1. " * n + "a",
    "long lists": lambda n: "- a\n  - b\n" * n,
    "lists with blank lines": lambda n: "- a\n\n" * n,
    "open tags": lambda n: "<a " * n,
    "open attributes": lambda n: "<a" + " b='" * n,
    "open comments": lambda n: "a <!-- " * n,
    "lines of open comments": lambda n: "a <!--\n" * n,
    "open declarations": lambda n: "a <!A <? <![CDATA[ " * n,
    "entities": lambda n: "&amp;&a" * n,
    "escapes": lambda n: "\\*\\a" * n,
    "an open fence": lambda n: "```\n" + "a\n" * n,
    "lines like fences": lambda n: "```a`\n" * n,
    "definitions of links": lambda n: "".join(f"[a{i}]: b\n" for i in range(n)),
    "open labels": lambda n: "[a\n" * n,
    "an open title": lambda n: '[a]: b "c\n' + "d\n" * n,
    "references": lambda n: "[a]: b\n\n" + "[a] [b][a] " * n,
    "tables": lambda n: "|a|b|\n|-|-|\n" + "|c|\n" * n,
    "lines like the second of a table": lambda n: "a|b\n-|-\n" * n,
    "an underlined paragraph": lambda n: "a\n" * n + "===",
    "headings alike": lambda n: "# a\n" * n,
    "headings that are numbered": lambda n: "".join(f"# a\n# a {i}\n" for i in range(n)),
    "one word": lambda n: "a" * n,
    "many words": lambda n: "a 中 " * n,
    "blanks": lambda n: " " * n + "a" + " " * n + "\nb",
    "lines": lambda n: "a\n" * n,
    "lines that begin like lists": lambda n: "-a\n1a\n" * n,
    "rules": lambda n: "- - -\n" * n,
    "footnotes": lambda n: (
        "".join(f"[^{i}] " for i in range(n)) + "\n\n" + "".join(f"[^{i}]: b\n" for i in range(n))
    ),
    "footnotes of no use": lambda n: "".join(f"[^{i}]: b\n" for i in range(n)),
    "one footnote": lambda n: "[^a]: b\n\n" + "[^a] " * n,
    "open footnotes": lambda n: "[^a]: b\n\n" + "[^a" * n,
    "nested footnotes": lambda n: "^[a" * n + "]" * n,
    "footnotes in footnotes": lambda n: "[^a]: " * n + "b",
    "terms": lambda n: "a\n: b\n\n" * n,
    "deep terms": lambda n: "a\n" + ": " * n + "b",
    "dollar signs": lambda n: "$a $$b " * n,
    "lines of dollar signs": lambda n: "$$\n$$a\n" * n,
    "formulas": lambda n: "$x$ " * n,
    "formulas that cannot be read": lambda n: "$\\foo$ " * n,
    "URLs": lambda n: "http://a.b/c " * n,
    "one URL": lambda n: "http://a.b/" + "(c)" * n,
    "brackets in a URL": lambda n: "http://a.b/" + ")a" * n,
    "punctuation behind a URL": lambda n: "http://a.b/" + "!" * n,
    "entities behind a URL": lambda n: "http://a.b/" + "&a;" * n,
    "openings of URLs": lambda n: "http://" * n,
    "hosts": lambda n: "www.a.b " * n,
    "mail addresses": lambda n: "a@b.c " * n,
    "signs of mail": lambda n: "a@" * n,
    "attributes": lambda n: "*a*{.b} " * n,
    "attributes of nested emphasis": lambda n: "*a " * n + "*{.b}" * n,
    "lines of attributes": lambda n: "{.a}\n" * n + "b",
    "braces in a heading": lambda n: "# a " + "{" * n + " {.b}" * n,
    "broken Chinese lines": lambda n: "中\n" * n,
    "broken lines with tags": lambda n: "中\n<b>\n" * n,
    "dots at ends of lines": lambda n: "…\n" * n + "中",
    "tables of contents": lambda n: "[TOC]\n\n" + "# a\n" * n,
    "tasks": lambda n: "- [ ] a\n" * n,
    "alerts": lambda n: "> [!NOTE]\n> a\n\n" * n,
    "outlines": lambda n: "a\n" + "\tb\n" * n,
    "open fences in outlines": lambda n: (
        "a\n" + "".join("\t" + "`" * (3 + i % 50) + "\n\t~~~ b\n" for i in range(n))
    ),
    "comments in outlines": lambda n: "a\n\tb\n" + "<!-- a -->\n\tc\n" * n,
    "comments above code": lambda n: "<!-- a -->\n" * n + "\tb\n",
    "blank lines in outlines": lambda n: "a\n\tb\n\n" + "\tc\n\n" * n,
    "quotation marks": lambda n: "\"a 'b " * n,
    "colons": lambda n: ":a:b" * n,
    "control characters": lambda n: "\x01a\r\n" * n,
    "ruby": lambda n: "# " + "<rt>a" * n,
}


def calls(function: Callable[[str], object], text: str) -> int:
    """How many functions are called, ours and built-in ones."""
    count = 0

    def observe(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(observe)
    try:
        function(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    for parser in (PROSE, NOTES):
        parser.render("$x$ :tada: http://a.b")
        once, twice = (calls(parser.render, TEXTS[name](size)) for size in (SIZE, 2 * SIZE))
        assert twice < 2.3 * once + 500


@pytest.mark.parametrize("opening", [">", "- ", "1. ", "a\n: ", "> - "])
def test_text_that_is_nested_too_deep_is_shown_as_typed(opening: str) -> None:
    html = PROSE.render(opening * 5000 + "the end")
    assert "the end" in html
    assert len(html) > 5000


def test_a_megabyte_in_one_paragraph_is_a_text_like_any_other() -> None:
    html = PROSE.render("*a* `b` 中文。" * 70_000)
    assert html.count("<em>") == 70_000
