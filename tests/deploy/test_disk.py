"""A remote disk that fills up: the deploy says so, visitors see a whole site, and with space the next one gets on."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.errors import SitegenError
from tests.deploy.places import open_place
from tests.deploy.sites import Deployer, blog, dangling, make_site

ROOTS = {
    "git": "remote.git",
    "rsync": "www",
    "rsync-plain": "www",
    "local": "www",
    "local-plain": "www",
    "sftp": "www",
}
"""The places that have a disk, and the folder that is on it."""

SIZE = 2 << 20


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own, for which a user must be root."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("only root can make a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("name", list(ROOTS))
def test_a_full_disk_is_told_and_shows_visitors_a_whole_site(name: str, tmp_path: Path) -> None:
    deploy = Deployer()
    with small_disk(tmp_path / "place" / ROOTS[name]), open_place(name, tmp_path / "place") as place:
        first = blog(2)
        deploy(place.remote(), make_site(tmp_path / "1", first))
        large = {f"posts/{number}/film.bin": os.urandom(SIZE // 4) for number in range(8)}
        with pytest.raises(SitegenError, match=r"[Dd]isk is full|disk may be full|No space left"):
            deploy(place.remote(), make_site(tmp_path / "2", {**blog(3, version=2), **large}))
        left = place.visible()
        assert not dangling(left)
        assert left["index.html"] == str(first["index.html"]).encode()
        third = make_site(tmp_path / "3", blog(3, version=3))
        deploy(place.remote(), third)
        left = place.visible()
        assert {path: left[path] for path in third.files} == {
            path: upload.read() for path, upload in third.files.items()
        }
        assert not [path for path in left if path.endswith("film.bin")]
