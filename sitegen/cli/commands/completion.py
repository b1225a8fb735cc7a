"""`sitegen completion`: teaches a shell the commands."""

from __future__ import annotations

import click


@click.command
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a script that completes sitegen's commands.

    \b
    bash:  echo 'eval "$(sitegen completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(sitegen completion zsh)"' >> ~/.zshrc
    fish:  sitegen completion fish > ~/.config/fish/completions/sitegen.fish
    """  # noqa: D301 - click wants a real \b
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - seldom used

    completion = get_completion_class(shell)
    assert completion
    click.echo(completion(context.find_root().command, {}, "sitegen", "_SITEGEN_COMPLETE").source())
