"""The snapshot: enough of the last build to see, by `stat` alone, that nothing at all has changed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sitegen.build.inputs import TRUSTED_AFTER_NS, fingerprint
from sitegen.build.options import Job
from sitegen.build.output import OWNED_LIST, was_interrupted
from sitegen.build.spans import Span
from sitegen.build.state_folder import name_for
from sitegen.build.written import looks_of
from sitegen.content.scan import Scanned, scan
from sitegen.digests import blake2b, hash_bytes
from sitegen.errors import Problem
from sitegen.model import Digest, OutputPath, Value
from sitegen.render.theme.chain import theme_chain


class Snapshot(Value, frozen=True):
    """A finished build without errors, as seen from outside. An empty one never holds."""

    settings: Digest = Digest(b"")
    """Over the settings and the options."""
    inputs: Digest = Digest(b"")
    """Over the signatures of everything that was read."""
    owned_list: bytes = b""
    """How the list of our files in the output looked. Another build that wrote there has changed it."""
    posts: int = 0
    problems: tuple[Problem, ...] = ()
    span: Span = Span()
    """When it holds."""


def snapshot_name(folder: Path) -> str:
    """What the snapshot of an output folder is called in the state."""
    return name_for("snapshot", folder)


class Inputs(Value, frozen=True):
    """Everything that a build reads, as it looked before the build began."""

    settings: Digest
    """Over the settings and those options that shape the site."""
    scanned: Scanned
    digest: Digest
    """Over the signatures of the sources and of all files of the theme."""
    newest_ns: int
    """The latest moment at which one of them was touched."""
    looked_at_ns: int
    """By the clock of the file system; 0 when there is none, and then nothing is trusted."""

    @property
    def is_trusted(self) -> bool:
        """Whether every file had been at rest for so long that its signature says all."""
        return self.newest_ns < self.looked_at_ns - TRUSTED_AFTER_NS


def look(job: Job, now_ns: int) -> Inputs:
    """The inputs of a build, of which nothing is read but folders."""
    options = job.options
    shaping = (job.config, options.drafts, options.future, options.expired, options.strict)
    settings = blake2b(msgspec.msgpack.encode(shaping, order="deterministic"), digest_size=16)
    scanned = scan(job.project, job.config)
    themes = [theme.folder for theme in theme_chain(job.project, job.config.theme.name)]
    theme = fingerprint([*(job.project / name for name in ("templates", "assets", "i18n")), *themes])
    whole = msgspec.msgpack.encode((scanned, theme.digest))
    return Inputs(
        settings=Digest(settings.digest()),
        scanned=scanned,
        digest=hash_bytes(whole),
        newest_ns=max((theme.newest_ns, *(file.signature.touched_ns for file in scanned[0].all))),
        looked_at_ns=now_ns,
    )


def look_of_list(folder: Path) -> bytes:
    """How the list of our files in an output folder looks now."""
    return looks_of(folder, (OutputPath(OWNED_LIST),))


def still_holds(snapshot: Snapshot, job: Job, inputs: Inputs) -> bool:
    """Whether a build would write just what is there; nothing is read but the snapshot."""
    return (
        not was_interrupted(job.folder)
        and job.options.now in snapshot.span
        and snapshot.settings == inputs.settings
        and snapshot.inputs == inputs.digest
        and snapshot.owned_list == look_of_list(job.folder)
    )
