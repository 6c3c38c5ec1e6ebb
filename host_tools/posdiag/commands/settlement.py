"""`posdiag settlement`: where the money's messages stand, and what to do about each."""

from __future__ import annotations

import csv
import sys

import click

from posproto.severity import severity_of

from .. import names
from ..command import app_of, json_option, named, option, source_options
from ..console import App
from ..messages import (
    OutboxMessage,
    SettlementReport,
    advice_words,
    ask_settlement,
    message_line,
)
from ..session import SourceArgs, open_client
from ..words import table_words

_COLUMNS = (
    *("id", "state", "mti", "stan", "batch", "attempts", "age_s", "f39", "rrn", "why"),
    *("host_date", "host_time", "elapsed_ms", "unix_s", "deadline_s"),
)


@named("settlement", "posdiag settlement", "posdiag settlement COM5 --csv")
@source_options()
@json_option()
@option("--csv", "as_csv", is_flag=True, help="opt_csv")
@click.pass_context
def command(ctx: click.Context, source_args: SourceArgs, as_json: bool, as_csv: bool) -> None:
    app = app_of(ctx)
    with open_client(app, source_args) as client:
        report = ask_settlement(client, source_args.timeout_s)
    if as_json:
        app.json(report.as_dict(), indent=2)
    elif as_csv:
        _csv(report)
    else:
        _print(app, report)


def _csv(report: SettlementReport) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for message in report.messages:
        data = message.as_dict()
        writer.writerow([data.get(column, "") for column in _COLUMNS])


def _print(app: App, report: SettlementReport) -> None:
    texts = app.texts
    batch = table_words(texts, "settlement", names.SETTLEMENT_STATES, report.batch_state)
    app.say(app.t("screen", "pair", name=app.t("field", "batch_state"), words=batch))
    for number, _ in report.verdicts:
        text = texts.verdict(names.name_of(names.VERDICTS, number))
        app.say(text.title, names.SEVERITIES[severity_of(number)])
        app.say(f"  {app.t('say', 'what_to_do', do=text.do)}")
    if not report.messages:
        app.say(app.t("say", "nothing_waiting"))
    for message in report.messages:
        _print_message(app, message)
    if any(report.traffic):
        link, host, application = (*report.traffic, 0, 0, 0)[:3]
        words = app.t("field", "repeats_by", link=link, host=host, application=application)
        app.say(app.t("screen", "pair", name=app.t("field", "repeats"), words=words))


def _print_message(app: App, message: OutboxMessage) -> None:
    app.say(message_line(app.texts, message), "" if message.is_open else "warning")
    if message.advice:
        do = advice_words(app.texts, message)
        app.say(f"  {app.t('say', 'what_to_do', do=do)}")
