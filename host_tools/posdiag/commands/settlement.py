"""`posdiag settlement`: where the money's messages stand, and what to do about each."""

from __future__ import annotations

import time
from typing import Any

import click

from posproto import ids
from posproto.verdicts import severity_of

from ..command import app_of, json_option, named, option, source_options
from ..facts import names
from ..facts.advice import steps, traffic_words
from ..facts.alike import alike, group_line
from ..facts.findings import at_a_glance
from ..facts.messages import (
    TRAFFIC,
    OutboxMessage,
    Settlement,
    ask_settlement,
    ended_since,
)
from ..facts.money import batch_key, batch_step, money_key, next_step
from ..judge.diagnosis import judge
from ..link.session import SourceArgs, open_client
from ..printable import write_rows
from ..show import heading
from ..show.console import App
from ..show.i18n import Texts
from ..show.slip import slip_lines
from ..show.words import ago, noted, table_words

_COLUMNS = (
    *("id", "state", "mti", "stan", "batch", "attempts", "age_s", "f39", "rrn", "why"),
    *("host_date", "host_time", "elapsed_ms", "unix_s", "deadline_s"),
    *("terminal", "merchant", "money", "next_step", "end"),
)


@named(
    *("settlement", "posdiag settlement", "posdiag settlement COM5 --slip"),
    "posdiag settlement --since 0",
)
@source_options()
@json_option()
@option("--csv", "as_csv", is_flag=True, help="opt_csv")
@option("--slip", "as_slip", is_flag=True, help="opt_slip")
@option("--since", type=click.IntRange(min=0), help="opt_ends_since")
@option("--acquirer", type=click.IntRange(1, 4), default=1, help="opt_acquirer", metavar="N")
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    acquirer: int,
    as_json: bool,
    as_csv: bool,
    as_slip: bool,
    since: int | None,
) -> None:
    app = app_of(ctx)
    with open_client(app, source_args) as client:
        settlement = ask_settlement(client, source_args.timeout_s, acquirer)
        findings = at_a_glance(client, source_args.timeout_s, settlement)
        device = (client.hello.device_id or "") if client.hello else ""
    settlement = findings.settlement or settlement
    shown = None if since is None else ended_since(settlement, since)
    diagnosis = judge(findings)
    if as_json:
        app.json(
            {"verdict": diagnosis.name, **settlement_as_dict(app.texts, settlement, shown)},
            indent=2,
        )
    elif as_csv:
        _csv(app.texts, settlement, shown)
    elif as_slip:
        for line in slip_lines(app.texts, settlement, device, time.time(), diagnosis.verdict):
            app.say(line)
    elif shown is not None:
        _print_ends(app, settlement, shown)
    else:
        head = heading.heading(app.texts, findings, diagnosis)
        for line, style in heading.lines(app.texts, head):
            app.say(line, style)
        app.say("")
        say_acquirers(app, settlement)
        _print(app, settlement, diagnosis.verdict, head.do)


def settlement_as_dict(
    texts: Texts, settlement: Settlement, shown: list[OutboxMessage] | None = None
) -> dict[str, Any]:
    """The settlement with what each message comes to and the next step, in the tool's language;
    `shown`: these messages alone.
    """
    data = settlement.as_dict()
    messages = list(settlement.messages) if shown is None else shown
    data["messages"] = [message.as_dict() for message in messages]
    for record, message in zip(data["messages"], messages, strict=True):
        record["money"] = money_key(settlement, message)
        record["next_step"] = next_step(texts, settlement, message)
    if data["settlement"]:
        data["settlement"]["money"] = batch_key(settlement)
        data["settlement"]["next_step"] = batch_step(texts, settlement)
    data["next_steps"] = [step for _, step in steps(texts, settlement) if step]
    return data


def _csv(texts: Texts, settlement: Settlement, shown: list[OutboxMessage] | None) -> None:
    rows: list[list[object]] = [list(_COLUMNS)]
    for data in settlement_as_dict(texts, settlement, shown)["messages"]:
        data["terminal"], data["merchant"] = settlement.terminal
        rows.append([data.get(column, "") for column in _COLUMNS])
    write_rows(rows)


def say_acquirers(app: App, settlement: Settlement) -> None:
    """Where there are several: each with its host, what waits and its gravest verdict."""
    for one in settlement.acquirers:
        words = f"{one.host or '?'}; " + app.t("say", "acquirer_waiting", n=one.waiting)
        if one.verdict:
            words += "; " + app.texts.verdict(names.name_of(names.VERDICTS, one.verdict)).title
        chosen = "bold" if one.number == settlement.acquirer else ""
        name = app.t("say", "acquirer_number", n=one.number)
        app.say(app.t("screen", "pair", name=name, words=words), chosen)


def _print(app: App, settlement: Settlement, verdict: int, do: str) -> None:
    """All below the heading, whose verdict and action are not said again."""
    texts = app.texts
    if settlement.terminal[0]:
        app.say(_pair(app, "slip", "terminal", settlement.terminal[0]))
        app.say(_pair(app, "slip", "merchant", settlement.terminal[1] or "?"))
    batch = table_words(texts, "settlement", names.SETTLEMENT_STATES, settlement.batch_state)
    if settlement.batch and settlement.batch.fields.get("batch"):
        digits = f"{settlement.batch.fields['batch']:06d} "
        batch = digits + noted(texts, batch, ago(texts, settlement.batch.fields.get("age_s", 0)))
    app.say(_pair(app, "field", "batch_state", batch))
    said = do
    if (step := batch_step(texts, settlement)) not in said:
        _do(app, step)
    for number, step in steps(texts, settlement):
        if number == verdict:
            continue
        text = texts.verdict(names.name_of(names.VERDICTS, number))
        app.say(text.title, names.SEVERITIES[severity_of(number)])
        if evidence := traffic_words(texts, number, settlement):
            app.say(f"  {evidence}")
        _do(app, step)
        said += step
    if not any(
        message.is_open or next_step(texts, settlement, message) for message in settlement.messages
    ):
        app.say(app.t("say", "nothing_waiting"))
    each = [[message] for message in settlement.messages]
    for group in each if app.verbose else alike(settlement, settlement.messages):
        _print_group(app, settlement, group, said)
    if any(settlement.traffic):
        counts = dict.fromkeys(TRAFFIC, 0) | dict(zip(TRAFFIC, settlement.traffic, strict=False))
        words = app.t("field", "failed_by", **counts)
        app.say(_pair(app, "field", "failed", words))
        again, count = settlement.repeats
        words = app.t("field", "repeats_words", n=again, kb=(count + 1023) // 1024)
        app.say(_pair(app, "field", "repeats", words))
    if not settlement.verdicts:
        app.say(app.t("money", "wallet"))


def _print_ends(app: App, settlement: Settlement, ended: list[OutboxMessage]) -> None:
    """What came to its end, each with its number, and the number to ask on from."""
    for message in ended:
        app.say(app.t("say", "end_number", n=message.fields["end"]))
        _print_group(app, settlement, [message])
    last = ended[-1].fields["end"] if ended else 0
    app.say(app.t("say", "ask_ends_on", n=last) if ended else app.t("say", "no_end_since"))


def _pair(app: App, table: str, name: str, words: str) -> str:
    return app.t("screen", "pair", name=app.t(table, name), words=words)


def _do(app: App, words: str) -> None:
    if words:
        app.say(f"  {app.t('say', 'what_to_do', do=words)}")


def _print_group(
    app: App, settlement: Settlement, group: list[OutboxMessage], said: str = ""
) -> None:
    """`said`: what stands above about verdicts; the same step is not said again."""
    message = group[-1]
    step = next_step(app.texts, settlement, message)
    calm = message.state in (ids.MS_ACKNOWLEDGED, ids.MS_DONE, ids.MS_CANCELLED)
    app.say(
        group_line(app.texts, settlement, group),
        "" if message.is_open or calm else "warning",
    )
    if step not in said:
        _do(app, step)
