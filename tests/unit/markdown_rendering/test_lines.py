"""The lines of the source that the blocks of a text come from."""

from __future__ import annotations

import re

import pytest

from sitegen.model import Body
from sitegen.render.markdown.lines import with_lines
from tests.unit.markdown_rendering.rendering import render

_MARK = re.compile(r'<([a-z0-9]+) data-line="(\d+)"')


def lines(text: str, **about: object) -> list[tuple[str, int]]:
    """The elements of a text that tell their line, in their order."""
    return [(name, int(line)) for name, line in _MARK.findall(with_lines(render(text, **about).body))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n\nc\n", [("p", 1), ("p", 4)]),
        ("# A\n\nB\n=\n", [("h1", 1), ("h1", 3)]),
        ("- a\n- b\n\n  c\n", [("ul", 1), ("li", 1), ("p", 1), ("li", 2), ("p", 2), ("p", 4)]),
        ("- a\n  1. b\n", [("ul", 1), ("li", 1), ("ol", 2), ("li", 2)]),
        ("> a\n>\n> b\n", [("blockquote", 1), ("p", 1), ("p", 3)]),
        ("a\n\n```python\nx\n```\n", [("p", 1), ("figure", 3)]),
        ("a\n\n    x\n", [("p", 1), ("pre", 3)]),
        ('a\n\n![A](a.png "B")\n', [("p", 1), ("figure", 3)]),
        ("a\n\n---\n", [("p", 1), ("hr", 3)]),
        ("a\n\n$$\nx\n$$\n", [("p", 1), ("div", 3)]),
        ("a\n\n<div>\nb\n</div>\n\n<!-- c -->\n\nd\n", [("p", 1), ("div", 3), ("p", 9)]),
        ("<script>\n1\n</script>\n\na\n", [("p", 5)]),
        ("{.wide}\na\n", [("p", 2)]),
        ("a\n\n<!-- more -->\n\nb\n", [("p", 1), ("p", 5)]),
    ],
)
def test_blocks_of_every_kind_tell_their_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert lines(text) == expected


def test_the_rows_of_a_table_tell_their_lines() -> None:
    found = lines("a\n\n| b |\n| - |\n| c |\n| d |\n")
    assert [line for name, line in found if name == "tr"] == [3, 5, 6]


def test_a_footnote_tells_the_line_on_which_it_is_written() -> None:
    assert ("p", 3) in lines("a[^1]\n\n[^1]: b\n\nc\n")


def test_lines_are_those_of_the_file() -> None:
    assert lines("a\n\nb\n", first_line=8) == [("p", 8), ("p", 10)]


def test_the_outline_before_and_after_code_tells_its_lines() -> None:
    found = lines("a\n\tb\n\t```\n\tx\n\t```\n\tc\n", settings={"breaks": True})
    assert found == [("p", 1), ("figure", 3), ("p", 6)]


def test_the_html_itself_holds_no_line() -> None:
    body = render("a\n\n- b\n").body
    assert "data-line" not in body.html + body.summary_html
    assert re.sub(r' data-line="\d+"', "", with_lines(body)) == body.html


def test_a_body_without_lines_stays_as_it_is() -> None:
    assert with_lines(Body(html="<p>a</p>", summary_html="")) == "<p>a</p>"
