"""Code blocks on the page: what stands around the code, and lines."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_it import MarkdownIt

from sitegen.config import Config, HighlightConfig
from sitegen.errors import Problem
from sitegen.render.markdown.code import install_code_rules, render_code


def figure(text: str, info: str = "", **options: Any) -> str:
    return render_code(text, info, **options)


def code(text: str, info: str = "", **options: Any) -> str:
    """What stands in the `<code>` element."""
    return figure(text, info, **options).partition("<code")[2].partition(">")[2].partition("</code>")[0]


def complaints(text: str, info: str) -> list[str]:
    problems: list[Problem] = []
    render_code(text, info, problems=problems, path="content/posts/a.md", line=12)
    return [str(problem) for problem in problems]


def render(markdown: str, config: Config | None = None, **env: Any) -> str:
    md = MarkdownIt()
    install_code_rules(md, config or Config())
    return str(md.render(markdown, env))


def test_a_block_with_everything() -> None:
    assert figure("x = 1\n", 'py title="a<b.py" https://example.org/?a&b Source') == (
        '<figure class="code"><figcaption><span class="code-title">a&lt;b.py</span> '
        '<a class="code-link" href="https://example.org/?a&amp;b">Source</a> '
        '<span class="code-language">Python</span></figcaption>'
        '<pre tabindex="0"><code class="language-python">'
        '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n</code></pre></figure>\n'
    )


def test_a_block_without_a_language_has_no_label() -> None:
    assert (
        figure("a < b\n") == '<figure class="code"><pre tabindex="0"><code>a &lt; b\n</code></pre></figure>\n'
    )


def test_plain_text_has_no_label() -> None:
    assert "figcaption" not in figure("x\n", "text")
    assert '<code class="language-text">x\n</code>' in figure("x\n", "text")


def test_an_unknown_language_is_plain_text_under_its_name() -> None:
    html = figure("if (x)\n", 'No"Such')
    assert '<span class="code-language">No&quot;Such</span>' in html
    assert '<code class="language-no&quot;such">if (x)\n</code>' in html
    assert complaints("x\n", "mermaid") == []


def test_an_empty_block() -> None:
    assert figure("") == '<figure class="code"><pre tabindex="0"><code></code></pre></figure>\n'
    assert complaints("", "python") == []


def test_line_numbers_are_attributes_and_so_not_copied() -> None:
    assert code("a\n\nb\n", "text linenos first_line:9") == (
        '<span class="line" data-line="9">a\n</span><span class="line" data-line="10">\n</span>'
        '<span class="line" data-line="11">b\n</span>'
    )


def test_the_settings_number_all_blocks_that_do_not_say() -> None:
    config = Config(highlight=HighlightConfig(line_numbers=True))
    assert "data-line" in render("```\nx\n```\n", config)
    assert "data-line" not in render("``` text linenos=false\nx\n```\n", config)
    assert "data-line" not in render("```\nx\n```\n")


def test_marked_lines_are_whole_lines() -> None:
    assert code("a\nb\nc\nd\n", "text {2} ins={3} del={4,2}") == (
        '<span class="line">a\n</span><span class="line hl del">b\n</span>'
        '<span class="line ins">c\n</span><span class="line del">d\n</span>'
    )


def test_without_numbers_and_marks_lines_have_no_span() -> None:
    assert code("a\nb\n", "text") == "a\nb\n"


def test_a_string_over_several_lines_is_cut_at_each() -> None:
    assert code('"""a\nb"""\n', "python {1}") == (
        '<span class="line hl"><span class="sd">"""a</span>\n</span><span class="line"><span class="sd">b"""</span>\n</span>'
    )


def test_hexo_marks_lines_by_the_numbers_on_the_page() -> None:
    assert code("a\nb\n", "text mark:4 first_line:3 line_number:false") == (
        '<span class="line">a\n</span><span class="line hl">b\n</span>'
    )


def test_diff_marks_lines_by_their_signs() -> None:
    assert code("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n", "diff") == (
        '<span class="line"><span class="gd">--- a</span>\n</span><span class="line"><span class="gi">+++ b</span>\n</span>'
        '<span class="line"><span class="gu">@@ -1 +1 @@</span>\n</span><span class="line del"><span class="gd">-x</span>\n</span>'
        '<span class="line ins"><span class="gi">+y</span>\n</span><span class="line"><span class="w"> </span>z\n</span>'
    )


def test_highlighting_can_be_switched_off_for_a_block() -> None:
    assert code("x = 1\n", "python highlight:false") == "x = 1\n"


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("text {9}", "Line 9 is to be marked, but the block ends with line 2."),
        ("text {2-1}", "The lines 2-1 run backwards."),
        ("text mark:2 first_line:3", "Line 2 is to be marked, but the block begins with line 3."),
        ("text mark:4,5 first_line:3", "Line 5 is to be marked, but the block ends with line 4."),
        ("text {0}", "Line 0 is to be marked, but the block begins with line 1."),
        ("text {1-99999999}", "Line 99999999 is to be marked, but the block ends with line 2."),
    ],
)
def test_a_mark_on_a_line_that_is_not_there_is_told(info: str, expected: str) -> None:
    assert complaints("a\nb\n", info) == [
        f"content/posts/a.md:12: warning[code]: {expected}\n    12 | ```{info}"
    ]


def test_a_block_too_long_to_be_coloured_is_told() -> None:
    (complaint,) = complaints("x = 1\n" * 10_000, "python")
    assert complaint.splitlines() == [
        "content/posts/a.md:12: warning[code]: A Python block of 60,000 characters is not coloured; the limit is 50,000.",
        "    12 | ```python",
    ]
    assert complaints("x = 1\n" * 10_000, "") == []


def test_problems_name_the_line_of_the_file() -> None:
    problems: list[Problem] = []
    render("text\n\n```js {7}\nx\n```\n", problems=problems, path="a.md", first_line=5)
    assert [(problem.path, problem.line) for problem in problems] == [("a.md", 7)]


def test_an_indented_block_is_plain() -> None:
    assert render("    a < \x1b\n") == "<pre><code>a &lt; ␛\n</code></pre>\n"


def test_attributes_of_a_block_stand_on_its_figure() -> None:
    assert figure("x\n", identifier='a"b', classes="wide tall").startswith(
        '<figure class="code wide tall" id="a&quot;b"><pre'
    )


def test_escapes_in_the_info_string_are_resolved() -> None:
    assert '<span class="code-title">a&amp;b_c</span>' in render("``` text a&amp;b\\_c\nx\n```\n")
