"""One bridge (a till, a terminal's own processor, a shop's computer): several cables, one broker.

Each cable has two threads that meet in the store: one reads the terminal, one sends. Either may
stand still for days; the other goes on.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from posdiag.errors import NoAnswer, PosdiagError, RequestFailed
from posdiag.facts import names
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posproto import ids

from ..broker import Broker
from ..wire import topics
from ..wire.acks import Ack
from .kept import Store
from .sender import AGAIN_S, Sender
from .terminal import Terminal

_RETRY_S = 30.0
_CLOCK_OFF_S = 120  # a terminal's clock is set when it is so far off
_CLOCK_EVERY_S = 3600
_PLAN_OLD_S = 86400


@dataclass(frozen=True)
class Credential:
    """What a bridge has of one device: its fleet, its password at the broker, the key that checks
    confirmations; `device_key` only where its owner wants plan data and time applied."""

    fleet: str
    password: str
    ack_key: bytes
    device_key: bytes | None = None


def read_credentials(path: str) -> dict[str, Credential]:
    """A file of `posfleet enrol credentials`: {device: {fleet, password, ack_key}}. Raises
    OSError, ValueError."""
    found = {}
    for name, entry in json.loads(Path(path).read_text(encoding="utf-8")).items():
        if not topics.is_id(name):
            raise ValueError(name)
        key = entry.get("device_key")
        found[name] = Credential(
            str(entry["fleet"]),
            str(entry["password"]),
            bytes.fromhex(entry["ack_key"]),
            bytes.fromhex(key) if key else None,
        )
    return found


class Cable:
    """One cable and its two threads. `credential(device id)` gives what is needed, or None for a
    stranger; `say` hears a line about what changed."""

    def __init__(
        self,
        port: str,
        baud: int,
        broker: Broker,
        store: Store,
        credential: Callable[[str], Credential | None],
        say: Callable[[str], None],
        again_s: tuple[float, float] = AGAIN_S,
    ) -> None:
        self.port, self.baud = port, baud
        self.name = ""
        self.sender: Sender | None = None
        self._broker, self._store = broker, store
        self._credential, self._say = credential, say
        self._again_s = again_s
        self._stopping = threading.Event()
        self._acks: list[Ack] = []
        self._applied: dict[int, Any] = {}
        self._plan_s = 0  # when the newest was written that was heard of
        self.plans_heard = 0  # that were not handed on, for want of the key
        self._said = ""
        self._clock_s = 0.0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until stop(): opens the port, and again whenever it is lost."""
        sending: threading.Thread | None = None
        while not self._stopping.is_set():
            try:
                client = Client(open_transport(self.port, self.baud))
            except PosdiagError as error:
                self._tell(str(error))
                self._stopping.wait(random.uniform(_RETRY_S / 2, _RETRY_S))
                continue
            try:
                name = client.greet().device_id or ""
                credential = self._credential(name)
                if credential is None:
                    self._tell(f"{name or 'a terminal without a name'}: not enrolled here")
                    self._stopping.wait(_RETRY_S)
                    continue
                if name != self.name:
                    self.name = name
                    if self.sender is not None:
                        self.sender.close()
                    self.sender = self._new_sender(name, credential)
                if sending is None:
                    sending = threading.Thread(target=self._send, daemon=True)
                    sending.start()
                self._read(client, name, credential)
            except PosdiagError as error:
                self._tell(str(error))
                self._stopping.wait(random.uniform(1, 5))
            finally:
                client.close()
        if sending is not None:
            sending.join()

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(f"{self.port}: {text}")

    def _new_sender(self, name: str, credential: Credential) -> Sender:
        broker = replace(self._broker, user=name, password=credential.password)
        if not self._broker.user and not credential.password:
            broker = self._broker
        return Sender(
            *(broker, credential.fleet, name, self._store, credential.ack_key, self._acks.append),
            again_s=self._again_s,
        )

    def _read(self, client: Client, name: str, credential: Credential) -> None:
        terminal = Terminal(client, name, self._store, time.time)
        self._tell(f"{name}: reading")
        while not self._stopping.is_set():
            terminal.turn()
            if terminal.cannot_sign:
                self._tell(f"{name}: signs nothing ({terminal.cannot_sign})")
            while self._acks:
                ack = self._acks.pop(0)
                if credential.device_key is not None:
                    self._apply(client, ack, credential.device_key)
                elif ack.plan:
                    self.plans_heard += 1

    def _send(self) -> None:
        while not self._stopping.is_set():
            if self.sender is not None:
                self.sender.turn()
            self._stopping.wait(0.2)
        if self.sender is not None:
            self.sender.close()

    def _apply(self, client: Client, ack: Ack, key: bytes) -> None:
        """What the fleet tells back, where the owner gave the device's key: the time where the
        terminal has none or a wrong one, and what the SIM card's platform says. A refusal is told
        and tried again when there is something else to say."""
        status, now = client.status, time.time()
        if (
            status is not None
            and not status.flags & ids.FLAG_VIRTUAL_TIME
            and now - self._clock_s > _CLOCK_EVERY_S
            and abs(ack.unix_s - now) < _CLOCK_OFF_S  # two clocks agree, the terminal's does not
            and abs((status.unix_s or 0) - now) > _CLOCK_OFF_S
        ):
            self._clock_s = now
            self._order(client, ids.OP_SET_TIME, {0: int(now)}, key)
        # A broker may bring yesterday's again: what the platform said then is not said now.
        is_news = ack.plan and ack.plan != self._applied and self._is_newest(ack, now)
        if is_news and self._order(client, ids.OP_PLAN_SET, ack.plan, key):
            self._applied = ack.plan

    def _is_newest(self, ack: Ack, now: float) -> bool:
        newest, self._plan_s = self._plan_s, max(self._plan_s, ack.unix_s)
        return ack.unix_s >= newest and abs(ack.unix_s - now) < _PLAN_OLD_S

    def _order(self, client: Client, op: int, args: dict[int, Any], key: bytes) -> bool:
        """Order `op`; True where the terminal decided about it, False where it did not answer."""
        try:
            client.request_keyed(op, args, key)
        except NoAnswer:
            return False
        except RequestFailed as error:
            self._tell(f"{self.name}: {names.name_of(names.OPERATIONS, op)}: {error}")
        return True
