"""The command line: the one place that prints, exits, reads the clock and looks at the environment."""

from __future__ import annotations

import gc
import sys

from sitegen import __version__

COLLECTED_AFTER = 100_000
"""New objects after which Python looks for garbage. Next to nothing we do leaves any, and looking for it as often as
Python does by itself takes a seventh of the time of importing what a command needs."""


def main() -> None:
    """Runs `sitegen` with the arguments of the process and leaves with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Importing click takes most of the 50 ms that this answer may take.
        sys.stdout.write(f"sitegen {__version__}\n")
        sys.exit()
    gc.set_threshold(COLLECTED_AFTER)
    try:
        from sitegen.cli.program import leave, run  # noqa: PLC0415  # so that --version and Ctrl-C need not wait for click
    except KeyboardInterrupt:
        sys.exit(130)
    leave(run())
