"""The snapshot: enough of the last build to see, by `stat` alone, that nothing at all has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from sitegen.build.inputs import TRUSTED_AFTER_NS, Fingerprint, fingerprint
from sitegen.build.options import Job
from sitegen.build.output import was_interrupted
from sitegen.errors import Problem
from sitegen.model import Digest, OutputPath, Value
from sitegen.render.theme.chain import theme_chain

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class Snapshot(Value, frozen=True):
    """A finished build without errors, as seen from outside. An empty one never holds."""

    settings: Digest = Digest(b"")
    """Over the settings and the options."""
    inputs: Digest = Digest(b"")
    """Over the signatures of everything that was read."""
    outputs: Digest = Digest(b"")
    """Over the signatures of everything that was written."""
    paths: tuple[OutputPath, ...] = ()
    posts: int = 0
    problems: tuple[Problem, ...] = ()
    not_before: Moment | None = None
    not_after: Moment | None = None
    """Between these the passing of time changes nothing."""


def snapshot_name(folder: Path) -> str:
    """What the snapshot of an output folder is called in the state."""
    return f"snapshot {folder.resolve()}"


class Inputs(Value, frozen=True):
    """Everything that a build reads, as it looked before the build began."""

    settings: Digest
    """Over the settings and those options that shape the site."""
    files: Fingerprint
    looked_at_ns: int
    """By the clock of the file system; 0 when there is none, and then nothing is trusted."""

    @property
    def is_trusted(self) -> bool:
        """Whether every file had been at rest for so long that its signature says all."""
        return self.files.newest_ns < self.looked_at_ns - TRUSTED_AFTER_NS


def look(job: Job, now_ns: int) -> Inputs:
    """The inputs of a build."""
    options = job.options
    shaping = (job.config, options.drafts, options.future, options.expired, options.strict)
    settings = blake2b(msgspec.msgpack.encode(shaping, order="deterministic"), digest_size=16)
    names = ("content", "static", "data", "templates", "assets", "i18n")
    themes = [theme.folder for theme in theme_chain(job.project, job.config.theme.name)]
    return Inputs(
        settings=Digest(settings.digest()),
        files=fingerprint([*(job.project / name for name in names), *themes]),
        looked_at_ns=now_ns,
    )


def outputs_digest(folder: Path, paths: Iterable[OutputPath]) -> Digest:
    """Over the signatures of files in the output folder; a missing one counts too."""
    root = f"{folder}/"
    parts = []
    for path in paths:
        try:
            status = os.lstat(root + path)
        except OSError:
            parts.append("-")
            continue
        parts.append(
            f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino} {status.st_mode}"
        )
    return Digest(blake2b("\n".join(parts).encode(), digest_size=16).digest())


def still_holds(snapshot: Snapshot, job: Job, inputs: Inputs) -> bool:
    """Whether a build would write just what is there; nothing is read but the snapshot."""
    now = job.options.now
    return (
        not was_interrupted(job.folder)
        and not (snapshot.not_before and now < snapshot.not_before)
        and not (snapshot.not_after and now >= snapshot.not_after)
        and snapshot.settings == inputs.settings
        and snapshot.inputs == inputs.files.digest
        and snapshot.outputs == outputs_digest(job.folder, snapshot.paths)
    )
