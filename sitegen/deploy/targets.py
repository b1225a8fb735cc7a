"""The targets by the settings that name them; the module of one is imported when it is used."""

from __future__ import annotations

from sitegen.config import (
    GitTarget,
    LocalTarget,
    NetlifyTarget,
    PluginTarget,
    RsyncTarget,
    S3Target,
    SftpTarget,
    TargetConfig,
)
from sitegen.deploy.target import Remote, Surroundings
from sitegen.errors import Problem, SitegenError


def open_target(
    target: TargetConfig, surroundings: Surroundings, address: str, *, squash: bool = False
) -> Remote:
    """The remote place that the settings name, for the site whose `base_url` is `address`.

    `squash` has a branch hold nothing but the new commit. Raises `SitegenError` when that makes no sense, and when a
    program or library is missing.
    """
    if squash and not isinstance(target, GitTarget):
        raise SitegenError(
            Problem(code="usage", message="--squash is for git targets: others have no history")
        )
    match target:
        case GitTarget():
            from sitegen.deploy.git import GitRemote  # noqa: PLC0415  # only the target that is used

            return GitRemote(target, surroundings, address, squash=squash)
        case LocalTarget():
            from sitegen.deploy.local import local_remote  # noqa: PLC0415

            return local_remote(target, surroundings)
        case NetlifyTarget():
            from sitegen.deploy.netlify import netlify_remote  # noqa: PLC0415

            return netlify_remote(target, surroundings)
        case PluginTarget():
            from sitegen.deploy.plugins import plugin_remote  # noqa: PLC0415

            return plugin_remote(target, surroundings, address)
        case S3Target():
            from sitegen.deploy.object_stores import s3_remote  # noqa: PLC0415

            return s3_remote(target, surroundings)
        case SftpTarget():
            from sitegen.deploy.sftp import sftp_remote  # noqa: PLC0415

            return sftp_remote(target, surroundings)
        case RsyncTarget():
            from sitegen.deploy.rsync import RsyncRemote  # noqa: PLC0415

            return RsyncRemote(target, surroundings)
