"""Large files go through a deploy in parts: what it holds in memory has nothing to do with their size."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.deploy.site import BuiltSite
from tests.cli.conftest import REPOSITORY
from tests.deploy.places import PLACES, Place, open_place
from tests.deploy.places.git import GitPlace
from tests.deploy.sites import blog, make_site

MEGABYTE = 1 << 20
LARGE = 40 * MEGABYTE
ALLOWED = 32 * MEGABYTE
"""Less than one of the large files, and for object stores enough for the parts that are on their way."""

DEPLOY = """
import pickle, re, resource, sys
from pathlib import Path
from sitegen.deploy.targets import open_target
from tests.deploy.sites import ADDRESS, Deployer

target, surroundings, site = pickle.load(sys.stdin.buffer)
deploy = Deployer()
assert deploy(open_target(target, surroundings, ADDRESS), site).is_done
assert not deploy(open_target(target, surroundings, ADDRESS), site, rehash=True).is_done
own = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024)
"""
"""Sends a site, reads all of it back, and prints the memory that the largest of all processes had at its peak.

The own figure of `getrusage` would not do: it begins with the memory of the process that has started this one.
"""


def peak_bytes(place: Place, site: BuiltSite) -> int:
    done = subprocess.run(
        [sys.executable, "-c", DEPLOY],
        input=pickle.dumps((place.target, place.surroundings, site)),
        stdout=subprocess.PIPE,
        check=True,
        cwd=REPOSITORY,
    )
    return int(done.stdout)


@pytest.mark.parametrize("name", list(PLACES))
def test_large_files_take_no_more_memory_than_small_ones(name: str, tmp_path: Path) -> None:
    peaks = []
    for size in (1, LARGE):
        files = {f"film-{number}.bin": b"%d" % number + bytes(size) for number in range(3)}
        site = make_site(tmp_path / f"site-{size}", {**blog(40), **files})
        with open_place(name, tmp_path / f"place-{size}") as place:
            if isinstance(place, GitPlace):  # what the other side of a push needs is its own business
                settings = place.repository / "config"
                settings.write_text(f"{settings.read_text()}[core]\n\tbigFileThreshold = 1m\n")
            peaks.append(peak_bytes(place, site))
    assert peaks[1] - peaks[0] < ALLOWED, peaks
