"""`posdiag submit`: hands a message to the agent as the payment application would."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from posproto import ids, submit

from ..board.entry import is_locked
from ..command import app_of, json_option, named, option, source_options
from ..errors import BadFile, NoAnswer, RequestFailed
from ..facts.messages import OutboxMessage, message_line
from ..facts.model import as_map
from ..keys.device_key import Key, read_key
from ..link.client import Client, Response
from ..link.session import SourceArgs, open_client
from ..show.console import App

_ASK_EVERY_S = 1.0
Ask = Callable[..., Response]


def read_message(path: str) -> bytes:
    """The message in a file: hex digits (with white space) or raw bytes. Raises BadFile."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadFile(repr(error), key="file_absent", file=path) from error
    try:
        return bytes.fromhex(data.decode("ascii"))
    except ValueError:
        return data


@named("submit", "posdiag submit COM5 --message settle.hex --wait 0")
@source_options(replay=False)
@option("--message", "-m", required=True, type=click.Path(dir_okay=False), help="opt_message")
@option("--record-id", type=click.IntRange(1, 0xFFFFFFFF), help="opt_record_id", metavar="N")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--wait", type=click.FloatRange(0), default=120.0, help="opt_wait", metavar="S")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    message: str,
    record_id: int | None,
    key_file: str | None,
    wait: float,
    as_json: bool,
) -> None:
    app = app_of(ctx)
    data = read_message(message)
    number = record_id or secrets.randbelow(0xFFFFFFFE) + 1
    with open_client(app, source_args) as client:
        client.ask_status(source_args.timeout_s)
        ask = asker(client, read_key(key_file) if is_locked(client) else None)
        hand_in(app, ask, number, data, source_args.timeout_s)
        if not as_json:
            app.say(app.t("say", "submitted", record=number), "ok")
        report = _wait(client, ask, number, wait, source_args.timeout_s)
        if as_json:
            app.json(report.as_dict() if report else {"id": number})
        elif report is not None:
            app.say(message_line(app.texts, report))


def asker(client: Client, key: Key | None) -> Ask:
    """How a request is asked: with the key where the terminal is locked."""
    if key is None:
        return client.request

    def ask(op: int, args: Any, *, timeout_s: float) -> Response:
        return client.request_keyed(op, args, key, timeout_s=timeout_s)

    return ask


def hand_in(app: App, ask: Ask, number: int, data: bytes, timeout_s: float) -> None:
    """All parts, then the commit. Raises RequestFailed with the agent's reason."""
    for op, args in submit.hand_in(number, data):
        try:
            ask(op, args, timeout_s=timeout_s)
        except RequestFailed as error:
            why = OutboxMessage.from_map(as_map(error.value)).as_dict().get("why")
            if why is None:
                raise
            details = error.details
            words = app.t("why", str(why))
            raise RequestFailed(error.result, details, key="not_taken", reason=words) from error


def _wait(
    client: Client, ask: Ask, number: int, wait_s: float, timeout_s: float
) -> OutboxMessage | None:
    """Ask until the message's end is known, or `wait_s` is over."""
    report = None
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        op, args = submit.query(number)
        try:
            value = as_map(ask(op, args, timeout_s=timeout_s).value)
            report = OutboxMessage.from_map(value)
            if submit.Report(value).over():
                return report
        except NoAnswer:
            pass
        except RequestFailed as error:
            if error.result == ids.R_NOT_FOUND:
                return report
            raise
        for _ in client.messages(min(_ASK_EVERY_S, max(0.0, end - time.monotonic()))):
            pass
    return report
