"""One terminal's password in the wrong hands: what a broker holds of its flood while the collector
is away, by the settings that ops/ gives."""

import re
from pathlib import Path

import clusters
from posfleet.broker import mqtt_client
from posfleet.wire import topics
from signing import SecureBroker
from source_files import ROOT
from test_bridge import wait_until

OPS = ROOT / "host_tools" / "posfleet" / "ops"
USERS = {"POS-1": "s", "POS-2": "t", "collector": "c"}
PAYLOAD = bytes(60_000)
MB = 1 << 20


def memory(process):
    """Bytes that a process holds."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) << 10


class Client:
    def __init__(self, broker, name, clean=True):
        self.client = mqtt_client(broker, name, clean=clean)
        self.client.max_queued_messages_set(0)
        self.got = []
        self.client.on_message = lambda _c, _u, message: self.got.append(message.topic)
        self.subscribed = []
        self.client.on_subscribe = lambda *_: self.subscribed.append(1)
        self.client.connect(*broker.nodes[0], 60)
        self.client.loop_start()
        wait_until(self.client.is_connected)

    def subscribe(self, *topics):
        """Returns when the broker has taken it."""
        self.client.subscribe([(topic, 1) for topic in topics])
        wait_until(lambda: self.subscribed)

    def publish(self, topic, payload, retain=False):
        self.last = self.client.publish(topic, payload, qos=1, retain=retain)

    def flush(self):
        wait_until(lambda: self.last.is_published() or not self.client.is_connected())

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def limits():
    """The lines of ops/mosquitto.conf that bound what it holds, as many bytes as a test has."""
    lines = (OPS / "mosquitto.conf").read_text().splitlines()
    kept = [line for line in lines if line.startswith(("max_queued", "persistent_client"))]
    assert "max_queued_bytes 268435456" in kept
    return [line.replace("268435456", str(8 * MB)) for line in kept]


def test_mosquitto_holds_so_many_bytes_for_a_collector_that_is_away(tmp_path):
    """200,000 messages were its only bound, of 64 KB each."""
    broker = SecureBroker(tmp_path, USERS, settings=limits())
    try:
        away = Client(broker.broker("collector"), "collector", clean=False)
        away.subscribe(*(topics.every("north", leaf) for leaf in "se"))
        away.close()
        thief, honest = (Client(broker.broker(name), name) for name in ("POS-1", "POS-2"))
        before = memory(broker.server.process)
        for _ in range(700):
            thief.publish(topics.topic("north", "POS-1", "e"), PAYLOAD)
        thief.flush()
        assert thief.last.is_published() and memory(broker.server.process) - before < 24 * MB
        for leaf in "se":  # is taken all the same, as this is not the thief's broker alone
            honest.publish(topics.topic("north", "POS-2", leaf), b"report", retain=leaf == "s")
        honest.flush()
        for client in (thief, honest):
            client.close()
    finally:
        broker.server.stop()


def test_no_password_leaves_retained_messages_under_made_up_names(tmp_path):
    """A device might write below any fleet's name, each message retained."""
    broker = SecureBroker(tmp_path, USERS, more_acl=("user collector", "topic read posma/#"))
    own = topics.topic("north", "POS-1", "s")
    made_up = [f"posma/1/fleet{number}/POS-1/s" for number in range(40)]
    made_up += [topics.topic("north", "POS-2", leaf) for leaf in "sea"]
    try:
        for topic in [*made_up, own]:
            # A new connection each: who writes where it may not may be thrown out.
            thief = Client(broker.broker("POS-1"), "POS-1")
            thief.publish(topic, b"x", retain=True)
            thief.flush()
            thief.close()
        collector = Client(broker.broker("collector"), "collector")
        collector.subscribe("posma/1/#")
        # What was retained comes first: then there is no more of it.
        thief = Client(broker.broker("POS-1"), "POS-1")
        thief.publish(own, b"now")
        wait_until(lambda: len(collector.got) > 1)
        assert collector.got == [own, own]
        for client in (thief, collector):
            client.close()
    finally:
        broker.server.stop()


def test_nats_keeps_a_flood_on_its_disk_and_within_the_stream(tmp_path):
    server = clusters.Nats(
        tmp_path, {**USERS}, {"POS-1": clusters.device("POS-1"), "collector": clusters.ALL}
    )
    (node,) = server.nodes
    try:
        from nats.js import api

        async def make(stream):
            await stream.add_stream(
                api.StreamConfig(
                    name="POSMA-north", subjects=["posma.1.north.*.e"], max_bytes=8 * MB
                )
            )
            return True

        assert server.asked(make)
        thief = Client(server.broker("POS-1"), "POS-1")
        before = memory(node.process)
        for _ in range(700):
            thief.publish(topics.topic("north", "POS-1", "e"), PAYLOAD)
        thief.flush()
        assert thief.last.is_published()
        thief.close()
        assert memory(node.process) - before < 64 * MB
        info = server.asked(lambda stream: stream.stream_info("POSMA-north"))
        assert 0 < info.state.bytes <= 8 * MB
    finally:
        server.stop()
