"""Locking and unlocking a board: asked first, ordered with the key, checked after the restart."""

from __future__ import annotations

import sys

import click

from posproto import ids

from ..board.entry import first_status, is_locked
from ..errors import PosdiagError
from ..link.client import Client
from ..link.session import SourceArgs, find_port, open_port
from ..show.console import App
from .device_key import read_key


def change(app: App, source: SourceArgs, op: int, key_file: str | None, yes: bool) -> None:
    """OP_LOCK or OP_UNLOCK, then wait for the restart and see that it holds."""
    wanted = op == ids.OP_LOCK
    key = read_key(key_file)
    if not yes and sys.stdin.isatty():
        click.confirm(app.t("say", "ask_lock" if wanted else "ask_unlock"), abort=True)
    port = source.port or find_port(app, source.baud)
    client = Client(open_port(app, SourceArgs(port=port, baud=source.baud, record=source.record)))
    try:
        client.greet(source.timeout_s)
        boot = client.hello.boot if client.hello else None
        client.request_keyed(op, None, key)
    finally:
        client.close()
    client, _ = first_status(port, source.baud, after_boot=boot)
    try:
        if is_locked(client) != wanted:
            raise PosdiagError(key="lock_did_not_hold", port=port)
    finally:
        client.close()
    app.say(app.t("say", "locked" if wanted else "unlocked"), "ok")
