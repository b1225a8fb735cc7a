"""The command line: the one place that prints, exits, reads the clock and looks at the environment."""

from __future__ import annotations

import sys

from sitegen import __version__


def main() -> None:
    """Runs `sitegen` with the arguments of the process and leaves with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Importing click takes most of the 50 ms that this answer may take.
        sys.stdout.write(f"sitegen {__version__}\n")
        sys.exit()
    try:
        from sitegen.cli.program import leave, run  # noqa: PLC0415  # so that --version and Ctrl-C need not wait for click
    except KeyboardInterrupt:
        sys.exit(130)
    leave(run())
