"""`posdiag completion`: so that the tab key knows the commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .. import completing  # noqa: F401  knows PowerShell
from ..command import named


@named("completion", "posdiag completion bash")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    root = ctx.find_root()
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(root.command, {}, "posdiag", "_POSDIAG_COMPLETE").source())
