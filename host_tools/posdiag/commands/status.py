"""`posdiag status`: one look at the terminal."""

from __future__ import annotations

import click

from ..command import app_of, json_option, named, source_options
from ..facts.findings import at_a_glance
from ..facts.model import Status
from ..judge.diagnosis import judge
from ..link.session import SourceArgs, open_client
from ..show.status_lines import print_status


@named("status", "posdiag status", "posdiag status COM5 --json")
@source_options()
@json_option()
@click.pass_context
def command(ctx: click.Context, source_args: SourceArgs, as_json: bool) -> None:
    app = app_of(ctx)
    with open_client(app, source_args) as client:
        findings = at_a_glance(client, source_args.timeout_s)
        status = findings.status or Status()
        counters = client.ask_counters()
        if as_json:
            app.json(
                {
                    "port": client.transport.name,
                    "verdict": judge(findings).name,
                    "hello": client.hello.as_dict() if client.hello else None,
                    "status": status.as_dict(),
                    "counters": counters,
                    "received": client.dropped,
                },
                indent=2,
            )
            return
        print_status(app, client, findings, counters)
