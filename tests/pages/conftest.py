"""The finished sites that the tests in this folder look at, each built once, and what they are looked at with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import launched, serve
from tests.conftest import NOW, SHARED, Project
from tests.pages.finished import FinishedSite

REPOSITORY = Path(__file__).parents[2]
NOTE = REPOSITORY / "tests/unit/notes/编译原理笔记.md"
SAMPLE = SHARED / "samples/hexo-notes/source/_posts/深度学习笔记.md"

NOTES_SETTINGS = """\
title = "Notes"
language = "{language}"
timezone = "Asia/Shanghai"
base_url = "https://notes.example.org/"

[markdown]
breaks = true
"""


@pytest.fixture(scope="session")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the repository's demonstration blog, not built."""
    project = Project(tmp_path_factory.mktemp("blog"))
    for name in ("content", "static", "assets", "data"):
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, project.root / name)
    shutil.copy(REPOSITORY / "sitegen.toml", project.root)
    return project


@pytest.fixture(scope="session")
def demonstration(blog: Project) -> FinishedSite:
    """The demonstration blog as its readers get it."""
    report = blog.build()
    assert [str(problem) for problem in report.problems] == []
    return FinishedSite(folder=blog.output, base_url="https://blog.example.org/")


@pytest.fixture(scope="session")
def with_drafts(blog: Project, tmp_path_factory: pytest.TempPathFactory) -> FinishedSite:
    """The demonstration blog with drafts and future posts, as its author sees it."""
    folder = tmp_path_factory.mktemp("with-drafts")
    blog.build(output=folder, drafts=True, future=True)
    return FinishedSite(folder=folder, base_url="https://blog.example.org/")


@pytest.fixture(scope="session")
def below_a_path(blog: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedSite]:
    """The demonstration blog below a sub-path, and served at the very address for which it is built."""
    folder = tmp_path_factory.mktemp("below-a-path")
    with serve(folder) as server:
        base_url = f"{server}/写作/blog/"
        blog.build(output=folder / "写作/blog", config={"base_url": base_url})
        yield FinishedSite(folder=folder / "写作/blog", base_url=base_url)


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> FinishedSite:
    """A Chinese site of notes typed as outlines: our own, and the sample where it is there."""
    return notes_site(tmp_path_factory.mktemp("notes"), "zh-Hans")


@pytest.fixture(scope="session")
def notes_abroad(tmp_path_factory: pytest.TempPathFactory) -> FinishedSite:
    """The same notes on an English site, which says nothing of their language."""
    return notes_site(tmp_path_factory.mktemp("notes-abroad"), "en")


def notes_site(root: Path, language: str) -> FinishedSite:
    """Builds the notes with this language of the site."""
    project = Project(root)
    project.put("sitegen.toml", NOTES_SETTINGS.format(language=language).encode())
    for path in (NOTE, SAMPLE):
        if path.exists():
            project.put(f"content/posts/{path.name}", path.read_bytes())
    report = project.build(now=NOW)
    assert [str(problem) for problem in report.problems] == []
    return FinishedSite(folder=project.output, base_url="https://notes.example.org/")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests of finished pages."""
    with launched() as browser:
        yield browser
