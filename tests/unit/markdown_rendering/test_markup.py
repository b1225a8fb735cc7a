from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from sitegen.render.markdown.elements import balanced, open_tags
from sitegen.render.markdown.markup import (
    change_attributes,
    change_tags,
    read_attributes,
    rendered_ids,
    shown_text,
    tags,
    typed_ids,
    without_attributes,
)
from tests.unit.markdown_rendering.rendering import faults_of

PIECES = [
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<li>",
    "<ul>",
    "</ul>",
    "<br>",
    "text",
    "<!-- c -->",
    "<!--",
]
PIECES += [
    "<td>",
    "<tr>",
    "<table>",
    "</table>",
    "</td>",
    "<a href='x",
    '"',
    ">",
    "<img src=x>",
    "</",
    "<",
    "-->",
    "<?x",
]
PIECES += [
    "<title>",
    "</title>",
    "<plaintext>",
    "<select>",
    "<option>",
    "<button>",
    "</button>",
    "<math>",
    "<object>",
]
PIECES += ["<script>", "</script>", "<svg>", "<path d='m'/>", "</svg>", " ", "\n", "<dt>", "<dd>", "/>"]
soup = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def test_tags_are_found_with_their_attributes() -> None:
    found = [(tag.name, tag.is_closing, tag.attributes) for tag in tags("a<IMG src='>' alt=x/>b</Img><br/>")]
    assert found == [("img", False, " src='>' alt=x/"), ("img", True, ""), ("br", False, "/")]


def test_a_tag_in_a_comment_or_a_script_is_none() -> None:
    names = [tag.name for tag in tags("<!-- <b> --><script>'<i>'</script><u>")]
    assert names == ["", "script", "script", "u"]


def test_only_ascii_blanks_divide_attributes() -> None:
    assert read_attributes(' a\u3000b="1" c') == {"a\u3000b": "1", "c": ""}


def test_the_first_attribute_of_a_name_counts_and_entities_are_read() -> None:
    assert read_attributes(" HREF='a&amp;b' href=c") == {"href": "a&b"}


def test_changed_values_are_put_in_double_quotes_and_others_stay_as_typed() -> None:
    changed = change_attributes(" a=1 b='2'  c", lambda name, value: value + "!" if name == "a" else None)
    assert changed == " a=\"1!\" b='2'  c"


def test_attributes_are_taken_out_with_the_blank_before_them() -> None:
    assert without_attributes(" class=x id='y' hidden", frozenset(["id"])) == " class=x hidden"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div><b>x", "<div><b>x</b></div>"),
        ("x</div></p>y", "xy"),
        ("<b><i>x</b>", "<b><i>x</i></b>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p>a<div>b</div></p>", "<p>a</p><div>b</div>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a<ul><li>b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        (
            "<table><tr><td>a<td>b<tr><td>c</table>",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        ),
        ("<div><table><td></div></table></div>", "<div><table><td></td></table></div>"),
        ("a<br><img src=x>b", "a<br><img src=x>b"),
        ('a<a href="x', "a"),
        ("a<!-- never ended", "a"),
        ("a<!-- ended -->b", "a<!-- ended -->b"),
        ("a</ b", "a"),
        ("<</b>i>", "&lt;i>"),
        ("<svg><path d='m'/></svg>", "<svg><path d='m'/></svg>"),
        ("<div class=a />x", "<div class=a>x</div>"),
        ("<a href=x/>y", "<a href=x/>y</a>"),
        ("<script><!--<script></script>a", "<script></script>a"),
        ("<svg><style><!--", "<svg><style></style></svg>"),
        ("<plaintext>a", "a"),
        ("<textarea><b>", "<textarea>&lt;b></textarea>"),
        ("<script>'</b>'", "<script>'</b>'</script>"),
    ],
)
def test_html_is_balanced_as_a_browser_would_read_it(html: str, expected: str) -> None:
    assert balanced(html) == expected


@given(soup)
@example("<a href='x<a href='x/>")
def test_whatever_is_typed_comes_out_balanced(html: str) -> None:
    assert faults_of(balanced(html)) == []


@given(soup)
def test_balanced_html_stays_in_its_place_in_a_browser(html: str) -> None:
    page = f'<main id="m">{balanced(html)}</main><footer id="f">end</footer>'
    footer = LexborHTMLParser(page).css_first("#f")
    assert footer is not None
    assert footer.parent is not None
    assert footer.parent.tag == "body"
    assert footer.text() == "end"


@given(soup)
@example("<</div>b>")
def test_balancing_twice_changes_nothing_more(html: str) -> None:
    assert balanced(balanced(html)) == balanced(html)


def test_open_tags_are_those_without_their_end() -> None:
    assert [tag.name for tag in open_tags("<table><tr><td>a</td><tr>")] == ["table", "tr"]


def test_text_within_a_drawing_within_a_drawing_is_not_seen() -> None:
    assert shown_text("a<svg><svg>b</svg>c</svg>d</svg>e<rt>f<rp>g</rt>h") == "adeh"


def test_text_is_what_a_reader_sees() -> None:
    html = "<div><p>甲<br>乙</p><ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby> &amp; <script>x()</script></div>"
    assert shown_text(html) == "\n\n甲\n乙\n漢 & \n"


def test_ids_are_read_from_tags_and_not_from_text() -> None:
    html = '<h2 id="第一">x</h2><pre>id=&quot;a&quot; data-id="no"</pre><p class="x" id="b&amp;c">'
    assert list(rendered_ids(html)) == ["第一", "b&c"]


def test_typed_ids_and_names_count_however_they_are_written() -> None:
    assert list(typed_ids("<a name=old></a><p ID='x'><b\nid = \"y\">")) == ["old", "x", "y"]


@pytest.mark.parametrize(
    ("piece", "start"),
    [
        ("<a ", ""),
        ("<a b='", ""),
        ("<!--", ""),
        ("<script>", ""),
        ("<a b=\"' ", ""),
        ("</", ""),
        ("<a =", ""),
        ("<li>", ""),
        ("<p><b>", ""),
        ("<hr>", "<div>" * 40_000),
        ("</x>", "<x><table>" + "<b>" * 40_000),
        ("<i/>", "<b>" * 40_000),
        ("</math>", "<svg>" * 40_000),
        ("<a href=b>\n", ""),
    ],
)
def test_hostile_html_takes_no_more_time_than_its_length(piece: str, start: str) -> None:
    # Were any of these quadratic, the test would not come to its end.
    html = start + piece * 40_000
    assert balanced(html).count("<") >= 0
    assert isinstance(shown_text(html), str)
    assert change_tags(html, lambda _name, attributes, _line: attributes) == html
