"""`posdiag money`: where is my money, on one page."""

from __future__ import annotations

import click

from ..command import app_of, json_option, named, option, source_options
from ..facts.findings import at_a_glance
from ..facts.messages import ask_settlement
from ..judge.diagnosis import judge
from ..link.session import SourceArgs, open_client
from ..show import heading
from ..show.whereabouts import whereabouts
from .settlement import say_acquirers


@named("money", "posdiag money", "posdiag money COM5 --json")
@source_options()
@json_option()
@option("--acquirer", type=click.IntRange(1, 4), default=1, help="opt_acquirer", metavar="N")
@click.pass_context
def command(ctx: click.Context, source_args: SourceArgs, acquirer: int, as_json: bool) -> None:
    app = app_of(ctx)
    with open_client(app, source_args) as client:
        settlement = ask_settlement(client, source_args.timeout_s, acquirer)
        findings = at_a_glance(client, source_args.timeout_s, settlement)
    settlement = findings.settlement or settlement
    page = whereabouts(app.texts, settlement)
    if as_json:
        terminal, merchant = settlement.terminal
        about = {"verdict": judge(findings).name, "terminal": terminal, "merchant": merchant}
        app.json({**about, **page.as_dict()}, indent=2)
        return
    head = heading.heading(app.texts, findings)
    for line, style in heading.lines(app.texts, head):
        app.say(line, style)
    app.say("")
    say_acquirers(app, settlement)
    app.say(app.t("where", "title"))
    for _, name, words in page.rows:
        app.say(app.t("screen", "pair", name=name, words=words))
    if page.step and page.step not in head.do:
        app.say(app.t("say", "what_to_do", do=page.step))
    if page.missing or not page.call:
        app.say(app.t("where", "missing" if page.missing else "nothing_missing"))
    for one in page.missing:
        app.say(f"  {one.line}", "warning")
        if one.step not in head.do:
            app.say(f"  {app.t('say', 'what_to_do', do=one.step)}")
    if page.call:
        app.say(page.call)
