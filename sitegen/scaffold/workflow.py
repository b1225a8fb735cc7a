"""What a forge needs to build and deploy a blog by itself: a workflow, and the version of sitegen that it runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

from sitegen import __version__
from sitegen.model import Value
from sitegen.scaffold.project import write_new_file

Forge = Literal["github", "gitlab", "gitea"]

WORKFLOWS: dict[Forge, str] = {
    "github": ".github/workflows/blog.yml",
    "gitlab": ".gitlab-ci.yml",
    "gitea": ".gitea/workflows/blog.yml",
}
"""Where each forge looks for workflows."""

_REQUIREMENTS = "requirements.txt"


class CreatedWorkflow(Value, frozen=True):
    """What stands in the project now."""

    created: tuple[str, ...]
    """The files that were written, relative to the project."""
    kept: tuple[str, ...]
    """The files that were there already and are as they were."""
    not_required: str | None
    """The line that a `requirements.txt` that was there lacks, if it does not name sitegen."""


def write_workflow(project: Path, forge: Forge, timezone: str, now: datetime) -> CreatedWorkflow:
    """Writes the workflow of a forge, and `requirements.txt`, which says what the workflow installs.

    Files that are there already stay as they are. The workflow runs daily, soon after midnight by the offset of `now`,
    which is a time in the site's zone `timezone`: workflows count in UTC.
    """
    requirement = f"sitegen=={__version__}"
    template = (files("sitegen.scaffold") / "files" / "ci" / f"{forge}.yml").read_text(encoding="utf-8")
    workflow = template.replace("{{ cron }}", _cron(now)).replace("{{ timezone }}", timezone)
    texts = {WORKFLOWS[forge]: workflow, _REQUIREMENTS: f"{requirement}\n"}
    is_new = {name: write_new_file(project / name, text) for name, text in texts.items()}
    return CreatedWorkflow(
        created=tuple(name for name in texts if is_new[name]),
        kept=tuple(name for name in texts if not is_new[name]),
        not_required=None if _names_sitegen(project / _REQUIREMENTS) else requirement,
    )


def _cron(now: datetime) -> str:
    """A quarter past midnight by the offset of `now`, as cron in UTC has it; on the hour, forges are busy."""
    return f"{now.replace(hour=0, minute=17).astimezone(UTC):%-M %-H} * * *"


def _names_sitegen(requirements: Path) -> bool:
    text = requirements.read_text(encoding="utf-8", errors="replace")
    return re.search(r"^\s*sitegen\b", text, flags=re.MULTILINE) is not None
