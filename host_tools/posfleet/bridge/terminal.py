"""The reader of one terminal on its cable: what that says is kept, in its own signed frames.

What is kept: a status when something changes and once an hour, every event, the state of its SIM
card's account once a day and of its settlements when they move. Events come by themselves; what
was missed while nobody listened is read from its log. The bridge encodes nothing of it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from posdiag.errors import NoAnswer, RequestFailed
from posdiag.facts.model import Event, Status
from posdiag.link.client import Client, Message
from posproto import ids

from . import asking
from .kept import STATUS, Place, Store

STATUS_S = 3600
_ACCOUNT_S = 86400
_SETTLEMENT_S = 6 * 3600
_LOG_S = 3600  # the log is looked through so often, for what was not heard
_SOON_S = 2  # events come in bunches
_AGAIN_S = 30  # after a question that nobody answered
_PAGE = 32


class Terminal:
    """turn() is called again and again by one thread. `clock` gives Unix seconds."""

    def __init__(
        self, client: Client, name: str, store: Store, clock: Callable[[], float]
    ) -> None:
        self.client = client
        self.name = name
        self.store = store
        self.cannot_sign = ""  # why, in a word of R_*
        self.log_lost = False  # its log forgot records before they were read
        self._clock = clock
        self._told: tuple[Any, ...] = ()
        self._told_s = 0.0
        self._asks: dict[str, Callable[[], float]] = {
            "sign": self._sign,
            "log": self._log,
            "account": self._account,
            "settlement": self._settlement,
        }
        self._due = dict.fromkeys(self._asks, 0.0)
        store.era(name)

    def turn(self, wait_s: float = 0.2) -> None:
        """Reads the cable once, asks what is due. Raises Disconnected."""
        for message in self.client.pump(wait_s):
            self._hear(message)
        while self.client.unsolicited:
            self._hear(self.client.unsolicited.popleft())
        now = self._clock()
        for what, ask in self._asks.items():
            if now < self._due[what]:
                continue
            if self.cannot_sign and what != "sign":
                continue
            try:
                self._due[what] = now + ask()
            except NoAnswer:
                self._due[what] = now + _AGAIN_S
            except RequestFailed as error:
                if what == "sign" or isinstance(error, asking.Unsigned):
                    self.cannot_sign = str(error.params.get("result_name", error.result))
                self._due[what] = now + STATUS_S

    def _soon(self, what: str, seconds: float) -> None:
        self._due[what] = min(self._due[what], self._clock() + seconds)

    def _hear(self, message: Message) -> None:
        signed, value = asking.signed(message), message.value
        fresh = signed is None and isinstance(value, (Status, Event)) and not self.cannot_sign
        if fresh or message.kind == ids.FRAME_HELLO:
            self._soon("sign", 0)  # it started anew
        if isinstance(value, Status) and signed is not None:
            now = self._clock()
            gist = self._gist(value)
            if gist != self._told or now - self._told_s >= STATUS_S:
                self._told, self._told_s = gist, now
                self._keep(STATUS, signed)
        elif isinstance(value, Event):
            self._event(value, signed)

    @staticmethod
    def _gist(status: Status) -> tuple[Any, ...]:
        """The part of a status whose change is news. An outbox fills whenever a shop sells."""
        return (status.boot, status.verdict, status.verdict_2, status.sim, status.is_registered)

    def _event(self, event: Event, signed: bytes | None) -> None:
        place = self.store.place(self.name)
        if signed is not None and event.sequence == place.log_next and event.boot:
            self._keep(0, signed, Place(event.boot, place.log_next + 1))
        else:
            self._soon("log", _SOON_S)
        if event.id // 100 == 5:
            self._soon("settlement", 60)
        if event.id in (ids.E_BALANCE, ids.E_CREDIT_STATE, ids.E_PLAN_SET):
            self._soon("account", 60)

    def _keep(self, kind: int, message: bytes, place: Place | None = None) -> None:
        self.store.add(self.name, int(self._clock()), [(kind, message)], place)

    def _sign(self) -> float:
        asking.sign(self.client)
        self.cannot_sign = ""
        message, value = asking.ask(self.client, ids.OP_STATUS)
        status = Status.from_map(value)
        self._told, self._told_s = self._gist(status), self._clock()
        place = self.store.place(self.name)
        boot = status.boot or 0
        # Fewer starts than before: its flash was erased, and its numbers begin anew.
        place = Place(boot, place.log_next if boot >= place.boot else 0)
        self._keep(ids.OP_STATUS, message, place)
        self._soon("log", 0)
        return 1e9

    def _log(self) -> float:
        place = self.store.place(self.name)
        while True:
            message, value = asking.ask(self.client, ids.OP_LOG, {0: place.log_next, 1: _PAGE})
            found, following, oldest = (value.get(key) for key in range(3))
            self.log_lost = bool(place.log_next) and oldest > place.log_next
            if not found:
                return _LOG_S
            place = Place(place.boot, following)
            self._keep(ids.OP_LOG, message, place)

    def _account(self) -> float:
        self._keep(ids.OP_CREDIT, asking.ask(self.client, ids.OP_CREDIT)[0])
        return _ACCOUNT_S

    def _settlement(self) -> float:
        self._keep(ids.OP_SETTLEMENT, asking.ask(self.client, ids.OP_SETTLEMENT)[0])
        return _SETTLEMENT_S
