"""The demonstration blog of the repository: it builds without a complaint, and what its posts claim is true."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from sitegen.build import BuildReport

from .conftest import Project

REPOSITORY = Path(__file__).parents[1]
POSTS = REPOSITORY / "content/posts"


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, BuildReport]:
    """A copy of the blog, built, and what the build said."""
    project = Project(tmp_path_factory.mktemp("blog"))
    for folder in ("content", "static", "assets"):
        shutil.copytree(REPOSITORY / folder, project.root / folder)
    shutil.copy(REPOSITORY / "sitegen.toml", project.root)
    return project, project.build()


@pytest.fixture(scope="module")
def pages(blog: tuple[Project, BuildReport]) -> dict[str, LexborHTMLParser]:
    """Every HTML page of the built blog by its address."""
    output = blog[0].output
    return {
        "/" + path.relative_to(output).as_posix().removesuffix("index.html"): LexborHTMLParser(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(output.rglob("*.html"))
    }


def test_it_builds_without_a_complaint(blog: tuple[Project, BuildReport]) -> None:
    _, report = blog
    assert [str(problem) for problem in report.problems] == []
    assert report.posts == len([path for path in POSTS.rglob("*.md") if "二〇九九" not in path.name])


def test_neither_the_draft_nor_the_future_post_shows_anywhere(blog: tuple[Project, BuildReport]) -> None:
    project, _ = blog
    for path in project.files():
        content = (project.output / path).read_bytes()
        for secret in ("等价图", "敦煌"):
            assert secret.encode() not in content, path


def test_drafts_and_future_posts_build_without_a_complaint_too(tmp_path: Path) -> None:
    project = Project(tmp_path)
    shutil.copytree(REPOSITORY / "content", project.root / "content")
    shutil.copytree(REPOSITORY / "static", project.root / "static")
    shutil.copy(REPOSITORY / "sitegen.toml", project.root)
    report = project.build(drafts=True, future=True)
    assert [str(problem) for problem in report.problems] == []
    assert "敦煌" in project.page("2099/01/01/写给二〇九九年/index.html")
    assert "等价图" in project.page("index.html")


def references(page: LexborHTMLParser) -> Iterator[str]:
    """Every address that a page refers to."""
    for name in ("href", "src"):
        for node in page.css(f"[{name}]"):
            yield node.attributes[name] or ""


def test_every_reference_inside_the_site_leads_somewhere(
    blog: tuple[Project, BuildReport], pages: dict[str, LexborHTMLParser]
) -> None:
    files = {f"/{path}".removesuffix("index.html") for path in blog[0].files()}
    ids = {url: {node.attributes["id"] for node in page.css("[id]")} | {""} for url, page in pages.items()}
    dead = []
    for url, page in pages.items():
        for reference in references(page):
            target = urlsplit(urljoin(f"https://blog.example.org{url}", reference))
            if target.netloc != "blog.example.org":
                continue
            path, fragment = unquote(target.path), unquote(target.fragment)
            if path not in files or fragment not in ids.get(path, {""}):
                dead.append((url, reference))
    assert dead == []


def test_every_picture_has_a_size_and_an_alternative(pages: dict[str, LexborHTMLParser]) -> None:
    pictures = [(url, node.attributes) for url, page in pages.items() for node in page.css("img")]
    assert len(pictures) > 10
    for url, attributes in pictures:
        assert {"alt", "width", "height"} <= attributes.keys(), (url, attributes)


def test_pictures_are_small() -> None:
    pictures = [path for path in POSTS.rglob("*") if path.suffix in {".svg", ".png", ".jpg"}]
    assert len(pictures) > 5
    assert [path.name for path in pictures if path.stat().st_size > 60_000] == []


def test_notes_keep_the_outline_that_they_were_typed_in(pages: dict[str, LexborHTMLParser]) -> None:
    prose = pages["/2017/11/19/数据库笔记/"].css_first(".prose")
    assert prose is not None
    depth = {
        node.text().strip(): node.attributes["class"] or ""
        for number in (1, 2, 3)
        for node in prose.css(f".outline-{number}")
    }
    assert depth["磁盘按页读写，SQLite默认一页4096字节"] == "outline-1"
    assert depth["每个键16字节、子页号8字节，一页大约放170个"] == "outline-2"
    assert depth["- 读未提交:脏读"].split()[0] == "outline-2"
    code = prose.css_first("pre")
    assert code is not None
    assert code.text().startswith("EXPLAIN QUERY PLAN\nSELECT title FROM posts\n")


def test_notes_show_on_the_first_pages_what_stands_before_the_marker(
    pages: dict[str, LexborHTMLParser],
) -> None:
    text = pages["/page/3/"].text()
    assert "Clock:近似LRU，省一个链表" in text
    assert "嵌套循环" not in text


def test_posts_are_marked_with_their_language(pages: dict[str, LexborHTMLParser]) -> None:
    languages = {
        "/2025/11/09/hatsuyuki/": "ja",
        "/2025/07/06/configuration/": "en",
        "/2024/08/25/one-program-six-languages/": "en",
        "/2021/10/31/around-the-lake/": None,
    }
    for url, language in languages.items():
        article = pages[url].css_first("article")
        assert article is not None
        assert article.attributes.get("lang") == language, url
        root = pages[url].css_first("html")
        assert root is not None
        assert root.attributes["lang"] == "zh-Hans"


def test_the_sticky_post_stands_first_and_aliases_lead_to_their_post(
    pages: dict[str, LexborHTMLParser],
) -> None:
    title = pages["/"].css_first("article h2")
    assert title is not None
    assert title.text() == "从这里开始"
    for alias in ("/shell/", "/2020/03/bash/"):
        assert "/2020/03/29/shell-scripts-that-outlive-their-authors/" in set(references(pages[alias]))


def test_a_category_lists_the_posts_of_its_children(pages: dict[str, LexborHTMLParser]) -> None:
    assert "一百秒的报表，和一个索引" in pages["/categories/编程/"].text()
    assert "一百秒的报表，和一个索引" in pages["/categories/编程/数据库/"].text()
    assert "一百秒的报表，和一个索引" not in pages["/categories/编程/Go/"].text()


def code_block(post: str, title: str) -> str:
    """The code block of a post that has this title."""
    text = (POSTS / post).read_text(encoding="utf-8")
    found = re.search(rf'^```\w+ title="{re.escape(title)}".*\n((?:.*\n)*?)```$', text, re.MULTILINE)
    assert found is not None, f"{post} has no block {title}"
    return found[1]


def run(program: Path) -> str:
    """What a Python program prints, run in its own folder."""
    done = subprocess.run(
        [sys.executable, program.name], cwd=program.parent, capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout


def test_the_program_in_the_post_draws_the_picture_in_the_post(tmp_path: Path) -> None:
    program = tmp_path / "seigaiha.py"
    program.write_text(code_block("2023/京都的纹样.md", "seigaiha.py"), encoding="utf-8")
    assert run(program) == (POSTS / "2023/京都的纹样/seigaiha.svg").read_text(encoding="utf-8")


def test_the_simulation_in_the_post_prints_the_numbers_in_the_post(tmp_path: Path) -> None:
    post = "2024/birthday-and-short-links/index.md"
    program = tmp_path / "clash.py"
    program.write_text(code_block(post, "clash.py"), encoding="utf-8")
    assert f"```text\n{run(program)}```\n" in (POSTS / post).read_text(encoding="utf-8")


def test_the_store_in_the_series_passes_the_test_in_the_series(tmp_path: Path) -> None:
    post = "2020/kv-store-log/index.md"
    (tmp_path / "store.py").write_text(code_block(post, "store.py"), encoding="utf-8")
    program = tmp_path / "check.py"
    program.write_text(
        "from pathlib import Path\nfrom store import Store\n"
        + code_block(post, "test_store.py")
        + "test_a_torn_write_loses_only_itself(Path.cwd())\nprint('passed')\n",
        encoding="utf-8",
    )
    assert run(program) == "passed\n"
