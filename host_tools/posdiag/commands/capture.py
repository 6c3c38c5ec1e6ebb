"""`posdiag capture`: the raw bytes with their times, as evidence."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ..command import app_of, named, option, port_and_file
from ..link.capture import Capture, CaptureWriter, RecordingTransport
from ..link.client import Client
from ..link.redact import Redactor, cut
from ..link.session import SourceArgs, in_order, open_port
from ..show.console import App


@named(
    "capture",
    "posdiag capture COM5 OUT.cap --duration 2",
    "posdiag capture TICKET.cap --replay OUT.cap --redact --from 60 --to 180",
)
@port_and_file("OUT.cap")
@option("--baud", type=int, default=115200, help="opt_baud")
@option("--duration", type=click.FloatRange(0), help="opt_duration", metavar="S")
@option("--replay", type=click.Path(dir_okay=False), metavar="FILE", help="opt_replay")
@option("--from", "from_s", type=click.FloatRange(0), default=0.0, metavar="S", help="opt_from")
@option("--to", "to_s", type=click.FloatRange(0), metavar="S", help="opt_to")
@option("--redact", is_flag=True, help="opt_redact")
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    baud: int,
    duration: float | None,
    replay: str | None,
    from_s: float,
    to_s: float | None,
    redact: bool,
) -> int:
    out, port = in_order(words)
    if replay:
        return _rewrite(app_of(ctx), replay, out, from_s, to_s, redact)
    if redact or from_s or to_s is not None:
        raise click.UsageError(app_of(ctx).t("usage", "needs_replay"))
    return _record(app_of(ctx), out, port, baud, duration)


def _rewrite(
    app: App, replay: str, out: str, from_s: float, to_s: float | None, redact: bool
) -> int:
    """A part of a capture, or a redacted copy of it."""
    capture = Capture(replay)
    chunks = capture.chunks()
    if redact:
        chunks = Redactor().chunks(chunks)
    writer = CaptureWriter(out, capture.start_ms)
    try:
        for chunk in cut(chunks, from_s, to_s):
            writer.add(chunk.direction, chunk.data, chunk.time_s)
    finally:
        writer.close()
    app.note(app.t("say", "recorded", bytes=Path(out).stat().st_size, file=out))
    return 0


def _record(app: App, out: str, port: str | None, baud: int, duration: float | None) -> int:
    """The questions at the start make the capture complete enough for status, log and doctor."""
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
