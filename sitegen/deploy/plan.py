"""The plan: every step from what a remote place holds to the site as built, in the order in which it is done.

The order is what keeps the site whole for visitors at every moment in a place where files are replaced one by one.
New files come first, because nothing that is online refers to them yet: assets, then pages, then lists. Then come
changed files in the same order, whose references all lead somewhere by now; deletions are last, when nothing refers
to the deleted any more. Assets of the release before stay for one release longer, for pages that are still open
in somebody's browser.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Literal

import msgspec

from sitegen.build.recipes import FileKind
from sitegen.deploy.manifest import Entry, Manifest
from sitegen.deploy.target import Upload
from sitegen.digests import blake2b
from sitegen.model import Value

Action = Literal["add", "change", "headers", "delete"]


class Step(Value, frozen=True):
    """One file to be sent or deleted."""

    action: Action
    path: str
    kind: FileKind
    size: int = 0
    """Bytes to send."""


class Plan(Value, frozen=True):
    """What a deploy will do, and what will then stand there."""

    steps: tuple[Step, ...]
    """In their order; deletions last."""
    unchanged: int
    """Files that stay as they are."""
    previous: Manifest | None
    manifest: Manifest
    """Of the release to be."""
    uploads: dict[str, Upload]
    """Every file of the site."""

    @property
    def claim(self) -> Manifest:
        """What may stand in a place without a switch while the steps are being done."""
        claimed = {step.path: self.uploads[step.path].entry for step in self.steps if step.action != "delete"}
        if self.previous is None:
            return msgspec.structs.replace(self.manifest, files={}, retired={}, claimed=claimed)
        return msgspec.structs.replace(self.previous, claimed={**self.previous.claimed, **claimed})

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do, if only to close the books of a deploy that was interrupted."""
        return bool(self.steps) or bool(self.previous and self.previous.claimed)

    @property
    def deletions(self) -> tuple[str, ...]:
        """The paths to delete."""
        return tuple(step.path for step in self.steps if step.action == "delete")

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """Those of the deletions that stand where a new file needs a folder, or the other way round."""
        deletions = self.deletions
        if not deletions:
            return ()
        new = {step.path for step in self.steps if step.action == "add"}
        folders = {folder for path in new for folder in _folders(path)}
        return tuple(path for path in deletions if path in folders or not new.isdisjoint(_folders(path)))

    @property
    def outdated_copies(self) -> tuple[str, ...]:
        """Files of which a cache may hold what they were before this deploy, or before one that was interrupted."""
        replaced = {step.path for step in self.steps if step.action != "add"}
        return tuple(sorted(replaced.union(self.previous.claimed if self.previous else ())))

    def stages(self) -> Iterator[tuple[Upload, ...]]:
        """What is sent together: each stage must stand before the next begins."""
        sends = (step for step in self.steps if step.action != "delete")
        for _, stage in groupby(sends, key=lambda step: (step.action == "add", step.kind)):
            yield tuple(self.uploads[step.path] for step in stage)

    def count(self, action: Action) -> int:
        """How many steps do this."""
        return sum(step.action == action for step in self.steps)

    @property
    def bytes_to_send(self) -> int:
        """Over all files that are sent."""
        return sum(step.size for step in self.steps)


def make_plan(
    site: str,
    uploads: Mapping[str, Upload],
    previous: Manifest | None,
    standing: Mapping[str, Entry],
    now: datetime,
    message: str = "",
) -> Plan:
    """The plan for a site of these files. `standing` are the files of ours as they are believed to stand there."""
    before = previous or Manifest(site=site, release="", created="", files={})
    steps = []
    for path, upload in uploads.items():
        action = _action(upload.entry, standing.get(path))
        if action:
            steps.append(Step(action=action, path=path, kind=upload.entry.kind, size=upload.entry.size))
    retired = _retired(before, uploads)
    steps += [
        Step(action="delete", path=path, kind=entry.kind)
        for path, entry in standing.items()
        if path not in uploads and path not in retired
    ]
    left = before.files.keys() - uploads.keys()
    if all(step.action == "delete" for step in steps) and not left and not before.claimed:
        # Retired assets alone are no reason to deploy.
        steps, retired = [], before.retired
    moment = _moment(before, now)
    files = {path: _recorded(uploads[path].entry, standing.get(path)) for path in sorted(uploads)}
    return Plan(
        steps=tuple(sorted(steps, key=_order)),
        unchanged=len(uploads) - sum(step.action != "delete" for step in steps),
        previous=previous,
        manifest=Manifest(
            site=site,
            release=_release_name(files, before, moment),
            created=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            files=files,
            retired=retired,
            message=message,
        ),
        uploads=dict(uploads),
    )


def _folders(path: str) -> Iterator[str]:
    """`a` and `a/b` for `a/b/c`."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _action(wanted: Entry, there: Entry | None) -> Action | None:
    if there is None:
        return "add"
    if there.hash != wanted.hash:
        return "change"
    return "headers" if there.headers != wanted.headers else None


def _retired(before: Manifest, uploads: Mapping[str, Upload]) -> dict[str, Entry]:
    """The assets that leave with this release and are kept until the next."""
    leaving = {**before.claimed, **before.files}
    return {
        path: entry
        for path, entry in sorted(leaving.items())
        if entry.kind is FileKind.ASSET and path not in uploads
    }


def _recorded(wanted: Entry, there: Entry | None) -> Entry:
    """The entry with the place's own name of the content, which holds while the content does."""
    if there is None or there.hash != wanted.hash:
        return wanted
    return msgspec.structs.replace(wanted, remote=there.remote)


def _order(step: Step) -> tuple[int, int, str]:
    if step.action == "delete":
        return (2, -step.kind, step.path)
    return (0 if step.action == "add" else 1, step.kind, step.path)


def _moment(before: Manifest, now: datetime) -> datetime:
    """When the release is made; after the one before it, whatever the clocks of two machines say."""
    moment = now.astimezone(UTC)
    with contextlib.suppress(
        ValueError, OverflowError
    ):  # the manifest was written by hand, or by the first deploy
        moment = max(moment, datetime.fromisoformat(before.created) + timedelta(seconds=1))
    return moment


def _release_name(files: Mapping[str, Entry], before: Manifest, moment: datetime) -> str:
    """`20261126-231342-9f86d081`: the time, and what tells apart releases of the same second."""
    digest = blake2b(before.release.encode(), digest_size=4)
    for path, entry in files.items():
        digest.update(f"\0{path}\0{entry.hash}".encode("utf-8", "surrogatepass"))
    return f"{moment:%Y%m%d-%H%M%S}-{digest.hexdigest()}"
