"""Real blogs of other engines, built as they are."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.conftest import Project

TARGET = re.compile(r'"([^"]+)"')


def test_chinese_posts_written_for_hugo_build_and_every_warning_is_right(
    shared: Path, tmp_path: Path
) -> None:
    bundles = shared / "samples/sofastack-posts/content/zh/blog"
    project = Project(tmp_path / "sofa")
    shutil.copytree(bundles, project.root / "content/posts")
    settings = 'language = "zh-Hans"\ntimezone = "Asia/Shanghai"\npermalink = "/blog/:slug/"\n'
    project.put("sitegen.toml", settings.encode())
    report = project.build()
    assert report.posts == 122
    names = {folder.name for folder in bundles.iterdir()}
    for problem in report.problems:
        assert problem.severity == "warning"
        assert problem.code in {"link", "image"}, problem
        target = TARGET.search(problem.message)
        assert target is not None
        assert target[1].strip("/").rpartition("/")[2].partition("#")[0] not in names, problem
        line = (project.root / str(problem.path)).read_text().split("\n")
        where = line[problem.line - 1] if problem.line else "\n".join(line[:20])
        assert target[1].partition("#")[0].rpartition("/")[2] in where


def test_posts_of_a_hexo_site_stand_at_the_addresses_that_hexo_gave_them(
    shared: Path, tmp_path: Path
) -> None:
    sample = shared / "samples/hexo-site"
    project = Project(tmp_path / "hexo")
    shutil.copytree(sample / "source/_posts", project.root / "content/posts")
    project.put("sitegen.toml", b'permalink = "/news/:year/:month/:day/:title/"\n[markdown]\nbreaks = true\n')
    report = project.build()
    assert report.posts == 58
    links = json.loads((sample / "expected-links.json").read_text())
    expected = {f"/{url}" for url in links}
    built = {"/" + path.removesuffix("index.html") for path in project.files() if path.startswith("news/")}
    assert len(expected) == 58
    assert expected <= built
    assert {problem.severity for problem in report.problems} <= {"warning"}
