"""A blog with every kind of page, under a theme so small that a build is quick; in two versions."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.properties.edits import picture
from tests.small_theme import SMALL_THEME

EVERY_TIME = {
    "sitegen.toml": """\
title = "Test"
per_page = 1
[theme]
name = "small"
[feeds]
formats = ["atom"]
""",
    **SMALL_THEME,
    "content/pages/about.md": "---\ntitle: About\n---\nAbout, see [one](../posts/one.md).\n",
    "data/friends.toml": 'first = "Ann"\n',
    "static/robots-note.txt": "note\n",
}

VERSIONS = (
    {
        "content/posts/one.md": "---\ntitle: One\ndate: 2024-01-01\ntags: [x]\ncategories: [Top, Below]\n---\nFirst. ![p](one/p.png)\n",
        "content/posts/two.md": "---\ntitle: Two\ndate: 2024-02-02\ntags: [y]\naliases: [/old/]\n---\nSecond.\n",
        "static/thing": "a file\n",
    },
    {
        "content/posts/one.md": "---\ntitle: Won\ndate: 2024-01-01\ntags: [x]\ncategories: [Top, Below]\n---\nFirst, again. ![p](one/p.png)\n",
        "content/posts/three.md": "---\ntitle: Three\ndate: 2024-02-03\npermalink: /thing/\ntags: [z]\n---\nThird.\n",
        "static/new.txt": "new\n",
    },
)
PICTURES = {"content/posts/one/p.png": (picture(1, 1), picture(2, 1))}


def put(project: Path, version: int) -> None:
    """Makes the sources those of a version, touching those alone that differ."""
    wanted = {**EVERY_TIME, **VERSIONS[version]}
    contents = {path: text.encode() for path, text in wanted.items()}
    contents.update({path: pictures[version] for path, pictures in PICTURES.items()})
    for path in VERSIONS[1 - version].keys() - contents.keys():
        (project / path).unlink(missing_ok=True)
    for path, content in contents.items():
        place = project / path
        if not place.is_file() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


def forget(project: Path) -> None:
    """Takes away all that builds made."""
    for name in ("output", ".sitegen"):
        shutil.rmtree(project / name, ignore_errors=True)
