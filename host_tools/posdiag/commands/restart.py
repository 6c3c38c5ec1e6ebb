"""`posdiag restart`: settings come into force, safe mode ends; or the prompt, for maintenance."""

from __future__ import annotations

import click

from posproto import ids

from ..board.entry import first_status
from ..command import app_of, named, option, source_options
from ..facts.findings import at_a_glance
from ..keys.device_key import read_key
from ..link.client import Client
from ..link.session import SourceArgs, find_port, open_port
from ..show.status_lines import print_status


@named("restart", "posdiag restart COM5 --key-file device.key")
@source_options(replay=False)
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--maintenance", is_flag=True, help="opt_maintenance")
@click.pass_context
def command(
    ctx: click.Context, source_args: SourceArgs, key_file: str | None, maintenance: bool
) -> None:
    app = app_of(ctx)
    key = read_key(key_file)
    port = source_args.port or find_port(app, source_args.baud)
    source = SourceArgs(port=port, baud=source_args.baud, record=source_args.record)
    client = Client(open_port(app, source))
    try:
        client.greet(source_args.timeout_s)
        boot = client.hello.boot if client.hello else None
        client.request_keyed(ids.OP_RESTART, {0: True} if maintenance else None, key)
    finally:
        client.close()
    if maintenance:
        app.say(app.t("say", "maintenance_ready"), "ok")
        return
    client, _ = first_status(port, source_args.baud, after_boot=boot)
    try:
        print_status(app, client, at_a_glance(client), client.ask_counters())
    finally:
        client.close()
