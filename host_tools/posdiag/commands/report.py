"""`posdiag report`: what doctor finds, as one page for the shop or a ticket."""

from __future__ import annotations

from pathlib import Path

import click

from ..command import app_of, named, option, source_options
from ..errors import BadFile
from ..facts.findings import ask_account, from_client, from_log
from ..facts.history import History
from ..judge.diagnosis import judge
from ..keys.device_key import key_at_hand
from ..link.longfile import Looking
from ..link.session import SourceArgs, open_client, say_key, say_skipped
from ..show.heading import heading
from ..show.sheet import render


@named("report", "posdiag report OUT.html", "posdiag report COM5 OUT.html --lang zh")
@source_options(file="OUT.html")
@option("--raw-log", multiple=True, type=click.Path(dir_okay=False), help="opt_file")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_whole_key")
@click.pass_context
def command(
    ctx: click.Context,
    out: str,
    source_args: SourceArgs,
    raw_log: tuple[str, ...],
    key_file: str | None,
) -> int:
    app = app_of(ctx)
    history, account = History(), None
    if raw_log:
        with Looking(app, raw_log[0]) as looking:
            findings, log = from_log(list(raw_log), history.add, looking)
        say_skipped(app, log)
    else:
        with open_client(app, source_args) as client:
            key = key_at_hand(key_file)
            findings = from_client(client, source_args.timeout_s, on_event=history.add, key=key)
            say_key(app, key_file, findings.identity)
            account = ask_account(client, source_args.timeout_s)
    if findings.status is not None:
        history.go_on_to(findings.status.unix_s)
    diagnosis = judge(findings)
    page = render(app.texts, findings, diagnosis, history, account)
    try:
        Path(out).write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadFile(repr(error), key="file_not_writable", file=out) from error
    app.say(heading(app.texts, findings, diagnosis).title)
    app.say(app.t("say", "report_written", file=out))
    return diagnosis.exit_status
