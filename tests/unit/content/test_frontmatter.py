"""Where front matter begins and ends, and what is read with a mend."""

from __future__ import annotations

from typing import Any

import frontmatter
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.frontmatter import LARGEST, Parts, take_apart
from sitegen.content.notations import JsonHandler, TomlHandler, YamlHandler
from sitegen.content.scalars import settle
from sitegen.errors import SitegenError


def parts(text: str) -> Parts:
    return take_apart(text, "a.md")


@pytest.mark.parametrize(
    ("text", "values", "body", "body_line"),
    [
        ("---\na: b\n---\nbody\n", {"a": "b"}, "body\n", 4),
        ("-----\na: b\n-----\nbody", {"a": "b"}, "body", 4),
        ("---  \na: b\n---\t\nbody", {"a": "b"}, "body", 4),
        ("---\na: b\n----\nbody", {"a": "b"}, "body", 4),
        ("---\na: b\n...\nbody", {"a": "b"}, "body", 4),
        ("\n \n---\na: b\n---\n\nbody", {"a": "b"}, "\nbody", 6),
        ("---\na: b\n---", {"a": "b"}, "", 3),
        ("---\n---\nbody", {}, "body", 3),
        ("---\n\n# nothing\n---\nbody", {}, "body", 5),
        ("---\n# a comment\na: b\n\nc: d # e\n---\n", {"a": "b", "c": "d"}, "", 7),
        ("---\na: b\n---\nx\n\n---\n\ny", {"a": "b"}, "x\n\n---\n\ny", 4),
        ("---\na: |\n  x\n  ---\n  y\n---\nbody", {"a": "x\n---\ny\n"}, "body", 7),
        ("+++\na = 1\n[b]\nc = true\n+++\nbody", {"a": 1, "b": {"c": True}}, "body", 6),
        (';;;\n"a": 1,\n"b": [true, null]\n;;;\nbody', {"a": 1, "b": [True, None]}, "body", 5),
        (';;;\n{"a": 1}\n;;;\nbody', {"a": 1}, "body", 4),
        ('"title": "x"\n;;;\nbody', {"title": "x"}, "body", 3),
        ("title: x\ndate: 2018-05-08\n---\nbody", {"title": "x", "date": "2018-05-08"}, "body", 4),
        ("tags:\n- a\nTitle: x\n\n-----\nbody", {"tags": ["a"], "Title": "x"}, "body", 6),
    ],
)
def test_front_matter_ends_where_its_fence_says(
    text: str, values: dict[str, Any], body: str, body_line: int
) -> None:
    read = parts(text)
    assert (read.front_matter.values, read.body, read.body_line, read.problems) == (
        values,
        body,
        body_line,
        (),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "body",
        "text\n\n---\n\nmore",
        "---\n\ntext between two rules\n\n---\n",
        "---\ntext after a rule",
        "---\n- a list\n---\n",
        "---\n# Heading\n\ntext\n\n---\n",
        "---\nhttps://example.org/\n---\n",
        "---\n注意：本文已过时\n---\n",
        "Note: a heading of the second level\n---\n",
        "Summary: first\nand more\n---\n",
        "key: value\nwithout an end",
        " ---\na: b\n---\n",
        "***\na: b\n***\n",
        "- - -\n\na: b\n\n---",
        '"quoted" text\n\n---\n',
        "\u3000\u3000---\n",
    ],
)
def test_what_is_no_front_matter_is_all_body(text: str) -> None:
    assert parts(text) == Parts(front_matter=parts("").front_matter, body=text, body_line=1)


@pytest.mark.parametrize(
    ("block", "values"),
    [
        ("title: [原创] 标题", {"title": "[原创] 标题"}),
        ("title: a: b", {"title": "a: b"}),
        ("title: a: b: c # note", {"title": "a: b: c"}),
        ('title: "引" 标题', {"title": '"引" 标题'}),
        ("title: '引' 标题", {"title": "'引' 标题"}),
        ("title: It's: fine", {"title": "It's: fine"}),
        ("title: 'It's fine'", {"title": "It's fine"}),
        ("title: *x*", {"title": "*x*"}),
        ("title: *x", {"title": "*x"}),
        ("title: **重点** 标题", {"title": "**重点** 标题"}),
        ("title: &x y: z", {"title": "&x y: z"}),
        ("title: !important stuff", {"title": "!important stuff"}),
        ("title: @x", {"title": "@x"}),
        ("title: `x` y", {"title": "`x` y"}),
        ("title: %x", {"title": "%x"}),
        ("title: > 1", {"title": "> 1"}),
        ("title: | x", {"title": "| x"}),
        ("title: - x", {"title": "- x"}),
        ("title: ? x", {"title": "? x"}),
        ("title: , x", {"title": ", x"}),
        ("title: ] x", {"title": "] x"}),
        ("title: {{ site.title }}", {"title": "{{ site.title }}"}),
        ("title: {% x %} y", {"title": "{% x %} y"}),
        ("title:x", {"title": "x"}),
        ("title：x", {"title": "x"}),
        ("title：\u3000“x”", {"title": "“x”"}),
        ("tags: [@vue/cli, c: d, 'e']", None),
        ("tags: [@vue/cli, c: d]", {"tags": ["@vue/cli", "c: d"]}),
        ("tags:\n\t- a\n\t- b", {"tags": ["a", "b"]}),
        ("tags:\n-\ta", {"tags": ["a"]}),
        ("tags:\n  - @a\n  - b\n  - `c`", {"tags": ["@a", "b", "`c`"]}),
        ("\ttitle: x", None),
        ("title: x\n\ttags: y", None),
    ],
)
def test_what_is_plain_in_its_meaning_is_read_so(block: str, values: dict[str, Any] | None) -> None:
    """None: the meaning is not plain, and it is an error."""
    text = f"---\n{block}\ndate: 2018-05-08\nupdated: 2018-05-09\n---\nbody"
    if values is None:
        with pytest.raises(SitegenError):
            parts(text)
        return
    read = parts(text)
    assert read.front_matter.values == {**values, "date": "2018-05-08", "updated": "2018-05-09"}
    assert read.body == "body"
    assert read.problems
    assert {problem.severity for problem in read.problems} == {"warning"}


@pytest.mark.parametrize(
    "block",
    [
        "title: x\ntitle: y",
        'title: "a "b" c"',
        'title: "a',
        "tags: [a, b",
        "tags: [a] b",
        "tags: {a",
        "title: x\n  y: z",
        "a:\n   b: 1\n  c: 2",
        "title: x\nnonsense\ndate: 2018-05-08",
        "title: x\n<<: *y",
        "title: x\n\ttags: y",
    ],
)
def test_anything_else_is_an_error_and_no_post_is_lost_in_silence(block: str) -> None:
    with pytest.raises(SitegenError) as caught:
        parts(f"---\n{block}\n---\nbody")
    for problem in caught.value.problems:
        assert problem.path == "a.md"
        assert problem.line is not None
        assert problem.column is not None


def test_a_key_is_found_where_it_stands() -> None:
    front_matter = parts("\n---\n# c\ntitle:  你好 \ntags:\n  - a\n'x-y' : z\n---\n").front_matter
    title = front_matter.place("title")
    assert (title.line, title.column, title.length, title.source) == (4, 9, 2, "title:  你好 ")
    tags = front_matter.place("tags")
    assert (tags.line, tags.column, tags.length) == (5, 1, 4)
    assert front_matter.place("x-y").column == 9
    assert front_matter.written("title") == "你好"
    assert front_matter.place("absent").line == 3


@pytest.mark.parametrize(
    ("text", "line", "column", "length"),
    [
        ('+++\na = 1\ndate = "x"\n+++\n', 3, 8, 3),
        (';;;\n"a": 1,\n"date": "x",\n;;;\n', 3, 9, 3),
        (';;;\n{"a": 1, "date": "x"}\n;;;\n', 2, 18, 4),
    ],
)
def test_a_key_is_found_in_every_notation(text: str, line: int, column: int, length: int) -> None:
    place = take_apart(text.replace('"x",\n;;;', '"x"\n;;;'), "a.md").front_matter.place("date")
    assert (place.line, place.column, place.length) == (line, column, length)


def test_a_line_too_long_to_show_is_not_shown() -> None:
    place = parts(f"---\ntitle: {'x' * 400}\n---\n").front_matter.place("title")
    assert place.source is None


def test_front_matter_without_end_in_sight_is_not_read_on_and_on() -> None:
    with pytest.raises(SitegenError) as caught:
        parts("---\n" + "a: b\n" * (LARGEST // 5 + 1) + "---\n")
    assert "at most 100,000 are read" in str(caught.value)


@given(st.text())
def test_any_text_is_taken_apart_or_a_problem(text: str) -> None:
    text = text.replace("\r", "\n")
    for opener in ("", "---\n", "+++\n", ";;;\n", "title: x\n"):
        whole = f"{opener}{text}\n{opener}body"
        try:
            read = parts(whole)
        except SitegenError:
            continue
        assert whole.endswith(read.body)
        assert read.body_line == whole.count("\n", 0, len(whole) - len(read.body)) + 1


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=20)
values = st.dictionaries(
    st.text("abcdefg_", min_size=1, max_size=6),
    st.one_of(texts, st.integers(-(10**17), 10**17), st.booleans(), st.none(), st.lists(texts, max_size=3)),
    min_size=1,
    max_size=5,
)


@given(values, st.text().map(lambda text: text.replace("\r", "")))
def test_front_matter_that_a_program_wrote_is_read_back(values: dict[str, Any], body: str) -> None:
    block = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    read = parts(f"---\n{block}---\n{body}")
    assert settle(read.front_matter.values) == values
    assert read.body == body
    assert not read.problems


@pytest.mark.parametrize(
    ("handler", "text"),
    [
        (YamlHandler(), "---\na: x\nb: [y]\n---\nbody"),
        (TomlHandler(), '+++\na = "x"\nb = ["y"]\n+++\nbody'),
        (JsonHandler(), ';;;\n"a": "x",\n"b": ["y"]\n;;;\nbody'),
    ],
)
def test_the_notations_are_handlers_of_python_frontmatter(handler: Any, text: str) -> None:
    read = frontmatter.loads(text, handler=handler)
    assert (read.metadata, read.content) == ({"a": "x", "b": ["y"]}, "body")
