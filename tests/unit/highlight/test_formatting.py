"""The HTML of code is that of Pygments' HtmlFormatter, but for errors."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.token import Comment, Error, Keyword, Name, Text, Token

from sitegen.render.highlight import find_language, highlight, highlighting, printable
from sitegen.render.highlight.formatting import css_classes, format_html, span_opening
from sitegen.render.highlight.languages import Language
from tests.unit.highlight.languages import SAMPLES, lexer_class

FORMATTER = HtmlFormatter(nowrap=True)


def language(name: str) -> Language:
    found = find_language(name)
    assert found is not None
    return found


def by_pygments(name: str, text: str) -> str:
    make: Any = lexer_class(name)
    html: str = pygments_highlight(text, make(stripnl=False), FORMATTER)
    # Errors are not painted, and so share the text with their neighbours.
    return re.sub(r'<span class="err">([^<]*)</span>', r"\1", html)


def html_of(*tokens: tuple[Any, str]) -> str:
    return format_html([part for token, text in tokens for part in (span_opening(token), text)])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_the_html_of_pygments(name: str) -> None:
    assert highlight(SAMPLES[name], language(name)) == by_pygments(name, SAMPLES[name])


def test_neighbours_of_one_class_share_a_span() -> None:
    assert (
        html_of((Keyword, "a"), (Keyword, "b"), (Name, "c"))
        == '<span class="k">ab</span><span class="n">c</span>'
    )


def test_a_span_ends_with_its_line() -> None:
    html = html_of((Comment, "/*\n\n x\n"), (Keyword, "y"), (Text, "\n"))
    assert html == '<span class="c">/*</span>\n\n<span class="c"> x</span>\n<span class="k">y</span>\n'


def test_an_empty_token_leaves_no_trace() -> None:
    assert html_of((Keyword, "a"), (Name, ""), (Keyword, "b")) == '<span class="k">ab</span>'
    assert html_of() == ""


def test_errors_are_not_painted() -> None:
    assert html_of((Error, "?"), (Text, "x")) == "?x"


def test_what_means_something_in_html_is_escaped() -> None:
    assert html_of((Name, "<a & b>"), (Text, "\"'")) == '<span class="n">&lt;a &amp; b&gt;</span>"\''


def test_a_type_of_its_own_has_the_classes_of_its_ancestors() -> None:
    custom = Token.Literal.String.Custom.Odd
    assert css_classes(custom) == "s s-Custom s-Custom-Odd"
    assert css_classes(Keyword) == "k"
    assert css_classes(Text) == ""


TEXTS = st.text(
    st.one_of(
        st.sampled_from("<>&\"'\n\t ;{}()=/*#a1é中　"), st.characters(codec="utf-8", exclude_characters="\r")
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["python", "html", "yaml", "json", "console", "c", "none"]))
def test_the_html_shows_the_text_character_by_character(text: str, name: str) -> None:
    html = highlight(text, find_language(name))
    assert unescape(re.sub("<[^<>]*>", "", html)) == printable(text)
    for line in html.split("\n"):
        assert line.count("<span") == line.count("</span>")


def test_control_characters_are_shown_as_their_pictures() -> None:
    assert highlight("\x1b[0m\x00\x7f\x85\ufffe\ttab\n", None) == "␛[0m␀␡\ufffd\ufffd\ttab\n"


def test_a_missing_newline_at_the_end_stays_missing() -> None:
    assert highlight("x", language("python")) == '<span class="n">x</span>'
    assert highlight("# x", language("python")) == '<span class="c1"># x</span>'


def test_blank_lines_at_both_ends_stay() -> None:
    assert highlight("\n\nx\n\n", language("python")) == '\n\n<span class="n">x</span>\n\n'


def test_a_very_long_block_is_not_coloured() -> None:
    text = "x = 1\n" * 8_400
    assert len(text) > 50_000
    assert highlight(text, language("python")) == text
    assert highlight(text[:-600], language("python")).startswith('<span class="n">x</span>')


def test_the_longer_a_block_the_shorter_the_tokens_that_are_found() -> None:
    comment = f"/*{'long ' * 600}*/\n"
    whole = f'<span class="cm">{comment[:-1]}</span>\n'
    assert len(comment) > 3_000
    for size, is_whole in ((12_000, True), (25_000, False)):
        text = comment + "int x;\n" * ((size - len(comment)) // 7)
        assert highlight(text, language("c")).startswith(whole) == is_whole
    short = comment.replace("long " * 300, "")
    text = short + "int x;\n" * ((25_000 - len(short)) // 7)
    assert highlight(text, language("c")) == by_pygments("c", text)


def test_a_long_block_of_a_lexer_that_pygments_runs_is_not_coloured() -> None:
    text = "<p>{{ x }}</p>\n" * 700
    assert highlighting.LARGEST_BY_PYGMENTS < len(text) < 12_000
    assert highlight(text, language("html+jinja")) == highlight(text, None)
    assert "<span" in highlight("[1],\n" * 3_000, language("json"))


def test_a_python_or_pygments_with_other_inner_parts_colours_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways = highlighting.find_tokens_by_pygments, lambda _: False
    monkeypatch.setattr(highlighting, "_lexing", lambda: ways)
    for name in ("python", "cpp", "yaml"):
        html = highlight(SAMPLES[name], language(name))
        assert html == by_pygments(name, SAMPLES[name])


def test_missing_inner_parts_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sitegen.render.highlight.lexing", None)
    find_tokens, is_made_of_rules = highlighting._lexing.__wrapped__()
    assert find_tokens is highlighting.find_tokens_by_pygments
    assert not is_made_of_rules(lexer_class("python"))
