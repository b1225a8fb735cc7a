"""What authors write after the fence, in the spellings of many programs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.render.markdown.info import CodeOptions, read_info


def said(info: str) -> dict[str, Any]:
    """What an info string says beyond the defaults."""
    options, complaints = read_info(info)
    assert not complaints
    default = msgspec.structs.asdict(CodeOptions())
    return {key: value for key, value in msgspec.structs.asdict(options).items() if value != default[key]}


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("", {}),
        ("python", {"language": "python"}),
        ("  C++\t", {"language": "C++"}),
        ("rust,ignore", {"language": "rust"}),
        ("python:", {"language": "python"}),
    ],
)
def test_the_language(info: str, expected: dict[str, Any]) -> None:
    assert said(info) == expected


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("python title", {"language": "python", "title": "title"}),
        ("js lib/inject.js", {"language": "js", "title": "lib/inject.js"}),
        ("text 一个 标题：好", {"language": "text", "title": "一个 标题：好"}),
        (
            "python Example https://example.org/a:b?c=d A link mark:1,4-7 line_number:false",
            {
                "language": "python",
                "title": "Example",
                "url": "https://example.org/a:b?c=d",
                "url_text": "A link",
                "marked": ((1, 1), (4, 7)),
                "has_line_numbers": False,
            },
        ),
        ("c https://example.org", {"language": "c", "url": "https://example.org"}),
        ("js wrap:false highlight:false", {"language": "js", "is_coloured": False}),
        ("java Foo: bar", {"language": "java", "title": "Foo: bar"}),
    ],
)
def test_as_hexo_writes_it(info: str, expected: dict[str, Any]) -> None:
    assert said(info) == expected


def test_a_first_line_asks_for_numbers() -> None:
    assert said("js first_line:3") == {"language": "js", "first_number": 3, "has_line_numbers": True}
    assert said("js first_line:3 line_number:false")["has_line_numbers"] is False


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("python {1,4-7}", {"language": "python", "highlighted": ((1, 1), (4, 7))}),
        ("python{2}", {"language": "python", "highlighted": ((2, 2),)}),
        ('python title="main program.py"', {"language": "python", "title": "main program.py"}),
        (
            "js filename='a b.js' showLineNumbers",
            {"language": "js", "title": "a b.js", "has_line_numbers": True},
        ),
        ("js ins={2,3-4} del={1}", {"language": "js", "inserted": ((2, 2), (3, 4)), "deleted": ((1, 1),)}),
        ("js mark={1-2} startLineNumber=5", {"language": "js", "highlighted": ((1, 2),)}),
        ('python hl_lines="2 3"', {"language": "python", "highlighted": ((2, 2), (3, 3))}),
        ('py linenums="4"', {"language": "py", "first_number": 4, "has_line_numbers": True}),
        ("python linenos", {"language": "python", "has_line_numbers": True}),
        ("python linenos=false", {"language": "python", "has_line_numbers": False}),
        ("title=a.py", {"title": "a.py"}),
        ("{3}", {"highlighted": ((3, 3),)}),
        ("js:src/main.js", {"language": "js", "title": "src/main.js"}),
        ("diff {1} live", {"language": "diff", "highlighted": ((1, 1),), "title": "live"}),
    ],
)
def test_as_other_programs_write_it(info: str, expected: dict[str, Any]) -> None:
    assert said(info) == expected


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (
            'go {linenos=inline,hl_lines=[8,"15-17"],linenostart=199}',
            {
                "language": "go",
                "has_line_numbers": True,
                "highlighted": ((8, 8), (15, 17)),
                "first_number": 199,
            },
        ),
        (
            "go {linenos=true hl_lines=3 style=emacs}",
            {"language": "go", "has_line_numbers": True, "highlighted": ((3, 3),)},
        ),
        (
            '{.python .numberLines startFrom="10"}',
            {"language": "python", "has_line_numbers": True, "first_number": 10},
        ),
        ("{python}", {"language": "python"}),
    ],
)
def test_as_hugo_and_pandoc_write_it(info: str, expected: dict[str, Any]) -> None:
    assert said(info) == expected


def test_a_colon_after_what_is_no_language_is_part_of_the_name() -> None:
    assert said("http://example.org")["language"] == "http://example.org"
    assert said("foo:bar")["language"] == "foo:bar"


@pytest.mark.parametrize(
    ("info", "complaint"),
    [
        ("js mark:x", '"x" is no line of a code block; write lines as 1,4-7.'),
        ('js hl_lines="1 b-2"', '"b-2" is no line of a code block; write lines as 1,4-7.'),
        ("js first_line:one", 'first_line is "one"; it must be a number.'),
        ("js first_line:99999999999999999999", 'first_line is "99999999999999999999"; it must be a number.'),
        ("js mark:１", '"１" is no line of a code block; write lines as 1,4-7.'),
    ],
)
def test_what_cannot_be_understood_is_told(info: str, complaint: str) -> None:
    options, complaints = read_info(info)
    assert complaints == (complaint,)
    assert options.language == "js"


@given(st.text(st.one_of(st.sampled_from("{}[]=:\"',.- 1a"), st.characters(exclude_categories=["Cs"]))))
def test_no_info_string_is_too_odd_to_be_read(info: str) -> None:
    options, _ = read_info(info)
    assert options.language in info
