"""What front matter and file name say, in all the names and shapes that other generators use."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.config import Config
from sitegen.content.metadata import known_keys
from sitegen.content.misspellings import likely_meant
from sitegen.errors import SitegenError
from tests.unit.content.files import CHINA, metadata, read


@pytest.mark.parametrize(
    ("front_matter", "field", "value"),
    [
        # texts are as typed
        ("title: 深度学习笔记", "title", "深度学习笔记"),
        ("title: 1.10", "title", "1.10"),
        ("title: 2018-01-01", "title", "2018-01-01"),
        ("title: true", "title", "true"),
        ("title: 007", "title", "007"),
        ("title: 12:30:45", "title", "12:30:45"),
        ("title: 'a\n  b'", "title", "a b"),
        ("title: |\n  a\n  b", "title", "a b"),
        ("title: か\u3099", "title", "が"),
        ("title:", "title", "hello"),
        ("title: ''", "title", "hello"),
        ("Title: x", "title", "x"),
        ("description: 1.0", "description", "1.0"),
        ("excerpt: |\n  *a*\n\n  b", "excerpt", "*a*\n\nb"),
        ("summary: a", "excerpt", "a"),
        ("excerpt:", "excerpt", None),
        ("lang: zh-CN", "lang", "zh-CN"),
        ("language: ja", "lang", "ja"),
        ("layout: photo", "layout", "photo"),
        ("type: tags", "layout", "tags"),
        ("layout: false", "layout", "false"),
        ("series: 入门", "series", "入门"),
        ("series: [入门, x]", "series", "入门"),
        ("slug: 你好", "slug", "你好"),
        ("slug: か\u3099", "slug", "が"),
        # names
        ("tags: [深度学习, PyTorch]", "tags", ("深度学习", "PyTorch")),
        ("tags:\n  - b\n  - a\n  - b", "tags", ("b", "a")),
        ("tags: a", "tags", ("a",)),
        ("tags: a, b,c", "tags", ("a", "b", "c")),
        ("tags: 深度学习，笔记、MXNet", "tags", ("深度学习", "笔记", "MXNet")),
        ("tags: ['a, b']", "tags", ("a, b",)),
        ("tag: a", "tags", ("a",)),
        ("Tags: [a]", "tags", ("a",)),
        ("tags:", "tags", ()),
        ("tags: []", "tags", ()),
        ("tags: [~, '', null, a,]", "tags", ("a",)),
        ("tags: [1.10, 007, 1e3, 12:30:45, yes, on, 2018-01-01, 42]", "tags",
         ("1.10", "007", "1e3", "12:30:45", "yes", "on", "2018-01-01", "42")),
        ("tags: [C, C#, C++, .NET]", "tags", ("C", "C#", "C++", ".NET")),
        ("tags: [か\u3099, が]", "tags", ("が",)),
        ("tags: ['a  b']", "tags", ("a b",)),
        ("tags: [\u3000x]", "tags", ("\u3000x",)),
        ("authors: [张三, Li Si]", "authors", ("张三", "Li Si")),
        ("author: Smith, John", "authors", ("Smith, John",)),
        # paths
        ("categories: [Languages, Python]", "categories", (("Languages", "Python"),)),
        ("categories:\n- A\n- B", "categories", (("A", "B"),)),
        ("categories: [[A, B], [A, C], D]", "categories", (("A", "B"), ("A", "C"), ("D",))),
        ("categories:\n- [A, B]\n- [A, B]", "categories", (("A", "B"),)),
        ("categories: A, B", "categories", (("A, B",),)),
        ("category: 笔记", "categories", (("笔记",),)),
        ("categories: 2018", "categories", (("2018",),)),
        ("categories: [~, A, '']", "categories", (("A",),)),
        ("categories: [[~], [], A]", "categories", (("A",),)),
        ("categories:", "categories", ()),
        # yes and no
        ("comments: false", "comments", False),
        ("comment: off", "comments", False),
        ("toc: no", "toc", False),
        ("toc: true", "toc", True),
        ("math: true", "math", True),
        ("mathjax: false", "math", False),
        ("katex: true", "math", True),
        ("math: katex", "math", True),
        ("draft: true", "is_draft", True),
        ("draft: 'yes'", "is_draft", True),
        ("draft: false", "is_draft", False),
        ("published: false", "is_draft", True),
        ("published: 'false'", "is_draft", True),
        ("published: true", "is_draft", False),
        ("published: true\ndraft: true", "is_draft", True),
        ("sitemap: false", "in_sitemap", False),
        ("sitemap: true", "in_sitemap", True),
        # ranks
        ("sticky: 3", "sticky", 3),
        ("sticky: true", "sticky", 1),
        ("sticky: false", "sticky", 0),
        ("sticky: -1", "sticky", -1),
        ("top: true", "sticky", 1),
        ("pin: yes", "sticky", 1),
        ("weight: 0", "sticky", 0),
        # pictures
        ("cover: a.png", "cover", "a.png"),
        ("thumbnail: /b.png", "cover", "/b.png"),
        ("image: https://a.b/c.png", "cover", "https://a.b/c.png"),
        ("cover: false", "cover", None),
        ("cover: a.png\nthumbnail: b.png", "cover", "a.png"),
        # addresses
        ("permalink: custom/路径", "permalink", "/custom/路径/"),
        ("permalink: /a.html", "permalink", "/a.html"),
        ("url: /a/", "permalink", "/a/"),
        ("url: https://source.example/a", "permalink", None),
        ("aliases: /old/", "aliases", ("/old/",)),
        ("aliases: [/old.html, older]", "aliases", ("/old.html", "/older/")),
        ("redirect_from:\n- /%E6%97%A7/", "aliases", ("/旧/",)),
        ("alias: [/a/, a]", "aliases", ("/a/",)),
    ],
)  # fmt: skip
def test_a_field_is_read_by_every_name_and_in_every_shape(
    front_matter: str, field: str, value: object
) -> None:
    assert getattr(metadata(front_matter), field) == value


@pytest.mark.parametrize(
    ("front_matter", "field", "moment"),
    [
        ("date: 2018-05-08 23:54:20", "date", "2018-05-08T23:54:20+08:00"),
        ("date: 2018年5月8日", "date", "2018-05-08T00:00:00+08:00"),
        ("date:", "date", "2020-02-02T00:00:00+08:00"),
        ("publishDate: 2019-01-01", "date", "2019-01-01T00:00:00+08:00"),
        ("updated: 2019-01-01", "updated", "2019-01-01T00:00:00+08:00"),
        ("lastmod: 2019-01-01", "updated", "2019-01-01T00:00:00+08:00"),
        ("last_modified_at: 2019-01-01", "updated", "2019-01-01T00:00:00+08:00"),
        ("last-modified-at: 2019-01-01", "updated", "2019-01-01T00:00:00+08:00"),
        ("modified: 2019-01-01", "updated", "2019-01-01T00:00:00+08:00"),
        ("expiryDate: 2019-01-01", "expires", "2019-01-01T00:00:00+08:00"),
        ("expires: 2019-01-01T00:00:00Z", "expires", "2019-01-01T08:00:00+08:00"),
        ("date: 2018-01-01\npublishDate: 2019-01-01", "appears", "2019-01-01T00:00:00+08:00"),
    ],
)
def test_a_moment_is_read_by_every_name(front_matter: str, field: str, moment: str) -> None:
    assert getattr(metadata(front_matter), field).isoformat() == moment


def test_a_publish_date_beside_a_date_only_says_when_to_appear() -> None:
    both = metadata("date: 2018-01-01\npublishDate: 2019-01-01")
    alone = metadata("publishDate: 2019-01-01")
    assert both.date is not None
    assert both.date.year == 2018
    assert alone.appears is None


def test_the_date_of_the_front_matter_wins_over_that_of_the_name() -> None:
    found = metadata("date: 2018-05-08", "content/posts/2017-03-04-name.md")
    assert found.date is not None
    assert (found.date.year, found.slug) == (2018, "name")


@pytest.mark.parametrize(
    ("path", "folder", "slug", "title"),
    [
        ("content/posts/2017-03-04-name.md", "", "name", "name"),
        ("content/posts/a/b/2017-03-04-Name.md", "a/b", "Name", "Name"),
        ("content/posts/a/2017-03-04-name/index.md", "a", "name", "name"),
        ("content/posts/2017-03-04-深度学习 笔记！.markdown", "", "深度学习 笔记！", "深度学习 笔记！"),
        ("content/posts/2017-03-04-か\u3099.md", "", "が", "が"),
        ("content/posts/2017-03-04.md", "", "2017-03-04", "2017-03-04"),
        ("content/drafts/idea.md", "", "idea", "idea"),
        ("content/pages/about.md", "", "about", "about"),
        ("content/pages/a/b/index.html", "a", "b", "b"),
        ("content/pages/index.md", "", "index", "index"),
        ("content/pages/2017-03-04-x.md", "", "2017-03-04-x", "2017-03-04-x"),
        ("content/posts/2017-03-04-v1.2.md", "", "v1.2", "v1.2"),
    ],
)
def test_what_front_matter_leaves_out_comes_from_the_name(
    path: str, folder: str, slug: str, title: str
) -> None:
    found = metadata("layout: x", path)
    assert (found.folder, found.slug, found.title) == (folder, slug, title)


def test_a_page_and_a_draft_may_do_without_a_date() -> None:
    assert metadata("title: x", "content/pages/about.md").date is None
    assert metadata("title: x", "content/drafts/idea.md").date is None
    assert metadata("draft: true", "content/posts/idea.md").date is None


def test_what_lies_among_the_drafts_is_a_draft_whatever_it_says() -> None:
    assert metadata("published: true\ndraft: false", "content/drafts/idea.md").is_draft


def test_a_smaller_weight_stands_further_up_and_any_before_none() -> None:
    ranks = [metadata(f"weight: {weight}").sticky for weight in (-5, 1, 2, 100)]
    assert ranks == sorted(ranks, reverse=True)
    assert min(ranks) > 0


def test_further_keys_are_kept_with_the_values_they_seem_to_have() -> None:
    found = metadata(
        "abbrlink: 3452\nversion: 1.10\nid: 007\nratio: 1.5\nok: true\nno: ~\nstamp: 2018-01-01\n"
        "links:\n  - {name: 张三, url: https://a.b/}\n"
    )
    assert found.extra == {
        "abbrlink": 3452,
        "version": "1.10",
        "id": "007",
        "ratio": 1.5,
        "ok": True,
        "no": None,
        "stamp": "2018-01-01",
        "links": [{"name": "张三", "url": "https://a.b/"}],
    }


@pytest.mark.parametrize(
    ("front_matter", "extra"),
    [
        ("tags: [a]\ntag: b", {"tag": "b"}),
        ("layout: a\ntype: b", {"type": "b"}),
        ("excerpt: a\nsummary: b", {"summary": "b"}),
        ("title: a\nTITLE: b", {"TITLE": "b"}),
        ("TITLE: b\ntitle: a", {"TITLE": "b"}),
        ("lastmod: 2018-01-01\nupdated: 2019-01-01", {"lastmod": "2018-01-01"}),
        ("photos: [a.png, b.png]", {"photos": ["a.png", "b.png"]}),
        ("cover: {image: a.png, alt: A}", {"cover": {"image": "a.png", "alt": "A"}}),
        ("author: {name: 张三, url: x}", {"author": {"name": "张三", "url": "x"}}),
        ("sitemap: {priority: 0.5}", {"sitemap": {"priority": 0.5}}),
        ("url: https://a.b/", {"url": "https://a.b/"}),
        ("tags:\ntag: b", {}),
    ],
)
def test_nothing_that_an_author_says_twice_or_at_length_is_lost(
    front_matter: str, extra: dict[str, Any]
) -> None:
    assert metadata(front_matter).extra == extra


def test_toml_gives_the_same_as_yaml() -> None:
    text = (
        '+++\ntitle = "x"\ndate = 2018-05-08T23:54:20\nupdated = 2018-05-09\nlastmod = 2018-05-10\ntags = ["a", "1.10"]\n'
        'categories = [["A", "B"]]\ndraft = true\nsticky = 2\nbig = 99999999999999999999\nwhen = 07:30:00\nlimit = inf\n+++\n'
    )
    found = read(text)[0].metadata
    assert found.date is not None
    assert found.updated is not None
    assert (found.title, found.date.isoformat(), found.updated.isoformat()) == (
        "x",
        "2018-05-08T23:54:20+08:00",
        "2018-05-09T00:00:00+08:00",
    )
    assert (found.tags, found.categories, found.is_draft, found.sticky) == (
        ("a", "1.10"),
        (("A", "B"),),
        True,
        2,
    )
    assert found.extra == {
        "lastmod": "2018-05-10",
        "big": "99999999999999999999",
        "when": "07:30:00",
        "limit": "inf",
    }


def test_json_gives_the_same_as_yaml() -> None:
    text = ';;;\n"title": "x",\n"date": "2018-05-08",\n"tags": ["a", 2, null],\n"n": 99999999999999999999\n;;;\nbody'
    found = read(text)[0].metadata
    assert (found.title, found.tags, found.extra) == ("x", ("a", "2"), {"n": "99999999999999999999"})


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: "a\\0b\\x08\\u0085\\uFFFE"\nx: ["\\0"]\n---\n',
        ';;;\n"title": "a\\u0000b\\u0008\\ud800",\n"x": ["\\u0000"]\n;;;\n',
        '+++\ntitle = "a\\u0000b\\u0008"\nx = ["\\u0000"]\n+++\n',
    ],
)
def test_no_notation_can_smuggle_in_what_no_page_can_show(text: str) -> None:
    found = read(text)[0].metadata
    assert found.title.rstrip("\ufffd") == "a\ufffdb"
    assert found.extra == {"x": ["\ufffd"]}


def test_a_moment_is_in_the_zone_of_the_site() -> None:
    found = metadata("date: 2018-05-08 23:54:20", config=Config(timezone="America/New_York"))
    assert found.date is not None
    assert found.date.isoformat() == "2018-05-08T23:54:20-04:00"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("tilte", "title"),
        ("titel", "title"),
        ("catgories", "categories"),
        ("categoires", "categories"),
        ("tgas", "tags"),
        ("taggs", "tags"),
        ("dtae", "date"),
        ("descripton", "description"),
        ("permalnk", "permalink"),
        ("Tilte", "title"),
    ],
)
def test_a_slip_is_recognised(key: str, meant: str) -> None:
    assert likely_meant(key, known_keys()) == meant


@pytest.mark.parametrize(
    "key",
    ["data", "height", "images", "covers", "subtitle", "link", "links", "text", "tops", "page", "titles", "top_img",
     "abbrlink", "copyright", "keywords", "cover2", "author_url", "id", "hover", "pinned", "late", "tag_line", "xdate"],
)  # fmt: skip
def test_a_key_of_the_authors_own_is_no_slip(key: str) -> None:
    assert likely_meant(key, known_keys()) is None


def test_a_slip_is_only_a_slip_if_the_key_it_means_is_missing() -> None:
    assert not read("---\ntitle: a\ntilte: b\n---\n")[1]
    assert read("---\ntilte: b\n---\n")[1]


def test_every_problem_of_a_file_is_told_at_once() -> None:
    with pytest.raises(SitegenError) as caught:
        read("---\ntitle: a: b\ndate: 2018-13-01\ntags: {a: b}\nslug: a/b\ncatgories: x\n---\n")
    assert [(problem.line, problem.severity) for problem in caught.value.problems] == [
        (2, "warning"),
        (3, "error"),
        (4, "error"),
        (5, "error"),
        (6, "warning"),
    ]


scalars = st.sampled_from(
    ["", "~", "a", "'a'", "1", "-1", "1.5", "true", "no", "2018-05-08", "2018-13-01", "[a]", "[[a], b]", "{a: b}", "#x",
     "@x", "a: b", "*a", "/x/", "../x", "http://a.b/", "[]", "{}", "'\u3000'", '"\\0"', "|\n  x", "9" * 40, "[~]", "图"]
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(known_keys())), scalars, max_size=6))
def test_any_value_under_any_known_key_is_read_or_a_problem(entries: dict[str, str]) -> None:
    text = "---\n" + "".join(f"{key}: {value}\n" for key, value in entries.items()) + "---\nbody"
    try:
        manuscript, _ = read(text)
    except SitegenError as error:
        for problem in error.problems:
            assert problem.line is not None
            assert 2 <= problem.line <= text.count("\n")
        return
    encoded = msgspec.json.encode(manuscript)
    assert msgspec.json.decode(encoded, type=type(manuscript)) == manuscript
    assert json.loads(encoded)


@given(st.binary(max_size=200), st.sampled_from([b"", b"---\n", b"---\ntitle: ", b"+++\n", b";;;\n", b"# "]))
def test_any_bytes_are_a_manuscript_or_a_problem(data: bytes, opener: bytes) -> None:
    for text in (opener + data, opener + data + b"\n" + opener):
        try:
            manuscript, _ = read(text, config=CHINA)
        except SitegenError:
            continue
        assert manuscript.metadata.title
