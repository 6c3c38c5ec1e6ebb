"""Tab completion beside commands and options: ports, settings, scenarios, boards, verdicts,
steps of healing; and that of PowerShell.
"""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $cursor)
    $env:%(complete_var)s = "powershell_complete"
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_WORD = $word
    %(prog_name)s | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, "ParameterValue", $_)
    }
    $env:%(complete_var)s = $env:COMP_WORDS = $env:COMP_WORD = $null
}
"""


class PowerShellComplete(ShellComplete):
    """PowerShell hands over the line so far and the word under the cursor."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        word = os.environ.get("COMP_WORD", "")
        words = os.environ.get("COMP_WORDS", "").split()[1:]
        return words[:-1] if word and words else words, word

    def format_completion(self, item: CompletionItem) -> str:
        return str(item.value)


add_completion_class(PowerShellComplete)


def ports(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """This computer's ports, practice terminals among them."""
    from .link.ports import list_ports

    return [port.device for port in list_ports() if port.device.startswith(incomplete)]


def settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ports, and the names of settings: where values are set with their `=`."""
    from .facts.schema import GROUPS, SETTINGS

    end = "=" if ctx.params.get("action") == "set" else ""
    names = [name + end for name in SETTINGS] + ([] if end else list(GROUPS))
    found = [name for name in names if name.startswith(incomplete)]
    return ports(ctx, param, incomplete) + found


def scenarios(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The simulated world's stories."""
    try:
        from posworld.story.scenario import names
    except ImportError:
        return []
    return [name for name in names() if name.startswith(incomplete)]


def boards(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Boards that can be flashed."""
    from posbuild import program

    return [name for name in program.boards() if name.startswith(incomplete)]


def verdicts(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """What a terminal can say of itself."""
    from .facts import names

    return sorted(name for name in names.VERDICTS.values() if name.startswith(incomplete))


def rungs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Steps of healing that can be ordered."""
    from .facts.orders import ORDERS

    return [name for name in ORDERS if name.startswith(incomplete)]
