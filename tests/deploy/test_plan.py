"""The plan: which steps, in which order."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sitegen.deploy.manifest import Manifest
from sitegen.deploy.plan import Plan, make_plan
from tests.deploy.sites import ADDRESS, NOW, Files, make_site

Shown = list[tuple[str, str]]


def plan(folder: Path, files: Files, previous: Manifest | None = None) -> Plan:
    standing = previous.owned() if previous else {}
    return make_plan(ADDRESS, make_site(folder, files).files, previous, standing, NOW)


def steps(made: Plan) -> Shown:
    return [(step.action, step.path) for step in made.steps]


def test_new_files_come_before_changed_ones_and_assets_before_pages_before_lists(tmp_path: Path) -> None:
    first = plan(
        tmp_path / "1", {"index.html": "1", "old.html": "1", "gone.html": "1", "assets/a.1.css": "1"}
    )
    second = plan(
        tmp_path / "2",
        {"index.html": "2", "old.html": "2", "new.html": "2", "assets/a.2.css": "2", "tags/x.html": "2"},
        first.manifest,
    )
    assert steps(second) == [
        ("add", "assets/a.2.css"),
        ("add", "new.html"),
        ("add", "tags/x.html"),
        ("change", "old.html"),
        ("change", "index.html"),
        ("delete", "gone.html"),
    ]
    assert [[upload.path for upload in stage] for stage in second.stages()] == [
        ["assets/a.2.css"],
        ["new.html"],
        ["tags/x.html"],
        ["old.html"],
        ["index.html"],
    ]
    assert second.manifest.retired.keys() == {"assets/a.1.css"}


def test_other_headers_alone_are_a_step_of_their_own_kind(tmp_path: Path) -> None:
    first = plan(tmp_path, {"index.html": "1"})
    uploads = {
        path: msgspec.structs.replace(
            upload, entry=msgspec.structs.replace(upload.entry, headers={"Cache-Control": "no-cache"})
        )
        for path, upload in first.uploads.items()
    }
    second = make_plan(ADDRESS, uploads, first.manifest, first.manifest.owned(), NOW)
    assert steps(second) == [("headers", "index.html")]


def test_the_name_of_a_release_sorts_by_time_and_tells_contents_apart(tmp_path: Path) -> None:
    one, two = plan(tmp_path / "1", {"a.html": "1"}), plan(tmp_path / "2", {"a.html": "2"})
    assert one.manifest.release.startswith("20261126-230000-")
    assert one.manifest.release != two.manifest.release
    assert one.manifest.release == plan(tmp_path / "3", {"a.html": "1"}).manifest.release
