"""Imports point down only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


HEAVY = (
    *("jinja2", "markdown_it", "pygments", "watchdog", "babel", "PIL", "rich", "yaml", "frontmatter"),
    *("hashlib", "difflib"),  # the one for OpenSSL, which it loads
)


def imported_by(code: str, cwd: Path) -> set[str]:
    """The heavy libraries that a piece of code has imported at its end."""
    tail = f"import sys; print('MODULES', *(name for name in {HEAVY!r} if name in sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tail}"], cwd=cwd, capture_output=True, text=True, check=True
    )
    return set(result.stdout.rpartition("MODULES")[2].split())


RUN = "from sitegen.cli.program import run\nrun({arguments!r})"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_asking_for_version_or_help_imports_no_library_but_click(
    arguments: list[str], tmp_path: Path
) -> None:
    assert imported_by(RUN.format(arguments=arguments), tmp_path) == set()


def test_a_build_in_which_nothing_changed_imports_no_library_but_click(tmp_path: Path) -> None:
    import os
    import time

    project = tmp_path / "site"
    (project / "content/posts").mkdir(parents=True)
    post = project / "content/posts/a.md"
    post.write_text("---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    past = time.time() - 100
    for path in (post, post.parent, post.parent.parent):
        os.utime(path, (past, past))
    code = RUN.format(arguments=["build", "--quiet"])
    assert "jinja2" in imported_by(code, project)
    time.sleep(2.1)  # until the signatures of new files are trusted
    imported_by(code, project)
    assert imported_by(code, project) == set()


def test_an_edit_beside_code_imports_no_pygments(tmp_path: Path) -> None:
    project = tmp_path / "site"
    (project / "content/posts").mkdir(parents=True)
    post = project / "content/posts/a.md"
    post.write_text("---\ntitle: A\ndate: 2024-01-01\n---\nText.\n\n```python\nx = 1\n```\n")
    code = RUN.format(arguments=["build", "--quiet"])
    assert "pygments" in imported_by(code, project)
    post.write_text(post.read_text().replace("Text.", "More text."))
    assert "pygments" not in imported_by(code, project)
    page = (project / "output/2024/01/01/a/index.html").read_text()
    assert "More text." in page
    assert '<span class="n">x</span>' in page
