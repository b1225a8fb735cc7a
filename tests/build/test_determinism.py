"""The same sources give the same bytes, whoever builds them, wherever and however."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import tree

ROOT = Path(__file__).parents[2]


def build(
    project: Path, output: Path, environment: Mapping[str, str], cwd: Path, *flags: str
) -> dict[str, bytes]:
    """A clean build in a process of its own."""
    shutil.rmtree(project / ".sitegen", ignore_errors=True)
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [
        sys.executable,
        "-m",
        "sitegen",
        "build",
        "--source",
        str(project),
        "--output",
        str(output),
        *flags,
    ]
    subprocess.run(
        command,
        cwd=cwd,
        env={**base, "SOURCE_DATE_EPOCH": "1790000000", **environment},
        check=True,
        capture_output=True,
    )
    return tree(output)


def test_zone_locale_hash_seed_umask_folder_and_jobs_change_nothing(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in ("content", "static", "data"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, project / name)
    shutil.copy(ROOT / "sitegen.toml", project / "sitegen.toml")
    one = {"TZ": "Asia/Shanghai", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    other = {"TZ": "America/New_York", "LANG": "tr_TR.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    first = build(project, tmp_path / "one", one, tmp_path, "--jobs", "1")
    mask = os.umask(0o077)
    try:
        moved = tmp_path / "another place"
        project.rename(moved)
        second = build(moved, tmp_path / "two", other, Path("/"), "--jobs", "3")
    finally:
        os.umask(mask)
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []


def test_file_times_and_the_order_of_folders_change_nothing(tmp_path: Path) -> None:
    posts = {
        f"p{number:02d}.md": f"---\ntitle: P{number}\ndate: 2024-01-01\ntags: [a]\n---\nText {number}\n"
        for number in range(20)
    }
    for folder, names in (("one", sorted(posts)), ("two", sorted(posts, reverse=True))):
        place = tmp_path / folder / "content/posts"
        place.mkdir(parents=True)
        for index, name in enumerate(names):
            (place / name).write_text(posts[name])
            os.utime(place / name, (1e9 + index, 1e9 + index))
    first = build(tmp_path / "one", tmp_path / "out one", {}, tmp_path)
    second = build(tmp_path / "two", tmp_path / "out two", {}, tmp_path)
    assert first == second
