"""Programs from npm that the tests use; `make test` installs them into tests/node."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

MODULES = Path(__file__).parents[1] / "node/node_modules"


def npm_file(path: str) -> Path:
    """A file of an npm package; skips the test where the packages are not installed."""
    found = MODULES / path
    if not found.exists():
        pytest.skip(f"needs {path} from npm: npm install --prefix tests/node")
    return found


def program(name: str, package: str) -> str:
    """A program of the system; skips the test where it is missing, naming what to install."""
    found = shutil.which(name)
    if not found:
        pytest.skip(f"needs {name}: apt install {package}")
    return found
