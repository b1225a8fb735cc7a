"""What a live site is asked to show, and what it answers."""

from __future__ import annotations

from sitegen.errors import Problem
from sitegen.model import Digest, OutputPath, SourcePath, Value


class LiveOptions(Value, frozen=True):
    """What a live site shows, apart from the settings."""

    drafts: bool = True
    future: bool = True
    expired: bool = False
    base_url: str | None = None
    """The address of the site, in place of the setting."""
    tells_lines: bool = False
    """Whether the pages of posts say by `data-line` where in its file each block stands."""


class Refresh(Value, frozen=True):
    """What a look at the files found."""

    changed: tuple[SourcePath, ...] = ()
    """Files of the project and its theme whose content is new or gone since the last look; the settings too."""
    outdated: tuple[OutputPath, ...] = ()
    """Files of the site that may no longer be as they were last made; new ones too."""
    gone: tuple[OutputPath, ...] = ()
    """Files that the site no longer has."""
    renamed: dict[SourcePath, SourcePath] = {}
    """Of files of the project that are gone, what they seem to be called now."""
    problems: tuple[Problem, ...] = ()
    """Everything wrong, not only what is new. With errors among them the site is the one of the look before."""

    @property
    def has_errors(self) -> bool:
        """Whether the site could not follow the files."""
        return any(problem.severity == "error" for problem in self.problems)


class LivePage(Value, frozen=True):
    """One file of the site."""

    content: bytes
    digest: Digest
    """Over the content."""
    source: SourcePath | None
    """The file of the project that it shows, if it is the page of one."""
