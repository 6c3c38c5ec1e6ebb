"""The way from the bridge's store to the broker, and of the fleet's confirmations back.

A report is sent, and sent again until the fleet's own confirmation comes: that the broker took it
proves nothing. Confirmations carry a MAC of the fleet's; others are counted and change nothing.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from ..broker import Broker, mqtt_client
from ..wire import envelope, topics
from ..wire.acks import ACK_MAX, Ack, read
from .kept import Kept, Store

_PAYLOAD_MAX = 4096  # a few log pages together
_WINDOW = 16  # payloads that the broker has not taken yet
AGAIN_S = (60.0, 3600.0)  # without a confirmation: first, at most
_RETRY_S = (2.0, 300.0)
_ROUNDS_MAX = 20  # that were answered and did not move: one bad report must not hold the others
_KEEPALIVE_S = 1200  # a confirmation follows a report at once; a dead line shows at the next one


class Sender:
    """One terminal's connection. turn() is called again and again by one thread; on_ack(Ack) hears
    each confirmation on that thread."""

    def __init__(
        self,
        broker: Broker,
        fleet: str,
        name: str,
        store: Store,
        ack_key: bytes,
        on_ack: Callable[[Ack], None] = lambda ack: None,
        clock: Callable[[], float] = time.monotonic,
        again_s: tuple[float, float] = AGAIN_S,
    ) -> None:
        self.name = name
        self.bad_acks = 0
        self.error = ""
        self.sent_bytes = 0
        self._broker, self._store, self._key = broker, store, ack_key
        self._on_ack, self._clock = on_ack, clock
        self._topics = {leaf: topics.topic(fleet, name, leaf) for leaf in "sea"}
        self._client: Any = None
        self._up = False
        self._lock = threading.Lock()
        self._acks: list[bytes] = []
        self._retry = (0.0, _RETRY_S[0])  # when, and the next wait
        self._node = random.randrange(len(broker.nodes))
        self._again_s = again_s
        self._era = store.era(name)
        self._rounds, self._answered = 0, False  # without a step forward
        self._rewind()

    def _rewind(self) -> None:
        self._sent = 0  # number of the last report that was handed to the broker
        self._base = self._store.base(self.name)
        self._flying: list[Any] = []  # publishes that the broker has not taken yet
        self._wait_s = self._again_s[0]
        self._again_at = self._clock() + self._wait_s

    @property
    def is_connected(self) -> bool:
        return self._up

    def close(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
        self._up = False

    def turn(self) -> None:
        """Do what is due, without waiting for long and without an error of the network's:
            confirmations that came are taken out of the store;
            without a connection: connect, again after a pause that doubles;
            what was sent is not confirmed in time: all of it is sent again, after a pause that
                doubles; after _ROUNDS_MAX of these that were answered the oldest is given up;
            else what is new in the store is sent.
        Confirmed up to 41 with 42 to 44 sent, it sends 45; after the pause 42 to 45 once more.
        """
        with self._lock:
            acks, self._acks = self._acks, []
        for payload in acks:
            self._confirmed(payload)
        if self._client is None or not self._client.is_connected():
            if self._up or self._clock() >= self._retry[0]:
                self._connect()
            return
        if not self._up:
            return
        now = self._clock()
        if now >= self._again_at and self._sent >= self._base:
            self._sent = 0
            self._wait_s = min(self._wait_s * 2, self._again_s[1])
            self._again_at = now + random.uniform(self._wait_s / 2, self._wait_s)
            self._rounds += self._answered
            self._answered = False
            if self._rounds >= _ROUNDS_MAX:
                self._rounds = 0
                self._store.give_up(self.name)
                self._base = self._store.base(self.name)
        self._send()

    def _connect(self) -> None:
        self.close()
        wait_s = self._retry[1]
        self._retry = (
            self._clock() + random.uniform(wait_s / 2, wait_s),
            min(wait_s * 2, _RETRY_S[1]),
        )
        # NATS takes no dot in a client's name, and no id has an equals sign.
        client = mqtt_client(self._broker, self.name.replace(".", "="), clean=True)
        client.max_inflight_messages_set(_WINDOW)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._heard
        self._node = (self._node + 1) % len(self._broker.nodes)
        try:
            client.connect(*self._broker.nodes[self._node], _KEEPALIVE_S)
        except (OSError, ValueError) as error:
            self.error = str(error)
            return
        self._client = client
        client.loop_start()

    def _connected(self, client: Any, _user: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            self.error = str(reason)
            return
        self.error = ""
        client.subscribe(self._topics["a"], 0)  # they come again with each report
        self._rewind()
        self._retry = (0.0, _RETRY_S[0])
        self._up = True

    def _subscribed(self, _client: Any, _user: Any, _mid: Any, reasons: Any, _props: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self.error = f"{self._topics['a']}: {reasons[0]}"

    def _heard(self, _client: Any, _user: Any, message: Any) -> None:
        if len(message.payload) > ACK_MAX:
            self.bad_acks += 1
            return
        with self._lock:
            self._acks = [*self._acks[-15:], message.payload]

    def _confirmed(self, payload: bytes) -> None:
        try:
            ack = read(payload, self.name, self._key)
        except Exception:  # from outside: forged, cut, of another key
            self.bad_acks += 1
            return
        if self._store.confirm(self.name, ack.era, ack.number):
            self._base = self._store.base(self.name)
            self._rounds = 0
            self._wait_s = self._again_s[0]
            self._again_at = self._clock() + self._wait_s
        elif ack.era == self._era:
            self._answered = True
        self._on_ack(ack)

    def _send(self) -> None:
        """Publish what waits: the newest status alone and retained, all else in its order, a few
        in a payload. Of 7 an event, 8 a status, 9 an event, 10 the newest status: 7 to 9, then 10.
        """
        while True:
            self._flying = [info for info in self._flying if not info.is_published()]
            if len(self._flying) >= _WINDOW:
                return
            waiting = self._store.waiting(self.name, self._sent, 64)
            if not waiting:
                return
            newest = waiting[-1].number if waiting[-1].is_status else 0
            taken: list[Kept] = []
            size = 0
            for kept in waiting:
                if kept.number == newest and taken:
                    break
                size += len(kept.message)
                if taken and (size > _PAYLOAD_MAX or kept.number != taken[-1].number + 1):
                    break
                taken.append(kept)
            retained = taken[0].number == newest
            reports = [(kept.received_s, kept.message, kept.op) for kept in taken]
            payload = envelope.pack(
                *(self._era, self._base, taken[0].number, reports, self.name, self._key)
            )
            leaf = topics.STATUS if retained else topics.RECORDS
            info = self._client.publish(self._topics[leaf], payload, qos=1, retain=retained)
            if info.rc:
                return  # the line broke just now: the next connection begins with all of it
            self._flying.append(info)
            self.sent_bytes += len(payload)
            self._sent = taken[-1].number
