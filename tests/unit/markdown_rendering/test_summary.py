from __future__ import annotations

import pytest

from tests.unit.markdown_rendering.rendering import faults_of, filled, render

LONG = "深度学习笔记，计算能力要足够才能发挥。" * 12


def test_a_short_text_is_its_own_summary() -> None:
    rendered = render("## 第一章\n\n甲\n\n- 乙\n\n![c](c.png)\n\n```\nx\n```")
    assert not rendered.has_more
    summary = filled(rendered.body.summary_html, rendered)
    assert summary.startswith("<h2>第一章</h2>\n<p>甲</p>\n<ul>\n<li>乙</li>\n</ul>")
    assert "x" in summary
    assert faults_of(summary) == []


def test_a_text_with_footnotes_has_more_to_say_than_its_summary() -> None:
    rendered = render("甲[^1]\n\n[^1]: 乙")
    assert rendered.has_more
    assert rendered.body.summary_html == "<p>甲</p>"


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    rendered = render(f"开头。\n\n{LONG}")
    assert rendered.has_more
    assert rendered.body.summary_html == f"<p>开头。</p>\n<p>{LONG[: 19 * 5]}…</p>"


def test_a_cut_closes_what_is_open_and_keeps_simple_markup() -> None:
    rendered = render("a [link **bold " + "中文" * 120 + "**](b.md)")
    summary = filled(rendered.body.summary_html, rendered)
    assert summary.startswith('<p>a <a href="→b.md">link <strong>bold 中文')
    assert summary.endswith("中文…</strong></a></p>")


def test_a_teaser_leaves_out_headings_code_tables_pictures_and_footnotes() -> None:
    text = (
        "## 标题\n\n![p](p.png)\n\n```\ncode\n```\n\n|表|\n|-|\n|格|\n\n正文`x`[^1] ~~旧~~\n\n[^1]: 注\n\n"
        + LONG
    )
    rendered = render(text)
    summary = rendered.body.summary_html
    assert summary.startswith("<p>正文<code>x</code> <s>旧</s></p>")
    for absent in ("标题", "img", "code\n", "表", "格", "注", "sup"):
        assert absent not in summary


def test_items_and_quotes_become_paragraphs_of_a_teaser() -> None:
    rendered = render("- 甲\n- 乙\n\n> 丙\n\n" + LONG)
    assert rendered.body.summary_html.startswith("<p>甲</p>\n<p>乙</p>\n<p>丙</p>\n<p>深度")


def test_the_title_of_an_alert_is_left_out_of_a_teaser() -> None:
    assert render("> [!NOTE]\n> 甲\n\n" + LONG).body.summary_html.startswith("<p>甲</p>\n<p>深度")


def test_a_formula_is_kept_in_a_teaser_or_left_out_as_a_whole() -> None:
    assert "</math> 甲" in render("$x^2$ 甲\n\n" + LONG).body.summary_html
    cut = render("甲 $" + "x+" * 100 + "x$ 乙").body.summary_html
    assert cut == "<p>甲…</p>"


def test_a_text_of_headings_alone_is_summed_up_by_them() -> None:
    rendered = render(
        "\n\n".join(f"## 第{number}章计算能力要足够才能发挥" for number in "一二三四五六七八九")
    )
    assert rendered.body.summary_html.startswith("<p>第一章计算能力")
    assert rendered.body.summary_html.endswith("…</p>")


def test_line_breaks_and_outlines_stay_in_a_teaser() -> None:
    text = "2017-09-23\n1.GPU选购指南\n\t计算能力:32位浮点计算能力\n\t\t更深\n\n" + LONG
    summary = render(text, settings={"breaks": True}).body.summary_html
    assert "2017-09-23<br>\n1.GPU选购指南" in summary
    assert "计算能力:32位浮点计算能力" in summary
    assert summary.count("<br>") == 3
    assert '<p class="outline">' in summary
    assert faults_of(summary) == []


def test_typed_html_gives_its_text_to_a_teaser() -> None:
    text = f"<div><p>甲 &amp; <b>乙</b></p></div>\n\n<script>x()</script>\n\n字<ruby>漢<rt>かん</rt></ruby>\n\n{LONG}"
    summary = render(text).body.summary_html
    assert summary.startswith("<p>甲 &amp; 乙</p>\n<p>字漢</p>\n<p>深度")


def test_ideographic_indentation_is_dropped_in_teasers_and_descriptions() -> None:
    rendered = render("　　首行缩进" + LONG)
    assert rendered.body.summary_html.startswith("<p>首行缩进")
    assert rendered.description.startswith("首行缩进")
    assert rendered.body.html.startswith("<p>　　首行缩进")


def test_the_width_of_a_teaser_is_a_setting() -> None:
    summary = render("深度学习笔记" * 30, settings={"summary_width": 20}).body.summary_html
    assert summary == "<p>深度学习笔记深度学习…</p>"


@pytest.mark.parametrize(
    ("before", "code", "after"), [("", "`" + "a" * 300 + "`", "…"), ("中", "`" + "b" * 300 + "`", "…")]
)
def test_code_longer_than_a_teaser_is_cut_or_left_out(before: str, code: str, after: str) -> None:
    summary = render(before + code).body.summary_html
    assert summary.startswith(f"<p>{before}")
    assert after in summary
    assert len(summary) < 300
    assert faults_of(summary) == []


def test_an_excerpt_of_the_front_matter_wins_over_a_marker() -> None:
    rendered = render("a\n\n<!-- more -->\n\nb", excerpt="**摘要** [c](c.md)")
    assert (
        filled(rendered.body.summary_html, rendered) == '<p><strong>摘要</strong> <a href="→c.md">c</a></p>'
    )
    assert rendered.has_more
    assert rendered.description == "摘要 c"
    assert '<span id="more"></span>' in rendered.body.html


def test_an_excerpt_may_be_html_and_is_balanced() -> None:
    rendered = render("a", excerpt="<div class=x><b>摘要")
    assert rendered.body.summary_html == "<div class=x><b>摘要</b></div>"


def test_an_excerpt_that_is_html_is_text_when_html_is_off() -> None:
    rendered = render("a", excerpt="<b>摘要</b>", settings={"html": False})
    assert rendered.body.summary_html == "<p>&lt;b&gt;摘要&lt;/b&gt;</p>"


def test_an_excerpt_has_no_footnotes_and_no_part_in_those_of_the_text() -> None:
    rendered = render("a[^1]\n\n[^1]: b", excerpt="c[^1] ^[d] e")
    assert rendered.body.summary_html == "<p>c[^1]  e</p>"
    assert 'id="fn:1"' in rendered.body.html


def test_a_bad_formula_in_an_excerpt_is_told_without_a_line() -> None:
    [problem] = render("a", excerpt="$\\frac{$ b").problems
    assert problem.path == "content/posts/a.md"
    assert problem.line is None


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("甲\n乙", "甲乙"),
        ("甲<br>乙", "甲 乙"),
        ("甲\n\n乙", "甲 乙"),
        ("- 甲\n- 乙", "甲 乙"),
        ("a **b** `c` [d](e) ![f](g)", "a b c d"),
        ("## 标题\n\n正文", "正文"),
        ("## 标题", "标题"),
        ("a &amp; \\<b>", "a & <b>"),
        ("<!-- more -->\n\n正文", "正文"),
        ("", ""),
        ("![a](b.png)", ""),
    ],
)
def test_a_description_is_the_text_on_one_line(text: str, description: str) -> None:
    assert render(text).description == description


def test_a_break_in_outline_mode_is_a_blank_in_the_description() -> None:
    assert render("2017-09-23\n1.GPU选购指南\n\t计算能力:32位", settings={"breaks": True}).description == (
        "2017-09-23 1.GPU选购指南 计算能力:32位"
    )


def test_a_description_has_at_most_200_columns() -> None:
    description = render(LONG * 3).description
    assert description.endswith("。…")
    assert len(description) <= 101


def test_the_description_of_the_author_wins() -> None:
    assert render("a", description=" 他的\n描述 ").description == "他的 描述"
