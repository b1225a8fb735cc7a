"""A target that another package brings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sitegen.config import PluginTarget
from sitegen.deploy.target import Surroundings
from sitegen.deploy.targets import open_target
from sitegen.errors import SitegenError
from tests.deploy.sites import ADDRESS, NOW, Deployer, blog, make_site

PACKAGE = """
from sitegen.deploy.local import LocalFolder

def open_remote(options, surroundings, address):
    assert address == "https://blog.example.org/"
    return LocalFolder(surroundings.path(options["where"]))
"""


def install(packages: Path) -> None:
    """A package as pip leaves it."""
    (packages / "nas_target.py").write_text(PACKAGE)
    info = packages / "nas_target-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nas-target\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[sitegen.targets]\nnas = nas_target:open_remote\n")


def test_an_installed_package_can_bring_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "packages").mkdir()
    install(tmp_path / "packages")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "packages"), *sys.path])
    surroundings = Surroundings(project=tmp_path, environment={}, home=None, now=NOW)
    target = PluginTarget(plugin="nas", options={"where": "there"})
    assert Deployer()(
        open_target(target, surroundings, ADDRESS), make_site(tmp_path / "site", blog(1))
    ).is_done
    assert (tmp_path / "there" / "index.html").is_file()
    with pytest.raises(
        SitegenError, match=r'no installed package offers deploys to "nass"; there are nas\. Did you mean nas'
    ):
        open_target(PluginTarget(plugin="nass"), surroundings, ADDRESS)
