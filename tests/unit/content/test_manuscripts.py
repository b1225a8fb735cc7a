"""Files as manuscripts: the text, its first line, and the title that it may give."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from sitegen.config import Config
from sitegen.content.manuscripts import read_manuscript
from sitegen.errors import SitegenError
from tests.unit.content.files import POST, read, source


@pytest.mark.parametrize(
    ("text", "body", "first_line"),
    [
        ("---\ntitle: x\n---\nbody\n", "body\n", 4),
        ("---\r\ntitle: x\r\n---\r\n\r\nbody\r\n", "\nbody\n", 4),
        ("\ufeff---\ntitle: x\n---\nbody", "body", 4),
        ("---\ntitle: x\n---\n\u3000\u3000首行缩进\u3000\n", "\u3000\u3000首行缩进\u3000\n", 4),
        ("---\ntitle: x\n---", "", 3),
        ("", "", 1),
        ("body", "body", 1),
    ],
)
def test_the_text_begins_after_the_front_matter_and_is_as_typed(
    text: str, body: str, first_line: int
) -> None:
    manuscript, problems = read(text)
    assert (manuscript.text, manuscript.first_line, problems) == (body, first_line, ())


@pytest.mark.parametrize(
    ("text", "title", "body", "first_line"),
    [
        ("# Hello\n\nbody", "Hello", "\nbody", 2),
        ("\n\n#  你好，世界  ##\nbody", "你好，世界", "body", 4),
        ("   # C# and F#\n", "C# and F#", "", 2),
        ("# *Hello* `x` ~~y~~ [z](https://a.b/)\n", "Hello x y z", "", 2),
        ("# snake_case and 2 * 3 * 4\n", "snake_case and 2 * 3 * 4", "", 2),
        ("# Hello {#id .class}\n", "Hello", "", 2),
        ("---\ntags: [a]\n---\n# Hello\nbody", "Hello", "body", 5),
        ("---\ntitle:\n---\n# Hello\nbody", "Hello", "body", 5),
        ("---\ntitle: x\n---\n# Hello\nbody", "x", "# Hello\nbody", 4),
        ("---\nTitle: x\n---\n# Hello\nbody", "x", "# Hello\nbody", 4),
        ("body\n\n# Hello", "hello", "body\n\n# Hello", 1),
        ("## Hello", "hello", "## Hello", 1),
        ("#Hello", "hello", "#Hello", 1),
        ("# ", "hello", "# ", 1),
        ("#", "hello", "#", 1),
        ("# #", "hello", "# #", 1),
        ("    # code", "hello", "    # code", 1),
        ("# " + "x" * 400, "hello", "# " + "x" * 400, 1),
    ],
)
def test_a_file_without_title_takes_that_of_the_heading_it_begins_with(
    text: str, title: str, body: str, first_line: int
) -> None:
    manuscript, _ = read(text)
    assert (manuscript.metadata.title, manuscript.text, manuscript.first_line) == (title, body, first_line)


@pytest.mark.parametrize(
    ("text", "title", "layout"),
    [
        ("<!DOCTYPE html><title>A &amp; <b>B</b></title><p>x", "A & B", "false"),
        ("<!-- c --><!-- d -->\n<html lang=zh><title>\n你好\n</title>", "你好", "false"),
        ("---\nlayout: page\n---\n<html></html>", "x", "page"),
        ("---\ntitle: T\n---\n<p>a</p>", "T", None),
        ("<h1 class='a'>标题</h1>", "标题", None),
        ("<p>a</p>", "x", None),
        ("<title>open", "x", None),
        ("<htmlx>", "x", None),
    ],
)
def test_html_is_taken_as_it_is_and_a_whole_document_stands_alone(
    text: str, title: str, layout: str | None
) -> None:
    manuscript, _ = read(text, "content/pages/x.html")
    assert (manuscript.metadata.title, manuscript.metadata.layout) == (title, layout)
    assert manuscript.format == "html"
    assert text.endswith(manuscript.text)


def test_markdown_is_markdown_by_any_ending() -> None:
    assert read("# a", "content/pages/x.mkdn")[0].format == "markdown"


def test_a_file_on_disk_is_read(tmp_path: Path) -> None:
    path = tmp_path / POST
    path.parent.mkdir(parents=True)
    path.write_text("---\ntitle: 你好\n---\nbody", encoding="utf-8")
    manuscript, problems = read_manuscript(tmp_path, source(POST), Config())
    assert (manuscript.metadata.title, manuscript.text, problems) == ("你好", "body", ())


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(SitegenError) as caught:
        read_manuscript(tmp_path, source(POST), Config())
    assert str(caught.value) == f"{POST}: error[file]: cannot be read: No such file or directory"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: " + "[" * 90_000,
        "---\ntitle: " + "[" * 90_000 + "\n---\n",
        "---\n" + "title: [\n" * 9_000 + "---\n",
        "---\n" + "".join(f"k{n}: @x\n" for n in range(8_000)) + "---\n",
        "---\ndate: '2018-01-01" + " " * 90_000 + "x'\n---\n",
        "---\ntitle: x" + " " * 90_000 + "#y: z\n---\n",
        "---\n" + " " * 90_000 + "@\n---\n",
        "+++\na = " + "9" * 90_000 + "\n+++\n",
        "+++\n" + "a." * 45_000 + "a = 1\n+++\n",
        "+++\na = " + "[" * 90_000 + "\n+++\n",
        ';;;\n"a": ' + "[" * 90_000 + "\n;;;\n",
        ';;;\n"a": ' + "9" * 90_000 + "\n;;;\n",
        "# " + "*a " * 1_000_000,
        "# " + "[" * 1_000_000,
        " \n" * 500_000,
        "--- \n" * 500_000,
        "title: x\n" + "a: b\n" * 500_000,
        "\x08" * 500_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_file_is_read_or_refused_in_no_time(text: str) -> None:
    """Each took a minute or more, or a crash, where a pattern or a library is careless; the suite would hang."""
    with contextlib.suppress(SitegenError):
        assert read(text)[0].metadata.title


@pytest.mark.parametrize(
    "text", ["<h1 " * 500_000, "<h1>" * 500_000, "<!-- x -->" * 100_000 + "x", "<!-- x " * 500_000]
)
def test_hostile_html_is_read_in_no_time(text: str) -> None:
    assert read(text, "content/pages/x.html")[0].text == text
