"""The command `sitegen`: finds the module of a command when it is run, and turns outcomes into exit codes."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, NoReturn, TextIO

import click

from sitegen import __version__

EXIT_PROBLEMS = 1
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


class Entry(NamedTuple):
    """A command that `sitegen` has, before its module is imported."""

    module: str
    """Below `sitegen.cli.commands`; its `command` is the command."""
    aliases: tuple[str, ...] = ()
    """What other generators call it."""


ENTRIES = {
    "init": Entry("init"),
    "new": Entry("new"),
    "publish": Entry("publish"),
    "build": Entry("build", aliases=("generate", "g", "b")),
    "serve": Entry("serve", aliases=("server", "s", "preview")),
    "deploy": Entry("deploy", aliases=("d",)),
    "clean": Entry("clean"),
    "list": Entry("listing"),
    "why": Entry("why", aliases=("explain",)),
    "config": Entry("config"),
    "completion": Entry("completion"),
}
"""Every command, in the order of the help."""


class Program(click.Group):
    """A group that imports a command only when it is run or described."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands, in the order in which a blog meets them."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name or alias."""
        for name, entry in ENTRIES.items():
            if cmd_name == name or cmd_name in entry.aliases:
                command = import_module(f"sitegen.cli.commands.{entry.module}").command
                assert isinstance(command, click.Command)
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with. Raises UsageError with the nearest name."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            from sitegen.errors import did_you_mean  # noqa: PLC0415 - only for the message

            names = [*ENTRIES, *(alias for entry in ENTRIES.values() for alias in entry.aliases)]
            ctx.fail(f'there is no command "{args[0]}".{did_you_mean(args[0], names)}')
        return super().resolve_command(ctx, args)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", prog_name="sitegen", message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """Make a blog out of Markdown files.

    Begin with `sitegen init my-blog`.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs `sitegen` with `arguments`, those of the process by default, and gives the exit code."""
    _print_anything(sys.stdout, sys.stderr)
    try:
        try:
            outcome = program.main(arguments, prog_name="sitegen", standalone_mode=False)
            sys.stdout.flush()
        except click.ClickException as fault:
            fault.show()
            return fault.exit_code
        except (click.Abort, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second one finds the end near
            click.echo("Interrupted.", err=True)
            return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PROBLEMS
    except OSError as fault:
        where = f": {fault.filename}" if fault.filename else ""
        click.echo(f"error[system]: {fault.strerror or fault}{where}", err=True)
        return EXIT_PROBLEMS
    except Exception:  # noqa: BLE001 - the last resort: whatever comes here is a bug
        import traceback  # noqa: PLC0415 - only for a bug

        click.echo(traceback.format_exc(), err=True, nl=False)
        click.echo(
            f"This is a bug in sitegen {__version__}. Please report it with the lines above.", err=True
        )
        return EXIT_BUG
    return outcome if isinstance(outcome, int) else 0


def leave(code: int) -> NoReturn:
    """Ends the process at once: to take down all that a build holds in memory would be a tenth of its time."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # whoever read it has left, or it was closed
            stream.flush()
    os._exit(code)


def _print_anything(*streams: TextIO) -> None:
    """Makes a character that the terminal's encoding lacks come out as an escape instead of an error."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
