"""Old releases that cannot be removed, which is no failure of the deploy that has just been made."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sitegen.errors import UnfinishedError
from tests.deploy.places.local import LocalPlace, releases
from tests.deploy.places.rsync import releases as releases_by_rsync
from tests.deploy.sites import Deployer, blog, make_site


@pytest.fixture(params=["local", "rsync"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalPlace]:
    with (releases if request.param == "local" else releases_by_rsync)(tmp_path / "place") as opened:
        yield opened


def unmount_all(below: Path) -> None:
    for line in Path("/proc/mounts").read_text().splitlines():
        where = line.split()[1]
        if where.startswith(f"{below}/"):
            subprocess.run(["umount", where], check=True)


def test_an_old_release_that_cannot_be_removed_is_told_apart_from_a_deploy_that_failed(
    place: LocalPlace, tmp_path: Path
) -> None:
    """A disk that somebody has mounted in it is busy."""
    deploy = Deployer()
    deploy(place.remote(), make_site(tmp_path / "1", blog(1)))
    films = place.web_root.resolve() / "films"
    films.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(films)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("only root can mount a disk")
    try:
        place.target = msgspec.structs.replace(place.target, keep_releases=1)
        with pytest.raises(UnfinishedError, match="the new release is online, but then: cannot remove"):
            deploy(place.remote(), make_site(tmp_path / "2", blog(2)))
        assert place.visible()["posts/2/index.html"] == str(blog(2)["posts/2/index.html"]).encode()
    finally:
        unmount_all(tmp_path)
    deploy(place.remote(), make_site(tmp_path / "3", blog(3)))
    assert "posts/3/index.html" in place.visible()
    assert len(list((place.root / "releases").iterdir())) == 1
