"""Gives a terminal its identity, its key and its acquirer's settings, and proves that they hold.

A development build is written to through its prompt; a locked one takes keyed requests, and its
new key travels under the old one. What the prompt writes replaces whole files.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from posproto import ids

from ..board.entry import ask, first_status, is_locked, open_prompt
from ..board.repl import Prompt
from ..errors import BadFile, FlashRefused, PosdiagError, RequestFailed
from ..facts import schema
from ..link.client import Client
from . import key_store
from .key_derivation import wrapped

_SALT_LENGTH = 16
_CONFIG = "/data/config.json"
_KEY = "/data/key"
_CA = "/data/ca.pem"
_FURTHER_CA = "/data/acq%d.ca.pem"
_REPORT_CA = "/data/report.pem"


@dataclass(frozen=True)
class Order:
    """`settings`: changes, the device id among them; `key`: None leaves it; `ca`: a certificate in
    PEM, None leaves it; `report_ca`: the same for the fleet's broker; `acquirer_ca`: for further
    acquirers, by number. Never shown: repr leaves the secrets out.
    """

    device_id: str
    settings: dict[str, Any] = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    ca: bytes | None = field(default=None, repr=False)
    report_ca: bytes | None = field(default=None, repr=False)
    acquirer_ca: dict[int, bytes] = field(default_factory=dict, repr=False)


def check(order: Order) -> list[tuple[str, str]]:
    """What the terminal would refuse, before anything is changed."""
    return schema.refusals(order.settings)


def provision(
    port: str, baud: int, order: Order, old: bytes | Callable[[str], list[bytes]] | None
) -> None:
    """Write, restart, prove. `old`: the key that the terminal has now, for a locked one, or what
    gives those that one of this id may have.

    Raises FlashRefused while messages wait that the old key seals, and all that reaching a
    terminal may raise.
    """
    client = ask(port, baud)
    boot = client.hello.boot if client is not None and client.hello else None
    if client is not None and client.hello:
        for name, reason in schema.for_memory(order.settings, client.hello.board):
            client.close()
            raise PosdiagError(key="no_memory", name=name, most=reason.split(" ")[1])
    if client is not None and is_locked(client):
        try:
            _by_request(client, order, old)
        finally:
            client.close()
    else:
        if client is not None:
            client.close()
        with open_prompt(port, baud, fresh=client is None) as prompt:
            by_prompt(prompt, order)
            prompt.reset()
    client, _ = first_status(port, baud, after_boot=boot)
    try:
        prove(client, order)
    finally:
        client.close()


def prove(client: Client, order: Order) -> None:
    """Setting the clock needs the key and the device id; it does no harm."""
    if client.hello is None or client.hello.device_id != order.device_id:
        raise PosdiagError(key="not_provisioned", port=client.transport.name)
    if order.key is not None:
        client.request_keyed(ids.OP_SET_TIME, {0: int(time.time())}, order.key)


def _accepted(client: Client, order: Order, keys: list[bytes]) -> bytes:
    """The key under which the terminal took its settings: an attempt that was cut may have left it
    with the new one.
    """
    if order.key is not None and order.key not in keys:
        keys = [*keys, order.key]
    for at, key in enumerate(keys):
        try:
            client.request_keyed(ids.OP_CONFIG_SET, order.settings, key)
            return key
        except RequestFailed as error:
            if error.result != ids.R_KEY_WRONG or at + 1 == len(keys):
                raise
    raise PosdiagError(key="old_key_needed")


def _by_request(
    client: Client, order: Order, old: bytes | Callable[[str], list[bytes]] | None
) -> None:
    if order.ca is not None or order.report_ca is not None or order.acquirer_ca:
        raise BadFile(key="ca_needs_unlock")
    before = (client.hello.device_id if client.hello else None) or ""
    key_store.moves(order.device_id, before)
    key = _accepted(client, order, old(before) if callable(old) else [old] if old else [])
    if order.key is None or order.key == key:
        client.request_keyed(ids.OP_RESTART, None, key)
        return
    salt = secrets.token_bytes(_SALT_LENGTH)
    args = {0: salt, 1: wrapped(order.key, key, salt)}
    client.request_keyed(ids.OP_KEY_SET, args, key)


def by_prompt(prompt: Prompt, order: Order) -> None:
    """Write the files of /data; all else that is there stays."""
    prompt.run("import os\ntry:\n    os.mkdir('/data')\nexcept OSError:\n    pass")
    if order.key is not None and prompt.value(
        "[n for n in os.listdir('/data') if n.split('.')[-1][:2] in ('ob', 'oa')]", list
    ):
        raise FlashRefused(key="messages_wait")
    prompt.run(
        "def _bytes(path):\n"
        "    try:\n"
        "        with open(path, 'rb') as f:\n"
        "            return f.read()\n"
        "    except OSError:\n"
        "        return b''"
    )
    values = _settings(prompt.value(f"_bytes({_CONFIG!r})", bytes))
    known = {name: values[name] for name in values if name in schema.SETTINGS}
    files = {_CONFIG: schema.as_file({**known, **order.settings})}
    if order.ca is not None:
        files[_CA] = order.ca
    for number, authority in sorted(order.acquirer_ca.items()):
        files[_FURTHER_CA % number] = authority
    if order.report_ca is not None:
        files[_REPORT_CA] = order.report_ca
    if order.key is not None:
        files[_KEY] = order.key
    for path, data in files.items():
        prompt.put(path + ".new", data)
        prompt.run(f"os.rename({path + '.new'!r}, {path!r})")
        there = prompt.value(f"__import__('hashlib').sha256(_bytes({path!r})).digest()", bytes)
        if there != hashlib.sha256(data).digest():
            raise FlashRefused(key="not_as_written", slot=path)


def _settings(kept: bytes) -> dict[str, Any]:
    """What a file of settings holds; nothing where it is none, as the agent reads it."""
    try:
        values = json.loads(kept or b"{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
