"""NATS in the broker's place: bridges speak MQTT to it, collectors pull from JetStream."""

import threading

import pytest

import clusters
from posfleet.bridge.kept import STATUS, Store
from posfleet.bridge.sender import Sender
from posfleet.broker import mqtt_client, parse
from posfleet.collect.collector import Collector
from posfleet.collect.jetstream import JetStreamCollector, stream_name, subject, topic_of
from posfleet.wire import topics
from posfleet.wire.acks import ack_key
from rig import FLEET, NOW_S, Terminal, enrol, rows, sqlite
from test_bridge import wait_until
from waiting import HUNG_S, wait


def test_names_with_dots_find_their_way_to_nats_and_back():
    for name in ("POS-1", "a.b", "a..b", "a.", "v1.2.", "x...y"):
        topic = topics.topic(FLEET, name, "e")
        assert topic_of(subject(topic)) == topic
        assert subject(topic).count(".") - 2 * subject(topic).count("..") == 4
    assert stream_name("north.east") != stream_name("north-east")


def test_a_cluster_is_named_by_its_nodes():
    broker = parse("tls://n1:4333,n2,[::1]:9", "me")
    assert broker.nodes == (("n1", 4333), ("n2", 4222), ("::1", 9))
    for wrong in ("tls://n1,", "tls://n1,a@n2", "tls://n1,n2/x", "tls://n1,n2:port"):
        with pytest.raises(ValueError):
            parse(wrong)


@pytest.fixture
def server(tmp_path):
    names = ("POS-1", "shop.2")
    rules = {name: clusters.device(name.replace(".", "//")) for name in names}
    users = {name: f"secret-{name[-1]}" for name in names}
    found = clusters.Nats(
        tmp_path, {**users, "collector": "c"}, {**rules, "collector": clusters.ALL}
    )
    yield found
    found.stop()


def test_two_collectors_share_a_stream_and_bridges_hear_of_it(tmp_path, server):
    owners = [Terminal("POS-1"), Terminal("shop.2")]
    database = sqlite(tmp_path)
    enrol(database, *owners)
    store = Store(str(tmp_path / "bridge.db"))
    said = []
    senders = [
        Sender(server.broker(w.name), FLEET, w.name, store, ack_key(w.key), again_s=(1, 5))
        for w in owners
    ]
    runs = [
        JetStreamCollector(
            Collector(database, (FLEET, "east.1"), lambda: NOW_S),
            server.broker("collector", server.url),
            (FLEET, "east.1"),
            said.append,
        )
        for _ in range(2)
    ]
    threads = [threading.Thread(target=run.run, daemon=True) for run in runs]

    def deliver(count):
        for who in owners:
            for _ in range(count):
                who.uptime_s += 60
                store.add(who.name, NOW_S, [(STATUS, who.status()), (0, who.sign(3, who.event()))])
        turn = lambda: [sender.turn() for sender in senders]
        left = lambda: any(store.waiting(w.name, 0, 1) for w in owners)
        wait("all is confirmed", lambda: turn() and not left())

    try:
        for thread in threads:
            thread.start()
        wait_until(lambda: sum("connected" in text for text in said) == 4)
        deliver(40)
        # A node that dies and comes back: what is on its way then comes again.
        server.nodes[0].kill()
        server.nodes[0].start(server)
        deliver(10)
        assert [len(store.waiting(w.name, 0, 9)) for w in owners] == [0, 0], said[-5:]
        assert len(rows(database, "SELECT 1 FROM event")) == 100
        assert len(rows(database, "SELECT 1 FROM status")) == 100
        assert rows(database, "SELECT 1 FROM apart") == []
        left = lambda: server.asked(lambda stream: stream.stream_info(stream_name(FLEET)))
        wait_until(lambda: left().state.messages == 0)  # what is confirmed leaves the stream

        # Another device's topic, and an order of its own to the fleet: NATS takes neither.
        thief = server.broker("POS-1")
        client = mqtt_client(thief, "thief", clean=True)
        client.connect(thief.host, thief.port)
        client.loop_start()
        _, payload = owners[1].message(owners[1].status())
        for leaf in ("s", "e", "a"):
            client.publish(topics.topic(FLEET, "shop.2", leaf), payload, qos=0)
        client.publish("$JS/API/STREAM/DELETE/" + stream_name(FLEET), b"", qos=0)
        client.publish(topics.topic(FLEET, "POS-1", "e"), b"mine", qos=0)
        counted = lambda: rows(database, "SELECT name, reason FROM apart")
        wait_until(lambda: counted())
        client.loop_stop()
        assert counted() == [("POS-1", "envelope_no_cbor")]
        assert left().config.name == stream_name(FLEET)
    finally:
        for run in runs:
            run.stop()
        for sender in senders:
            sender.close()
        for thread in threads:
            thread.join(HUNG_S)
