"""`posdiag explain`: what a modem's line, or a whole log of lines, means."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from ..command import app_of, json_option, named, option
from ..judge.explain import Explainer, Found, explain_json
from ..show.console import App


@named(
    "explain",
    "posdiag explain '+CEREG: 3,3,,,,0,15'",
    "posdiag explain --command AT+CIMI 460001234567890",
    "posdiag explain --json < modem.log",
)
@click.argument("lines", nargs=-1, metavar="[LINE]...")
@option("--command", metavar="AT...", default="", help="opt_command")
@option("--n", "mode", type=click.IntRange(0, 5), help="opt_n")
@option("--family", metavar="NAME", default="", help="opt_family")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    lines: tuple[str, ...],
    command: str,
    mode: int | None,
    family: str,
    as_json: bool,
) -> int:
    app = app_of(ctx)
    options: dict[str, Any] = {"command": command, "n": mode, "family": family}
    explainer = Explainer(app.texts.lang, command, mode, family)
    source: Iterable[str] = lines or sys.stdin
    if as_json:
        for line in source:
            for answer in explain_json(line.rstrip("\r\n"), explainer, options):
                app.json(answer)
        return 0
    for found in explainer.line("\n".join(line.rstrip("\r\n") for line in source)):
        _show(app, explainer, found)
    return 0


# Values that the first line names, or a sentence says.
_SAID = (
    "kind",
    "cause_name",
    "cause_domain",
    "error_domain",
    "class",
    "retry",
    "timer",
    "account",
    "set",
    "error",
)


def _show(app: App, explainer: Explainer, found: Found) -> None:
    kind = found.values["kind"]
    app.say(found.line, "info")
    title = explainer.word("kind", kind)
    values = [f"{key} {value}" for key, value in found.values.items() if key not in _SAID]
    failed = "error" in found.values
    app.say("  " + " | ".join([title, *values]), "warning" if failed else "")
    for sentence in found.sentences:
        app.say("  " + sentence)
