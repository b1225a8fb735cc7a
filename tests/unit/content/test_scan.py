"""Which files a project is made of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sitegen.config import Config
from sitegen.content.scan import scan
from sitegen.errors import Problem
from sitegen.model import SourceKind, Sources


def project(root: Path, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def paths(root: Path) -> dict[str, str]:
    """Every file that was found, with its kind; there is nothing to tell."""
    sources, problems = scan(root, Config())
    assert not problems, "\n".join(map(str, problems))
    return kinds(sources)


def kinds(sources: Sources) -> dict[str, str]:
    files = (*sources.posts, *sources.resources, *sources.static, *sources.data)
    return {file.path: file.kind.value for file in files}


def told(problems: tuple[Problem, ...]) -> list[tuple[str | None, str, str]]:
    return [(problem.path, problem.severity, problem.message) for problem in problems]


def test_the_folder_and_the_ending_decide_the_kind(tmp_path: Path) -> None:
    project(
        tmp_path,
        "content/posts/a.md",
        "content/posts/b.markdown",
        "content/posts/c.MKDN",
        "content/posts/d.html",
        "content/posts/e/index.md",
        "content/posts/e/x.png",
        "content/posts/f.txt",
        "content/pages/about.md",
        "content/drafts/idea.mkd",
        "static/a.md",
        "data/links.toml",
        "notes.md",
        "themes/x/y.md",
    )
    assert paths(tmp_path) == {
        "content/drafts/idea.mkd": "draft",
        "content/pages/about.md": "page",
        "content/posts/a.md": "post",
        "content/posts/b.markdown": "post",
        "content/posts/c.MKDN": "post",
        "content/posts/d.html": "post",
        "content/posts/e/index.md": "post",
        "content/posts/e/x.png": "resource",
        "content/posts/f.txt": "resource",
        "static/a.md": "static",
        "data/links.toml": "data",
    }


def test_files_are_sorted_by_path(tmp_path: Path) -> None:
    names = [
        "content/posts/b.md",
        "content/posts/a/c.md",
        "content/posts/a.md",
        "content/posts/你.md",
        "content/pages/z.md",
    ]
    sources, _ = scan(project(tmp_path, *names), Config())
    assert [file.path for file in sources.posts] == sorted(names)


def test_a_file_has_the_signature_of_its_state(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a.md")
    status = (tmp_path / "content/posts/a.md").stat()
    (file,) = scan(tmp_path, Config())[0].posts
    assert (file.signature.size, file.signature.mtime_ns, file.signature.inode) == (
        1,
        status.st_mtime_ns,
        status.st_ino,
    )


def test_what_is_hidden_or_left_by_an_editor_is_no_content(tmp_path: Path) -> None:
    project(
        tmp_path,
        *(
            f"content/posts/{name}"
            for name in (".a.md", "_a.md", "a.md~", "a.md%", "_x/a.md", ".git/a.md", ".a.md.swp", "#a.md#", ".DS_Store",
                         "a.md___jb_tmp___", "Thumbs.db", "desktop.ini", ".#a.md")
        ),
    )  # fmt: skip
    assert paths(tmp_path) == {}


def test_hidden_static_files_are_published(tmp_path: Path) -> None:
    project(
        tmp_path,
        "static/.nojekyll",
        "static/.well-known/security.txt",
        "static/_headers",
        "static/CNAME",
        "static/100%",
        "static/.git/config",
        "static/.DS_Store",
        "static/._x.png",
        "static/x.png~",
        "static/.x.png.swp",
    )
    assert sorted(paths(tmp_path)) == [
        "static/.nojekyll",
        "static/.well-known/security.txt",
        "static/100%",
        "static/CNAME",
        "static/_headers",
    ]


def test_a_project_without_folders_is_empty(tmp_path: Path) -> None:
    assert scan(tmp_path, Config()) == (Sources(), ())
    assert scan(tmp_path / "absent", Config()) == (Sources(), ())


def test_the_output_folder_is_no_source_wherever_it_lies(tmp_path: Path) -> None:
    project(tmp_path, "static/a.txt", "static/out/index.html")
    sources, problems = scan(tmp_path, Config(output="static/out"))
    assert (kinds(sources), problems) == ({"static/a.txt": "static"}, ())


def test_a_folder_named_like_a_post_is_a_folder_and_told(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/x.md/index.md")
    sources, problems = scan(tmp_path, Config())
    assert kinds(sources) == {"content/posts/x.md/index.md": "post"}
    assert told(problems) == [
        ("content/posts/x.md", "warning", "is a folder, although its name is that of a post")
    ]


def test_texts_beside_the_folders_that_are_read_are_told(tmp_path: Path) -> None:
    project(tmp_path, "content/hello.md", "content/blog/a.md", "content/post.css", "content/_drafts/x.md")
    sources, problems = scan(tmp_path, Config())
    message = (
        "is not read: posts belong in content/posts/, pages in content/pages/, drafts in content/drafts/"
    )
    assert kinds(sources) == {}
    assert told(problems) == [
        ("content/blog", "warning", message),
        ("content/hello.md", "warning", message),
    ]


def test_a_file_where_a_folder_is_expected_is_an_error(tmp_path: Path) -> None:
    project(tmp_path, "content/posts", "static")
    _, problems = scan(tmp_path, Config())
    assert told(problems) == [
        ("content/posts", "error", "is a file where a folder is expected"),
        ("static", "error", "is a file where a folder is expected"),
    ]


def test_a_link_inside_the_project_is_followed(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a.md", "assets/x.png", "assets/sub/y.png")
    (tmp_path / "static").symlink_to("assets")
    (tmp_path / "content/posts/b.md").symlink_to("a.md")
    assert paths(tmp_path) == {
        "content/posts/a.md": "post",
        "content/posts/b.md": "post",
        "static/sub/y.png": "static",
        "static/x.png": "static",
    }


def test_a_project_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    project(tmp_path / "real", "content/posts/a.md")
    (tmp_path / "link").symlink_to("real")
    assert paths(tmp_path / "link") == {"content/posts/a.md": "post"}


@pytest.mark.parametrize("target", ["../outside", "/etc/hostname", "../project-too/x"])
def test_a_link_that_leads_out_of_the_project_is_an_error(tmp_path: Path, target: str) -> None:
    root = project(tmp_path / "project", "content/posts/a.md", "static/a.txt")
    project(tmp_path, "outside/secret.md", "project-too/x/secret.md")
    (root / "content/posts/out").symlink_to(
        os.path.join("../..", target) if target.startswith("..") else target
    )
    (root / "data").symlink_to(tmp_path / "outside")
    sources, problems = scan(root, Config())
    message = "is a link that leads out of the project: copy what it shows into the project"
    assert kinds(sources) == {"content/posts/a.md": "post", "static/a.txt": "static"}
    assert told(problems) == [("content/posts/out", "error", message), ("data", "error", message)]


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    project(tmp_path, "static/a/b/x.txt")
    (tmp_path / "static/a/b/up").symlink_to("..")
    (tmp_path / "static/a/b/self").symlink_to(".")
    (tmp_path / "static/a/round").symlink_to("round")
    sources, problems = scan(tmp_path, Config())
    assert kinds(sources) == {"static/a/b/x.txt": "static"}
    assert told(problems) == [
        ("static/a/b/self", "warning", "is a link to a folder that it stands in, and is not followed"),
        ("static/a/b/up", "warning", "is a link to a folder that it stands in, and is not followed"),
        ("static/a/round", "error", "is a link to something that does not exist: mend or delete it"),
    ]


def test_links_between_folders_do_not_multiply(tmp_path: Path) -> None:
    """Each folder linking twice to the next would make 2²⁰ files of one."""
    project(tmp_path, "static/20/x.txt")
    for number in range(20):
        folder = tmp_path / f"static/{number}"
        folder.mkdir(exist_ok=True)
        for name in "ab":
            (folder / name).symlink_to(f"../{number + 1}")
    sources, problems = scan(tmp_path, Config())
    assert [file.path for file in sources.static] == [
        "static/19/a/x.txt",
        "static/19/b/x.txt",
        "static/20/x.txt",
    ]
    assert {message for _, _, message in told(problems)} == {
        "is a link to a folder inside a linked folder, which is not followed"
    }


def test_a_broken_link_is_an_error(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a.md")
    (tmp_path / "content/posts/b.md").symlink_to("gone.md")
    _, problems = scan(tmp_path, Config())
    assert told(problems) == [
        ("content/posts/b.md", "error", "is a link to something that does not exist: mend or delete it")
    ]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a.md")
    os.mkfifo(tmp_path / "content/posts/pipe.md")
    sources, problems = scan(tmp_path, Config())
    assert kinds(sources) == {"content/posts/a.md": "post"}
    assert told(problems) == [
        ("content/posts/pipe.md", "warning", "is neither a file nor a folder, and is left out")
    ]


def test_a_name_that_no_site_can_have_is_an_error(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a.md", "content/posts/a\nb.md")
    with open(os.fsencode(tmp_path) + b"/content/posts/caf\xe9.md", "wb"):
        pass
    sources, problems = scan(tmp_path, Config())
    assert kinds(sources) == {"content/posts/a.md": "post"}
    assert told(problems) == [
        ("content/posts/a\\nb.md", "error", "has a control character in its name: rename it"),
        ("content/posts/caf\\xe9.md", "error", "has a name that is not UTF-8: rename it"),
    ]


def test_unusual_but_honest_names_are_taken(tmp_path: Path) -> None:
    names = [
        "content/posts/か\u3099.md",
        "content/posts/\u3000x.md",
        "content/posts/a b#?.md",
        "content/posts/\u200b.md",
    ]
    assert sorted(paths(project(tmp_path, *names))) == sorted(names)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a/b.md")
    (tmp_path / "content/posts/a").chmod(0)
    _, problems = scan(tmp_path, Config())
    (tmp_path / "content/posts/a").chmod(0o700)
    assert told(problems) == [("content/posts/a", "error", "cannot be read: Permission denied")]


def test_scanning_changes_nothing(tmp_path: Path) -> None:
    project(tmp_path, "content/posts/a.md", "static/x.txt")
    copy = tmp_path.with_name("copy")
    shutil.copytree(tmp_path, copy, symlinks=True)
    first = scan(tmp_path, Config())
    assert scan(tmp_path, Config()) == first
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == sorted(
        path.relative_to(copy) for path in copy.rglob("*")
    )


def test_every_kind_has_its_folder(tmp_path: Path) -> None:
    project(
        tmp_path,
        "content/posts/a.md",
        "content/posts/a.png",
        "content/pages/a.md",
        "content/drafts/a.md",
        "static/a",
        "data/a.json",
    )
    assert set(paths(tmp_path).values()) == {kind.value for kind in SourceKind}
