"""Measuring a command as a whole process, from its start to its end, with every process that it waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

STOPWATCH = Path(__file__).with_name("stopwatch.py")
LOG_LINES_SHOWN = 20


class BenchError(Exception):
    """Something that was to be measured does not work; the message is for the user."""


class Sample(msgspec.Struct, frozen=True):
    """What one run took."""

    exit_code: int
    wall_seconds: float
    cpu_seconds: float
    """Of the process and all that it started."""
    peak_bytes: int
    """The most memory that its largest process held."""
    others: float
    """How many processors the rest of the machine kept busy meanwhile."""


def median_sample(samples: Sequence[Sample]) -> Sample:
    """The median of each figure."""
    return Sample(
        exit_code=0,
        wall_seconds=median(sample.wall_seconds for sample in samples),
        cpu_seconds=median(sample.cpu_seconds for sample in samples),
        peak_bytes=int(median(sample.peak_bytes for sample in samples)),
        others=median(sample.others for sample in samples),
    )


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Sample:
    """What one run of a command in a folder takes; its output goes to `log`.

    The environment is `environment` with what every program needs and nothing else. Raises `BenchError` when the
    command fails.
    """
    os.sync()  # what was written before is not to be charged to this run
    finished = subprocess.run(
        [sys.executable, "-I", "-S", str(STOPWATCH), str(log), *command],
        cwd=folder,
        env={**least_environment(), **environment},
        stdout=subprocess.PIPE,
        check=True,
    )
    sample = msgspec.json.decode(finished.stdout, type=Sample)
    if sample.exit_code:
        shown = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
        raise BenchError(f"{' '.join(command)} ended with {sample.exit_code}:\n{shown}")
    return sample


def least_environment() -> dict[str, str]:
    """No switch of the user's shell is to change what is measured."""
    return {"PATH": os.defpath, "HOME": os.path.expanduser("~"), "LANG": "C.UTF-8", "TZ": "UTC"}
