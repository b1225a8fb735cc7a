"""The snapshot: enough of the last build to see, by `stat` alone, that nothing at all has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec

from sitegen.build.inputs import TRUSTED_AFTER_NS, Fingerprint, fingerprint
from sitegen.build.options import BuildOptions
from sitegen.config import Config
from sitegen.errors import Problem
from sitegen.model import Digest, OutputPath, Value
from sitegen.render.theme.theme import theme_folder


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
    not_before: datetime | None = None
    not_after: datetime | None = None
    """Between these the passing of time changes nothing."""


def snapshot_name(folder: Path) -> str:
    """What the snapshot of an output folder is called in the state."""
    return f"snapshot {folder.resolve()}"


def settings_digest(config: Config, options: BuildOptions) -> Digest:
    """Over the settings and those options that shape the site."""
    shaping = (config, options.drafts, options.future, options.expired, options.strict)
    return Digest(blake2b(msgspec.msgpack.encode(shaping, order="deterministic"), digest_size=16).digest())


def inputs_fingerprint(project: Path, config: Config) -> Fingerprint:
    """Over every file that a build of the project reads."""
    folders = [project / name for name in ("content", "static", "data", "templates", "assets", "i18n")]
    return fingerprint([*folders, theme_folder(project, config.theme.name)])


def is_trusted(inputs: Fingerprint, looked_at_ns: int) -> bool:
    """Whether every input had been at rest for so long that its signature says all."""
    return inputs.newest_ns < looked_at_ns - TRUSTED_AFTER_NS


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


def still_holds(
    snapshot: Snapshot, project: Path, folder: Path, config: Config, options: BuildOptions
) -> bool:
    """Whether a build would write just what is there; nothing is read but the snapshot."""
    return (
        not (snapshot.not_before and options.now < snapshot.not_before)
        and not (snapshot.not_after and options.now >= snapshot.not_after)
        and snapshot.settings == settings_digest(config, options)
        and snapshot.inputs == inputs_fingerprint(project, config).digest
        and snapshot.outputs == outputs_digest(folder, snapshot.paths)
    )
