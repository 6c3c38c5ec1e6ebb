"""The pace of a collector behind a real broker, beside the least that any must do: paho and
one executemany. `make bench`."""

import queue
import sqlite3
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fleet"))

import clusters
from posfleet.broker import Broker, mqtt_client
from posfleet.collect.collector import Collector
from posfleet.collect.jetstream import JetStreamCollector
from posfleet.collect.mqtt import MqttCollector
from posfleet.store.database import open_database
from posfleet.store.migrate import migrate
from rig import FLEET, NOW_S, Terminal, enrol, rows, sqlite
from servers import Mosquitto, Postgres
from waiting import HUNG_S, wait

COUNT = 6_000


def stream(terminals):
    """One status or event a message, in turns: what a fleet sends in an hour."""
    out = []
    for n in range(COUNT):
        terminal = terminals[n % len(terminals)]
        terminal.uptime_s += 1
        report = terminal.status() if n % 3 else terminal.sign(3, terminal.event())
        out.append(terminal.message(report))
    return out


@pytest.fixture
def broker(tmp_path):
    server = Mosquitto(
        tmp_path, "allow_anonymous true", "max_inflight_messages 2000", "max_queued_messages 0"
    )
    yield Broker("mqtt", "127.0.0.1", server.port)
    server.stop()


def publish(broker, messages):
    client = mqtt_client(broker, "sender", clean=True)
    client.max_inflight_messages_set(2000)
    client.connect(broker.host, broker.port)
    client.loop_start()
    for topic, payload in messages:
        client.publish(topic, payload, qos=1)
    return client


def bare(broker, folder, messages):
    """Seconds and CPU of paho and executemany alone: no MAC, no keys, no confirmations."""
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE bare (topic TEXT, at INTEGER, payload BLOB)")
    arrived = queue.SimpleQueue()
    client = mqtt_client(broker, "bare", clean=True, manual_ack=True)
    client.on_message = lambda _c, _u, message: arrived.put(message)
    client.connect(broker.host, broker.port)
    client.subscribe("posma/#", 1)
    client.loop_start()
    time.sleep(0.5)
    began, cpu = time.monotonic(), time.process_time()
    sender = publish(broker, messages)
    got = 0
    while got < len(messages):
        batch = [arrived.get()]
        while len(batch) < 2000:
            try:
                batch.append(arrived.get(timeout=0.02))
            except queue.Empty:
                break
        database.execute("BEGIN IMMEDIATE")
        values = [(m.topic, int(time.time()), m.payload) for m in batch]
        database.executemany("INSERT INTO bare VALUES (?,?,?)", values)
        database.execute("COMMIT")
        for message in batch:
            client.ack(message.mid, message.qos)
        got += len(batch)
    spent = time.monotonic() - began, time.process_time() - cpu
    for one in (client, sender):
        one.disconnect()
        one.loop_stop()
    return spent


class Said(list):
    """What a collector said."""

    def hears(self, word):
        wait(word, lambda: any(word in text for text in self))


def ours(runner, said, sending, database, messages):
    """Seconds and CPU of a collector, its sender's included."""
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    said.hears("connected")
    time.sleep(0.5)
    began, cpu = time.monotonic(), time.process_time()
    sender = publish(sending, messages)
    wait("all is stored", lambda: runner.messages >= len(messages))
    spent = time.monotonic() - began, time.process_time() - cpu
    runner.stop()
    thread.join(HUNG_S)
    sender.disconnect()
    sender.loop_stop()
    assert rows(database, "SELECT COUNT(*) FROM event")[0][0] == len(range(0, COUNT, 3))
    return spent


def over_mosquitto(broker, database, messages):
    collector = Collector(database, (FLEET,), lambda: NOW_S)
    said = Said()
    runner = MqttCollector(collector, broker, (FLEET,), "ours", said.append)
    return ours(runner, said, broker, database, messages)


def over_nats(folder, count, database, messages):
    folder.mkdir()
    users = dict.fromkeys(("collector", "sender"), "secret")
    nats = clusters.Nats(folder, users, dict.fromkeys(users, clusters.ALL), count, is_secure=False)
    try:
        collector = Collector(database, (FLEET,), lambda: NOW_S)
        pulled = nats.broker("collector", nats.url)
        said = Said()
        runner = JetStreamCollector(collector, pulled, (FLEET,), said.append, count)
        return ours(runner, said, nats.broker("sender"), database, messages)
    finally:
        nats.stop()


def told(name, spent, least):
    seconds, cpu = spent
    print(
        f"{name}: {COUNT / seconds:.0f} messages/s, {1e6 * cpu / COUNT:.0f} us CPU a message,"
        f" {least[0] / seconds:.2f} of the bare pace, {least[1] / cpu:.2f} by CPU"
    )


def test_the_collector_keeps_half_the_pace_of_the_bare_one(broker, tmp_path):
    terminals = [Terminal(f"POS-{n}") for n in range(1000)]
    messages = stream(terminals)
    least = bare(broker, tmp_path, messages)
    told("bare paho and executemany", least, least)
    spent = []

    def measure(name, way, *where, url=""):
        folder = tmp_path / name
        folder.mkdir()
        database = open_database(url) if url else sqlite(folder)
        migrate(database)
        enrol(database, *terminals)
        spent.append(way(*where, database, messages))
        told(name, spent[-1], least)
        database.close()

    measure("mosquitto, SQLite", over_mosquitto, broker)
    server = Postgres()
    try:
        measure("mosquitto, PostgreSQL", over_mosquitto, broker, url=server.url)
    finally:
        server.stop()
    measure("NATS, one node, SQLite", over_nats, tmp_path / "one", 1)
    measure("NATS, three nodes, SQLite", over_nats, tmp_path / "three", 3)
    # CPU, as the clock on the wall is other programs', too; a twentieth for their noise.
    assert all(least[1] > 0.45 * cpu for _, cpu in spent)
