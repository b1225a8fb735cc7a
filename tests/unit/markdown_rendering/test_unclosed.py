from __future__ import annotations

from typing import Any

import pytest

from tests.unit.markdown_rendering.rendering import render


def warnings(text: str, **about: Any) -> list[str]:
    return [str(problem) for problem in render(text, **about).problems]


def test_an_element_that_is_never_closed_is_told_with_its_place() -> None:
    assert warnings("a\n\n  <div class=x>\n\nb\n", first_line=5) == [
        (
            "content/posts/a.md:7:3: warning[html]: <div> is never closed: end it with </div>\n"
            "    7 |   <div class=x>\n"
            "      |   ^^^^^^^^^^^^^"
        )
    ]


def test_an_open_element_inside_a_paragraph_is_told() -> None:
    assert warnings("a\nb <b>c\n\nd") == [
        (
            "content/posts/a.md:2:3: warning[html]: <b> is never closed: end it with </b>\n    2 | b <b>c\n      |   ^^^"
        )
    ]


def test_a_comment_that_is_never_closed_is_told() -> None:
    assert warnings("a\n\n<!-- b\n\nc") == [
        (
            "content/posts/a.md:3:1: warning[html]: this comment is never closed: end it with -->\n"
            "    3 | <!-- b\n"
            "      | ^^^^"
        )
    ]


def test_text_that_is_taken_for_a_tag_is_told_with_its_mend() -> None:
    [warning] = warnings("用List<String>存")
    assert warning.startswith(
        "content/posts/a.md:1:6: warning[html]: <String> is taken for a tag and not shown: "
        "if it is text, write \\<String> or put it in backticks\n"
    )


def test_elements_of_the_author_are_elements() -> None:
    [warning] = warnings("<my-player>")
    assert "<my-player> is never closed" in warning


def test_a_link_typed_before_a_reference_is_pointed_at_as_it_was_typed() -> None:
    [problem] = render('<a href="b.md">c', source="content/posts/a.md").problems
    assert (problem.column, problem.length) == (1, 15)


@pytest.mark.parametrize(
    "text",
    [
        "<div>\n\n**a**\n\n</div>",
        "<details>\n<summary>a</summary>\n\n- b\n\n</details>",
        "a <b>c</b> <br> <img src=x> <kbd>d</kbd>",
        "<p>a\n\n<ul><li>b<li>c</ul>",
        "<table><tr><td>a</table>",
        "<!-- a -->\n\n<!-- more -->",
        "`<div>`\n\n    <b>\n\n```\n<i>\n```",
        "<svg><path d='m'/></svg>",
        "a </b> c",
        "<div><p>a</div>",
        "\\<div>",
    ],
)
def test_what_html_allows_is_no_problem(text: str) -> None:
    assert warnings(text) == []


def test_html_that_is_shown_as_text_is_no_problem() -> None:
    assert warnings("<div>", settings={"html": False}) == []


def test_a_post_in_html_is_read_too() -> None:
    [warning] = warnings("<p>a\n<section>\n", source="content/posts/a.html", first_line=4)
    assert warning.startswith("content/posts/a.html:5:1: warning[html]: <section> is never closed")
