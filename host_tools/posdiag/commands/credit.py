"""`posdiag credit`: what is known of the SIM card's account, how it went, what comes next."""

from __future__ import annotations

from typing import Any

import click

from posproto import ids

from ..client import Client
from ..command import app_of, json_option, named, option, source_options
from ..console import App
from ..errors import NoAnswer, NotRecorded, RequestFailed
from ..keys import read_key
from ..model import Event, as_map
from ..plots import bars
from ..session import SourceArgs, open_client
from ..statusview import rows
from ..timeline import all_events
from ..words import ago, clock_time, event_words, moment, money, span

_SHOWN_EVENTS = 10


@named("credit", "posdiag credit", "posdiag credit COM5 --json")
@source_options()
@option("--ask", is_flag=True, help="opt_ask")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@json_option()
@click.pass_context
def command(
    ctx: click.Context, source_args: SourceArgs, ask: bool, key_file: str | None, as_json: bool
) -> None:
    app = app_of(ctx)
    key = read_key(key_file) if ask else None
    with open_client(app, source_args) as client:
        if key is not None:
            client.request_keyed(ids.OP_ASK_BALANCE, None, key)
            app.say(app.t("say", "balance_asking"), "ok")
            return
        credit = as_map(client.request(ids.OP_CREDIT, timeout_s=source_args.timeout_s).value)
        status = client.ask_status(source_args.timeout_s)
        history = credit_events(client)
        if as_json:
            app.json(_as_dict(credit, history), indent=2)
            return
        _print(app, credit, status.uptime_s, history)


def credit_events(client: Client) -> list[Event]:
    """The log's records about the account, oldest first; empty where there is no log."""
    try:
        events = all_events(client, follow=False)
        return [event for event in events if event.id // 100 == 1]
    except (NoAnswer, NotRecorded, RequestFailed):
        return []


def balances(history: list[Event]) -> list[tuple[Event, int]]:
    """(event, minor units) of each balance that was read."""
    found = []
    for event in history:
        minor = event.args.get("balance_minor")
        if event.id == ids.E_BALANCE and isinstance(minor, int):
            found.append((event, minor))
    return found


def _as_dict(credit: dict[Any, Any], history: list[Event]) -> dict[str, Any]:
    return {
        "state": credit.get(0),
        "balance_minor": credit.get(1),
        "currency": credit.get(2),
        "balance_s": credit.get(3),
        "next_question_s": credit.get(4),
        "history": [event.as_dict() for event in history],
    }


def _print(app: App, credit: dict[Any, Any], uptime_s: int, history: list[Event]) -> None:
    texts = app.texts
    pairs = [(app.t("field", "state"), app.t("credit", str(credit.get(0, 0))))]
    minor, currency = credit.get(1), credit.get(2)
    known = isinstance(minor, int)
    shown = money(texts, minor, currency) if isinstance(minor, int) else ""
    pairs.append((app.t("field", "balance"), shown or app.t("screen", "not_known")))
    if known and isinstance(credit.get(3), int):
        pairs.append((app.t("field", "answered"), ago(texts, uptime_s - credit[3])))
    if isinstance(credit.get(4), int):
        wait = texts.get("unit", "in_future", age=span(texts, credit[4]))
        pairs.append((app.t("field", "next_question"), wait))
    for line in rows(app, pairs):
        app.say(line)
    read = balances(history)
    if len(read) > 1:
        app.say("")
        labels = [clock_time(event.unix_s)[5:16] or moment(event) for event, _ in read]
        for line in bars(labels, [minor for _, minor in read], str(currency or "")):
            app.say(f"  {line}")
    if history:
        app.say("")
        for event in history[-_SHOWN_EVENTS:]:
            app.say(f"  {moment(event)}  {event_words(texts, event)}", event.severity_name)
