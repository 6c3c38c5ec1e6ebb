"""`posdiag explain`: what a modem's line, or a whole log of lines, means."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from ..command import app_of, json_option, named, option
from ..judge import log_summary, operator_text
from ..judge.explain import Explainer, Found, explain_json
from ..show.console import App


@named(
    "explain",
    "posdiag explain '+CEREG: 3,3,,,,0,15'",
    "posdiag explain --command AT+CIMI 460001234567890",
    "posdiag explain --json < modem.log",
    "posdiag explain --text 'Balance: 12.50' --operator 63902",
)
@click.argument("lines", nargs=-1, metavar="[LINE]...")
@option("--command", metavar="AT...", default="", help="opt_command")
@option("--n", "mode", type=click.IntRange(0, 5), help="opt_n")
@option("--family", metavar="NAME", default="", help="opt_family")
@option("--text", metavar="TEXT", default="", help="opt_text")
@option("--operator", "plmn", metavar="PLMN", default="46000", help="opt_plmn")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    lines: tuple[str, ...],
    command: str,
    mode: int | None,
    family: str,
    text: str,
    plmn: str,
    as_json: bool,
) -> int:
    app = app_of(ctx)
    if text:
        found_text = operator_text.reading_of(text, plmn)
        if as_json:
            app.json(found_text)
        else:
            operator_text.show(app, found_text)
        return 0
    options: dict[str, Any] = {"command": command, "n": mode, "family": family}
    explainer = Explainer(app.texts.lang, command, mode, family)
    source: Iterable[str] = lines or sys.stdin
    if as_json:
        for line in source:
            for answer in explain_json(line.rstrip("\r\n"), explainer, options):
                app.json(answer)
        return 0
    found = list(explainer.line("\n".join(line.rstrip("\r\n") for line in source)))
    for one, times, last in folded(found):
        _show(app, explainer, one)
        if times > 1:
            app.say("  " + explainer.word("explain", "folded", count=times - 1, time=last))
    if len(found) > LONG_LOG:
        app.say("")
        app.say(explainer.word("explain", "summary"), "info")
        for line in log_summary.lines(explainer, found):
            app.say("  " + line)
    return 0


def folded(found: list[Found]) -> Iterator[tuple[Found, int, str]]:
    """(line, how often it is said in a row, the last time) where a question and its answer that
    come again and again count once; another answer to the same question begins anew.
    """
    at = 0
    while at < len(found):
        for span in range(1, FOLD_MAX + 1):
            block = _said(found, at, span)
            times = 1
            while _said(found, at + times * span, span) == block:
                times += 1
            if times > 1:
                break
        else:
            span = times = 1
        last = found[at + times * span - 1].when
        for i in range(span):
            yield found[at + i], times if i == span - 1 else 1, last
        at += times * span


def _said(found: list[Found], at: int, span: int) -> list[str]:
    return [one.line for one in found[at : at + span]]


LONG_LOG = 40  # lines, from which on it is summed up
FOLD_MAX = 6  # lines of a question and its answer

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
    app.say(f"{found.when}  {found.line}" if found.when else found.line, "info")
    title = explainer.word("kind", kind)
    values = [f"{key} {value}" for key, value in found.values.items() if key not in _SAID]
    failed = "error" in found.values
    app.say("  " + " | ".join([title, *values]), "warning" if failed else "")
    for sentence in found.sentences:
        app.say("  " + sentence)
