from __future__ import annotations

import pytest

from sitegen.errors import Problem
from sitegen.model import Counts, Heading, Link
from tests.unit.markdown_rendering.rendering import faults_of, filled, render


def test_a_post_comes_out_with_headings_and_counts() -> None:
    rendered = render("## 第一章\n\n深度学习 with code\n\n```\nx = 1\n```\n\n### Part two\n")
    assert rendered.body.headings == (
        Heading(level=2, id="第一章", title="第一章"),
        Heading(level=3, id="Part-two", title="Part two"),
    )
    assert rendered.counts == Counts(cjk_characters=7, words=6)
    assert rendered.problems == ()


def test_an_empty_text_is_no_problem() -> None:
    rendered = render("")
    assert rendered.body.html == ""
    assert rendered.body.summary_html == ""
    assert rendered.description == ""
    assert not rendered.has_more
    assert rendered.counts.reading_minutes == 1


def test_anchors_are_all_places_that_a_fragment_can_name() -> None:
    text = "## 一\n\n<a name=old></a> <p ID='typed'>\n\na[^n] **b**{#bold}\n\n<!-- more -->\n\n[^n]: c\n"
    assert render(text).body.anchors >= {"一", "old", "typed", "fn:1", "fnref:1", "bold", "more"}


def test_text_in_code_is_no_anchor() -> None:
    assert render('```html\n<p id="x">\n```\n\n`<p id="y">` id="z"').body.anchors == frozenset()


def test_the_author_decides_the_language() -> None:
    assert render("这是一篇笔记", lang="ja").language == "ja"
    assert render("这是一篇笔记").language == "zh-Hans"


def test_ruby_readings_do_not_count_as_text() -> None:
    assert render("<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby>字").counts.cjk_characters == 2


def test_a_warning_names_the_line_of_the_file() -> None:
    [problem] = render("a\n\n$\\frac{$ b\n", first_line=8).problems
    assert isinstance(problem, Problem)
    assert (problem.path, problem.line, problem.severity) == ("content/posts/a.md", 10, "warning")


def test_a_warning_about_the_summary_is_told_once() -> None:
    assert len(render("$\\frac{$ b\n\n<!-- more -->\n\nc").problems) == 1


def test_formulas_can_be_left_alone_by_one_post() -> None:
    assert "<math" in render("$x$").body.html
    assert render("$x$", math=False).body.html == "<p>$x$</p>\n"


HTML = """\
<h2 id=one>One</h2>
<p>Some <b>text</b> with a <a href="b.md">link</a>
<img src="c.png">
<!-- more -->
<p>**not bold** and `no code`
"""


def test_a_post_in_html_passes_through_with_its_references() -> None:
    rendered = render(HTML, source="content/posts/a.html", first_line=4)
    assert filled(rendered.body.html, rendered) == (
        "<h2 id=one>One</h2>\n"
        '<p>Some <b>text</b> with a <a href="→b.md">link</a>\n'
        '<img sized loading="lazy" decoding="async" src="→c.png">\n'
        '<span id="more"></span>\n'
        "<p>**not bold** and `no code`\n"
    )
    assert rendered.links == (
        Link(target="b.md", kind="link", line=5),
        Link(target="c.png", kind="image", line=6),
    )
    assert rendered.body.anchors == {"one", "more"}


def test_the_summary_of_a_post_in_html_is_balanced() -> None:
    rendered = render(HTML, source="content/posts/a.html")
    summary = filled(rendered.body.summary_html, rendered)
    assert summary.startswith("<h2>One</h2>\n<p>Some <b>text</b>")
    assert summary.endswith("</p>")
    assert faults_of(summary) == []
    assert rendered.has_more
    assert rendered.description == "One Some text with a link"


def test_a_post_in_html_without_a_marker_is_summed_up_by_its_text() -> None:
    text = "<h1>题</h1><p>" + "深度学习。" * 40 + "</p>"
    rendered = render(text, source="content/posts/a.html")
    assert rendered.body.summary_html.startswith("<p>题</p>\n<p>深度学习。")
    assert rendered.body.summary_html.endswith("。…</p>")


def test_the_language_of_a_post_in_html_is_that_of_its_text() -> None:
    text = '<div class="a very long list of classes for the layout">深度学习笔记<br>计算能力</div>\n' * 3
    assert render(text, source="content/posts/a.html").language == "zh-Hans"


def test_warnings_stand_in_the_order_of_their_lines() -> None:
    assert [problem.line for problem in render("$\\frac{$\n\n<div>\n\n$\\frac{$").problems] == [1, 3, 5]


def test_a_post_in_html_is_shown_as_text_when_html_is_off() -> None:
    rendered = render("<b onclick=x>a</b>", source="content/posts/a.html", settings={"html": False})
    assert rendered.body.html == "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>\n"
    [problem] = rendered.problems
    assert str(problem) == (
        "content/posts/a.html: warning[html]: HTML in posts is switched off, so the tags of this file are shown as "
        "text: write it in Markdown, or set markdown.html = true in sitegen.toml"
    )


@pytest.mark.parametrize("marker", ["<!-- more -->", "<!--more-->", "<!-- MORE -->"])
def test_the_marker_works_when_html_is_off(marker: str) -> None:
    rendered = render(f"a <b>x</b>\n\n{marker}\n\nb", settings={"html": False, "typographer": True})
    assert rendered.body.summary_html == "<p>a &lt;b&gt;x&lt;/b&gt;</p>"
    assert rendered.body.html.count('<span id="more"></span>') == 1
    assert "more--" not in rendered.body.html


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](javascript%3Aalert(1))",
        "![a](data:text/html,x)",
        "<javascript:alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        '[a](b.md "x\\" onclick=\\"y")',
        '![" onerror="x](a.png)',
        '![a](a.png "\\"><script>")',
        '``` x" onclick="y\na\n```',
        "# a {onclick=x}",
    ],
)
def test_nothing_runs_when_html_is_off(text: str) -> None:
    rendered = render(text, settings={"html": False}, excerpt=text)
    for part in (rendered.body.html, rendered.body.summary_html):
        html = filled(part, rendered).lower()
        assert "<script" not in html
        assert "<img src=x" not in html
        assert ' onclick="' not in html
        assert ' onerror="' not in html
        assert 'href="javascript:' not in html
        assert 'href="→javascript:' not in html
        assert 'src="data:text' not in html
