"""`posdiag log`: what happened, in order, across restarts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from ..command import app_of, json_option, named, option, source_options
from ..errors import EXIT_BROKEN_LOG, EXIT_OK, Disconnected, KeyNeeded
from ..facts import log_proof, names
from ..facts.model import Event
from ..facts.rawlog import RawLog
from ..facts.timeline import (
    CSV_COLUMNS,
    Filter,
    all_events,
    csv_row,
    lines,
    newer,
    parse_since,
    severity_number,
    stored_records,
    terminal_clock,
)
from ..keys.device_key import read_key
from ..link.longfile import Looking
from ..link.reconnect import Watchman
from ..link.session import SourceArgs, open_client, say_skipped
from ..printable import write_rows
from ..show import proof
from ..show.console import App


@named(
    "log", "posdiag log", "posdiag log COM5 --severity warning --json", "posdiag log --since 2h"
)
@source_options()
@option("--follow", "-f", is_flag=True, help="opt_follow")
@json_option()
@option("--csv", "as_csv", is_flag=True, help="opt_csv")
@option("--count", "-n", type=click.IntRange(1), help="opt_count")
@option("--since", metavar="TIME", help="opt_since")
@option("--severity", type=click.Choice(list(names.SEVERITIES.values())), help="opt_severity")
@option("--kind", multiple=True, metavar="NAME", help="opt_kind")
@option("--duration", type=click.FloatRange(0), metavar="S", help="opt_duration")
@option("--verify", is_flag=True, help="opt_verify")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--raw-log", multiple=True, type=click.Path(dir_okay=False), help="opt_file")
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    follow: bool,
    as_json: bool,
    as_csv: bool,
    count: int | None,
    since: str | None,
    severity: str | None,
    kind: tuple[str, ...],
    duration: float | None,
    raw_log: tuple[str, ...],
    verify: bool,
    key_file: str | None,
) -> int:
    app = app_of(ctx)
    try:  # of which clock, the terminal says
        since is None or parse_since(since)
    except ValueError as error:
        raise click.UsageError(app.t("usage", "bad_since", text=since)) from error
    if verify:
        chosen_by: dict[str, object] = {
            "--follow": follow,
            "--csv": as_csv,
            "--count": count,
            "--since": since,
        }
        chosen_by |= {"--severity": severity, "--kind": kind, "--duration": duration}
        _alone(app, chosen_by)
        return _verify(app, source_args, raw_log, key_file, as_json)
    level = severity_number(severity) if severity else 0
    wanted = Filter(level, kind)
    with _events(app, source_args, raw_log, follow, duration, since) as events:
        chosen: Iterable[Event] = (event for event in events if wanted.passes(event))
        if count is not None and not follow:
            chosen = deque(chosen, maxlen=count)
        try:
            shown = _show(app, chosen, as_json, as_csv, wanted == Filter() and since is None)
        except KeyboardInterrupt:
            return 0
        if not shown and not as_json and not as_csv:
            app.note(app.t("say", "no_events"))
    return 0


def _alone(app: App, given: dict[str, object]) -> None:
    """The proof is of the whole log: what would choose or go on is refused, not passed over."""
    for name, value in given.items():
        if value not in (None, False, ()):
            raise click.UsageError(app.t("usage", "verify_alone", name=name))


@contextmanager
def _events(
    app: App,
    source_args: SourceArgs,
    raw_log: tuple[str, ...],
    follow: bool,
    duration: float | None,
    since: str | None,
) -> Iterator[Iterator[Event]]:
    if raw_log:
        with Looking(app, raw_log[0]) as looking:
            log = RawLog(list(raw_log), looking)
            yield newer(log.events(), None if since is None else parse_since(since))
        say_skipped(app, log)
    else:
        watchman = Watchman(lambda is_back: None)
        with open_client(app, source_args, on_change=watchman if follow else None) as client:
            watchman.say = lambda is_back: app.note(
                app.t("say", "cable_back" if is_back else "cable_lost", port=client.transport.name)
            )
            from_s = None if since is None else parse_since(since, terminal_clock(client))
            yield newer(all_events(client, follow, duration, watchman.came_back), from_s, follow)
            if client.damaged_records:
                count = client.damaged_records
                app.note(app.t("say", "log_damage", count=count), "warning")
            if watchman.is_lost:
                raise Disconnected(port=client.transport.name)


def _show(app: App, events: Iterable[Event], as_json: bool, as_csv: bool, whole: bool) -> int:
    shown = 0
    if as_csv:
        write_rows([CSV_COLUMNS])
        return write_rows(csv_row(app, event) for event in events)
    if as_json:
        for event in events:
            app.json(event.as_dict())
            shown += 1
        return shown
    for line, style in lines(app, events, whole):
        app.say(line, style)
        shown += 1
    return shown


def _verify(
    app: App,
    source_args: SourceArgs,
    raw_log: tuple[str, ...],
    key_file: str | None,
    as_json: bool,
) -> int:
    """Is the log complete and unchanged? Of files only a key file's key is known."""
    try:
        key = read_key(key_file)
    except KeyNeeded as error:
        raise KeyNeeded(key="proof_needs_key") from error
    if raw_log:
        if not isinstance(key, bytes):  # nothing in a file says whose log it is
            raise KeyNeeded(key="proof_needs_key")
        found = log_proof.of_files(list(raw_log), key)
    else:
        with open_client(app, source_args) as client:
            hello = client.hello or client.greet()
            device_key = key if isinstance(key, bytes) else key(hello.device_id or "")
            told_last = client.ask_status().log_last
            oldest, records = stored_records(client)
            found = log_proof.prove(records, log_proof.log_key(device_key), oldest, told_last)
    if as_json:
        app.json(proof.as_dict(found))
    else:
        for line, style in proof.lines(app, found):
            app.say(line, style)
    return EXIT_BROKEN_LOG if found.is_broken or found.first is None else EXIT_OK
