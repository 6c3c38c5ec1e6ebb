"""`posdiag capture`: the raw bytes with their times, as evidence."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ..capture import CaptureWriter, RecordingTransport
from ..client import Client
from ..command import app_of, named, option
from ..session import SourceArgs, open_port


@named("capture", "posdiag capture OUT.cap COM5 --duration 2")
@click.argument("out", type=click.Path(dir_okay=False))
@click.argument("port", required=False)
@option("--baud", type=int, default=115200, help="opt_baud")
@option("--duration", type=click.FloatRange(0), help="opt_duration", metavar="S")
@click.pass_context
def command(
    ctx: click.Context, out: str, port: str | None, baud: int, duration: float | None
) -> int:
    """The questions at the start make the capture complete enough for status, log and doctor."""
    app = app_of(ctx)
    transport = open_port(app, SourceArgs(port=port, baud=baud))
    try:
        recording = RecordingTransport(transport, CaptureWriter(out))
    except BaseException:
        transport.close()
        raise
    client = Client(recording)
    app.note(app.t("say", "recording", port=transport.name, file=out))
    end = None if duration is None else time.monotonic() + duration
    try:
        client.ask_everything()
        while end is None or time.monotonic() < end:
            client.pump(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        client.close()
        app.note(app.t("say", "recorded", bytes=Path(out).stat().st_size, file=out))
    return 0
