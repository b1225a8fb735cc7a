"""A user's first five minutes: init, new, and what becomes of the files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.scaffold.notation import yaml_text
from sitegen.scaffold.post import NewPost, file_name, post_text
from sitegen.settings import parse_config
from tests.cli.conftest import EPOCH, Sitegen, sitegen_process


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# init


def test_init_makes_a_blog_and_says_what_is_next(sitegen: Sitegen, tmp_path: Path) -> None:
    assert sitegen("init", "my blog").out == (
        "Created a blog in my blog:\n"
        "    .gitignore\n"
        "    content/posts/hello.md\n"
        "    content/pages/about.md\n"
        "    static/\n"
        "    sitegen.toml\n"
        "Next:\n"
        "    cd 'my blog'\n"
        '    sitegen new "My first post"\n'
        "    sitegen build\n"
    )
    made = files(tmp_path / "my blog")
    assert made[".gitignore"] == "output/\n.sitegen/\n"
    assert made["content/posts/hello.md"].startswith(
        "---\ntitle: Hello\ndate: 2026-01-01 00:00:00\ntags: [sitegen]\n---\n"
    )
    assert (tmp_path / "my blog" / "static").is_dir()


@pytest.mark.parametrize("language", ["", "zh_CN.UTF-8"])
def test_the_settings_of_a_new_blog_are_the_defaults(
    sitegen: Sitegen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LANG", language)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    sitegen("init")
    text = (tmp_path / "sitegen.toml").read_text(encoding="utf-8")
    config = parse_config(text)
    assert config.timezone == "Asia/Shanghai"
    assert (config.language, config.title) == (("zh-Hans", "我的博客") if language else ("en", "My blog"))
    uncommented = "\n".join(
        line.removeprefix("# ") for line in text.split("\n") if " = " in line or line.startswith("# [")
    )
    shown = tomllib.loads(uncommented.replace("[[menu]]", "[example]"))
    del shown["example"]
    assert parse_config(text) == parse_config("\n".join(_lines(shown))), (
        "what is commented out is the default"
    )


def _lines(shown: dict[str, object]) -> list[str]:
    from sitegen.settings.notation import toml_lines

    return list(toml_lines(shown))


def test_init_speaks_traditional_chinese_where_the_terminal_does(
    sitegen: Sitegen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    sitegen("init")
    assert 'language = "zh-Hant"' in (tmp_path / "sitegen.toml").read_text(encoding="utf-8")


def test_init_refuses_a_folder_with_a_blog_and_harms_nothing(blog: Path, sitegen: Sitegen) -> None:
    (blog / "content" / "pages" / "about.md").unlink()
    before = files(blog)
    outcome = sitegen("init")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == (
        "error[init]: there is a site in this folder already: sitegen.toml is there\n"
        "Nothing was written. 1 problem.\n"
    )
    assert files(blog) == before


def test_init_keeps_every_file_that_is_there(sitegen: Sitegen, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.swp\n.sitegen\n")
    (tmp_path / "content" / "pages").mkdir(parents=True)
    (tmp_path / "content" / "pages" / "about.md").write_text("mine")
    outcome = sitegen("init")
    assert outcome.code == 0
    assert "    content/pages/about.md was there already and is as it was\n" in outcome.out
    assert "Add output/ to .gitignore.\n" in outcome.out
    assert files(tmp_path)["content/pages/about.md"] == "mine"
    assert files(tmp_path)[".gitignore"] == "*.swp\n.sitegen\n"


def test_init_in_the_place_of_a_file_is_refused(sitegen: Sitegen, tmp_path: Path) -> None:
    (tmp_path / "blog").write_text("")
    assert sitegen("init", "blog").code == 3


def test_init_tells_what_it_did_in_json(sitegen: Sitegen) -> None:
    assert sitegen("init", "blog", "--json").json == {
        "ok": True,
        "project": "blog",
        "created": [
            ".gitignore",
            "content/posts/hello.md",
            "content/pages/about.md",
            "static/",
            "sitegen.toml",
        ],
        "kept": [],
    }


# new


def test_new_writes_a_post_and_says_where(blog: Path, sitegen: Sitegen) -> None:
    outcome = sitegen(
        "new", "深度学习：第一章", "--tag", "PyTorch", "--tag", "C++", "--category", "笔记/深度学习"
    )
    assert outcome == (0, "Created content/posts/深度学习：第一章.md\n", "")
    assert files(blog)["content/posts/深度学习：第一章.md"] == (
        "---\n"
        "title: 深度学习：第一章\n"
        "date: 2026-01-01 00:00:00\n"
        "categories: [笔记, 深度学习]\n"
        "tags: [PyTorch, C++]\n"
        "---\n"
        "\n"
    )


def test_several_categories_are_several_paths(blog: Path, sitegen: Sitegen) -> None:
    sitegen("new", "A", "-c", "Notes/Python", "-c", "Diary")
    assert "categories: [[Notes, Python], [Diary]]\n" in files(blog)["content/posts/A.md"]


def test_a_draft_has_no_date_until_it_is_published(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("new", "Idea", "--draft").out == "Created content/drafts/Idea.md\n"
    assert files(blog)["content/drafts/Idea.md"] == "---\ntitle: Idea\ncategories: []\ntags: []\n---\n\n"


def test_a_date_is_wall_clock_time_of_the_site(blog: Path, sitegen: Sitegen) -> None:
    (blog / "sitegen.toml").write_text('timezone = "Asia/Shanghai"')
    sitegen("new", "now")
    sitegen("new", "then", "--date", "2018-5-8 23:54")
    sitegen("new", "abroad", "--date", "2018-05-08T23:54:20Z")
    made = files(blog)
    assert "\ndate: 2026-01-01 08:00:00\n" in made["content/posts/now.md"]
    assert "\ndate: 2018-05-08 23:54:00\n" in made["content/posts/then.md"]
    assert "\ndate: 2018-05-09 07:54:20\n" in made["content/posts/abroad.md"]


def test_a_date_that_is_none_is_wrong_usage(blog: Path, sitegen: Sitegen) -> None:
    before = files(blog)
    outcome = sitegen("new", "A", "--date", "2024-13-01")
    assert outcome.code == 2
    assert 'Error: "2024-13-01" is not a date: month must be 1 to 12\n' in outcome.err
    assert files(blog) == before


def test_a_name_that_is_taken_gets_a_number(blog: Path, sitegen: Sitegen) -> None:
    (blog / "content" / "posts" / "同名-1").mkdir()
    made = [sitegen("new", title).out for title in ("同名", "同名", "Hello", "hello")]
    assert made == [
        "Created content/posts/同名.md\n",
        "Created content/posts/同名-2.md\n",
        "Created content/posts/Hello-1.md\n",
        "Created content/posts/hello-2.md\n",
    ]


def test_the_name_of_the_file_can_be_given(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("new", "标题", "--slug", "a title").out == "Created content/posts/a-title.md\n"


@pytest.mark.parametrize("title", ["???", "/", "..", "-"])
def test_a_title_that_gives_no_name_asks_for_one(blog: Path, sitegen: Sitegen, title: str) -> None:
    outcome = sitegen("new", "--", title)
    assert outcome.code == 1
    assert outcome.err == (
        f'error[slug]: no file name can be made of "{title}": give one with --slug\n'
        "Nothing was written. 1 problem.\n"
    )


def test_an_empty_title_is_wrong_usage(blog: Path, sitegen: Sitegen) -> None:
    assert sitegen("new", " ").code == 2


def test_a_long_title_makes_a_name_that_file_systems_take(blog: Path, sitegen: Sitegen) -> None:
    title = "很长的标题" * 40
    outcome = sitegen("new", title)
    assert outcome.code == 0
    path = blog / outcome.out.removeprefix("Created ").rstrip("\n")
    assert f"title: {title}\n" in path.read_text(encoding="utf-8")


def test_the_path_is_shown_as_one_types_it_here(
    blog: Path, sitegen: Sitegen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(blog / "content" / "posts")
    assert sitegen("new", "A").out == "Created A.md\n"
    monkeypatch.chdir(blog.parent)
    assert sitegen("new", "B", "--source", "blog").out == "Created blog/content/posts/B.md\n"
    assert sitegen("new", "C", "-s", "blog", "--json").json == {"ok": True, "source": "content/posts/C.md"}
    assert sitegen("new", "D", "-s", "blog", "--quiet") == (0, "", "")


def test_a_scaffold_of_the_project_is_filled_in(blog: Path, sitegen: Sitegen) -> None:
    (blog / "scaffolds").mkdir()
    (blog / "scaffolds" / "post.md").write_text(
        "---\n"
        'title: "{{ title }}"\n'
        "date: {{date}}\n"
        "cover: /covers/{{ slug }}.jpg\n"
        "tags:\n"
        "license: CC BY 4.0\n"
        "---\n"
        "# {{ title }}\n"
        "{{ tags }} {{ unknown }}\n"
    )
    sitegen("new", 'Say "hi"', "-t", "a", "-t", "b: c", "-c", "X")
    assert files(blog)["content/posts/Say-hi.md"] == (
        "---\n"
        'title: "Say \\"hi\\""\n'
        "categories: [X]\n"
        "date: 2026-01-01 00:00:00\n"
        "cover: /covers/Say-hi.jpg\n"
        'tags: [a, "b: c"]\n'
        "license: CC BY 4.0\n"
        "---\n"
        '# Say "hi"\n'
        "a, b: c {{ unknown }}\n"
    )


def test_a_scaffold_for_drafts_comes_before_that_for_posts(blog: Path, sitegen: Sitegen) -> None:
    (blog / "scaffolds").mkdir()
    (blog / "scaffolds" / "post.md").write_text("---\ntitle: {{ title }}\ndate: {{ date }}\n---\npost\n")
    sitegen("new", "A", "--draft")
    (blog / "scaffolds" / "draft.md").write_text("draft of {{ title }}\n")
    sitegen("new", "B", "--draft")
    made = files(blog)
    assert made["content/drafts/A.md"] == "---\ntitle: A\n---\npost\n"
    assert made["content/drafts/B.md"] == "---\n---\n\ndraft of B\n"


@pytest.mark.parametrize(
    ("scaffold", "text"),
    [
        (
            "+++\ntitle = '{{ title }}'\ndate = {{ date }}\n+++\n",
            '+++\ntitle = "A \\"B\\""\ntags = ["x"]\ndate = 2026-01-01 00:00:00\n+++\n',
        ),
        (
            ';;;\n"title": "{{ title }}",\n"date": "{{ date }}"\n;;;\n',
            ';;;\n"tags": ["x"],\n"title": "A \\"B\\"",\n"date": "2026-01-01 00:00:00"\n;;;\n',
        ),
    ],
)
def test_a_scaffold_may_be_toml_or_json(blog: Path, sitegen: Sitegen, scaffold: str, text: str) -> None:
    (blog / "scaffolds").mkdir()
    (blog / "scaffolds" / "post.md").write_text(scaffold)
    sitegen("new", 'A "B"', "-t", "x")
    assert files(blog)["content/posts/A-B.md"] == text


@pytest.mark.parametrize("arguments", [["caf\udce9"], ["a", "-t", "caf\udce9"], ["a", "--slug", "caf\udce9"]])
def test_broken_utf_8_is_wrong_usage(blog: Path, arguments: list[str]) -> None:
    told = sitegen_process("new", *arguments, SOURCE_DATE_EPOCH=EPOCH)
    assert told.returncode == 2
    assert told.stderr.endswith(b"Error: a post is written in UTF-8, which your terminal did not send\n")


TITLES = st.text(min_size=1, max_size=30).filter(lambda text: text.strip(" \t\n")) | st.sampled_from(
    [
        "[原创] 标题",
        "a: b",
        "#5",
        "- x",
        "yes",
        "1.10",
        "2018-05-08",
        "12:30:45",
        "null",
        "~",
        "'a'",
        "*a",
        "@a",
    ]
)


@given(TITLES)
def test_yaml_reads_every_title_as_it_was_given(title: str) -> None:
    assert yaml.safe_load(f"title: {yaml_text(title)}") == {"title": title}
    assert yaml.safe_load(f"tags: [{yaml_text(title)}, {yaml_text(title)}]") == {"tags": [title, title]}


@given(TITLES, st.lists(TITLES, max_size=3))
def test_a_new_post_reads_as_it_was_asked_for(title: str, tags: list[str]) -> None:
    scaffold = "---\ntitle: {{ title }}\ntags: {{ tags }}\n---\n"
    text = post_text(scaffold, NewPost(title=title, tags=tuple(tags)), "slug")
    assert yaml.safe_load(text.split("---\n")[1]) == {"title": title, "tags": tags}


@given(st.text(max_size=120))
def test_a_name_stays_in_its_folder_and_is_short_enough(title: str) -> None:
    from sitegen.errors import SitegenError

    try:
        name = file_name(title)
    except SitegenError:
        return
    assert 0 < len(name.encode()) <= 200
    assert "/" not in name
    assert not name.startswith((".", "-"))
    assert file_name(name) == name
