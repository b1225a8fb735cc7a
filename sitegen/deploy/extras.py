"""Libraries that only some targets need, and that are installed only where they are wanted."""

from __future__ import annotations

from sitegen.errors import Problem, SitegenError


def missing_library(use: str, extra: str) -> SitegenError:
    """That a library is missing, and what installs it; `use` is what it is needed for."""
    message = f"{use} needs a library that is not installed: pip install 'sitegen[{extra}]'"
    return SitegenError(Problem(code="library", message=message))
