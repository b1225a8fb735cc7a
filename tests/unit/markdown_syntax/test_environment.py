"""What the parser hears from its environment, and tells it."""

from __future__ import annotations

import pytest

from sitegen.config import Config, MarkdownConfig
from sitegen.errors import Problem
from sitegen.model import Heading
from sitegen.render.markdown.parser import build_parser

PARSER = build_parser(Config())


def problems_of(markdown: str) -> list[str]:
    problems: list[Problem] = []
    PARSER.render(markdown, {"problems": problems, "path": "content/posts/a.md", "first_line": 5})
    assert all(problem.severity == "warning" for problem in problems)
    return [str(problem) for problem in problems]


def test_headings_are_listed_with_their_plain_titles() -> None:
    env: dict[str, object] = {}
    PARSER.parse("# *One* & `two`\n\n> # quoted\n\n### 三[^1] {#x}\n\n[^1]: # noted", env)
    assert env["headings"] == [
        Heading(level=1, id="One-two", title="One & two"),
        Heading(level=3, id="x", title="三"),
    ]


def test_a_text_without_headings_has_an_empty_list_of_them() -> None:
    env: dict[str, object] = {}
    PARSER.parse("a", env)
    assert env["headings"] == []


def test_a_summary_holds_no_ids_no_anchors_and_no_contents() -> None:
    html = PARSER.render("[TOC]\n\n# a {#b .c}\n\nd[^1] $\\eqref{e}$\n\n[^1]: f", {"summary": True})
    assert "id=" not in html
    assert '<h1 class="c">a</h1>' in html
    assert "anchor" not in html
    assert "contents" not in html
    assert "backref" not in html


def test_math_can_be_switched_off_for_one_text() -> None:
    assert PARSER.render("$x$ $$y$$", {"math": False}) == "<p>$x$ $$y$$</p>\n"
    assert "<math>" in PARSER.render("$x$", {"math": True})


def test_texts_do_not_know_of_each_other() -> None:
    markdown = "# a\n\n[b] c[^1] $\\newcommand{\\q}{x}\\q$\n\n[b]: /x\n[^1]: d"
    first = PARSER.render(markdown, {})
    assert PARSER.render(markdown, {}) == first
    assert PARSER.render("[b] [^1]") == "<p>[b] [^1]</p>\n"
    assert "math-error" in PARSER.render("$\\q$")


def test_an_excerpt_parsed_with_what_its_post_left_behind_knows_the_links_but_no_footnotes() -> None:
    env: dict[str, object] = {}
    PARSER.parse("[a] b[^1] $x$\n\n[a]: /c\n[^1]: d\n\ne\n\t```", env)
    assert PARSER.render("[a] b[^1]", env) == '<p><a href="/c">a</a> b[^1]</p>\n'
    assert PARSER.render("", env) == ""


def test_a_formula_that_cannot_be_read_is_told_with_its_place() -> None:
    assert problems_of("a\n\n设 $\\foo{x}$。\n") == [
        (
            'content/posts/a.md:7:4: warning[math]: this formula is shown as it is typed: unknown command "\\foo"\n'
            "    7 | 设 $\\foo{x}$。\n"
            "      |     ^^^^^^^"
        )
    ]


def test_the_place_of_a_formula_on_a_later_line_of_its_paragraph_is_told() -> None:
    assert problems_of("a\nb $\\foo$\n\n$$\nx\n\\frac{a}\n$$\n") == [
        (
            'content/posts/a.md:6:4: warning[math]: this formula is shown as it is typed: unknown command "\\foo"\n'
            "    6 | b $\\foo$\n"
            "      |    ^^^^"
        ),
        (
            "content/posts/a.md:9:1: warning[math]: this formula is shown as it is typed: "
            "expected argument but reached end of input\n"
            "    9 | x\n"
            "      | ^"
        ),
    ]


def test_dollar_signs_that_enclose_no_tex_are_no_problem() -> None:
    assert problems_of("R&D $a & b$ and $5 or $6") == []


def test_a_footnote_that_nothing_refers_to_is_told() -> None:
    assert problems_of("a[^1]\n\n[^1]: b\n[^二]: c\n") == [
        (
            "content/posts/a.md:8:1: warning[footnote]: nothing refers to the footnote [^二], so it is not shown\n"
            "    8 | [^二]: c\n"
            "      | ^^^^^"
        )
    ]


def test_an_id_that_is_used_twice_is_told_and_stays_with_the_first() -> None:
    markdown = "# a {#x}\n\n# b {#x}\n\n*c*{#x}\n"
    html = PARSER.render(markdown, {"summary": False})
    assert html.count('id="x"') == 1
    assert '<h1 id="b">' in html
    assert problems_of(markdown) == [
        (
            'content/posts/a.md:7:6: warning[id]: the id "x" is used twice; links to it lead to the first place\n'
            "    7 | # b {#x}\n"
            "      |      ^^"
        ),
        (
            'content/posts/a.md:9:5: warning[id]: the id "x" is used twice; links to it lead to the first place\n'
            "    9 | *c*{#x}\n"
            "      |     ^^"
        ),
    ]


def test_nobody_need_listen_to_problems() -> None:
    assert "math-error" in PARSER.render("$\\foo$\n\n[^1]: a")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en-GB", "Note"),
        ("zh", "说明"),
        ("zh-CN", "说明"),
        ("zh-TW", "說明"),
        ("ja", "注記"),
        ("xx", "Note"),
        ("", "Note"),
    ],
)
def test_the_words_around_a_text_are_in_its_language(language: str, title: str) -> None:
    assert f"{title}</p>" in PARSER.render("> [!NOTE]\n> a", {"lang": language})


@pytest.mark.parametrize(
    ("language", "quoted"),
    [
        ("en", "“a ‘b’”"),
        ("zh-CN", "“a ‘b’”"),
        ("zh-TW", "「a 『b』」"),
        ("ja", "「a 『b』」"),
        ("de-AT", "„a ‚b‘“"),
        ("fr", "«a “b”»"),
    ],
)
def test_quotation_marks_are_those_of_the_language(language: str, quoted: str) -> None:
    parser = build_parser(Config(markdown=MarkdownConfig(typographer=True)))
    assert parser.render("\"a 'b'\"", {"lang": language}) == f"<p>{quoted}</p>\n"


def test_what_html_may_not_hold_is_taken_out() -> None:
    assert PARSER.render("a\x01b\x0c\x85c\0 `\x7fd` [e](f 'g\x02')\r\nh\ri") == (
        '<p>abc\ufffd <code>d</code> <a href="f" title="g">e</a>\nh\ni</p>\n'
    )


def test_code_shows_such_characters_by_signs_of_its_own() -> None:
    assert "\x1b" not in PARSER.render("```\na\x1b[0m\n```\n\n    b\x1b\n")
    assert "␛" in PARSER.render("```\na\x1b[0m\n```\n")
