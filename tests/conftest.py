"""What the tests share: whole projects written as one string, and builds of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from sitegen.build import BuildOptions, BuildReport, build
from sitegen.settings import read_config

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SHARED = Path(__file__).parents[2] / "shared"

# A busy machine is no failure.
settings.register_profile("sitegen", deadline=None)
settings.load_profile("sitegen")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="rewrite the expected output of golden sites"
    )


class Project:
    """A project in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"

    def write(self, text: str) -> None:
        """Writes files from one string: `-- path --` lines, each followed by the file's content."""
        parts = re.split(r"^-- (.+) --\n", text, flags=re.MULTILINE)
        assert not parts[0].strip(), "text before the first -- path -- line"
        for path, content in zip(parts[1::2], parts[2::2], strict=True):
            self.put(path, content.encode())

    def put(self, path: str, content: bytes) -> None:
        """Writes one file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def build(self, **options: Any) -> BuildReport:
        """Builds the project as of `NOW`."""
        overrides = options.pop("config", {})
        config, _ = read_config(self.root)
        if overrides:
            import msgspec

            config = msgspec.structs.replace(config, **overrides)
        return build(self.root, config, BuildOptions(**{"now": NOW, **options}))

    def page(self, path: str) -> str:
        """The text of a file of the built site."""
        return (self.output / path).read_text(encoding="utf-8")

    def files(self) -> set[str]:
        """Every file of the built site but the list of our own."""
        return tree(self.output).keys() - {".sitegen-files"}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


SiteFactory = Callable[[str], Project]


@pytest.fixture
def site(tmp_path: Path) -> SiteFactory:
    """Makes a project from one string and leaves building it to the test."""

    def make(text: str) -> Project:
        project = Project(tmp_path / "project")
        project.root.mkdir()
        project.write(text)
        return project

    return make


@pytest.fixture
def shared() -> Path:
    """The folder of shared samples; skips the test where there is none."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared samples beside the checkout")
    return SHARED
