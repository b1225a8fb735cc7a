"""Releases: how the folders of a host hold them, and what is said of them everywhere."""

from __future__ import annotations

from sitegen.deploy.manifest import Manifest
from sitegen.deploy.target import OutrunError, Release
from sitegen.errors import GuardError, Problem, SitegenError

CURRENT = "current"
"""The link to the current release, which a web server serves."""

RELEASES = "releases"
"""The folder of all releases, each in a folder of its name."""

INCOMING = ".incoming"
"""The release that is being made."""

IN_PLACE = (
    "Its files are replaced in place, so that earlier releases are gone. With releases = true in sitegen.toml, each deploy "
    "makes a release of its own"
)
"""Why a folder without releases cannot be rolled back."""


def is_release_name(name: str) -> bool:
    """Whether a folder of this name in `RELEASES` can be a release."""
    return bool(name) and "/" not in name and not name.startswith(".")


def current_release(link: str, shown: str) -> str | None:
    """The release that the link `CURRENT` leads to; `None` for an empty one, which stands for no link.

    Raises `GuardError` for a link or a folder that is not ours.
    """
    folder, _, name = link.partition("/")
    if not link:
        return None
    if folder != RELEASES or not is_release_name(name):
        message = f"{shown}/{CURRENT} is not a link that sitegen made. Move it away, or name another folder"
        raise GuardError(Problem(code="foreign", message=message))
    return name


def as_release(manifest: Manifest, *, is_current: bool) -> Release:
    """What a list says of a release."""
    return Release(
        name=manifest.release,
        created=manifest.created,
        files=len(manifest.files),
        is_current=is_current,
        message=manifest.message,
    )


def no_release(shown: str, release: str, reason: str = "") -> SitegenError:
    """That a release cannot be rolled back to; `reason` says why, where it is known."""
    message = f"{shown} has no release {release} to go back to. {reason or 'See: sitegen deploy list'}"
    return SitegenError(Problem(code="release", message=message))


def outrun(shown: str) -> OutrunError:
    """That somebody else deployed in between."""
    message = f"somebody else keeps changing {shown}. Wait, then try again"
    return OutrunError(Problem(code="rival", message=message))
