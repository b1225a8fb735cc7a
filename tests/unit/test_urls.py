"""Addresses: by pattern, as files, and as links."""

from __future__ import annotations

import posixpath
import string
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.config import Config
from sitegen.errors import SitegenError
from sitegen.model import Metadata, OutputPath, SourcePath, Url
from sitegen.urls import (
    AddressFault,
    BaseUrl,
    address_fault,
    address_from,
    collision_key,
    href,
    is_external,
    output_path_to_url,
    percent_encode,
    post_url,
    resource_url,
    url_to_output_path,
)

CHINA = timezone(timedelta(hours=8))


def post(**further: Any) -> Metadata:
    """The metadata of a post, with what the test is about."""
    values: dict[str, Any] = {
        "source": SourcePath("content/posts/深度学习笔记.md"),
        "kind": "post",
        "title": "深度学习笔记",
        "slug": "深度学习笔记",
        "date": datetime(2018, 5, 8, 3, 4, 5, tzinfo=CHINA),
        "categories": (("Notes",), ("编程 语言", "C++")),
    }
    return Metadata(**{**values, **further})


def page(source: str, slug: str, folder: str = "", **further: Any) -> Metadata:
    return Metadata(
        source=SourcePath(source), kind="page", title="x", slug=slug, folder=folder, date=None, **further
    )


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("/:year/:month/:day/:slug/", "/2018/05/08/深度学习笔记/"),
        (":year/:i_month/:i_day/:hour:minute:second", "/2018/5/8/030405/"),
        ("posts/:slug.html", "/posts/深度学习笔记.html"),
        (":title/", "/folder/深度学习笔记/"),
        (":name/", "/深度学习笔记/"),
        (":post_title/", "/hello-c/"),
        (":category/:slug/", "/编程-语言/C/深度学习笔记/"),
        (":timestamp/", "/1525719845/"),
        (":lang/:slug/", "/zh-CN/深度学习笔记/"),
        (":abbrlink.html", "/68b3.html"),
        (":id/", "/17/"),
        (":author/:slug/", "/张三/深度学习笔记/"),
        (":series/:slug/", "/入门/深度学习笔记/"),
        (":layout/:slug/", "/post/深度学习笔记/"),
        ("/plain", "/plain/"),
    ],
)
def test_a_pattern_is_filled_with_what_the_post_says(pattern: str, url: str) -> None:
    metadata = post(
        title="Hello, C++",
        folder="folder",
        lang="zh-CN",
        authors=("张三", "李四"),
        series="入门",
        extra={"abbrlink": "68b3", "id": 17},
    )
    assert post_url(metadata, Config(permalink=pattern)) == url


def test_the_hash_of_an_address_is_that_of_hexo() -> None:
    metadata = post(date=datetime(2018, 5, 8, 23, 54, 20, tzinfo=UTC))
    assert post_url(metadata, Config(permalink=":hash/")) == "/68488878259e/"


def test_the_language_of_the_site_stands_in_for_that_of_the_post() -> None:
    assert post_url(post(), Config(permalink=":lang/:slug/", language="zh-Hans")) == "/zh-Hans/深度学习笔记/"


def test_a_post_without_category_is_uncategorized() -> None:
    assert (
        post_url(post(categories=()), Config(permalink=":category/:slug/")) == "/uncategorized/深度学习笔记/"
    )


def test_the_default_pattern_takes_the_day_from_the_zone_of_the_date() -> None:
    assert post_url(post(date=datetime(2018, 5, 9, 1, 0, tzinfo=CHINA)), Config()).startswith("/2018/05/09/")


def test_a_draft_without_a_date_stands_below_drafts() -> None:
    assert post_url(post(is_draft=True, date=None, folder="a"), Config()) == "/drafts/a/深度学习笔记/"


def test_characters_of_a_file_name_are_kept() -> None:
    assert post_url(post(slug="C# 入门 100%?", folder=""), Config(permalink=":slug/")) == "/C# 入门 100%?/"


def test_a_permalink_of_the_post_wins_over_the_pattern() -> None:
    assert post_url(post(permalink=Url("/50%25/")), Config()) == "/50%25/"


@pytest.mark.parametrize(
    ("metadata", "url"),
    [
        (page("content/pages/about.md", "about"), "/about/"),
        (page("content/pages/index.md", "index"), "/"),
        (page("content/pages/index.md", "start"), "/start/"),
        (page("content/pages/a/index.md", "a"), "/a/"),
        (page("content/pages/a/b/index.html", "b", "a"), "/a/b/"),
        (page("content/pages/a/b.markdown", "b", "a"), "/a/b/"),
        (page("content/pages/old.html", "old"), "/old.html"),
        (page("content/pages/old.html", "new"), "/new.html"),
        (page("content/pages/404.md", "404"), "/404.html"),
        (page("content/pages/404/index.md", "404"), "/404/"),
        (page("content/pages/a/404.md", "404", "a"), "/a/404/"),
        (page("content/pages/about.md", "about", permalink=Url("/me/")), "/me/"),
    ],
)
def test_a_page_stands_where_its_file_stands(metadata: Metadata, url: str) -> None:
    assert post_url(metadata, Config()) == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("a/b", "/a/b/"),
        ("/a/b/", "/a/b/"),
        ("custom/路径", "/custom/路径/"),
        (" /a.html ", "/a.html"),
        ("feed.xml", "/feed.xml"),
        ("node.js", "/node.js/"),
        ("v1.2", "/v1.2/"),
        ("%E4%BD%A0/x.html", "/你/x.html"),
        ("50%25/", "/50%/"),
        ("what%3F/", "/what?/"),
        ("/", "/"),
        ("", "/"),
        ("か\u3099/", "/が/"),
        ("/.well-known/x.json", "/.well-known/x.json"),
    ],
)
def test_an_address_is_read_as_its_author_means_it(text: str, url: str) -> None:
    assert address_from(text) == url


@given(st.text())
def test_no_text_becomes_a_file_outside_the_output(text: str) -> None:
    try:
        path = url_to_output_path(address_from(text))
    except AddressFault:
        return
    assert not path.startswith("/")
    assert posixpath.normpath(path) == path
    assert not {".", "..", ""} & set(path.split("/"))
    assert not set(path) & set("\\\x00\n")
    assert all(len(name.encode()) <= 255 for name in path.split("/"))
    assert unicodedata.is_normalized("NFC", path)


pieces = [*"./\\%:?# ab", "..", "%2e", "%2F", "%5c", "\x00", "你", "\ud800"]
segments = st.lists(st.sampled_from(pieces), max_size=12).map("".join)


@given(segments, segments, segments)
def test_no_post_has_an_address_outside_the_output(slug: str, folder: str, word: str) -> None:
    metadata = post(slug=slug, folder=folder, extra={"word": word}, lang=word)
    for pattern in (":slug/", ":title.html", ":word/:slug/", ":lang/:name/", ":category/:word"):
        try:
            path = url_to_output_path(post_url(metadata, Config(permalink=pattern)))
        except SitegenError:
            continue
        assert posixpath.normpath(posixpath.join("/site", path)) == f"/site/{path}"
        assert path.encode()


@given(st.text())
def test_file_and_address_name_each_other(text: str) -> None:
    path = unicodedata.normalize("NFC", text)
    if address_fault("/" + path) is None and path and not path.endswith("/"):
        assert url_to_output_path(output_path_to_url(OutputPath(path))) == path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/", "index.html"),
        ("/a/", "a/index.html"),
        ("/a.html", "a.html"),
        ("/CNAME", "CNAME"),
        ("/2018/05/08/深度学习笔记/", "2018/05/08/深度学习笔记/index.html"),
    ],
)
def test_an_address_is_a_file_and_back(url: str, path: str) -> None:
    assert url_to_output_path(Url(url)) == path
    assert output_path_to_url(OutputPath(path)) == url


def test_two_spellings_that_some_disk_takes_for_one_share_a_key() -> None:
    keys = {
        collision_key(OutputPath(path))
        for path in ("tags/が/A.html", "tags/か\u3099/a.html", "TAGS/が/a.HTML")
    }
    assert len(keys) == 1
    assert collision_key(OutputPath("tags/a/index.html")) == "tags/a/index.html"


@pytest.mark.parametrize(
    ("post_address", "relative", "url"),
    [
        ("/a/b/", "x.png", "/a/b/x.png"),
        ("/a/b.html", "img/x.png", "/a/b/img/x.png"),
        ("/", "x.png", "/x.png"),
        ("/a/", "か\u3099.png", "/a/が.png"),
    ],
)
def test_the_files_of_a_post_stand_below_it(post_address: str, relative: str, url: str) -> None:
    assert resource_url(Url(post_address), relative) == url


@pytest.mark.parametrize(
    ("target", "external"),
    [
        ("https://a.b/", True),
        ("//a.b/", True),
        ("mailto:a@b.c", True),
        ("data:image/png;base64,x", True),
        ("/a/", False),
        ("a.md#x", False),
        ("图:1.png", False),
    ],
)
def test_a_scheme_or_a_host_leads_out_of_the_site(target: str, external: bool) -> None:
    assert is_external(target) is external


def test_a_link_is_encoded_once_and_stays_readable() -> None:
    assert href('/2018/深度 学习/C#?100%/[a]"<>') == "/2018/深度%20学习/C%23%3F100%25/%5Ba%5D%22%3C%3E"


@given(st.text())
def test_a_link_leads_to_the_address_it_was_made_of(text: str) -> None:
    for encoded in (href("/" + text), percent_encode("/" + text)):
        assert unquote(encoded) == "/" + text
        assert urlsplit(f"https://a.b{encoded}").query == ""
        assert urlsplit(f"https://a.b{encoded}").fragment == ""


@given(st.text())
def test_feeds_and_sitemaps_get_ascii(text: str) -> None:
    assert set(percent_encode(text)) <= set(string.ascii_letters + string.digits + "/!$&'()*+,;=:@-._~%")


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("https://example.org/", "https://example.org", ""),
        ("https://example.org", "https://example.org", ""),
        ("https://example.org/blog/", "https://example.org", "/blog"),
        ("http://localhost:4000/a/b", "http://localhost:4000", "/a/b"),
        ("https://例子.org/%E5%8D%9A%E5%AE%A2/", "https://xn--fsqu00a.org", "/博客"),
    ],
)
def test_a_base_url_has_a_host_and_a_sub_path(text: str, origin: str, path: str) -> None:
    assert BaseUrl.parse(text) == BaseUrl(origin=origin, path=path)


def test_links_carry_the_sub_path() -> None:
    base = BaseUrl.parse("https://example.org/博客/")
    assert base.href(Url("/深度 学习/")) == "/博客/深度%20学习/"
    assert base.absolute(Url("/深度/")) == "https://example.org/%E5%8D%9A%E5%AE%A2/%E6%B7%B1%E5%BA%A6/"
