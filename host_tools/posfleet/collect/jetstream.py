"""The collector at NATS JetStream: bridges speak MQTT to NATS, collectors pull from a stream.

NATS' MQTT has no shared subscriptions; one durable consumer with many pullers divides the work in
their place. What is not confirmed comes again, to any of them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ..broker import Broker
from ..wire import topics
from .collector import Collector

BATCH_MAX = 500
_STREAM = "POSMA"
_DURABLE = "collectors"
_WAIT_S = 1.0


def subject(topic: str) -> str:
    """NATS' subject of an MQTT topic: a level becomes a token, a dot two slashes."""
    return topic.replace(".", "//").replace("/", ".").replace("..", "//")


def topic_of(name: str) -> str:
    """The reverse."""
    return name.replace("//", "\0").replace(".", "/").replace("\0", ".")


class JetStreamCollector:
    """run() works until stop()."""

    def __init__(
        self,
        collector: Collector,
        broker: Broker,
        fleets: tuple[str, ...],
        say: Any = print,
        replicas: int = 1,
    ) -> None:
        self._collector = collector
        self._broker = broker
        self._subjects = [
            subject(topics.every(fleet, leaf)).replace("+", "*")
            for fleet in fleets
            for leaf in (topics.STATUS, topics.RECORDS)
        ]
        self._say = say
        self._replicas = replicas
        self._stopping = False
        self.messages = 0

    def stop(self) -> None:
        self._stopping = True

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        import nats
        from nats.errors import Error

        while not self._stopping:
            try:
                client = await nats.connect(
                    f"nats://{self._broker.host}:{self._broker.port}",
                    user=self._broker.user or None,
                    password=self._broker.password or None,
                    tls=self._broker.context() if self._broker.is_secure else None,
                    max_reconnect_attempts=-1,
                )
                try:
                    await self._pull(client)
                finally:
                    await client.close()
            except (OSError, Error) as error:
                self._say(f"collect: broker: {type(error).__name__}: {error}")
                await asyncio.sleep(2)

    async def _pull(self, client: Any) -> None:
        from nats.errors import TimeoutError as NothingCame

        stream = client.jetstream()
        await self._ready(stream)
        puller = await stream.pull_subscribe("", _DURABLE, stream=_STREAM)
        while not self._stopping:
            try:
                found = await puller.fetch(BATCH_MAX, timeout=_WAIT_S)
            except NothingCame:
                continue
            batch = [(topic_of(message.subject), message.data) for message in found]
            try:
                acks = await asyncio.to_thread(self._collector.collect, batch)
            except Exception as error:  # the store is away: NATS brings the batch again
                self._say(f"collect: store: {type(error).__name__}: {error}")
                await asyncio.sleep(2)
                continue
            for topic, payload in acks:
                await client.publish(subject(topic), payload)
            for message in found:
                await message.ack()
            self.messages += len(found)

    async def _ready(self, stream: Any) -> None:
        """The stream and its consumer, made where they are not there yet."""
        from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig
        from nats.js.errors import BadRequestError, NotFoundError

        try:
            await stream.stream_info(_STREAM)
        except NotFoundError:
            await stream.add_stream(
                StreamConfig(name=_STREAM, subjects=self._subjects, num_replicas=self._replicas)
            )
        try:
            await stream.consumer_info(_STREAM, _DURABLE)
        except NotFoundError:
            try:
                await stream.add_consumer(
                    _STREAM,
                    ConsumerConfig(
                        durable_name=_DURABLE,
                        ack_policy=AckPolicy.EXPLICIT,
                        ack_wait=30,
                        max_ack_pending=10_000,
                    ),
                )
            except BadRequestError:
                pass  # another collector was faster
