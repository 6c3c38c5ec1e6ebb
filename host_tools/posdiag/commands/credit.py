"""`posdiag credit`: what is known of the SIM card's account, how it went, what comes next."""

from __future__ import annotations

import click

from posproto import ids

from ..command import app_of, json_option, named, option, source_options
from ..errors import NoAnswer, NotRecorded, RequestFailed
from ..facts.findings import at_a_glance
from ..facts.model import Event, as_map
from ..facts.orders import order_balance
from ..facts.sim_account import Account, account_rows, day_words
from ..facts.timeline import all_events
from ..judge import operator_text
from ..judge.diagnosis import Findings, family, judge
from ..keys.device_key import Key, read_key
from ..link.client import Client
from ..link.session import SourceArgs, open_client
from ..show import heading
from ..show.console import App
from ..show.plots import bars
from ..show.status_lines import rows
from ..show.words import clock_time, event_words, moment, span

_SHOWN_EVENTS = 10


@named("credit", "posdiag credit", "posdiag credit COM5 --json")
@source_options()
@option("--ask", is_flag=True, help="opt_ask")
@option("--learn", is_flag=True, help="opt_learn")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    ask: bool,
    learn: bool,
    key_file: str | None,
    as_json: bool,
) -> None:
    app = app_of(ctx)
    key = read_key(key_file) if ask else None
    with open_client(app, source_args) as client:
        if key is not None:
            _ask(app, client, key)
            return
        value = client.request(ids.OP_CREDIT, timeout_s=source_args.timeout_s).value
        account = Account.from_map(as_map(value))
        if learn:
            _learn(app, account, client)
            return
        findings = at_a_glance(client, source_args.timeout_s)
        head = heading.heading(app.texts, findings)
        events = credit_events(client)
        if as_json:
            shown = {"verdict": judge(findings).name, **account.as_dict()}
            shown["events"] = [event.as_dict() for event in events]
            app.json(shown, indent=2)
            return
        for line, style in heading.lines(app.texts, head):
            app.say(line, style)
        app.say("")
        _print(app, account, findings, events)


def _learn(app: App, account: Account, client: Client) -> None:
    """The text that was no answer, as the agent kept it: for those who keep the words."""
    text = str(account.fields.get("text") or "")
    if not text:
        app.say(app.t("reading", "none_unread"), "ok")
        return
    version = (client.hello.agent or "") if client.hello else ""
    operator_text.say_unread(app, text, str(account.fields.get("way") or ""), version)


def _ask(app: App, client: Client, key: Key) -> None:
    """Order the query, and say when it is sent: now, or when limit and budget allow it."""
    if wait_s := order_balance(client, key):
        app.say(app.t("say", "balance_later", wait=span(app.texts, wait_s)), "warning")
        return
    app.say(app.t("say", "balance_asking"), "ok")


def credit_events(client: Client) -> list[Event]:
    """The log's records about the account, oldest first; empty where there is no log."""
    try:
        events = all_events(client, follow=False)
        return [event for event in events if event.id // 100 == 1]
    except (NoAnswer, NotRecorded, RequestFailed):
        return []


def course(account: Account, events: list[Event]) -> tuple[list[str], list[int]]:
    """Labels and balances over time: the agent's own history, else what the log holds."""
    if len(account.history) > 1:
        return [day_words(day) for day, _ in account.history], [m for _, m in account.history]
    labels, values = [], []
    for event in events:
        minor = event.args.get("balance_minor")
        if event.id == ids.E_BALANCE and isinstance(minor, int):
            labels.append(clock_time(event.unix_s)[5:16] or moment(event))
            values.append(minor)
    return labels, values


def _print(app: App, account: Account, findings: Findings, events: list[Event]) -> None:
    judged = judge(findings)
    state = app.texts.verdict(judged.name).title if family(judged.verdict) == 1 else ""
    uptime_s = findings.status.uptime_s if findings.status else 0
    for line in rows(app, account_rows(app.texts, account, uptime_s, state)):
        app.say(line)
    labels, values = course(account, events)
    if len(values) > 1:
        app.say("")
        for line in bars(labels, values, account.currency):
            app.say(f"  {line}")
    if events:
        app.say("")
    for event in events[-_SHOWN_EVENTS:]:
        app.say(f"  {moment(event)}  {event_words(app.texts, event)}", event.severity_name)
