"""What a SIM platform says reaches the agent of its terminal, through fleet, broker and bridge,
where the owner gave the bridge the device's key, and nowhere else. The agent is a real one."""

import time

import pytest

from posdiag.facts.sim_account import Account
from posdiag.link.client import Client
from posdiag.link.transports import open_transport
from posfleet import keys, local
from posfleet.bridge.kept import Store
from posfleet.bridge.station import Cable, Credential
from posfleet.collect import plans
from posfleet.collect.collector import Collector
from posfleet.collect.mqtt import MqttCollector
from posfleet.platforms.card import Card
from posfleet.platforms.run import keep
from posfleet.wire import acks, signed
from posfleet.wire.acks import ack_key
from posproto import ids
from posworld.shell.run import World
from posworld.story import scenario
from rig import FLEET, Terminal, enrol, rows, sqlite
from servers import program
from test_bridge import Started, wait_until

NAME = "POS-1"


class Fleet:
    """Broker, collector and store around one simulated terminal."""

    def __init__(self, folder):
        program("mosquitto", "/usr/sbin", "/usr/local/sbin")
        story = scenario.load("healthy")
        story.setdefault("agent", {})["device_id"] = NAME
        (folder / "world").mkdir()
        (folder / "broker").mkdir()
        self.world = World(story, 1, 20.0, str(folder / "world"))
        self.broker = local.start(folder / "broker")
        self.world.agent()
        self.device_key = (self.world.directory / "device.key").read_bytes()
        who = Terminal(NAME)
        who.key = keys.report_key(self.device_key)
        who.key_id = signed.key_id(who.key)
        self.who = who
        self.database = sqlite(folder)
        enrol(self.database, who, platform="rest", iccid="8986")
        self.world.start_agent()
        self.world.start()
        self.kept = Store(str(folder / "bridge.db"))
        self.said = []
        self.running = Started()
        collector = Collector(self.database, (FLEET,), lambda: int(time.time()))
        self.running(MqttCollector(collector, self.broker.collectors, (FLEET,), "c", str))

    def platform_says(self, state):
        ((device,),) = rows(self.database, "SELECT device FROM device")
        card = Card(state, "in its words", used_kb=2048, quota_kb=30720, end_day=20800)
        keep(self.database, device, "rest", card, int(time.time()))

    def bridge(self, device_key, until):
        """A bridge with that key at the cable until it is so; then what the agent's plan says."""
        known = Credential(FLEET, "", ack_key(self.who.key), device_key)
        cable = Cable(
            *(self.world.ports["host"], 115200, self.broker.bridges, self.kept),
            *({NAME: known}.get, self.said.append, (0.5, 1.0)),
        )
        bridge = Started()
        bridge(cable)
        try:
            wait_until(lambda: until(cable))
        finally:
            bridge.stop()
        client = Client(open_transport(self.world.ports["host"], 115200))
        try:
            return Account.from_map(client.request(ids.OP_CREDIT).value).plan
        finally:
            client.close()

    def stop(self):
        self.running.stop()
        self.world.stop()
        self.broker.stop()
        self.kept.close()
        self.database.close()


@pytest.fixture
def fleet(tmp_path):
    found = Fleet(tmp_path)
    yield found
    found.stop()


def test_arrears_at_the_platform_reach_the_agent_only_by_the_key_of_its_owner(fleet):
    fleet.platform_says(ids.PLATFORM_ARREARS)
    heard = lambda cable: cable.sender is not None and cable.plans_heard > 0
    assert not fleet.bridge(None, heard)

    def refused(cable):
        return any("plan_set" in text for text in fleet.said) and not fleet.kept.waiting(
            NAME, 0, 1
        )

    assert not fleet.bridge(b"another device's key".ljust(32), refused)
    assert rows(fleet.database, "SELECT 1 FROM event WHERE id = ?", ids.E_PLAN_SET) == []

    stored = lambda _: rows(fleet.database, "SELECT 1 FROM event WHERE id = ?", ids.E_PLAN_SET)
    plan = fleet.bridge(fleet.device_key, stored)
    assert plan["state"] == ids.PLATFORM_ARREARS
    assert (plan["used_kb"], plan["quota_kb"], plan["end_day"]) == (2048, 30720, 20800)


def test_what_a_platform_said_days_ago_or_does_not_know_goes_nowhere(tmp_path):
    database = sqlite(tmp_path)
    enrol(database, *(Terminal(f"POS-{n}") for n in range(1200)))
    devices = [device for (device,) in rows(database, "SELECT device FROM device")]
    now_s = 1_764_400_000
    keep(database, devices[0], "rest", Card(ids.PLATFORM_QUOTA, used_kb=7), now_s - 60)
    keep(database, devices[1], "rest", Card(ids.PLATFORM_ARREARS), now_s - plans.FRESH_S)
    keep(database, devices[2], "rest", Card(ids.PLATFORM_UNKNOWN, used_kb=7), now_s)
    keep(database, devices[1100], "rest", Card(ids.PLATFORM_ACTIVE, end_day=20800), now_s)
    database.queries = 0
    assert plans.of(database, devices, now_s) == {
        devices[0]: {ids.PLAN_STATE: ids.PLATFORM_QUOTA, ids.PLAN_USED_KB: 7},
        devices[1100]: {ids.PLAN_STATE: ids.PLATFORM_ACTIVE, ids.PLAN_END_DAY: 20800},
    }
    assert database.queries == 3


@pytest.mark.parametrize("plan", [7, [1], {7: "x"}, {8: 99}, {9: -1}, {8: True}, {"x": 1}, {5: 1}])
def test_of_a_plan_only_what_a_platform_may_say_is_taken(plan):
    key = b"k" * 32
    message = acks.write(acks.Ack(1, 2, 3, {8: 4}), NAME, key)
    assert acks.read(message, NAME, key).plan == {8: 4}
    try:
        assert acks.read(acks.write(acks.Ack(1, 2, 3, plan), NAME, key), NAME, key).plan == {}
    except signed.Refused:
        assert not isinstance(plan, dict)


@pytest.mark.parametrize("place", [(-1, 2, 3), ("x", 2, 3), (1, None, 3), (1, 2, 1 << 63)])
def test_an_acknowledgement_of_another_form_is_refused(place):
    with pytest.raises(signed.Refused):
        acks.read(acks.write(acks.Ack(*place), NAME, b"k" * 32), NAME, b"k" * 32)
