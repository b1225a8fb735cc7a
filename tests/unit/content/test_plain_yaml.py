"""The quick way through front matter, which must not be told from the long one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sitegen.content.full_yaml import read_yaml
from sitegen.content.plain_yaml import read_plain_yaml


def shape(value: object) -> object:
    """`value` with the types of its texts, and its keys in their order."""
    match value:
        case dict():
            return [(shape(key), shape(item)) for key, item in value.items()]
        case list():
            return [shape(item) for item in value]
    return type(value).__name__, value


def check(text: str) -> bool:
    """Whether the quick way was open, having seen that it leads where the long one does."""
    quick = read_plain_yaml(text)
    if quick is not None:
        assert shape(quick) == shape(read_yaml(text) or {})
    return quick is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title: 深度学习笔记\ndate: 2018-05-08 23:54:20\n",
        "title: \"a: b # c, [d] 'e'\"\n",
        'categories: [Backend, Caching]\ntags: [a, "剖析 | b", 1.10,c ]\n',
        "tags:\n  - 深度学习\n  - MXNet\n  - C++ \ncategories:\n- 笔记\n\n\nurl: https://a.b/c\n",
        'time: 12:30:45\nempty: []\nquoted: ""',
        "title:   spaced   \n",
    ],
)
def test_the_usual_forms_are_read_the_quick_way(text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(
    "text",
    [
        "title: a: b",
        "title: a #b",
        "title: a:",
        "title: [a",
        "title: [a,,b]",
        "title: @a",
        "title: *a",
        "title: 'a'",
        'title: "a\\n"',
        'title: "a" b',
        "title: a\n  b",
        "title: a\ntitle: b",
        "title: a\u2028b",
        "title: a\ufeffb",
        "tags:\n  - a: b",
        "tags:\n  - a\n   - b",
        "tags:\n  - a\n - b",
        "tags:\n  - a\n  b",
        "title:",
        "title: |\n  a",
        "# comment\ntitle: a",
        " title: a",
        "title:a",
        "a: {b: c}",
        "a: [b: c]",
        "a: [[b]]",
        "---\na: b",
    ],
)
def test_all_else_is_left_to_the_long_way(text: str) -> None:
    assert read_plain_yaml(text) is None


pieces = [
    *":-#,[]{}\"'&*!|>%@`?~=<\\. \n\n\t",
    ": ", " #", "- ", "\n  - ", "\n- ", "\n  ", "a", "b1", "键", "，", "：", "【", "《a》", "é", "🎉", "\u3000", "\u00a0", "\u200b",
    "\u2028", "\x85", "\ufeff", "\x00", "title: ", "tags: [", "tags:", "date: 2018-05-08 12:30", 'key: "', "yes", "0x1f", "1e3",
    "...", "---", "null", "<<: ", "a: b\n",
]  # fmt: skip
anything = st.lists(st.sampled_from(pieces), max_size=14).map("".join)
value = st.lists(
    st.sampled_from([*"ab1é键，。！（？/+-_.()!;&=' ", ":", "#", '"', ",", "a b", "12:30", "[", "]"]),
    max_size=8,
).map("".join)
entry = st.one_of(
    value.map("title: {}\n".format),
    value.map('k: "{}"\n'.format),
    st.lists(value | value.map('"{}"'.format), max_size=4).map(lambda items: f"tags: [{', '.join(items)}]\n"),
    st.lists(value, min_size=1, max_size=3).map(
        lambda items: "list:" + "".join(f"\n  - {item}" for item in items) + "\n"
    ),
    st.sampled_from(["\n", "x:\n", "y: 2018-05-08 23:54:20\n", "- z\n", "z:   w  \n"]),
)
entries = st.lists(entry, max_size=4).map("".join)
usual = 'title: "深度: 笔记"\ndate: 2018-05-08 23:54:20\ncategories: [笔记, "a b"]\ntags:\n  - PyTorch\n  - 深度学习\nurl: a\n'
touched = st.builds(
    lambda start, length, piece: usual[:start] + piece + usual[start + length :],
    st.integers(0, len(usual)),
    st.integers(0, 5),
    st.sampled_from(pieces) | st.text(max_size=2),
)


@settings(max_examples=250)
@given(anything | entries | touched | st.text())
@example("a: b\n...\n")
@example("a: [b ,c]")
@example('a: ["b"c]')
@example("a: [b\u00a0]")
@example("a: b\n\n- c\n")
@example("a:\n- b\n\n")
def test_both_ways_lead_to_the_same(text: str) -> None:
    check(text)
