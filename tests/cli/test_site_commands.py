"""The commands that look at a whole site: build, list, publish, clean."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sitegen.model import SourcePath
from sitegen.scaffold.notation import take_apart
from tests.cli.conftest import Sitegen, sitegen_process

SUMMARY = re.compile(r"([\d,]+) pages? written, ([\d,]+) deleted, ([\d,]+) unchanged in \d+\.\d s")


def put(project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text, encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# build


def test_a_new_blog_builds_and_says_so_in_one_line(blog: Path, sitegen: Sitegen) -> None:
    first = sitegen("build")
    assert (first.code, first.err) == (0, "")
    counted = SUMMARY.fullmatch(first.out.rstrip("\n"))
    assert counted
    assert int(counted[1]) > 5
    assert counted.group(2, 3) == ("0", "0")
    assert "<title>Hello" in (blog / "output/2026/01/01/hello/index.html").read_text(encoding="utf-8")
    again = SUMMARY.fullmatch(sitegen("b").out.rstrip("\n"))
    assert again
    assert again.groups() == ("0", "0", counted[1])


def test_errors_stop_the_build_before_the_first_byte(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/posts/bad.md", "---\ntitle: Bad\ndate: 2024-13-01\n---\n")
    outcome = sitegen("build")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        'content/posts/bad.md:3:7: error[date]: "2024-13-01" is not a date: month must be 1 to 12\n'
        "    3 | date: 2024-13-01\n"
        "      |       ^^^^^^^^^^\n"
        "Nothing was written. 1 problem.\n"
    )
    assert not list((blog / "output").glob("**/*.html"))


def test_keep_going_writes_the_healthy_pages_and_tells_the_truth(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/posts/bad.md", "---\ntitle: Bad\ndate: 2024-13-01\n---\n")
    outcome = sitegen("build", "--keep-going")
    assert outcome.code == 1
    assert SUMMARY.match(outcome.out)
    assert outcome.out.endswith(" s. 1 error.\n")
    assert (blog / "output/2026/01/01/hello/index.html").is_file()


def test_a_warning_is_shown_and_counted(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "sitegen.toml", 'title = ""\n')
    outcome = sitegen("build")
    assert outcome.code == 0
    assert outcome.err.startswith("sitegen.toml:1:9: warning[settings]: title is empty")
    assert outcome.out.endswith(" s. 1 warning.\n")
    assert sitegen("build", "--quiet") == (0, "", "")


def test_strict_makes_a_warning_an_error(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "sitegen.toml", 'title = ""\n')
    outcome = sitegen("build", "--strict")
    assert outcome.code == 1
    assert outcome.err.startswith("sitegen.toml:1:9: error[settings]: title is empty")
    assert outcome.err.endswith("Nothing was written. 1 problem.\n")
    assert not (blog / "output").exists()


def test_the_report_in_json(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "sitegen.toml", 'title = ""\n')
    report = sitegen("build", "--json").json
    assert report.keys() == {
        "ok",
        "output",
        "written",
        "deleted",
        "unchanged",
        "posts",
        "rendered",
        "changes",
        "differences",
        "notes",
        "seconds",
        "problems",
    }
    assert (report["ok"], report["posts"], report["deleted"]) == (True, 1, 0)
    assert [problem["severity"] for problem in report["problems"]] == ["warning"]
    assert {"scan", "load", "organise", "plan", "render", "write"} >= report["seconds"].keys()


def test_verbose_tells_reasons_and_the_time_of_each_pass(blog: Path, sitegen: Sitegen) -> None:
    sitegen("build")
    put(blog, "content/posts/second.md", "---\ntitle: Second\ndate: 2025-05-01\n---\n")
    told = sitegen("build", "-v").out
    assert re.search(r"^    pages that were not there: \d+ pages?$", told, re.MULTILINE)
    for name in ("scan", "load", "organise", "plan", "render", "write"):
        assert re.search(rf"^    {name} +\d+\.\d{{3}} s$", told, re.MULTILINE), name
    assert SUMMARY.fullmatch(told.rstrip("\n").rsplit("\n", 1)[1])


def test_the_output_folder_is_relative_to_where_one_stands(
    blog: Path, sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(blog / "content")
    assert sitegen("build", "-o", "../../site").code == 0
    assert (blog.parent / "site" / "index.html").is_file()
    assert not (blog / "output").exists()


def test_another_base_url_is_for_this_build_only(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("build", "--base-url", "https://example.org/sub").code == 0
    assert "https://example.org/sub/" in (blog / "output/sitemap.xml").read_text(encoding="utf-8")
    assert sitegen("build").code == 0
    assert "example.org" not in (blog / "output/sitemap.xml").read_text(encoding="utf-8")


def test_a_base_url_that_is_none_is_told_before_anything_is_done(blog: Path, sitegen: Sitegen) -> None:
    outcome = sitegen("build", "-b", "example.org")
    assert outcome.code == 1
    assert outcome.err == (
        "error[settings]: base_url must be a full address such as https://example.org/, "
        'not "example.org". Did you mean https://example.org?\n'
        "Nothing was written. 1 problem.\n"
    )


@pytest.mark.parametrize(
    ("front_matter", "options"),
    [
        ("draft: true\ndate: 2025-05-01", ["-D"]),
        ("date: 2030-05-01", ["-F"]),
        ("date: 2030-05-01", ["--at", "2030-06-01"]),
        ("date: 2025-05-01\nexpires: 2025-06-01", ["-E"]),
        ("date: 2025-05-01\nexpires: 2025-06-01", ["--at", "2025-05-31 12:00"]),
    ],
)
def test_what_is_not_published_is_when_asked_for(
    blog: Path, sitegen: Sitegen, front_matter: str, options: list[str]
) -> None:
    put(blog, "content/posts/hidden.md", f"---\ntitle: Hidden\n{front_matter}\n---\nsecretword\n")

    def shows() -> bool:
        return any(b"secretword" in content for content in tree(blog / "output").values())

    assert sitegen("build").code == 0
    assert not shows()
    assert sitegen("build", *options).code == 0
    assert shows()


def test_a_draft_without_a_date_is_no_problem(blog: Path, sitegen: Sitegen) -> None:
    sitegen("new", "Idea", "--draft")
    assert sitegen("build").code == 0
    assert not (blog / "output" / "drafts").exists()
    assert sitegen("build", "-D").code == 0
    page = (blog / "output/drafts/Idea/index.html").read_text(encoding="utf-8")
    assert "2026-01-01" in page
    assert sitegen("build", "-D", "--at", "2026-01-02").code == 0
    page = (blog / "output/drafts/Idea/index.html").read_text(encoding="utf-8")
    assert "2026-01-02" in page, "it is always of today"
    assert "2026-01-01" not in page


def test_dates_are_of_the_zone_of_the_site(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/posts/hello.md", "---\ntitle: Hello\ndate: 2025-12-31T23:30:00Z\n---\n")
    put(blog, "sitegen.toml", 'timezone = "Asia/Shanghai"\npermalink = "/:slug/"')
    for _ in range(2):
        sitegen("build")
        assert "2026-01-01T07:30:00+08:00" in (blog / "output/hello/index.html").read_text(encoding="utf-8")
    put(blog, "sitegen.toml", 'timezone = "UTC"\npermalink = "/:slug/"')
    sitegen("build")
    assert "2025-12-31T23:30:00+00:00" in (blog / "output/hello/index.html").read_text(encoding="utf-8")


def test_a_dangerous_output_folder_is_refused(blog: Path, sitegen: Sitegen) -> None:
    before = tree(blog)
    outcome = sitegen("build", "-o", ".")
    assert outcome.code == 3
    assert outcome.err.endswith("Nothing was written. 1 problem.\n")
    assert tree(blog) == before


def test_colour_is_for_terminals_only_and_can_be_refused(blog: Path) -> None:
    put(blog, "sitegen.toml", "titel = 1")
    assert b"\x1b" not in sitegen_process("build").stderr
    assert b"\x1b[31m\x1b[1merror[settings]\x1b[0m" in on_terminal(blog, {})
    assert b"\x1b" not in on_terminal(blog, {"NO_COLOR": "1"})
    assert b"\x1b" not in on_terminal(blog, {"TERM": "dumb"})
    assert b"\x1b" not in on_terminal(blog, {}, "--no-color")


def on_terminal(project: Path, environment: dict[str, str], *options: str) -> bytes:
    """What the build shows on a terminal."""
    import pty
    import subprocess
    import sys

    from tests.cli.conftest import REPOSITORY

    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "build", *options],
        cwd=project,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": str(REPOSITORY), **environment},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(mine, 4096):
            shown += chunk
    except OSError:
        pass  # Linux says so when the other side has closed
    finally:
        os.close(mine)
    assert process.wait() == 1
    return shown


# list


def test_posts_are_listed_newest_first_in_columns(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/posts/旧文章.md", "---\ntitle: 旧文章\ndate: 2018-05-08\n---\n")
    put(blog, "content/posts/later.md", "---\ntitle: Later\ndate: 2030-05-08\n---\n")
    assert sitegen("list").out == sitegen("list", "posts").out
    assert sitegen("list", "posts").out == (
        "2026-01-01  Hello   content/posts/hello.md\n2018-05-08  旧文章  content/posts/旧文章.md\n"
    )
    assert sitegen("list", "posts", "-F").out.startswith("2030-05-08  Later ")


def test_posts_in_json(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "sitegen.toml", 'timezone = "Asia/Shanghai"')
    assert sitegen("list", "posts", "--json").json == {
        "ok": True,
        "posts": [
            {
                "source": "content/posts/hello.md",
                "title": "Hello",
                "date": "2026-01-01T00:00:00+08:00",
                "url": "/2026/01/01/hello/",
                "draft": False,
                "categories": [],
                "tags": ["sitegen"],
            }
        ],
        "problems": [],
    }


def test_drafts_are_listed_wherever_they_lie(blog: Path, sitegen: Sitegen) -> None:
    sitegen("new", "Idea", "--draft")
    put(blog, "content/posts/wip.md", "---\ntitle: In work\ndate: 2030-05-08\ndraft: true\n---\n")
    assert sitegen("list", "drafts").out == (
        "2026-01-01  Idea     content/drafts/Idea.md\n2030-05-08  In work  content/posts/wip.md\n"
    )


def test_terms_are_listed_with_their_numbers(blog: Path, sitegen: Sitegen) -> None:
    for number, categories in enumerate(["[笔记, 深度学习]", "[笔记]", "[Diary]"]):
        put(
            blog,
            f"content/posts/{number}.md",
            f"---\ntitle: T\ndate: 2020-01-0{number + 1}\ncategories: {categories}\ntags: [C, C++]\n---\n",
        )
    assert sitegen("list", "categories").out == (
        "    1  Diary       /categories/Diary/\n"
        "    2  笔记        /categories/笔记/\n"
        "    1    深度学习  /categories/笔记/深度学习/\n"
    )
    assert sitegen("list", "tags").out == (
        "    3  C        /tags/C/\n    3  C++      /tags/C-plus-plus/\n    1  sitegen  /tags/sitegen/\n"
    )
    names = [(tag["name"], tag["count"]) for tag in sitegen("list", "tags", "--json").json["tags"]]
    assert names == [("C", 3), ("C++", 3), ("sitegen", 1)]


def test_pages_are_listed_with_their_addresses(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("list", "pages").out == "/about/  About  content/pages/about.md\n"


def test_an_empty_list_says_so_beside_the_answer(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("list", "drafts") == (0, "", "There are no drafts.\n")


def test_a_post_that_cannot_be_read_is_told_beside_the_list(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/posts/bad.md", "---\ntitle: Bad\ndate: never\n---\n")
    outcome = sitegen("list", "posts")
    assert outcome.code == 1
    assert outcome.out == "2026-01-01  Hello  content/posts/hello.md\n"
    assert outcome.err.startswith("content/posts/bad.md:3:7: error[date]: ")
    assert sitegen("list", "posts", "--json").json["ok"] is False


def test_an_unknown_kind_is_wrong_usage(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("list", "articles").code == 2


# publish


def test_a_draft_becomes_a_post_of_this_moment(blog: Path, sitegen: Sitegen) -> None:
    sitegen("new", "我的想法", "--draft", "-t", "x")
    assert sitegen("publish", "我的想法") == (0, "Published content/posts/我的想法.md\n", "")
    assert not (blog / "content/drafts/我的想法.md").exists()
    assert (blog / "content/posts/我的想法.md").read_text(encoding="utf-8") == (
        "---\ntitle: 我的想法\ndate: 2026-01-01 00:00:00\ncategories: []\ntags: [x]\n---\n\n"
    )


def test_the_date_of_a_draft_is_kept_and_a_future_one_is_told(blog: Path, sitegen: Sitegen) -> None:
    text = "---\ntitle: Plan\ndate: 2030-01-01 08:00:00\n---\nText\n"
    put(blog, "content/drafts/plan.md", text)
    assert sitegen("publish", "plan").out == (
        "Published content/posts/plan.md\nIt appears on 2030-01-01 08:00.\n"
    )
    assert (blog / "content/posts/plan.md").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "name",
    [
        "the-file",
        "THE-FILE",
        "notes/the-file",
        "Its title: in full",
        "the-slug",
        "content/drafts/notes/the-file.md",
        "drafts/notes/the-file.md",
        "./content/drafts/notes/the-file.md",
    ],
)
def test_a_draft_is_found_by_any_of_its_names(blog: Path, sitegen: Sitegen, name: str) -> None:
    put(blog, "content/drafts/notes/the-file.md", "---\ntitle: 'Its title: in full'\nslug: the-slug\n---\n")
    put(blog, "content/drafts/other.md", "---\ntitle: Other\n---\n")
    assert sitegen("publish", name).out == "Published content/posts/notes/the-file.md\n"
    assert not (blog / "content/drafts/notes").exists(), "an empty folder is not left behind"


def test_a_draft_is_found_by_the_path_from_where_one_stands(
    blog: Path, sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitegen("new", "A", "--draft")
    monkeypatch.chdir(blog / "content" / "drafts")
    assert sitegen("publish", "A.md").code == 0
    assert (blog / "content/posts/A.md").is_file()


def test_the_pictures_of_a_draft_move_with_it(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/drafts/bundle/index.md", "---\ntitle: Bundle\n---\n")
    put(blog, "content/drafts/bundle/a.png", "picture")
    put(blog, "content/drafts/beside.md", "---\ntitle: Beside\n---\n")
    put(blog, "content/drafts/beside/b.png", "picture")
    assert sitegen("publish", "bundle").out == "Published content/posts/bundle/index.md\n"
    assert sitegen("publish", "beside").out == "Published content/posts/beside.md\n"
    assert not list((blog / "content/drafts").iterdir())
    moved = tree(blog / "content/posts").keys() - {"hello.md"}
    assert moved == {"bundle/index.md", "bundle/a.png", "beside.md", "beside/b.png"}


@pytest.mark.parametrize("mark", ["draft: true", "draft: 'true'", "published: false"])
def test_a_draft_among_the_posts_loses_its_mark_where_it_lies(
    blog: Path, sitegen: Sitegen, mark: str
) -> None:
    put(blog, "content/posts/wip.md", f"---\ntitle: T\n{mark}\ndate: 2025-05-01\ncover: a.png\n---\nText\n")
    assert sitegen("publish", "wip").out == "Published content/posts/wip.md\n"
    assert (blog / "content/posts/wip.md").read_text(encoding="utf-8") == (
        "---\ntitle: T\ndate: 2025-05-01\ncover: a.png\n---\nText\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Only text\n", "---\ndate: 2026-01-01 00:00:00\n---\n\nOnly text\n"),
        ("title: T\n---\nText\n", "title: T\ndate: 2026-01-01 00:00:00\n---\nText\n"),
        (
            "---\r\ntitle: T\r\n---\r\nText\r\n",
            "---\r\ntitle: T\r\ndate: 2026-01-01 00:00:00\r\n---\r\nText\r\n",
        ),
        ("\ufeff---\ntitle: T\n---\n", "\ufeff---\ntitle: T\ndate: 2026-01-01 00:00:00\n---\n"),
        ("---\ntitle: T\ndate:\n---\n", "---\ntitle: T\ndate: 2026-01-01 00:00:00\n---\n"),
        (
            "---\ntitle: >\n  long\n  title\ntags:\n- a\n---\n",
            "---\ntitle: >\n  long\n  title\ndate: 2026-01-01 00:00:00\ntags:\n- a\n---\n",
        ),
        (
            "+++\ndraft = true\ntitle = 'T'\n[extra]\ndraft = 1\n+++\nText\n",
            "+++\ntitle = 'T'\ndate = 2026-01-01 00:00:00\n[extra]\ndraft = 1\n+++\nText\n",
        ),
        (';;;\n"title": "T"\n;;;\n', ';;;\n"date": "2026-01-01 00:00:00",\n"title": "T"\n;;;\n'),
    ],
)
def test_publishing_changes_the_date_and_nothing_else(
    blog: Path, sitegen: Sitegen, before: str, after: str
) -> None:
    (blog / "content/drafts").mkdir()
    (blog / "content/drafts/a.md").write_bytes(before.encode())
    outcome = sitegen("publish", "a")
    assert outcome.code == 0, outcome.err
    assert (blog / "content/posts/a.md").read_bytes() == after.encode()


def test_a_front_matter_that_cannot_be_changed_safely_is_left_alone(blog: Path, sitegen: Sitegen) -> None:
    text = "---\n{title: T, draft: true}\n---\nText\n"
    put(blog, "content/drafts/a.md", text)
    outcome = sitegen("publish", "a")
    assert outcome.code == 1
    assert outcome.err == (
        "content/drafts/a.md: error[publish]: this front matter cannot be changed by itself: "
        "give it a date, and take out the draft mark\n"
        "Nothing was written. 1 problem.\n"
    )
    assert tree(blog / "content/drafts") == {"a.md": text.encode()}


def test_a_post_in_the_way_stops_publishing(blog: Path, sitegen: Sitegen) -> None:
    put(blog, "content/drafts/hello.md", "---\ntitle: Hello again\n---\n")
    before = tree(blog / "content")
    outcome = sitegen("publish", "Hello again")
    assert outcome.code == 3
    assert outcome.err == (
        "error[publish]: content/drafts/hello.md cannot be published: content/posts/hello.md is there already\n"
        "Nothing was written. 1 problem.\n"
    )
    assert tree(blog / "content") == before


def test_an_unknown_draft_names_the_nearest_and_all(blog: Path, sitegen: Sitegen) -> None:
    sitegen("new", "First idea", "--draft")
    outcome = sitegen("publish", "first-idae")
    assert outcome.code == 1
    assert outcome.err == (
        'error[publish]: there is no draft "first-idae". Did you mean First-idea?\n'
        "    content/drafts/First-idea.md: First idea\n"
        "Nothing was written. 1 problem.\n"
    )


def test_without_drafts_there_is_nothing_to_publish(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("publish", "hello").err.startswith("error[publish]: there are no drafts\n")


def test_two_drafts_of_one_name_must_be_told_apart(blog: Path, sitegen: Sitegen) -> None:
    for folder in ("a", "b"):
        put(blog, f"content/drafts/{folder}/same.md", "---\ntitle: T\n---\n")
    outcome = sitegen("publish", "same")
    assert outcome.err == (
        'error[publish]: 2 drafts are called "same": name one by its path\n'
        "    content/drafts/a/same.md\n"
        "    content/drafts/b/same.md\n"
        "Nothing was written. 1 problem.\n"
    )
    assert sitegen("publish", "b/same").code == 0


def test_a_text_taken_apart_is_whole(blog: Path) -> None:
    for text in ("", "\n", "---\n", "---\na: 1\n---", "a: 1\n---\n---\n", "+++\n+++\n", "---\n\n\ntext\n"):
        assert take_apart(text).text in (text, f"---\n---\n\n{text}")


# clean


def test_clean_takes_back_what_builds_wrote_and_nothing_else(blog: Path, sitegen: Sitegen) -> None:
    before = tree(blog)
    put(blog, "output/CNAME", "example.org")
    sitegen("build")
    put(blog, "output/2026/notes.txt", "mine")
    outcome = sitegen("clean")
    assert re.fullmatch(r"\d+ pages deleted\n", outcome.out)
    assert tree(blog) == {**before, "output/CNAME": b"example.org", "output/2026/notes.txt": b"mine"}
    assert not (blog / ".sitegen").exists()


def test_clean_leaves_no_empty_folder(blog: Path, sitegen: Sitegen) -> None:
    sitegen("build")
    sitegen("clean")
    assert not (blog / "output").exists()
    assert sitegen("clean").out == "0 pages deleted\n"


def test_clean_does_not_follow_a_link(blog: Path, sitegen: Sitegen, tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/precious", "mine")
    (blog / ".sitegen").symlink_to(tmp_path / "elsewhere")
    assert sitegen("clean", "--json").json == {"ok": True, "deleted": 0}
    assert tree(tmp_path / "elsewhere") == {"precious": b"mine"}
    assert not (blog / ".sitegen").is_symlink()


def test_the_shown_source_of_a_post_can_be_opened(blog: Path, sitegen: Sitegen) -> None:
    made = sitegen("new", "A", "--json").json["source"]
    listed = [post["source"] for post in sitegen("list", "--json").json["posts"]]
    assert SourcePath(made) in listed
    assert (blog / made).is_file()
