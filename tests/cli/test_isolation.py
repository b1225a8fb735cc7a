"""A build keeps to itself: it opens no socket and starts no program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SiteFactory

POSTS = "".join(
    f"-- content/posts/{number}.md --\n---\ntitle: Post {number}\ndate: 2024-01-01\n---\n"
    f"```python\nprint({number})\n```\n\n$x^{number}$ https://example.org/ ![](https://example.org/x.png)\n"
    for number in range(200)
)

WATCHED = """
import os, sys

def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.spawn", "os.posix_spawn", "os.system", "urllib.")):
        os.write(2, f"watched: {event} {arguments}\\n".encode())

sys.addaudithook(watch)
sys.argv[:] = ["sitegen", *sys.argv[1:]]
from sitegen.__main__ import main
main()
"""


def watched(project: Path, *arguments: str) -> str:
    """What a command, and the workers that it forks, opened and started."""
    run = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return "".join(line for line in run.stderr.splitlines(keepends=True) if line.startswith("watched: "))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_build_opens_no_socket_and_starts_no_program(site: SiteFactory, jobs: str) -> None:
    project = site(f'-- sitegen.toml --\nbase_url = "https://example.org"\n{POSTS}')
    assert watched(project.root, "build", "--jobs", jobs) == ""
    project.put("content/posts/1.md", b"---\ntitle: Another\ndate: 2024-01-01\n---\nMore.\n")
    assert watched(project.root, "build", "--jobs", jobs) == ""
    assert watched(project.root, "build", "--verify", "--jobs", jobs) == ""


def test_the_watch_sees_sockets_and_programs() -> None:
    script = (
        WATCHED.partition("sys.argv")[0]
        + "import socket, subprocess\nsocket.socket()\nsubprocess.run(['true'])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "watched: socket.__new__" in run.stderr
    assert "watched: subprocess.Popen" in run.stderr
