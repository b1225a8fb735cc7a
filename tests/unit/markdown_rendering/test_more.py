from __future__ import annotations

import pytest

from tests.unit.markdown_rendering.rendering import faults_of, filled, render

HEADER = '<div class="table-scroll" tabindex="0">\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n'
ANCHOR = '<span id="more"></span>'


@pytest.mark.parametrize(
    "marker",
    ["<!-- more -->", "<!--more-->", "<!-- MORE -->", "<!--  More-->", "<!---more-->", "<!--\tmore\t-->"],
)
def test_the_marker_is_read_in_all_its_forms(marker: str) -> None:
    rendered = render(f"before\n\n{marker}\n\nafter")
    assert rendered.body.summary_html == "<p>before</p>"
    assert rendered.body.html == f"<p>before</p>\n{ANCHOR}\n<p>after</p>\n"
    assert rendered.has_more


@pytest.mark.parametrize(
    "text", ["<!-- more text -->", "<!-- mo re -->", "<!-- no more -->", "<! -- more -->"]
)
def test_other_comments_are_no_markers(text: str) -> None:
    rendered = render(f"before\n\n{text}\n\nafter")
    assert "id=" not in rendered.body.html
    assert "after" in rendered.body.summary_html


@pytest.mark.parametrize(
    "text",
    [
        "before\n\n`<!-- more -->`\n\nafter",
        "before\n\n    <!-- more -->\n\nafter",
        "before\n\n```html\n<!-- more -->\n```\n\nafter",
        "before\n\n<script>\n'<!-- more -->'\n</script>\n\nafter",
        'before <a title="<!-- more -->">x</a> after',
        "before ![<!-- more -->](a.png) after",
        "before\n\n<!-- a\n<!-- more -->\n\nafter",
    ],
)
def test_a_marker_in_code_is_no_marker(text: str) -> None:
    rendered = render(text)
    assert ANCHOR not in rendered.body.html
    assert "after" in rendered.body.summary_html


@pytest.mark.parametrize(
    ("text", "summary", "html"),
    [
        (
            "a **b <!-- more --> c** d",
            "<p>a <strong>b</strong></p>",
            f"<p>a <strong>b {ANCHOR} c</strong> d</p>\n",
        ),
        (
            "a **<!-- more --> c** d",
            "<p>a</p>",
            f"<p>a <strong>{ANCHOR} c</strong> d</p>\n",
        ),
        (
            "- a\n- b\n\n  <!-- more -->\n\n  c\n- d",
            "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>",
            f"<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n{ANCHOR}\n<p>c</p>\n</li>\n<li>\n<p>d</p>\n</li>\n</ul>\n",
        ),
        (
            "- a\n- <!-- more -->\n- c",
            "<ul>\n<li>a</li>\n</ul>",
            f"<ul>\n<li>a</li>\n<li>\n{ANCHOR}\n</li>\n<li>c</li>\n</ul>\n",
        ),
        (
            "1. a\n   - b <!-- more -->\n   - c\n2. d",
            "<ol>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>",
            f"<ol>\n<li>a\n<ul>\n<li>b {ANCHOR}</li>\n<li>c</li>\n</ul>\n</li>\n<li>d</li>\n</ol>\n",
        ),
        (
            "> a\n> <!-- more -->\n> b",
            "<blockquote>\n<p>a</p>\n</blockquote>",
            f"<blockquote>\n<p>a</p>\n{ANCHOR}\n<p>b</p>\n</blockquote>\n",
        ),
        (
            "|a|b|\n|-|-|\n|1|2|\n|3 <!-- more -->|4|",
            f"{HEADER}<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n<tr>\n<td>3</td>\n<td></td>\n</tr>\n</tbody>\n</table>\n</div>",
            None,
        ),
        (
            "|a|b|\n|-|-|\n|<!-- more -->1|2|",
            f"{HEADER}</table>\n</div>",
            None,
        ),
        (
            "a <!-- more -->\n: b",
            "<dl>\n<dt>a</dt>\n<dd></dd>\n</dl>",
            None,
        ),
        (
            "a\n: <!-- more --> b\n",
            "<dl>\n<dt>a</dt>\n<dd></dd>\n</dl>",
            None,
        ),
        ("a\n<!-- more -->\nb", "<p>a</p>", f"<p>a</p>\n{ANCHOR}\n<p>b</p>\n"),
        ("a  \n<!-- more --> b", "<p>a</p>", None),
        ("<!-- more -->\n\nb", "", f"{ANCHOR}\n<p>b</p>\n"),
        (
            "<div class=x>\n\n**a**\n\n<!-- more -->\n\nb\n\n</div>",
            "<div class=x>\n<p><strong>a</strong></p>\n</div>",
            f"<div class=x>\n<p><strong>a</strong></p>\n{ANCHOR}\n<p>b</p>\n</div>",
        ),
        (
            "<div>\n<p>a\n<!-- more -->\n<p>b\n</div>",
            "<div>\n<p>a\n</p></div>",
            f"<div>\n<p>a\n{ANCHOR}\n<p>b\n</div>",
        ),
        (
            "<ul>\n<li>a</li>\n<!-- more -->\n<li>b</li>\n</ul>",
            "<ul>\n<li>a</li>\n</ul>",
            f"{ANCHOR}<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>",
        ),
        (
            "<table>\n\n<tr><td>a</td></tr>\n\n<!-- more -->\n\n<tr><td>b</td></tr>\n\n</table>",
            "<table>\n<tr><td>a</td></tr>\n</table>",
            f"{ANCHOR}<table>\n<tr><td>a</td></tr>\n\n<tr><td>b</td></tr>\n</table>",
        ),
    ],
)
def test_the_summary_is_balanced_whatever_block_the_marker_stands_in(
    text: str, summary: str, html: str | None
) -> None:
    rendered = render(text)
    assert rendered.body.summary_html == summary
    assert faults_of(rendered.body.summary_html) == []
    assert html is None or rendered.body.html == html
    assert rendered.body.html.count(ANCHOR) == 1


def test_the_first_marker_wins_and_the_others_vanish() -> None:
    rendered = render("a\n\n<!-- more -->\n\nb <!-- more --> c\n\n<!--more-->\n\nd")
    assert rendered.body.summary_html == "<p>a</p>"
    assert rendered.body.html.count(ANCHOR) == 1
    assert "<!--" not in rendered.body.html


def test_a_marker_in_a_list_by_itself_divides_the_list_as_markdown_does() -> None:
    rendered = render("1. a\n\n<!-- more -->\n\n2. b")
    assert rendered.body.summary_html == "<ol>\n<li>a</li>\n</ol>"
    assert rendered.body.html == f'<ol>\n<li>a</li>\n</ol>\n{ANCHOR}\n<ol start="2">\n<li>b</li>\n</ol>\n'


def test_reference_links_of_the_summary_resolve() -> None:
    rendered = render("see [a][x]\n\n<!-- more -->\n\n[x]: /a/\n")
    assert filled(rendered.body.summary_html, rendered) == '<p>see <a href="→/a/">a</a></p>'


def test_footnotes_of_the_summary_lead_to_the_page_of_the_post() -> None:
    rendered = render("a[^n] b\n\n<!-- more -->\n\nc\n\n[^n]: note\n")
    summary = filled(rendered.body.summary_html, rendered)
    assert summary == '<p>a<sup class="footnote-ref"><a href="→#fn:1" role="doc-noteref">1</a></sup> b</p>'
    assert 'id="fn:1"' in rendered.body.html
    assert "fn:1" in rendered.body.anchors


def test_a_marker_inside_a_footnote_cuts_where_the_footnote_is_written() -> None:
    rendered = render("a[^n]\n\n[^n]: note <!-- more --> end\n\nb\n\nc")
    assert faults_of(rendered.body.summary_html) == []
    assert "a<sup" in rendered.body.summary_html
    assert "<p>b" not in rendered.body.summary_html
    assert f"{ANCHOR}\n<p>b</p>" in rendered.body.html
    assert rendered.body.html.count(ANCHOR) == 1


def test_a_marker_at_the_end_leaves_nothing_more_to_read() -> None:
    rendered = render("a\n\nb\n\n<!-- more -->\n")
    assert rendered.body.summary_html == "<p>a</p>\n<p>b</p>"
    assert not rendered.has_more


def test_a_marker_before_a_picture_leaves_more_to_see() -> None:
    assert render("a\n\n<!-- more -->\n\n![b](b.png)").has_more
    assert render("a <!-- more --> ![b](b.png)").has_more
    assert render("a\n\n<!-- more -->\n\n---\n").has_more


def test_a_summary_holds_no_ids_and_its_own_references_lead_to_the_post() -> None:
    text = "## Part\n\n<p id=x>[a](#Part) <a href='#x'>b</a> <label for=x>c</label>\n\n<!-- more -->\n\nd"
    rendered = render(text)
    summary = filled(rendered.body.summary_html, rendered)
    assert faults_of(summary) == []
    assert 'href="→#x">b</a> <label>c</label>' in summary
    assert "id=" in rendered.body.html


def test_code_and_tables_before_the_marker_are_in_the_summary() -> None:
    rendered = render("a\n\n```python\nx = 1\n```\n\n|a|\n|-|\n|b|\n\n<!-- more -->\n\nc")
    assert "<pre" in rendered.body.summary_html
    assert "<table>" in rendered.body.summary_html
    assert faults_of(rendered.body.summary_html) == []
