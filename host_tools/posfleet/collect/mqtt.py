"""The collector at an MQTT 3.1.1 broker: takes batches, and confirms each message to the broker
only when it is durable.

A session of its own name stays at the broker while the collector is away. `$share` lets any number
of collectors divide the work; a broker without it serves one collector.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from typing import Any

from ..broker import Broker, mqtt_client
from ..wire import topics
from ..wire.envelope import SIZE_MAX
from .collector import Collector

BATCH_MAX = 2000  # messages in one transaction
_IDLE_S = 0.02  # no more came for so long: the batch is whole
_RETRY_S = (1.0, 60.0)
_KEEPALIVE_S = 30


class MqttCollector:
    """run() works until stop(). `say` hears what an operator should read, a line each."""

    def __init__(
        self,
        collector: Collector,
        broker: Broker,
        fleets: tuple[str, ...],
        name: str,
        say: Any = print,
        share: bool = True,
    ) -> None:
        self._collector = collector
        self._broker = broker
        self._filters = [
            topics.shared(fleet, leaf) if share else topics.every(fleet, leaf)
            for fleet in fleets
            for leaf in (topics.STATUS, topics.RECORDS)
        ]
        self._name = name
        self._say = say
        self._stopping = threading.Event()
        self._lost = threading.Event()
        self.batches = 0
        self.messages = 0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Connects again whenever the broker goes, each time later and at a random moment."""
        wait_s = _RETRY_S[0]
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._session()
            except OSError as error:
                self._say(f"collect: broker: {error}")
            if time.monotonic() - began > 60:
                wait_s = _RETRY_S[0]
            self._stopping.wait(random.uniform(wait_s / 2, wait_s))
            wait_s = min(wait_s * 2, _RETRY_S[1])

    def _session(self) -> None:
        arrived: queue.Queue[Any] = queue.Queue(2 * BATCH_MAX)
        self._lost.clear()
        client = mqtt_client(self._broker, self._name, clean=False, manual_ack=True)
        client.on_message = lambda _c, _u, message: self._take(arrived, message)
        client.on_connect = self._connected
        client.on_disconnect = lambda *_: self._lost.set()
        host, port = random.choice(self._broker.nodes)
        client.connect(host, port, _KEEPALIVE_S)
        client.loop_start()
        try:
            while not (self._stopping.is_set() or self._lost.is_set()):
                batch = self._gather(arrived)
                if batch:
                    self._work(client, batch)
        finally:
            self._lost.set()  # whoever waits for room in the queue waits no more
            client.disconnect()
            client.loop_stop()

    def _connected(self, client: Any, _user: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            self._say(f"collect: broker refuses: {reason}")
            self._lost.set()
            return
        self._say(f"collect: connected to {client.host}:{client.port}")
        client.subscribe([(text, 1) for text in self._filters])

    def _take(self, arrived: Any, message: Any) -> None:
        """On the client's own thread, which reads on when there is room: a broker that sends more
        than it may waits in its own memory."""
        if len(message.payload) > SIZE_MAX:
            # Refused as too long, and kept in no queue.
            message.payload = message.payload[: SIZE_MAX + 1]
        while not (self._stopping.is_set() or self._lost.is_set()):
            try:
                arrived.put(message, timeout=0.5)
                return
            except queue.Full:
                continue

    def _gather(self, arrived: Any) -> list[Any]:
        """What is there, once it pauses: a broker sends no more than it may have unconfirmed."""
        try:
            batch = [arrived.get(timeout=0.5)]
        except queue.Empty:
            return []
        while len(batch) < BATCH_MAX:
            try:
                batch.append(arrived.get(timeout=_IDLE_S))
            except queue.Empty:
                break
        return batch

    def _work(self, client: Any, batch: list[Any]) -> None:
        found = [(message.topic, message.payload) for message in batch]
        wait_s = _RETRY_S[0]
        while True:
            try:
                acks = self._collector.collect(found)
                break
            except Exception as error:  # whatever the database's driver raises: nothing is lost
                self._say(f"collect: store: {type(error).__name__}: {error}")
                if self._stopping.wait(wait_s) or self._lost.is_set():
                    return
                wait_s = min(wait_s * 2, _RETRY_S[1])
        for topic, payload in acks:
            client.publish(topic, payload, qos=0, retain=True)
        for message in batch:
            client.ack(message.mid, message.qos)
        self.batches += 1
        self.messages += len(batch)
