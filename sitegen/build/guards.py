"""Guards: output folders that a build must never write to."""

from __future__ import annotations

from pathlib import Path

from sitegen.errors import GuardError, Problem

SOURCE_FOLDERS = ("content", "static", "data", "themes", "templates", "assets", "i18n", ".sitegen", ".git")


def refuse_dangerous_folder(output: Path, project: Path, home: Path | None) -> None:
    """Raises `GuardError` for an output folder that holds the sources, the home folder or the whole disk."""
    resolved, root = output.resolve(), project.resolve()
    reason = None
    if resolved == root or root.is_relative_to(resolved):
        reason = "it holds the project"
    elif home and home.resolve().is_relative_to(resolved):
        reason = "it holds your home folder"
    elif resolved == Path(resolved.anchor):
        reason = "it is the whole disk"
    else:
        for name in SOURCE_FOLDERS:
            if resolved.is_relative_to(root / name):
                reason = f"it lies in {name}/"
                break
    if reason is None and output.exists() and not output.is_dir():
        reason = "it is a file"
    if reason:
        raise GuardError(
            Problem(
                code="output", message=f'the output folder "{output}" is refused: {reason}. Name another.'
            )
        )
