"""Gives a terminal its identity, its key and its acquirer's settings, and proves that they hold.

A development build is written to through its prompt; a locked one takes keyed requests, and its
new key travels under the old one. What the prompt writes replaces whole files, and while it writes
there is no key: a terminal whose power goes on the way says that it has none.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from posproto import ids
from posproto.settings import further

from ..board.entry import ask, at_prompt, first_status, is_locked
from ..board.reads import READS
from ..board.repl import Prompt
from ..errors import BadFile, BoardRefused, PosdiagError, RequestFailed
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
    """[(name, reason)] of settings that the terminal would refuse, before anything is changed."""
    return schema.refusals(order.settings)


@dataclass(frozen=True)
class Unguarded:
    """A connection over TLS without its authority's certificate, which the agent does not open.

    `option` of `posdiag provision` brings it; `is_sure`: no, where the terminal may have it.
    """

    host: str
    option: str
    is_sure: bool = True


def unguarded(settings: dict[str, Any], files: Collection[str]) -> list[Unguarded]:
    """Those of a terminal with these settings, and these names in /data."""
    found = []
    if settings.get("tls") and settings.get("host") and "ca.pem" not in files:
        found.append(Unguarded(str(settings["host"]), "--ca"))
    for number in range(2, ids.ACQUIRERS_MAX + 1):
        own = further(number)
        # Without one of its own it takes the first one's.
        has_none = not {f"acq{number}.ca.pem", "ca.pem"} & set(files)
        if settings.get(own + "tls") and settings.get(own + "host") and has_none:
            found.append(Unguarded(str(settings[own + "host"]), f"--acquirer-ca {number}"))
    is_secure = settings.get("report_tls", schema.SETTINGS["report_tls"].default)
    if is_secure and settings.get("report_host") and "report.pem" not in files:
        found.append(Unguarded(str(settings["report_host"]), "--report-ca"))
    return found


def provision(
    port: str, baud: int, order: Order, old: bytes | Callable[[str], list[bytes]] | None
) -> list[Unguarded]:
    """Write, restart, prove. `old`: the key that the terminal has now, for a locked one, or what
    gives those that one of this id may have. Returns unguarded(); of a locked terminal, whose
    files nobody sees, what this order newly wants over TLS.

    Raises BoardRefused while messages wait that the old key seals, and all that reaching a
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
            lacking = _by_request(client, order, old)
        finally:
            client.close()
    else:
        if client is not None:
            client.close()
        with at_prompt(port, baud, fresh=client is None) as prompt:
            lacking = by_prompt(prompt, order)
    client, _ = first_status(port, baud, after_boot=boot)
    try:
        prove(client, order)
    finally:
        client.close()
    return lacking


def prove(client: Client, order: Order) -> None:
    """Set the clock, which needs the key and the device id and does no harm: so both hold. Raises
    PosdiagError where they do not.
    """
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


def _newly(client: Client, order: Order) -> list[Unguarded]:
    known = client.request(ids.OP_CONFIG_GET).value
    known = known if isinstance(known, dict) else {}
    was = unguarded(known, ())
    wanted = unguarded({**known, **order.settings}, ())
    return [replace(one, is_sure=False) for one in wanted if one not in was]


def _by_request(
    client: Client, order: Order, old: bytes | Callable[[str], list[bytes]] | None
) -> list[Unguarded]:
    if order.ca is not None or order.report_ca is not None or order.acquirer_ca:
        raise BadFile(key="ca_needs_unlock")
    lacking = _newly(client, order)
    before = (client.hello.device_id if client.hello else None) or ""
    key_store.moves(order.device_id, before)
    key = _accepted(client, order, old(before) if callable(old) else [old] if old else [])
    if order.key is None or order.key == key:
        client.request_keyed(ids.OP_RESTART, None, key)
        return lacking
    salt = secrets.token_bytes(_SALT_LENGTH)
    args = {0: salt, 1: wrapped(order.key, key, salt)}
    client.request_keyed(ids.OP_KEY_SET, args, key)
    return lacking


# What it finds on the board; what a cut left half written goes.
_LOOK = (
    READS
    + """
try:
    os.mkdir('/data')
except OSError:
    pass
for _n in os.listdir('/data'):
    if _n.endswith('.new'):
        os.remove('/data/' + _n)
"""
)


def by_prompt(prompt: Prompt, order: Order) -> list[Unguarded]:
    """Write the files of /data; all else that is there stays. Returns unguarded().

    A new key comes last, and the one before goes first: in between there is none, and the terminal
    takes no message. So a locked one is refused, which would be nobody's then.
    """
    prompt.run(_LOOK)
    if prompt.value("_locked()", bool):
        raise BoardRefused(key="locked_prompt", port=prompt.port)
    there = prompt.value("os.listdir('/data')", list)
    if order.key is not None:
        if any(str(name).split(".")[-1][:2] in ("ob", "oa") for name in there):
            raise BoardRefused(key="messages_wait")
        prompt.run(f"if 'key' in os.listdir('/data'): os.remove({_KEY!r})")
    values = _settings(prompt.value(f"_bytes({_CONFIG!r})", bytes))
    known = {name: values[name] for name in values if name in schema.SETTINGS}
    settings = {**known, **order.settings}
    files = {_CONFIG: schema.as_file(settings)}
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
        kept = prompt.value(f"__import__('hashlib').sha256(_bytes({path!r})).digest()", bytes)
        if kept != hashlib.sha256(data).digest():
            raise BoardRefused(key="not_as_written", slot=path)
    return unguarded(settings, {*there, *(path.rpartition("/")[2] for path in files)})


def _settings(kept: bytes) -> dict[str, Any]:
    """What a file of settings holds; nothing where it is none, as the agent reads it."""
    try:
        values = json.loads(kept or b"{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
