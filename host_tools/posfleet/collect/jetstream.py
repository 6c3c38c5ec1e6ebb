"""The collector at NATS JetStream: bridges speak MQTT to NATS, collectors pull from a stream.

NATS' MQTT has no shared subscriptions; one durable consumer with many pullers divides the work in
their place. What is not confirmed comes again, to any of them; what is confirmed leaves it.
A stream serves one fleet, so that collectors of different fleets take nothing from each other.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ..broker import Broker
from ..wire import topics
from .collector import Collector

BATCH_MAX = 1000  # messages in one transaction
_DURABLE = "collectors"
_WAIT_S = 0.5
_RETRY_S = 2.0
_REQUEST_S = 10.0  # a cluster elects a leader within a few seconds
_ACK_WAIT_S = 30  # a collector that died with messages in hand: others get them then
_STREAM_AGE_S = 7 * 86400  # bridges keep what is not confirmed to them; the stream need not
_STREAM_BYTES = 1 << 30  # set aside on the disk of each node that holds the stream


def subject(topic: str) -> str:
    """NATS' subject of an MQTT topic: a level becomes a token, a dot two slashes."""
    return ".".join(level.replace(".", "//") for level in topic.split("/"))


def topic_of(name: str) -> str:
    """The reverse."""
    return name.replace("//", "\0").replace(".", "/").replace("\0", ".")


def stream_name(fleet: str) -> str:
    """A stream's name holds no dot, a fleet's no plus."""
    return "POSMA-" + fleet.replace(".", "+")


class JetStreamCollector:
    """run() works until stop(). `replicas`: of a stream that is not there yet; three in a cluster
    outlive the death of a node."""

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
        self._fleets = fleets
        self._say = say
        self._replicas = replicas
        self._stopping = False
        self.messages = 0

    def stop(self) -> None:
        self._stopping = True

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._session()
            except Exception as error:  # whatever the client raises while a cluster is in pieces
                self._say(f"collect: broker: {type(error).__name__}: {error}")
                await asyncio.sleep(_RETRY_S)

    async def _session(self) -> None:
        import nats

        async def heard(_error: Exception) -> None:
            """The library's own attempts to come back; what matters is raised by what we ask."""

        connecting = nats.connect(
            [f"nats://{host}:{port}" for host, port in self._broker.nodes],
            user=self._broker.user or None,
            password=self._broker.password or None,
            tls=self._broker.context() if self._broker.is_secure else None,
            error_cb=heard,
        )
        client = await asyncio.wait_for(connecting, _REQUEST_S)
        try:
            one_at_a_time = asyncio.Lock()
            pulls = [
                asyncio.ensure_future(self._pull(client, fleet, one_at_a_time))
                for fleet in self._fleets
            ]
            try:
                await asyncio.gather(*pulls)
            finally:
                for pull in pulls:
                    pull.cancel()
        finally:
            await asyncio.wait_for(client.close(), _REQUEST_S)

    async def _pull(self, client: Any, fleet: str, one_at_a_time: asyncio.Lock) -> None:
        stream = client.jetstream(timeout=_REQUEST_S)
        await self._ready(stream, fleet)
        puller = await stream.pull_subscribe_bind(_DURABLE, stream_name(fleet))
        self._say(f"collect: {fleet}: connected to {client.connected_url.netloc}")
        while not self._stopping:
            try:
                found = await puller.fetch(BATCH_MAX, timeout=_WAIT_S)
            except asyncio.TimeoutError:
                continue
            batch = [(topic_of(message.subject), message.data) for message in found]
            try:
                async with one_at_a_time:
                    acks = await asyncio.to_thread(self._collector.collect, batch)
            except Exception as error:  # the store is away: NATS brings the batch again
                self._say(f"collect: store: {type(error).__name__}: {error}")
                await asyncio.sleep(_RETRY_S)
                continue
            for topic, payload in acks:
                await client.publish(subject(topic), payload)
            for message in found:
                await message.ack()
            self.messages += len(found)

    async def _ready(self, stream: Any, fleet: str) -> None:
        """The stream and its consumer, made where they are not there yet."""
        from nats.js import api
        from nats.js.errors import BadRequestError, NotFoundError

        name = stream_name(fleet)
        leaves = (topics.STATUS, topics.RECORDS)
        wanted = [subject(topics.every(fleet, leaf)).replace("+", "*") for leaf in leaves]
        try:
            await stream.stream_info(name)
        except NotFoundError:
            await self._made(
                stream.add_stream(
                    api.StreamConfig(
                        name=name,
                        subjects=wanted,
                        retention=api.RetentionPolicy.WORK_QUEUE,
                        discard=api.DiscardPolicy.OLD,
                        max_age=_STREAM_AGE_S,
                        max_bytes=_STREAM_BYTES,
                        num_replicas=self._replicas,
                    )
                ),
                BadRequestError,
            )
        try:
            await stream.consumer_info(name, _DURABLE)
        except NotFoundError:
            await self._made(
                stream.add_consumer(
                    name,
                    api.ConsumerConfig(
                        durable_name=_DURABLE,
                        ack_policy=api.AckPolicy.EXPLICIT,
                        ack_wait=_ACK_WAIT_S,
                        max_ack_pending=20 * BATCH_MAX,
                    ),
                ),
                BadRequestError,
            )

    async def _made(self, making: Any, taken: type[Exception]) -> None:
        """Another collector may be faster by a moment: what follows shows whether it was that."""
        try:
            await making
        except taken as error:
            self._say(f"collect: {error}")
