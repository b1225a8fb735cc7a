"""Where links may lead, and how their destinations are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.common import normalize_url

from sitegen.render.markdown.links import is_safe_link, normalise_link


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "  javascript:x",
        "java\tscript:x",
        "\x01javascript:x",
        "vbscript:x",
        "file:///etc/passwd",
        "data:text/html;base64,AAAA",
        "data:image/svg+xml,<svg onload=x>",
        "data:,x",
    ],
)
def test_what_runs_or_reads_files_is_no_link(url: str) -> None:
    assert not is_safe_link(url)


@pytest.mark.parametrize(
    "url",
    ["a.png", "/a", "#a", "http://a", "mailto:a@b", "javascript.md", "data.csv", "data:image/png;base64,A"],
)
def test_other_links_are(url: str) -> None:
    assert is_safe_link(url)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("中文/图.png", "%E4%B8%AD%E6%96%87/%E5%9B%BE.png"),
        ("https://例子.中国/路径", "https://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF%E5%BE%84"),
        ("a b", "a%20b"),
        ("a%20b%zz", "a%20b%25zz"),
        ('a"<b>', "a%22%3Cb%3E"),
        ("http://a.b/?c=1&d=2#e", "http://a.b/?c=1&d=2#e"),
        ("", ""),
    ],
)
def test_destinations_are_percent_encoded_once(url: str, written: str) -> None:
    assert normalise_link(url) == written


@given(st.text(st.sampled_from("aZ09/:?#%@.-_~!$&'()*+,;=[]{}|\\ ^`中é\u00a0"), max_size=20))
def test_the_quick_way_writes_what_markdown_it_writes(url: str) -> None:
    assert normalise_link(url) == normalize_url.normalizeLink(url)


@given(st.builds("http://{}.{}{}".format, *[st.text(st.sampled_from("ab1-./?#:中%2F"), max_size=8)] * 3))
def test_the_quick_way_writes_urls_as_markdown_it_does(url: str) -> None:
    assert normalise_link(url) == normalize_url.normalizeLink(url)
