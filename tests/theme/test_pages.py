"""The pages that the default theme draws: their structure, their metadata, their words, and what they depend on."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from sitegen.config import MenuItem
from sitegen.render.theme.views import open_graph_locale
from tests.theme.showcase import CONFIG, NEWEST, Showcase, example_post, show

POST = "/2026/09/12/p0/"
CHINESE = "/2026/09/11/安静/"
OVERHEAD = 6 * 1024
"""Bytes of a post's page beside the text itself."""


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Showcase:
    """The showcase with an English interface and every box shown."""
    return show(
        tmp_path_factory.mktemp("english"),
        licence="CC BY-NC-SA 4.0",
        show_word_count=True,
        outdated_after_days=365,
        icp_beian="京ICP备00000000号",
    )


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Showcase:
    """The showcase with a Chinese interface and no option set."""
    return show(tmp_path_factory.mktemp("chinese"), msgspec.structs.replace(CONFIG, language="zh-Hans"))


def pages(shown: Showcase) -> dict[str, LexborHTMLParser]:
    return {url: LexborHTMLParser(html) for url, html in shown.html.items()}


def one(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = page.css(selector)
    assert len(found) == 1, f"{len(found)} × {selector}"
    return found[0]


def attribute(node: LexborNode, name: str) -> str:
    value = node.attributes[name]
    assert value is not None
    return value


def words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def json_ld(page: LexborHTMLParser) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(one(page, 'script[type="application/ld+json"]').text())
    return found


def test_a_page_of_every_kind_is_drawn(english: Showcase) -> None:
    kinds = {
        attribute(one(page, "body"), "class") for page in pages(english).values() if page.css("body[class]")
    }
    assert kinds == {
        f"kind-{kind}"
        for kind in ("index", "post", "page", "category", "categories", "tag", "tags", "archive", "404")
    }


def test_a_page_has_one_top_heading_and_skips_no_level(english: Showcase) -> None:
    for url, page in pages(english).items():
        levels = [int(node.tag[1]) for node in page.css("h1, h2, h3, h4, h5, h6") if node.tag]
        assert levels.count(1) == 1, url
        assert levels[0] == 1, url
        assert all(after <= before + 1 for before, after in pairwise(levels)), url


def test_a_page_has_its_landmarks_and_a_link_past_the_menu(english: Showcase) -> None:
    for page in (page for page in pages(english).values() if page.css("body[class]")):
        one(page, "body > header")
        one(page, "body > footer")
        assert attribute(one(page, "main"), "id") == "content"
        assert attribute(page.css("body > a")[0], "href") == "#content"
        labels = [attribute(nav, "aria-label") for nav in page.css("nav[aria-label]")]
        assert len(labels) == len(set(labels))


def test_the_site_name_is_a_heading_on_the_first_page_alone(english: Showcase) -> None:
    drawn = pages(english)
    assert one(drawn["/"], "h1").text(strip=True) == "Notes & <Queries>"
    assert one(drawn["/page/2/"], "h1").text(strip=True) == "Notes & <Queries>"
    assert one(drawn[POST], "h1").text(strip=True) == "Post 0"


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("/", "Notes & <Queries>"),
        ("/page/2/", "Notes & <Queries> · Page 2"),
        (POST, "Post 0 · Notes & <Queries>"),
        ("/categories/笔记/工具/", "工具 · Notes & <Queries>"),
        ("/tags/writing/page/2/", "writing · Page 2 · Notes & <Queries>"),
        ("/archives/", "Archives · Notes & <Queries>"),
        ("/404.html", "Page not found · Notes & <Queries>"),
    ],
)
def test_a_page_is_titled(english: Showcase, url: str, title: str) -> None:
    assert one(pages(english)[url], "head > title").text() == title


def test_metadata_of_a_post(english: Showcase) -> None:
    head = one(pages(english)[CHINESE], "head")
    address = "https://example.org/blog/2026/09/11/%E5%AE%89%E9%9D%99/"
    properties = {
        attribute(node, "property"): attribute(node, "content") for node in head.css("meta[property]")
    }
    assert attribute(one(head, 'link[rel="canonical"]'), "href") == address
    assert attribute(one(head, 'meta[name="description"]'), "content") == 'About 安静的工具：“能用” & "more"'
    assert properties["og:type"] == "article"
    assert properties["og:title"] == "安静的工具：“能用”"
    assert properties["og:url"] == address
    assert properties["og:locale"] == "zh_CN"
    assert properties["article:published_time"] == "2026-09-11T21:30:00+08:00"
    assert properties["article:modified_time"] == "2026-09-12T21:30:00+08:00"


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("zh-Hans", "zh_CN"),
        ("zh-Hant-HK", "zh_HK"),
        ("zh-TW", "zh_TW"),
        ("en", "en_US"),
        ("en-GB", "en_GB"),
        ("eo", None),
    ],
)
def test_a_language_as_open_graph_writes_it(language: str, locale: str | None) -> None:
    assert open_graph_locale(language) == locale


def test_a_post_describes_itself_as_linked_data(english: Showcase) -> None:
    assert json_ld(pages(english)[CHINESE]) == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": "安静的工具：“能用”",
        "description": 'About 安静的工具：“能用” & "more"',
        "inLanguage": "zh-Hans",
        "url": "https://example.org/blog/2026/09/11/%E5%AE%89%E9%9D%99/",
        "datePublished": "2026-09-11T21:30:00+08:00",
        "dateModified": "2026-09-12T21:30:00+08:00",
        "author": [{"@type": "Person", "name": "林深"}],
    }


def test_linked_data_cannot_be_left_by_a_title(tmp_path: Path) -> None:
    title = "</script><script>alert('1')</script>"
    post = example_post("x", title=title, date=NEWEST, language="en")
    html = show(tmp_path, posts=[post]).html["/2026/09/12/x/"]
    assert "<script>alert" not in html
    assert json_ld(LexborHTMLParser(html))["headline"] == title


def test_feeds_are_announced_its_own_before_those_of_the_site(english: Showcase) -> None:
    head = one(pages(english)["/tags/writing/"], "head")
    feeds = [
        (node.attributes["type"], node.attributes["href"], node.attributes["title"])
        for node in head.css('link[rel="alternate"]')
    ]
    assert feeds == [
        ("application/atom+xml", "/blog/tags/writing/atom.xml", "writing"),
        ("application/atom+xml", "/blog/atom.xml", "Notes & <Queries>"),
        ("application/rss+xml", "/blog/feed.xml", "Notes & <Queries>"),
        ("application/feed+json", "/blog/feed.json", "Notes & <Queries>"),
    ]


def test_addresses_keep_the_sub_path_of_the_site(english: Showcase) -> None:
    for url, page in pages(english).items():
        for node in page.css("[href], [src]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            if address.startswith("/"):
                assert address.startswith("/blog/"), (url, address)


def test_every_asset_that_a_page_loads_exists(english: Showcase) -> None:
    known = {f"/blog{url}" for url in english.assets.values()}
    for page in pages(english).values():
        loaded = [attribute(node, "src") for node in page.css("script[src]")]
        loaded += [attribute(node, "href") for node in page.css('link[rel="stylesheet"], link[rel="icon"]')]
        assert set(loaded) <= known


def test_the_language_of_a_post_is_marked_where_it_differs(chinese: Showcase) -> None:
    drawn = pages(chinese)
    assert attribute(one(drawn[POST], "html"), "lang") == "zh-Hans"
    assert attribute(one(drawn[POST], "article"), "lang") == "en"
    assert "lang" not in one(drawn[CHINESE], "article").attributes
    assert attribute(one(drawn[POST], "article .post-facts"), "lang") == "zh-Hans"
    entries = drawn["/"].css("article")
    assert [entry.attributes.get("lang") for entry in entries] == [None, "en", "en"]
    titles = {link.text(): link.attributes.get("lang") for link in drawn["/archives/"].css(".year li a")}
    assert titles["安静的工具：“能用”"] is None
    assert titles["Post 0"] == "en"


def test_sticky_posts_and_drafts_wear_a_badge(english: Showcase) -> None:
    first = pages(english)["/"].css("article")[0]
    assert one(first, ".badge").text() == "Pinned"
    draft = pages(english)["/2024/10/12/draft/"]
    assert one(draft, ".badge").text() == "Draft"
    assert not pages(english)[CHINESE].css(".badge")


def test_the_line_under_a_title(english: Showcase, chinese: Showcase) -> None:
    assert words(one(pages(english)[CHINESE], "article .post-facts")) == (
        "September 11, 2026 Updated September 12, 2026 6 min read 1,500 words"
    )
    assert words(one(pages(chinese)[CHINESE], "article .post-facts")) == (
        "2026年9月11日 更新于 2026年9月12日 6 分钟"
    )


def test_authors_are_named_where_they_are_not_the_author_of_the_site(tmp_path: Path) -> None:
    post = example_post("x", title="X", date=NEWEST, language="en", authors=("Ada", "Grace"))
    page = LexborHTMLParser(show(tmp_path, posts=[post]).html["/2026/09/12/x/"])
    assert "By Ada, Grace" in words(one(page, "article .post-facts"))
    assert [author["name"] for author in json_ld(page)["author"]] == ["Ada", "Grace"]


def test_the_series_of_a_post_is_named(tmp_path: Path) -> None:
    post = example_post("x", title="X", date=NEWEST, language="en", series="Databases")
    page = LexborHTMLParser(show(tmp_path, posts=[post]).html["/2026/09/12/x/"])
    assert "Series: Databases" in words(one(page, "article .post-facts"))


def test_the_picture_of_a_post_stands_over_its_text_and_in_its_metadata(tmp_path: Path) -> None:
    address = "https://example.org/hill.jpg"
    post = example_post("x", title="X", date=NEWEST, language="en", cover=address)
    page = LexborHTMLParser(show(tmp_path, posts=[post]).html["/2026/09/12/x/"])
    assert attribute(one(page, "article > img.cover"), "src") == address
    assert attribute(one(page, 'meta[property="og:image"]'), "content") == address
    assert attribute(one(page, 'meta[name="twitter:card"]'), "content") == "summary_large_image"
    assert json_ld(page)["image"] == address


def test_the_way_to_a_post_through_each_of_its_categories(english: Showcase) -> None:
    ways = pages(english)[CHINESE].css("article header nav.breadcrumbs")
    assert [[link.text() for link in way.css("a")] for way in ways] == [["笔记", "工具"], ["Essays"]]


def test_the_table_of_contents_is_nested_and_its_addresses_are_encoded(english: Showcase) -> None:
    toc = one(pages(english)[POST], "nav.toc")
    assert [attribute(link, "href") for link in toc.css("a")] == ["#first", "#a%25b", "#第二"]
    assert [link.text() for link in toc.css("ol ol a")] == ["A % b"]


def test_the_table_of_contents_can_be_left_out(tmp_path: Path) -> None:
    assert not LexborHTMLParser(show(tmp_path, show_toc=False).html[POST]).css(".toc")


def test_neighbours_in_time(english: Showcase) -> None:
    drawn = pages(english)
    around = one(drawn[CHINESE], "nav.neighbours")
    assert words(one(around, ".older")) == "Older Post 1"
    assert words(one(around, ".newer")) == "Newer Post 0"
    assert attribute(one(around, ".older"), "rel") == "prev"
    assert not drawn["/about/"].css(".neighbours")


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC BY-NC-ND 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ],
)
def test_the_licence_box_links_to_the_terms(tmp_path: Path, licence: str, address: str) -> None:
    page = LexborHTMLParser(show(tmp_path, licence=licence).html[POST])
    link = one(page, '.licence a[rel="license"]')
    assert (link.text(), attribute(link, "href")) == (licence, address)


def test_the_licence_box_is_left_out_of_a_post_that_says_so(tmp_path: Path) -> None:
    post = example_post("x", title="X", date=NEWEST, language="en", extra={"licence": False})
    assert not LexborHTMLParser(show(tmp_path, posts=[post], licence="CC BY 4.0").html["/2026/09/12/x/"]).css(
        ".licence"
    )


def test_the_first_page_can_list_titles_alone(tmp_path: Path) -> None:
    page = LexborHTMLParser(show(tmp_path, home_list="titles").html["/"])
    assert not page.css(".entry")
    assert [link.text() for link in page.css(".year a")] == ["安静的工具：“能用”", "Post 0", "Post 1"]


def test_the_list_of_a_category_leads_to_its_children_and_its_parents(english: Showcase) -> None:
    parent, child = pages(english)["/categories/笔记/"], pages(english)["/categories/笔记/工具/"]
    assert attribute(one(parent, ".term-row a"), "href") == "/blog/categories/笔记/工具/"
    assert attribute(one(child, "nav.breadcrumbs a"), "href") == "/blog/categories/笔记/"


def test_the_archive_leads_to_years_and_a_year_to_its_months(english: Showcase) -> None:
    drawn = pages(english)
    assert [link.text() for link in drawn["/archives/"].css(".term-row a")] == ["2026", "2025", "2024"]
    assert [link.text() for link in drawn["/archives/2025/"].css(".term-row a")] == [
        "November 2025",
        "August 2025",
        "April 2025",
        "January 2025",
    ]
    assert not drawn["/archives/2025/04/"].css(".term-row")
    assert [link.text() for link in drawn["/archives/2025/04/"].css(".breadcrumbs a")] == ["Archives", "2025"]


def test_tags_with_more_posts_are_larger(english: Showcase) -> None:
    sizes = {
        one(item, "a").text(): attribute(item, "class")
        for item in pages(english)["/tags/"].css(".term-cloud li")
    }
    assert sizes["writing"] == "size-5"
    assert sizes["tag 1"] == "size-1"


def test_pages_of_a_list(english: Showcase) -> None:
    listed = one(pages(english)["/archives/page/2/"], "nav.pagination")
    assert [words(link) for link in listed.css("li a")] == ["1", "2", "3"]
    assert one(listed, "[aria-current]").text() == "2"
    assert attribute(one(listed, ".newer"), "href") == "/blog/archives/"
    assert attribute(one(listed, ".older"), "href") == "/blog/archives/page/3/"


def test_the_menu_shows_the_lists_and_the_pages_unless_it_is_set(tmp_path: Path, english: Showcase) -> None:
    assert [link.text() for link in pages(english)["/about/"].css(".site-menu a")] == [
        "Archives",
        "Categories",
        "Tags",
        "About",
    ]
    assert one(pages(english)["/about/"], ".site-menu [aria-current]").text() == "About"
    config = msgspec.structs.replace(CONFIG, menu=(MenuItem(title="Home", url="/"),))
    menu = one(LexborHTMLParser(show(tmp_path, config).html["/"]), ".site-menu")
    assert [(link.text(), link.attributes["href"]) for link in menu.css("a")] == [("Home", "/blog/")]


def test_the_default_menu_leaves_out_deep_pages_and_those_that_ask_for_it(tmp_path: Path) -> None:
    posts = [
        example_post("about", title="About", date=None, language="en", kind="page"),
        example_post("docs/install", title="Install", date=None, language="en", kind="page"),
        example_post("hidden", title="Hidden", date=None, language="en", kind="page", extra={"menu": False}),
    ]
    menu = one(LexborHTMLParser(show(tmp_path, posts=posts).html["/"]), ".site-menu")
    assert [link.text() for link in menu.css("a")] == ["Archives", "Categories", "Tags", "About"]


def test_a_redirect_needs_no_script(english: Showcase) -> None:
    page = pages(english)["/old/"]
    address = "/blog/2026/09/11/安静/"
    assert attribute(one(page, 'meta[http-equiv="refresh"]'), "content") == f"0; url={address}"
    assert (
        attribute(one(page, 'link[rel="canonical"]'), "href")
        == "https://example.org/blog/2026/09/11/%E5%AE%89%E9%9D%99/"
    )
    assert attribute(one(page, "main a"), "href") == address
    assert not page.css("script")


def test_a_site_without_posts_says_so(tmp_path: Path) -> None:
    drawn = show(tmp_path, posts=[]).html
    for url in ("/", "/archives/", "/categories/", "/tags/"):
        assert one(LexborHTMLParser(drawn[url]), ".nothing").text() == "There are no posts yet."


def test_own_html_stands_in_its_six_places(tmp_path: Path) -> None:
    folder = tmp_path / "templates/inject"
    folder.mkdir(parents=True)
    places = ["head_end", "body_start", "before_post", "after_post", "footer", "body_end"]
    for place in places:
        (folder / f"{place}.html").write_text(f"<!-- {place} of {{{{ page.title }}}} -->", encoding="utf-8")
    html = show(tmp_path).html[POST]
    assert re.findall(r"<!-- (\w+) of Post 0 -->", html) == places


def test_a_file_of_the_site_stands_in_front_of_the_theme_s(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/404.html").write_text('{% extends "base.html" %}', encoding="utf-8")
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n/en.toml").write_text('archives = "All of it"', encoding="utf-8")
    html = show(tmp_path).html
    assert "Nothing is at this address" not in html["/404.html"]
    assert "All of it" in html[POST]


def test_a_post_s_page_depends_on_nothing_but_its_post_and_its_neighbours(english: Showcase) -> None:
    reads = english.reads[CHINESE]
    kinds = {key[0] for key in reads}
    own = {"label", "card", "body", "counts", "newer", "older"}
    assert kinds <= {*own, "config", "term_url", "top_pages", "asset", "template"}
    assert {key[1] for key in reads if key[0] in ("card", "body", "counts")} == {"content/posts/安静.md"}
    assert {key[1] for key in reads if key[0] == "label"} == {
        "content/posts/安静.md",
        "content/posts/p0.md",
        "content/posts/p1.md",
    }


def test_a_list_reads_the_texts_of_no_post_but_its_own(english: Showcase) -> None:
    for url in ("/archives/", "/tags/writing/", "/categories/Essays/", "/tags/", "/categories/"):
        assert "body" not in {key[0] for key in english.reads[url]}, url


def test_a_post_s_page_is_little_larger_than_its_text(english: Showcase) -> None:
    html = english.html[CHINESE]
    text = re.search(r'<div class="prose">(.*?)</div>\n<footer', html, re.DOTALL)
    assert text
    assert len(html.encode()) - len(text[1].encode()) < OVERHEAD


def test_only_pages_of_the_preview_tell_the_lines_of_their_source(tmp_path: Path, english: Showcase) -> None:
    url = "/2026/09/12/p0/"
    preview = one(pages(show(tmp_path, tells_lines=True))[url], ".prose")
    assert [(node.tag, node.attributes.get("data-line")) for node in preview.iter()] == [
        ("h2", "8"),
        ("p", "10"),
        ("h3", None),
        ("h2", None),
    ]
    assert not any("data-line" in html for html in english.html.values())
