"""Small sites and their expected output, byte for byte; `make golden` rewrites it for review."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sitegen.build import BuildOptions, build
from sitegen.build.output import OWNED_LIST
from sitegen.settings import read_config
from tests.conftest import NOW, tree

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/source"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_golden_site_comes_out_as_expected(
    case: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = tmp_path / "project"
    shutil.copytree(case / "source", project)
    config, _ = read_config(project)
    report = build(project, config, BuildOptions(now=NOW))
    assert report.problems == ()
    shutil.rmtree(project / "output/assets")  # a style sheet that is Pygments' own, and changes with it
    (project / "output" / OWNED_LIST).unlink()
    found = tree(project / "output")
    expected = case / "expected"
    if request.config.getoption("--rewrite-golden"):
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree(project / "output", expected)
    wanted = tree(expected)
    assert found.keys() == wanted.keys()
    for path, content in wanted.items():
        assert found[path].decode() == content.decode(), path
