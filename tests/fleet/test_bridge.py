"""From the cable to the store: two terminals on ptys, a real broker with TLS, a real collector."""

import threading
import time
from dataclasses import replace

import pytest

from posdiag.link.client import Client
from posdiag.link.ports import Port
from posdiag.link.transports import open_transport
from posfleet.bridge.kept import STATUS, Store
from posfleet.bridge.ports import Cables
from posfleet.bridge.sender import Sender
from posfleet.bridge.station import Cable, Credential
from posfleet.bridge.terminal import Terminal as Reader
from posfleet.collect.collector import Collector
from posfleet.collect.mqtt import MqttCollector
from posfleet.wire.acks import Ack, ack_key
from posproto import ids
from rig import FLEET, NOW_S, Terminal, enrol, rows, sqlite
from signing import SecureBroker, SigningDevice, TappedPort
from waiting import HUNG_S, wait


def wait_until(true):
    wait("what this line waits for", true)


class Started:
    """Threads that are stopped at the end."""

    def __init__(self):
        self._running = []

    def __call__(self, thing):
        thread = threading.Thread(target=thing.run, daemon=True)
        thread.start()
        self._running.append((thing, thread))
        return thing

    def stop(self):
        for thing, _ in self._running:
            thing.stop()
        for _, thread in self._running:
            thread.join(HUNG_S)
        self._running.clear()


@pytest.fixture
def started():
    found = Started()
    yield found
    found.stop()


def test_two_cables_reach_the_store_and_the_bridge_forgets_what_is_confirmed(tmp_path, started):
    owners = [Terminal("POS-1"), Terminal("POS-2")]
    secrets = {who.name: f"secret {who.name}" for who in owners}
    broker = SecureBroker(tmp_path, {**secrets, "collector": "c"})
    database = sqlite(tmp_path)
    enrol(database, *owners)
    said = []
    kept = Store(str(tmp_path / "bridge.db"))
    known = {w.name: Credential(FLEET, secrets[w.name], ack_key(w.key)) for w in owners}
    collector = Collector(database, (FLEET,), lambda: NOW_S, keep_days=400)
    try:
        with SigningDevice(owners[0]) as one, SigningDevice(owners[1]) as two:
            where = broker.broker("collector")
            where = type(where)(where.scheme, where.host, where.port, ca_file=where.ca_file)
            for device in (one, two):
                started(Cable(device.path, 115200, where, kept, known.get, said.append, (1, 5)))
            # Nobody collects yet: the bridge keeps all of it.
            wait_until(lambda: len(kept.waiting("POS-1", 0, 99)) >= 5)
            started(
                MqttCollector(collector, broker.broker("collector"), (FLEET,), "c1", said.append)
            )
            wait_until(lambda: len(rows(database, "SELECT 1 FROM event")) == 10)
            one.happens(ids.E_VERDICT, {ids.A_VERDICT: ids.V_DENIED})
            one.status = {**one.status, ids.ST_VERDICT: ids.V_DENIED, ids.ST_UPTIME_S: 4100}
            one.send(ids.FRAME_STATUS, one.status)
            sql = (
                "SELECT verdict FROM latest l JOIN device d ON d.device = l.device WHERE name = ?"
            )
            wait_until(lambda: rows(database, sql, "POS-1") == [(ids.V_DENIED,)])
            wait_until(lambda: len(rows(database, "SELECT 1 FROM event")) == 11)
            wait_until(lambda: not kept.waiting("POS-1", 0, 1) and not kept.waiting("POS-2", 0, 1))
        assert rows(database, "SELECT waiting, oldest_s FROM settlement") == [(1, 70)] * 2
        assert len(rows(database, "SELECT 1 FROM credit WHERE balance_minor = 4208")) == 2
        assert rows(database, "SELECT 1 FROM apart") == []
    finally:
        started.stop()
        broker.server.stop()


class Quiet:
    """A cable that only says whether it is read."""

    def __init__(self, log, port):
        self.log, self.port, self.ended = log, port, threading.Event()

    def run(self):
        self.log.append(f"+{self.port}")
        self.ended.wait()
        self.log.append(f"-{self.port}")

    def stop(self):
        self.ended.set()


def test_boards_come_and_go_and_the_tills_printer_is_never_spoken_to(started):
    pico, printer = Port("/dev/ttyACM0", "", "", 0x2E8A, 5), Port("/dev/ttyUSB0", "", "", 0x1A86)
    modem, again = (
        Port("/dev/ttyUSB2", "", "", 0x2C7C, 0x125),
        replace(pico, device="/dev/ttyACM1"),
    )
    there, log = [printer, modem], []
    cables = started(Cables(lambda port: Quiet(log, port), ports=lambda: there, look_s=0.01))
    time.sleep(0.05)
    there.append(pico)
    wait_until(lambda: log == ["+/dev/ttyACM0"])
    there[2] = again  # its module was reset, and it came back under another name
    wait_until(lambda: log[1:] == ["-/dev/ttyACM0", "+/dev/ttyACM1"])
    cables.stop()
    wait_until(lambda: log[3:] == ["-/dev/ttyACM1"])


def test_a_port_that_was_named_is_waited_for(started):
    log = []
    cables = started(Cables(lambda port: Quiet(log, port), ("COM7",), ports=list, look_s=0.01))
    wait_until(lambda: log == ["+COM7"])
    time.sleep(0.05)
    cables.stop()
    wait_until(lambda: log == ["+COM7", "-COM7"])


def test_a_bridge_that_lost_power_goes_on_where_it_was(tmp_path):
    who = Terminal("POS-1")
    path = str(tmp_path / "bridge.db")
    with SigningDevice(who) as device:
        for life in range(3):
            store = Store(path)  # the one before was never closed: its power went
            client = Client(open_transport(device.path, 115200))
            client.greet()
            reader = Reader(client, who.name, store, time.time)
            reader.turn(0.01)
            client.close()
            numbers = [report.number for report in store.waiting(who.name, 0, 99)]
            assert numbers == list(range(1, len(numbers) + 1))
            if life == 0:
                before = store.era(who.name), len(numbers)
                assert store.place(who.name).log_next == 5
        # A later life sends status and account again, but reads no record of the log twice.
        assert store.era(who.name) == before[0]
        assert len(numbers) == before[1] + 2 * 3


def test_a_terminal_with_erased_flash_is_read_from_its_new_beginning(tmp_path):
    who = Terminal("POS-1")
    store = Store(str(tmp_path / "bridge.db"))
    now = [1000.0]
    with SigningDevice(who) as device:
        client = Client(open_transport(device.path, 115200))
        reader = Reader(client, who.name, store, lambda: now[0])
        reader.turn(0.01)
        assert store.place(who.name) == type(store.place("x"))(7, 5)
        device.status[ids.ST_BOOT] = 1
        device.log = device.log[:2]
        device.signs = False
        device.send(ids.FRAME_HELLO, device.hello)
        reader.turn(0.2)
        reader.turn(0.01)
        assert store.place(who.name) == type(store.place("x"))(1, 2)
        client.close()


def test_a_terminal_that_cannot_sign_is_told_and_nothing_of_it_is_sent(tmp_path):
    who = Terminal("POS-1")
    store = Store(str(tmp_path / "bridge.db"))
    with SigningDevice(who) as device:
        device.results[ids.OP_SIGN] = ids.R_REFUSED
        client = Client(open_transport(device.path, 115200))
        reader = Reader(client, who.name, store, time.time)
        reader.turn(0.01)
        assert reader.cannot_sign == "refused"
        assert store.waiting(who.name, 0, 9) == []
        client.close()


def test_a_full_bridge_gives_up_its_oldest_and_says_from_where_it_goes_on(tmp_path):
    store = Store(str(tmp_path / "bridge.db"), kept_bytes=1000)
    store.era("POS-1")
    for n in range(30):
        store.add("POS-1", n, [(False, bytes(100))])
    assert store.base("POS-1") == 21
    assert store.lost("POS-1") == 20
    assert store.confirm("POS-1", store.era("POS-1"), 25) == 5
    assert store.base("POS-1") == 26


def test_a_confirmation_of_another_era_or_of_what_was_never_sent_changes_nothing(tmp_path):
    store = Store(str(tmp_path / "bridge.db"))
    era = store.era("POS-1")
    store.add("POS-1", 1, [(False, b"x")])
    for ack in (Ack(era + 1, 1, 0), Ack(era, 2, 0), Ack(era, 1 << 60, 0)):
        assert store.confirm("POS-1", ack.era, ack.number) == 0
    assert store.confirm("POS-1", era, 1) == 1


def test_what_a_status_costs_on_the_line_is_what_the_page_says(tmp_path):
    """Bytes inside TCP, TLS included, both ways: SCALE.md states them."""
    who = Terminal("POS-1")
    broker = SecureBroker(tmp_path, {"POS-1": "s", "collector": "c"})
    database = sqlite(tmp_path)
    enrol(database, who)
    store = Store(str(tmp_path / "bridge.db"))
    tap = TappedPort(broker.server.port)
    collector = Collector(database, (FLEET,), lambda: NOW_S)
    run = MqttCollector(collector, broker.broker("collector"), (FLEET,), "c1", str)
    threading.Thread(target=run.run, daemon=True).start()
    where = replace(broker.broker("POS-1"), port=tap.port)
    # What a busy machine confirms late is not sent twice here.
    sender = Sender(where, FLEET, "POS-1", store, ack_key(who.key), again_s=(90, 90))
    also = dict.fromkeys((4, 5, 7, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22), 100)

    def sent(count):
        for _ in range(count):
            who.uptime_s += 3600
            store.add("POS-1", NOW_S, [(STATUS, who.status(also=also))])
            wait("all is confirmed", lambda: sender.turn() or not store.waiting("POS-1", 0, 1))
        return tap.bytes

    try:
        start = sent(1)
        each = (sent(11) - start) // 11
        print(f"connection and first status {start} bytes, each further status {each} bytes")
        assert start < 8000
        assert each < 600
    finally:
        run.stop()
        sender.close()
        tap.close()
        broker.server.stop()
