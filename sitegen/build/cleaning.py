"""Cleaning: takes back what builds wrote, and nothing else."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from sitegen.build.output import OWNED_LIST, Output, was_interrupted
from sitegen.build.state_folder import NAME, held_state
from sitegen.config import Config


def clean(project: Path, config: Config, folder: Path | None = None) -> int:
    """Deletes the files that sitegen owns in the output folder, and its state; says how many files those were.

    The output folder itself goes when nothing else is in it. Raises `GuardError` while a build is at work.
    """
    folder = folder or project / config.output
    with held_state(project):
        deleted = _clean_output(folder)
        state = project / NAME
        if state.is_symlink():
            state.unlink()
        elif state.is_dir():
            shutil.rmtree(state)
    return deleted


def _clean_output(folder: Path) -> int:
    deleted = 0
    if folder.is_dir():
        output = Output(folder)
        if output.owned or was_interrupted(folder):
            with output.writing((), ()):
                deleted = output.prune(())
                (folder / OWNED_LIST).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()
    return deleted
