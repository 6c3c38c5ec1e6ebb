"""`posdiag ticket`: everything that a help desk needs in one file, fit to be sent.

Made from a redacted capture and nothing else, so that no part of it says more than another, and
`posdiag doctor --replay OUT.zip` says the same at the other end.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import click

from posproto import VERSION

from ..command import app_of, named, option, source_options
from ..errors import BadFile
from ..facts.findings import ask_account, from_client
from ..facts.history import History
from ..facts.model import Event
from ..judge.diagnosis import Diagnosis, judge
from ..link.capture import IN_TICKET, CaptureWriter, RecordingTransport
from ..link.client import Client
from ..link.redact import redact_file
from ..link.session import SourceArgs, open_client, open_port
from ..show.console import App
from ..show.findings_json import as_dict
from ..show.heading import heading
from ..show.sheet import render


@named("ticket", "posdiag ticket COM5 OUT.zip", "posdiag ticket OUT.zip --replay OUT.cap")
@source_options(file="OUT.zip")
@option("--duration", type=click.FloatRange(0), default=3.0, help="opt_duration", metavar="S")
@click.pass_context
def command(ctx: click.Context, out: str, source_args: SourceArgs, duration: float) -> int:
    app = app_of(ctx)
    with tempfile.TemporaryDirectory(prefix="posdiag-") as name:
        folder = Path(name)
        raw = source_args.replay or _record(app, source_args, folder / "raw.cap", duration)
        redact_file(Path(raw), folder / IN_TICKET, named=True)
        diagnosis, title = _write(app, folder, source_args)
        parts = [IN_TICKET, "report.html", "doctor.json", "log.jsonl", "versions.txt"]
        try:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as ticket:
                for part in parts:
                    ticket.write(folder / part, part)
        except OSError as error:
            raise BadFile(repr(error), key="file_not_writable", file=out) from error
    app.say(title)
    app.say(app.t("say", "ticket_written", file=out))
    return diagnosis.exit_status


def _record(app: App, args: SourceArgs, path: Path, duration_s: float) -> Path:
    """The whole conversation, secrets included, in a folder that is gone afterwards."""
    client = Client(RecordingTransport(open_port(app, args), CaptureWriter(path)))
    try:
        client.ask_everything(args.timeout_s)
        client.listen(duration_s)
    finally:
        client.close()
    return path


def _write(app: App, folder: Path, args: SourceArgs) -> tuple[Diagnosis, str]:
    """Report, JSON and log of the redacted capture, and who made them; the verdict, its title."""
    history = History()
    events: list[Event] = []

    def keep(event: Event) -> None:
        history.add(event)
        events.append(event)

    source = replace(args, port=None, record=None, replay=str(folder / IN_TICKET))
    with open_client(app, source) as client:
        findings = from_client(client, args.timeout_s, on_event=keep)
        account = ask_account(client, args.timeout_s)
    findings.port = args.port or Path(args.replay or "").name
    if findings.status is not None:
        history.go_on_to(findings.status.unix_s)
    diagnosis = judge(findings)
    page = render(app.texts, findings, diagnosis, history, account)
    (folder / "report.html").write_text(page, encoding="utf-8")
    data = json.dumps(as_dict(app.texts, findings, diagnosis, None), indent=2)
    (folder / "doctor.json").write_text(data + "\n", encoding="utf-8")
    log = "".join(json.dumps(event.as_dict()) + "\n" for event in events)
    (folder / "log.jsonl").write_text(log, encoding="utf-8")
    hello = findings.hello
    lines = [
        f"posdiag {VERSION}, Python {platform.python_version()}, {platform.platform()}",
        f"agent {hello.agent if hello else None}, board {hello.board if hello else None}, "
        f"modem {hello.family if hello else None}, protocol {hello.protocol if hello else None}",
        f"encoding {sys.stdout.encoding}",
    ]
    (folder / "versions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return diagnosis, heading(app.texts, findings, diagnosis).title
