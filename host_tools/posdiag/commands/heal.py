"""`posdiag heal`: what the healing budgets allow, and ordering a step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from ..command import app_of, json_option, named, option, source_options
from ..completing import rungs
from ..facts.findings import at_a_glance
from ..facts.model import Status
from ..facts.orders import ORDERS, Budget, ask_ladder, order_step, rung_number, wait_words
from ..keys.device_key import read_key
from ..link.session import SourceArgs, open_client
from ..show import heading
from ..show.console import App
from ..show.status_lines import rows
from ..show.words import healing_words, span


@named("heal", "posdiag heal COM5", "posdiag heal COM5 cfun0 --key-file device.key")
@source_options()
@click.argument("rung", required=False, shell_complete=rungs)
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
    if rung is None and source_args.port in ORDERS:  # the step alone: the one terminal's
        source_args, rung = replace(source_args, port=None), source_args.port
    number = None if rung is None else rung_number(rung)
    key = None if number is None else read_key(key_file)
    with open_client(app, source_args) as client:
        if number is not None and key is not None:
            order_step(client, key, number)
            app.say(app.t("say", "done"), "ok")
            return
        ladder = ask_ladder(client, source_args.timeout_s)
        if as_json:
            app.json(ladder.as_dict(), indent=2)
            return
        findings = at_a_glance(client, source_args.timeout_s)
        status = findings.status or Status()
        head = heading.heading(app.texts, findings)
        app.say(head.headline(app.texts), head.severity)
        healing = healing_words(app.texts, status)
        app.say(app.t("screen", "pair", name=app.t("screen", "healing"), words=healing))
        if ladder.trouble_s and heading.age_of(findings, status.verdict) is None:
            app.say(app.t("budget", "trouble", age=span(app.texts, ladder.trouble_s)))
        pairs = [_pair(app, budget) for budget in ladder.budgets] or _by_class(app, ladder.waits)
        for text in rows(app, pairs):
            app.say(text)
        if ladder.line:
            app.say(app.t("line", "head"))
            for text in rows(app, _line_words(app, ladder.line)):
                app.say(text)


def _pair(app: App, budget: Budget) -> tuple[str, str]:
    name = app.t("screen", "pair", name=budget.rung, words=app.t("rung", budget.rung))
    return name, budget.words(app.texts)


def _outage_words(app: App, layer: str) -> str:
    """How far the line got meanwhile; where nothing answered, that."""
    if layer == "none":
        return app.t("line", "outage_whole")
    return app.t("line", "outage", layer=app.t("layer", layer))


def _line_words(app: App, line: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [
        (_outage_words(app, name), span(app.texts, seconds))
        for name, seconds in line["outage_s"].items()
    ]
    for key in ("deregistered", "refused", "restarts"):
        pairs.append((app.t("line", key), str(line[key])))
    for name, count in line["over_by"].items():
        words = app.t("line", "alone") if name == "none" else app.t("rung", name)
        pairs.append((app.t("line", "over", rung=words), str(count)))
    return pairs


def _by_class(app: App, waits: list[int]) -> list[tuple[str, str]]:
    return [
        (app.t("budget", str(number)), wait_words(app.texts, wait_s))
        for number, wait_s in enumerate(waits)
        if app.texts.has("budget", str(number))
    ]
