"""Sources that change while a build reads them: that build may say so, and the next one is right all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from sitegen.build import BuildOptions, Pass, build
from sitegen.build.builder import build_clean
from sitegen.build.inputs import content_digests
from sitegen.content.scan import scan
from sitegen.errors import Problem, SitegenError
from sitegen.settings import read_config
from tests.conftest import NOW, Project, SiteFactory, tree
from tests.properties.edits import picture
from tests.small_theme import SMALL_THEME

BLOG = """\
-- sitegen.toml --
title = "Test"
[theme]
name = "small"
-- content/posts/one.md --
---
title: One
date: 2024-01-01
---
First. ![p](one/p.png)
-- content/posts/two.md --
---
title: Two
date: 2024-02-02
---
Second.
-- static/note.txt --
note
-- data/friends.toml --
first = "Ann"
-- templates/footer.html --
<p>{{ (data("friends") or {}).get("first", "nobody") }} {{ asset("extra.css") }}</p>
-- assets/extra.css --
p { color: inherit }
-- i18n/en.toml --
archives = "All"
"""
SOURCES: dict[str, tuple[bytes, bytes]] = {
    "content/posts/one.md": (b"First.", b"Start."),
    "content/posts/one/p.png": (picture(2, 1), picture(4, 3)),
    "static/note.txt": (b"note", b"tone"),
    "data/friends.toml": (b"Ann", b"Bob"),
    "templates/footer.html": (b"<p>", b"<b>"),
    "assets/extra.css": (b"inherit", b"initial"),
    "i18n/en.toml": (b"All", b"Old"),
}
"""What stands in each source, and what comes in its place."""
PASSES = get_args(Pass)


class AtPass:
    """Watches a build and does something once, when a pass begins."""

    def __init__(self, name: Pass, act: Callable[[], object]) -> None:
        self._name = name
        self._act = act
        self._is_done = False

    def progress(self, name: Pass, done: int, total: int) -> None:
        if name == self._name and not self._is_done:
            self._is_done = True
            self._act()


@pytest.fixture
def project(site: SiteFactory) -> Project:
    project = site(BLOG)
    for path, text in SMALL_THEME.items():
        project.put(path, text.encode())
    project.put("content/posts/one/p.png", picture(2, 1))
    return project


def build_during(project: Project, observer: AtPass) -> tuple[Problem, ...]:
    """What a build complained of while something happened."""
    config, _ = read_config(project.root)
    try:
        build(project.root, config, BuildOptions(now=NOW), observer)
    except SitegenError as error:
        return error.problems
    return ()


def build_changed(project: Project, name: Pass, source: str) -> tuple[Problem, ...]:
    """What a build complained of while `source` changed at the beginning of a pass."""
    place = project.root / source
    changed = place.read_bytes().replace(*SOURCES[source])
    return build_during(project, AtPass(name, lambda: place.write_bytes(changed)))


def difference(project: Project, folder: Path) -> list[str]:
    config, _ = read_config(project.root)
    build_clean(project.root, config, BuildOptions(now=NOW), folder)
    ours, right = tree(project.output), tree(folder)
    return sorted(path for path in ours.keys() | right.keys() if ours.get(path) != right.get(path))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", PASSES)
def test_the_build_after_one_during_which_a_source_changed_is_right(
    project: Project, tmp_path: Path, name: Pass, source: str
) -> None:
    build_changed(project, name, source)
    project.build()
    assert difference(project, tmp_path / "clean") == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", PASSES)
def test_a_source_that_changed_and_changed_back_leaves_no_trace(
    project: Project, tmp_path: Path, name: Pass, source: str
) -> None:
    before = (project.root / source).read_bytes()
    build_changed(project, name, source)
    (project.root / source).write_bytes(before)
    project.build()
    assert difference(project, tmp_path / "clean") == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", PASSES)
def test_a_build_during_which_a_source_changed_names_it_or_is_whole(
    project: Project, name: Pass, source: str
) -> None:
    for problem in build_changed(project, name, source):
        assert str(problem).startswith(
            f"{source}: error[file]: changed while it was being read. Build again."
        )


@pytest.mark.parametrize("source", ["content/posts/two.md", "static/note.txt", "data/friends.toml"])
@pytest.mark.parametrize("name", PASSES)
def test_a_source_that_vanishes_during_a_build_is_named_or_not_missed(
    project: Project, tmp_path: Path, name: Pass, source: str
) -> None:
    place = project.root / source
    for problem in build_during(project, AtPass(name, place.unlink)):
        assert str(problem) == f"{source}: error[file]: cannot be read: No such file or directory"
    project.build()
    assert difference(project, tmp_path / "clean") == []


def test_a_file_that_goes_before_it_is_read_was_never_there(project: Project) -> None:
    """As the one that Vim makes beside each file that it saves, to see whether it may."""
    config, _ = read_config(project.root)
    project.put("content/posts/4913", b"")
    found, _ = scan(project.root, config)
    (project.root / "content/posts/4913").unlink()
    contents, problems = content_digests(project.root, found.resources, {})
    assert [str(path) for path in contents] == ["content/posts/one/p.png"]
    assert problems == []
