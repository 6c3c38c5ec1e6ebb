"""`posdiag submit`: hands a message to the agent as the payment application would."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from posproto import ids, submit

from ..board.entry import is_locked
from ..command import app_of, json_option, named, option, source_options
from ..errors import BadFile, HandedInBefore, NoAnswer, RequestFailed, Silent
from ..facts.messages import OutboxMessage, message_line
from ..facts.model import as_map
from ..keys.device_key import Key, read_key
from ..link import patience
from ..link.client import Client, Response, must_have
from ..link.handed import Handed, Ledger
from ..link.session import SourceArgs, open_client
from ..show.console import App
from ..show.words import ago

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


@named(
    "submit",
    "posdiag submit COM5 --message settle.hex --wait 0",
    "posdiag submit COM5 --record-id 7 --query",
)
@source_options(replay=False)
@option("--message", "-m", type=click.Path(dir_okay=False), help="opt_message")
@option("--record-id", type=click.IntRange(1, 0xFFFFFFFF), help="opt_record_id", metavar="N")
@option("--acquirer", type=click.IntRange(1, 4), default=1, help="opt_acquirer", metavar="N")
@option("--query", is_flag=True, help="opt_query")
@option("--again", is_flag=True, help="opt_again")
@option("--key-file", type=click.Path(dir_okay=False), help="opt_key_file")
@option("--wait", type=click.FloatRange(0), default=120.0, help="opt_wait", metavar="S")
@json_option()
@click.pass_context
def command(
    ctx: click.Context,
    source_args: SourceArgs,
    message: str | None,
    record_id: int | None,
    acquirer: int,
    query: bool,
    again: bool,
    key_file: str | None,
    wait: float,
    as_json: bool,
) -> None:
    app = app_of(ctx)
    timeout_s = source_args.timeout_s
    if query and record_id is None:
        raise _missing(ctx, "record_id")
    if not query and message is None:
        raise _missing(ctx, "message")
    data = None if query or message is None else read_message(message)
    number = record_id or secrets.randbelow(0xFFFFFFFE) + 1
    ledger = Ledger()
    if data is not None and not again:
        _ask_about(app, message or "", ledger.lately(data), record_id)
    with open_client(app, source_args) as client:
        client.ask_status(timeout_s)
        must_have(client, acquirer)
        ask = asker(client, read_key(key_file) if is_locked(client) else None)
        if data is not None:
            app.note(app.t("say", "record_number", record=number))
            ledger.note(data, number, (client.hello and client.hello.device_id) or "")
            try:
                hand_in(app, ask, number, data, timeout_s, acquirer)
            except (NoAnswer, Silent) as error:
                words = {"port": client.transport.name, "record": str(number)}
                raise NoAnswer(
                    error.details, key="maybe_taken", file=message or "", **words
                ) from error
            if not as_json:
                app.say(app.t("say", "submitted", record=number), "ok")
        about = (number, acquirer if acquirer > 1 else 0)
        known = _wait(client, ask, about, wait, timeout_s, must_know=query)
        if as_json:
            app.json({"id": number, **(known.as_dict() if known else {})}, indent=2)
        elif known is not None:
            app.say(message_line(app.texts, known))


def _missing(ctx: click.Context, name: str) -> click.MissingParameter:
    param = next(param for param in ctx.command.params if param.name == name)
    return click.MissingParameter(ctx=ctx, param=param)


def _ask_about(app: App, file: str, before: list[Handed], record_id: int | None) -> None:
    """The same bytes under another record are another sale: somebody must want that.

    Raises HandedInBefore where nobody can be asked, click.Abort where the answer is no.
    """
    if not before or any(item.record == record_id for item in before):
        return
    last = before[-1]
    words = {
        "file": file,
        "record": str(last.record),
        "age": ago(app.texts, time.time() - last.unix_s),
        "device": last.device,
    }
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise HandedInBefore(**words)
    app.note(app.t("error", HandedInBefore.key, **words), "warning")
    click.confirm(app.t("say", "ask_again"), default=False, abort=True)


def asker(client: Client, key: Key | None) -> Ask:
    """How a request is asked: with the key where the terminal is locked."""
    if key is None:
        return client.request

    def ask(op: int, args: Any, *, timeout_s: float) -> Response:
        return client.request_keyed(op, args, key, timeout_s=timeout_s)

    return ask


def hand_in(
    app: App, ask: Ask, number: int, data: bytes, timeout_s: float, acquirer: int = 1
) -> None:
    """All parts, then the commit. Raises RequestFailed with the agent's reason."""
    for op, args in submit.hand_in(number, data, acquirer=acquirer if acquirer > 1 else 0):
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
    client: Client,
    ask: Ask,
    about: tuple[int, int],
    wait_s: float,
    timeout_s: float,
    *,
    must_know: bool = False,
) -> OutboxMessage | None:
    """Ask until the message's end is known, or `wait_s` is over; with `must_know` at least once,
    and what the agent does not know is an error."""
    message = None
    end = patience.now() + wait_s
    is_first = must_know
    while is_first or patience.now() < end:
        is_first = False
        op, args = submit.query(*about)
        try:
            value = as_map(ask(op, args, timeout_s=timeout_s).value)
            message = OutboxMessage.from_map(value)
            if submit.Standing(value).over():
                return message
        except NoAnswer:
            pass
        except RequestFailed as error:
            if error.result == ids.R_NOT_FOUND:
                if must_know:
                    raise RequestFailed(
                        error.result, error.details, key="record_unknown", record=str(about[0])
                    ) from error
                return message
            raise
        for _ in client.messages(min(_ASK_EVERY_S, max(0.0, end - patience.now()))):
            pass
    return message
