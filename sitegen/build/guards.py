"""Guards: output folders that a build must never write to."""

from __future__ import annotations

from pathlib import Path

from sitegen.errors import GuardError, Problem

SOURCE_FOLDERS = ("content", "static", "data", "themes", "templates", "assets", "i18n", ".sitegen", ".git")


def refuse_dangerous_folder(output: Path, project: Path, home: Path | None) -> None:
    """Raises `GuardError` for an output folder that holds the sources, the home folder or the whole disk."""
    reason = _danger(output, project, home)
    if reason:
        message = f'the output folder "{output}" is refused: {reason}. Name another.'
        raise GuardError(Problem(code="output", message=message))


def _danger(output: Path, project: Path, home: Path | None) -> str | None:
    try:
        resolved = output.resolve()
    except (OSError, RuntimeError):  # RuntimeError is Python's word for links in a circle before 3.13
        return "it is a link that leads nowhere"
    root = project.resolve()
    if root.is_relative_to(resolved):
        return "it holds the project"
    if home and home.resolve().is_relative_to(resolved):
        return "it holds your home folder"
    for name in SOURCE_FOLDERS:
        place = (root / name).resolve()
        if resolved.is_relative_to(place):
            return f"it lies in {name}/"
        if place.is_relative_to(resolved):  # by way of a link
            return f"it holds {name}/"
    if output.is_symlink() and not output.exists():
        return "it is a link to nothing"
    if output.exists() and not output.is_dir():
        return "it is a file"
    return None
