"""What starts the memory of builds anew, besides the files of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.build.salt import salt


def test_another_version_of_any_package_is_another_salt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A style for code may come from a package that nobody here has heard of."""
    monkeypatch.syspath_prepend(tmp_path)
    before = salt()
    (tmp_path / "some_style-1.0.dist-info").mkdir()
    installed = salt()
    (tmp_path / "some_style-1.0.dist-info").rename(tmp_path / "some_style-1.1.dist-info")
    assert len({before, installed, salt()}) == 3


def test_the_salt_is_the_same_from_one_build_to_the_next() -> None:
    assert salt() == salt()
