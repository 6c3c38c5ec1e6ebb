"""`posdiag heal`: what the healing budgets allow, and ordering a step."""

from __future__ import annotations

import click

from posproto import ids

from .. import names
from ..command import app_of, json_option, named, option, source_options
from ..console import App
from ..errors import RequestFailed, UnknownName
from ..keys import read_key
from ..model import as_map
from ..session import SourceArgs, open_client
from ..statusview import rows
from ..words import healing_words, span

_ORDERS = [names.RUNGS[n] for n in range(ids.RUNG_CONTEXT, ids.RUNG_MCU_RESET + 1)]


def rung_number(name: str) -> int:
    """RUNG_* of a name; raises UnknownName with the known ones."""
    for number, known in names.RUNGS.items():
        if known == name and known in _ORDERS:
            return number
    raise UnknownName(key="unknown_rung", rung=name, known=", ".join(_ORDERS))


@named("heal", "posdiag heal COM5", "posdiag heal COM5 cfun0 --key-file device.key")
@source_options()
@click.argument("rung", required=False)
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    rung: str | None,
    key_file: str | None,
    as_json: bool,
) -> None:
    app = app_of(ctx)
    number = None if rung is None else rung_number(rung)
    key = None if number is None else read_key(key_file)
    with open_client(app, source_args) as client:
        if number is not None and key is not None:
            try:
                client.request_keyed(ids.OP_HEAL, {0: number}, key)
                app.say(app.t("say", "done"), "ok")
            except RequestFailed as error:
                if error.result != ids.R_BUSY or not isinstance(error.value, int):
                    raise
                raise RequestFailed(
                    error.result,
                    error.details,
                    key="rung_held",
                    wait=span(app.texts, error.value),
                    rung=app.t("rung", str(rung)),
                ) from error
            return
        ladder = as_map(client.request(ids.OP_LADDER, timeout_s=source_args.timeout_s).value)
        waits = [wait for wait in ladder.get(0) or () if isinstance(wait, int)]
        if as_json:
            app.json({"waits_s": waits, "trouble_s": ladder.get(1), "position": ladder.get(2)})
            return
        status = client.ask_status(source_args.timeout_s)
        healing = healing_words(app.texts, status)
        app.say(app.t("screen", "pair", name=app.t("screen", "healing"), words=healing))
        _print(app, waits, ladder.get(1) or 0)


def _print(app: App, waits: list[int], trouble_s: int) -> None:
    key = "trouble" if trouble_s else "no_trouble"
    app.say(app.t("budget", key, age=span(app.texts, trouble_s)))
    pairs = []
    for number, wait_s in enumerate(waits):
        words = app.t("budget", "wait", age=span(app.texts, wait_s))
        pairs.append((app.t("budget", str(number)), words if wait_s else app.t("budget", "now")))
    for line in rows(app, pairs):
        app.say(line)
