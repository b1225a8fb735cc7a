"""Sources that cannot be read, that are reached by links, and that bear strange times."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from sitegen.build import BuildOptions
from sitegen.build.builder import build_clean
from sitegen.build.loader import Loader
from sitegen.errors import SitegenError
from sitegen.files import unreadable
from sitegen.model import SourceFile
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree
from tests.properties.edits import picture

BLOG = """\
-- sitegen.toml --
title = "Test"
[feeds]
formats = []
-- content/posts/one.md --
---
title: One
date: 2024-01-01
permalink: /one/
---
First. ![](/pic.png)
-- static/note.txt --
old
-- data/word.toml --
word = "old"
-- templates/inject/footer.html --
{{ (data("word") or {}).get("word") }}
"""
POST, NOTE, DATA, PICTURE = "content/posts/one.md", "static/note.txt", "data/word.toml", "static/pic.png"

TRUST_NS = 20_000_000


@pytest.fixture(autouse=True)
def quick_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are trusted after 20 ms."""
    monkeypatch.setattr("sitegen.build.inputs.TRUSTED_AFTER_NS", TRUST_NS)
    monkeypatch.setattr("sitegen.build.snapshot.TRUSTED_AFTER_NS", TRUST_NS)


@pytest.fixture
def project(site: SiteFactory) -> Project:
    project = site(BLOG)
    project.put(PICTURE, picture(2, 2))
    return project


def difference(project: Project) -> list[str]:
    """The files that an undisturbed build leaves other than a clean one."""
    time.sleep(TRUST_NS * 2 / 1e9)
    project.build()
    config, _ = read_config(project.root)
    with tempfile.TemporaryDirectory() as folder:
        build_clean(project.root, config, BuildOptions(now=NOW, jobs=1), Path(folder) / "clean")
        right = tree(Path(folder) / "clean")
    ours = tree(project.output)
    return sorted(path for path in ours.keys() | right.keys() if ours.get(path) != right.get(path))


def cannot_read(_: Loader, file: SourceFile) -> bytes:
    """Takes the place of `Loader.read`."""
    raise SitegenError(unreadable(file.path, PermissionError(13, "Permission denied")))


@pytest.mark.parametrize("is_first", [True, False])
def test_every_source_that_cannot_be_read_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    def broken(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    if not is_first:
        project.build()
    before = tree(project.output) if project.output.exists() else {}
    monkeypatch.setattr("sitegen.build.inputs.hash_file", broken)
    monkeypatch.setattr(Loader, "read", cannot_read)
    with pytest.raises(SitegenError) as caught:
        project.build(rehash=True)
    assert str(caught.value).splitlines() == [
        f"{path}: error[file]: cannot be read: Permission denied" for path in (POST, DATA, NOTE, PICTURE)
    ]
    assert project.output.exists() is not is_first
    assert before == (tree(project.output) if project.output.exists() else {})


def test_the_others_are_built_beside_a_post_that_cannot_be_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.put("content/posts/two.md", b"---\ntitle: Two\ndate: 2024-05-02\n---\nText.\n")
    read = Loader.read
    monkeypatch.setattr(
        Loader, "read", lambda loader, file: (cannot_read if file.path == POST else read)(loader, file)
    )
    report = project.build(keep_going=True)
    assert [str(problem) for problem in report.problems] == [
        f"{POST}: error[file]: cannot be read: Permission denied"
    ]
    assert report.posts == 1
    monkeypatch.undo()
    assert project.build().posts == 2
    assert difference(project) == []


def test_a_layout_takes_its_template_as_soon_as_there_is_one(project: Project) -> None:
    post = (project.root / POST).read_text()
    project.put(POST, post.replace("permalink", "layout: wide\npermalink").encode())
    project.build()
    project.write("-- templates/wide.html --\nwide\n")
    project.build()
    assert project.page("one/index.html").strip() == "wide"
    (project.root / "templates/wide.html").unlink()
    project.build()
    assert difference(project) == []


@pytest.mark.parametrize("path", ["templates/inject/footer.html", "assets/extra.css", "i18n/en.toml"])
def test_a_file_of_the_theme_that_cannot_be_read_is_named(project: Project, path: str) -> None:
    place = project.root / path
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(place)
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == f"{path}: error[file]: cannot be read: Too many levels of symbolic links"


@pytest.mark.parametrize(
    "link",
    [
        "templates",
        "templates/inject/head.html",
        "assets/extra.css",
        "i18n",
        "themes/mine",
        "themes/mine/theme.toml",
    ],
)
def test_a_link_of_the_theme_that_leads_out_of_the_project_is_an_error(
    project: Project, tmp_path: Path, link: str
) -> None:
    """What it shows may be anything of the one who builds, and would be published."""
    outside = tmp_path / "outside"
    (outside / "secret").mkdir(parents=True)
    (outside / "secret/theme.toml").write_text('extends = "default"\n')
    (outside / "secret/extra.css").write_text("/* secret */")
    if link.startswith("themes"):
        project.write('-- sitegen.toml --\ntitle = "Test"\n[theme]\nname = "mine"\n')
    place = project.root / link
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside / "secret" / (place.name if place.suffix in (".toml", ".css") else ""))
    with pytest.raises(SitegenError) as caught:
        project.build()
    shown = "themes/mine/theme.toml" if link.startswith("themes") else link
    assert str(caught.value) == (
        f"{shown}: error[file]: is a link that leads out of the project: copy what it shows into the project"
    )
    assert not project.output.exists()


def test_a_link_of_the_theme_to_a_file_of_the_project_is_followed(project: Project) -> None:
    project.put("shared/extra.css", b"b {}")
    (project.root / "assets").mkdir()
    (project.root / "assets/extra.css").symlink_to("../shared/extra.css")
    project.build()
    assert [path.read_bytes() for path in (project.output / "assets").glob("extra.*.css")] == [b"b {}"]


def test_a_link_of_the_theme_to_a_folder_is_an_error(project: Project) -> None:
    """To pass over it would leave the author without a word; to follow it could go in a circle."""
    (project.root / "assets").mkdir()
    (project.root / "assets/more").symlink_to("..")
    with pytest.raises(SitegenError) as caught:
        project.build()
    assert str(caught.value) == (
        "assets/more: error[file]: is a link to a folder, which is not followed here: copy the folder"
    )


@pytest.mark.parametrize("year", [1970, 2099])
def test_edits_are_seen_whatever_the_clock_says(project: Project, year: int) -> None:
    stamp = (year - 1970) * 31_556_952

    def put(path: str, content: bytes) -> None:
        project.put(path, content)
        os.utime(project.root / path, (stamp, stamp))

    for number in range(3):
        put(
            POST, f"---\ntitle: N{number}\ndate: 2024-01-01\npermalink: /one/\n---\nText {number}.\n".encode()
        )
        put(NOTE, f"note {number}\n".encode())
        assert difference(project) == []
        assert f"Text {number}." in project.page("one/index.html")


def test_edits_in_a_linked_folder_are_seen(project: Project) -> None:
    project.put("shared/far/linked.md", b"---\ntitle: Linked\ndate: 2024-03-03\npermalink: /far/\n---\nold\n")
    (project.root / "content/posts/link").symlink_to(project.root / "shared")
    assert difference(project) == []
    path = project.root / "shared/far/linked.md"
    with path.open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"new\n")
    assert difference(project) == []
    assert "new" in project.page("far/index.html")


def test_links_in_a_circle_do_not_stall(project: Project) -> None:
    for one, other_one in (("a", "b"), ("b", "a")):
        (project.root / one).mkdir()
        (project.root / one / "link").symlink_to(project.root / other_one)
    (project.root / "content/posts/link").symlink_to(project.root / "a")
    (project.root / "static/link").symlink_to(project.root / "static")
    assert difference(project) == []


def test_a_picture_under_another_ending_is_no_picture(project: Project) -> None:
    assert difference(project) == []
    assert 'width="2"' in project.page("one/index.html")
    (project.root / PICTURE).rename(project.root / "static/pic.bin")
    project.put(POST, (project.root / POST).read_bytes().replace(b"pic.png", b"pic.bin"))
    assert difference(project) == []
    assert 'width="2"' not in project.page("one/index.html")
