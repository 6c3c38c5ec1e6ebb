"""`posdiag heal`: what the healing budgets allow, and ordering a step."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import click

from posproto import ids

from ..command import app_of, json_option, named, option, source_options
from ..errors import RequestFailed, UnknownName
from ..facts import names
from ..facts.model import as_map
from ..keys.device_key import read_key
from ..link.session import SourceArgs, open_client
from ..show.console import App
from ..show.status_lines import rows
from ..show.words import healing_words, span

_ORDERS = [names.RUNGS[n] for n in range(ids.RUNG_SOCKET, ids.RUNG_MCU_RESET + 1)]


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
        budgets = _budgets(ladder.get(3))
        trouble_s = ladder.get(1) or 0
        line = _line(ladder.get(4))
        if as_json:
            app.json(
                {
                    "waits_s": waits,
                    "trouble_s": trouble_s,
                    "position": ladder.get(2),
                    "rungs": [budget.as_dict() for budget in budgets],
                    "line": line,
                }
            )
            return
        status = client.ask_status(source_args.timeout_s)
        healing = healing_words(app.texts, status)
        app.say(app.t("screen", "pair", name=app.t("screen", "healing"), words=healing))
        words = "trouble" if trouble_s else "no_trouble"
        app.say(app.t("budget", words, age=span(app.texts, trouble_s)))
        pairs = [budget.words(app) for budget in budgets] or _by_class(app, waits)
        for text in rows(app, pairs):
            app.say(text)
        if line:
            app.say(app.t("line", "head"))
            for text in rows(app, _line_words(app, line)):
                app.say(text)


@dataclass
class Budget:
    """What its budget says of one rung; None where it needs none."""

    rung: str
    wait_s: int
    used_hour: int | None = None
    max_hour: int | None = None
    used_day: int | None = None
    max_day: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def words(self, app: App) -> tuple[str, str]:
        name = app.t("screen", "pair", name=self.rung, words=app.t("rung", self.rung))
        if self.max_hour is None:
            return name, app.t("budget", "free")
        used = app.t(
            "budget",
            "used",
            wait=_wait_words(app, self.wait_s),
            hour=str(self.used_hour),
            hour_max=str(self.max_hour),
            day=str(self.used_day),
            day_max=str(self.max_day),
        )
        return name, used


def _budgets(value: Any) -> list[Budget]:
    """Of each rung that may be ordered; none where an older agent does not tell."""
    found = []
    for number, row in enumerate(value if isinstance(value, list) else (), ids.RUNG_SOCKET):
        name = names.RUNGS.get(number)
        if name not in _ORDERS or not isinstance(row, list) or len(row) not in (1, 5):
            continue
        if all(isinstance(n, int) for n in row):
            found.append(Budget(name, *row))
    return found


def _line(value: Any) -> dict[str, Any]:
    """What befell the line in all lives, by name; {} where an older agent does not tell."""
    if not isinstance(value, list) or len(value) < ids.LN_OVER:
        return {}
    if not all(isinstance(n, int) and n >= 0 for n in value):
        return {}
    ends = {names.RUNGS.get(n, str(n)): count for n, count in enumerate(value[ids.LN_OVER :])}
    layers = (names.LAYERS[n] for n in range(ids.LAYER_TCP))
    return {
        "outage_s": {name: s for name, s in zip(layers, value, strict=False) if s},
        "deregistered": value[ids.LN_DEREGISTERED],
        "refused": value[ids.LN_REFUSED],
        "restarts": value[ids.LN_RESTARTS],
        "over_by": {name: count for name, count in ends.items() if count},
    }


def _line_words(app: App, line: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [
        (app.t("line", "outage", layer=app.t("layer", name)), span(app.texts, seconds))
        for name, seconds in line["outage_s"].items()
    ]
    for key in ("deregistered", "refused", "restarts"):
        pairs.append((app.t("line", key), str(line[key])))
    for name, count in line["over_by"].items():
        words = app.t("line", "alone") if name == "none" else app.t("rung", name)
        pairs.append((app.t("line", "over", rung=words), str(count)))
    return pairs


def _wait_words(app: App, wait_s: int) -> str:
    if not wait_s:
        return app.t("budget", "now")
    return app.t("budget", "wait", age=span(app.texts, wait_s))


def _by_class(app: App, waits: list[int]) -> list[tuple[str, str]]:
    return [
        (app.t("budget", str(number)), _wait_words(app, wait_s))
        for number, wait_s in enumerate(waits)
        if app.texts.has("budget", str(number))
    ]
