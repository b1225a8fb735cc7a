"""Cleaning: takes back what builds wrote, and nothing else."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from sitegen.build.output import OWNED_LIST, TEMPORARY, Output
from sitegen.config import Config

STATE = ".sitegen"


def clean(project: Path, config: Config, folder: Path | None = None) -> int:
    """Deletes the files that sitegen owns in the output folder, and its state; says how many files those were.

    The output folder itself goes when nothing else is in it.
    """
    folder = folder or project / config.output
    output = Output(folder)
    for path in output.owned:
        (folder / f"{path}{TEMPORARY}").unlink(missing_ok=True)
    deleted = output.prune(())
    (folder / OWNED_LIST).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
    state = project / STATE
    if state.is_symlink():
        state.unlink()
    elif state.is_dir():
        shutil.rmtree(state)
    return deleted
