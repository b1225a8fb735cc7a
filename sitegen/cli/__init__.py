"""The command line: the one place that prints, exits, reads the clock and looks at the environment."""

from sitegen.cli.program import main

__all__ = ["main"]
