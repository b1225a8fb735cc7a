from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.model import Link, SourcePath, Url
from sitegen.render.markdown.references import decoded, encoded, leads_elsewhere, resolve
from sitegen.render.theme.links import Destination, LinkIndex
from tests.unit.markdown_rendering.rendering import filled, render


def test_placeholders_are_filled_in_by_number() -> None:
    html = '<a href="\0000\0">a</a><img\0001s\0 src="\0001\0">'
    assert resolve(html, lambda number: f"/u{number}", lambda number: f' width="{number}"') == (
        '<a href="/u0">a</a><img width="1" src="/u1">'
    )


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_characters="\0")), st.integers(0, 999), st.booleans()))
)
def test_what_is_put_in_comes_out(pieces: list[tuple[str, int, bool]]) -> None:
    html = "".join(f"{text}\0{number}{'s' * is_size}\0" for text, number, is_size in pieces)
    expected = "".join(f"{text}{'size' if is_size else 'url'}{number}" for text, number, is_size in pieces)
    assert resolve(html, lambda number: f"url{number}", lambda number: f"size{number}") == expected


@pytest.mark.parametrize(
    ("reference", "elsewhere"),
    [
        ("https://a.b/c", True),
        ("mailto:a@b.c", True),
        ("//a.b/c", True),
        ("\\\\a.b", True),
        ("tel:123", True),
        ("data:image/png;base64,x", True),
        ("/about/", False),
        ("img/a.png", False),
        ("../other.md#part", False),
        ("?page=2", False),
        ("笔记:一.md", False),
        ("1:2.md", False),
    ],
)
def test_a_reference_with_a_scheme_or_a_host_leads_elsewhere(reference: str, elsewhere: bool) -> None:
    assert leads_elsewhere(reference) is elsewhere


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("img/%E5%9B%BE%20%E7%89%87.png", "img/图 片.png"),
        ("C%23.md#%E4%B8%80", "C%23.md#一"),
        ("100%25.png", "100%25.png"),
        ("a%3fb", "a%3Fb"),
        ("javascript%3Aalert(1)", "javascript%3Aalert(1)"),
        ("%2f%2Fa.b", "%2F%2Fa.b"),
        ("%5C%5Ca.b", "%5C%5Ca.b"),
        ("%FF%00%0A", "%FF%00%0A"),
        ("50%.png", "50%.png"),
    ],
)
def test_a_target_is_decoded_unless_its_meaning_would_change(reference: str, expected: str) -> None:
    assert decoded(reference) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [("图 片.png", "图%20片.png"), ('a"b.md?x=1&y#一 二', "a%22b.md?x=1&y#一%20二"), ("C%23.md", "C%23.md")],
)
def test_a_target_is_encoded_where_an_address_must_be(target: str, expected: str) -> None:
    assert encoded(target) == expected


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_no_reference_turns_into_one_that_leads_elsewhere(text: str, is_quoted: bool) -> None:
    reference = quote(text, safe="") if is_quoted else text
    assert leads_elsewhere(reference) or not leads_elsewhere(encoded(decoded(reference)))


def test_a_name_with_a_sign_of_addresses_is_found_by_its_encoded_form() -> None:
    post = Url("/a/")
    source, other, picture = (
        SourcePath("content/a.md"),
        SourcePath("content/C#.md"),
        SourcePath("content/100%.png"),
    )
    index = LinkIndex({}, {source: post, other: Url("/c/"), picture: Url("/100%.png")}, [], lambda _: None)
    rendered = render("[c](C%23.md#一) ![p](100%25.png) ![q](100%.png)")
    found = [index.resolve(source, link.target) for link in rendered.links]
    assert found == [
        Destination(url=Url("/c/"), suffix="#一", owner=other),
        Destination(url=Url("/100%.png"), owner=picture),
        Destination(url=Url("/100%.png"), owner=picture),
    ]


def test_links_and_pictures_are_collected_with_their_lines() -> None:
    text = 'first [a](a.md)\nsecond ![b](<b c.png>)\n\n- item\n- [c](/c/ "t")\n\n[d]: ../d.md\n'
    rendered = render(text + "\n> [d]\n", first_line=10)
    assert rendered.links == (
        Link(target="a.md", kind="link", line=10),
        Link(target="b c.png", kind="image", line=11),
        Link(target="/c/", kind="link", line=14),
        Link(target="../d.md", kind="link", line=18),
    )


def test_lines_count_on_over_breaks_that_chinese_text_drops() -> None:
    rendered = render("深度学习，\n笔记。\n见[这里](a.md)\n", first_line=5)
    assert rendered.links == (Link(target="a.md", kind="link", line=7),)


def test_links_to_other_hosts_and_within_the_text_stay_as_they_are() -> None:
    html = render("## Part\n\n[a](https://a.b/?x=1&y=2) <https://c.d> [e](#Part) [](#)").body.html
    assert (
        '<a href="https://a.b/?x=1&amp;y=2">a</a> <a href="https://c.d">https://c.d</a> <a href="#Part">e</a>'
        in html
    )
    assert "\0" not in html


def test_a_link_within_the_text_is_still_among_the_links() -> None:
    rendered = render("one\n\n[e](#%E4%B8%80)", first_line=3)
    assert rendered.links == (Link(target="#一", kind="link", line=5),)


def test_references_in_typed_html_are_collected() -> None:
    text = """\
<a class=x href='a.md?q=1&amp;r'>a</a>

<video src="v.mp4" poster=p.png><source src=w.webm><track src="t.vtt"></video>

text <IMG SRC="i.png" alt='"'> <audio src="s.mp3"></audio>

<iframe src="/demo/"></iframe><picture><source srcset="x.webp 1x, y.webp 2x"><img src=https://a.b/c.png></picture>

<a name="x">no</a> <a href="https://e.f">no</a> <a href="#x">no</a>
"""
    rendered = render(text)
    assert [(link.target, link.kind, link.line) for link in rendered.links] == [
        ("a.md?q=1&r", "link", 1),
        ("v.mp4", "file", 3),
        ("p.png", "image", 3),
        ("w.webm", "file", 3),
        ("t.vtt", "file", 3),
        ("i.png", "image", 5),
        ("s.mp3", "file", 5),
        ("/demo/", "file", 7),
        ("x.webp", "image", 7),
        ("y.webp", "image", 7),
        ("#x", "link", 9),
    ]
    html = filled(rendered.body.html, rendered)
    assert '<a class=x href="→a.md?q=1&r">a</a>' in html
    assert '<video src="→v.mp4" poster="→p.png"><source src="→w.webm">' in html
    assert """<IMG sized loading="lazy" decoding="async" SRC="→i.png" alt='"'>""" in html
    assert (
        '<source srcset="→x.webp 1x, →y.webp 2x"><img loading="lazy" decoding="async" src=https://a.b/c.png>'
        in html
    )


def test_references_in_scripts_and_comments_are_left_alone() -> None:
    text = '<script>var a = \'<img src="a.png">\';</script>\n\n<!-- <a href="b.md"> -->\n'
    rendered = render(text)
    assert rendered.links == ()
    assert rendered.body.html.strip() == text.strip().replace("\n\n", "\n")


def test_lines_are_right_inside_a_block_of_html() -> None:
    rendered = render("<div>\n<a href=a.md>a</a>\n<p\nclass=x>\n<img src=b.png>\n</div>\n", first_line=20)
    assert [(link.target, link.line) for link in rendered.links] == [("a.md", 21), ("b.png", 24)]


def test_lines_are_right_after_a_marker_in_a_block_of_html() -> None:
    rendered = render("<p>\n<a href=a.md>a</a>\n<!-- more -->\n<a href=b.md>b</a>\n</p>\n")
    assert [(link.target, link.line) for link in rendered.links] == [("a.md", 2), ("b.md", 4)]


def test_lines_are_right_in_footnotes() -> None:
    text = "a^[b [c](c.md)]\n\nd[^1] ^[e [f](f.md)]\n\n[^1]: g\n    [h](h.md)\n"
    assert {link.target: link.line for link in render(text).links} == {"c.md": 1, "f.md": 3, "h.md": 6}


def test_a_picture_gets_room_for_its_size_unless_it_has_one() -> None:
    rendered = render('![a](a.png)\n\n<img src="b.png" width="3"> ![c](https://a.b/c.png)')
    html = filled(rendered.body.html, rendered)
    assert '<img sized src="→a.png"' in html
    assert '<img loading="lazy" decoding="async" src="→b.png" width="3">' in html
    assert '<img src="https://a.b/c.png"' in html


def test_only_the_first_picture_is_loaded_at_once_and_on_lists_none() -> None:
    rendered = render("![a](a.png) ![b](b.png)\n\n<!-- more -->\n\n![c](c.png)")
    html, summary = filled(rendered.body.html, rendered), filled(rendered.body.summary_html, rendered)
    assert '<img sized src="→a.png" alt="a" decoding="async">' in html
    assert html.count('loading="lazy"') == 2
    assert summary.count('loading="lazy"') == 2


def test_a_picture_alone_with_a_title_is_a_figure_with_a_caption() -> None:
    rendered = render('![alt](a.png "一张 <图>")')
    assert filled(rendered.body.html, rendered) == (
        '<figure><img sized src="→a.png" alt="alt" decoding="async">'
        "<figcaption>一张 &lt;图&gt;</figcaption></figure>\n"
    )


def test_a_linked_picture_alone_with_a_title_is_a_figure_too() -> None:
    rendered = render('[![alt](a.png "cap")](b.md)')
    assert filled(rendered.body.html, rendered) == (
        '<figure><a href="→b.md"><img sized src="→a.png" alt="alt" decoding="async"></a>'
        "<figcaption>cap</figcaption></figure>\n"
    )


def test_a_picture_among_text_keeps_its_title() -> None:
    rendered = render('see ![alt](a.png "cap")')
    assert 'alt="alt" title="cap"' in rendered.body.html
    assert "<figure" not in rendered.body.html


@pytest.mark.parametrize(
    "text", ["a\0b", "<p title='\0'>\0</p>", "[a](b\0c)", "`\0`", "```\n\0\n```", "&#0;"]
)
def test_nul_in_a_source_never_reaches_the_html(text: str) -> None:
    for source in ("content/posts/a.md", "content/posts/a.html"):
        rendered = render(text, source=source, excerpt="e\0e")
        html = filled(rendered.body.html + rendered.body.summary_html, rendered)
        assert "\0" not in html


def test_filling_in_placeholders_loads_no_markdown_parser() -> None:
    code = "import sys, sitegen.render.markdown.references; print('markdown_it' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
