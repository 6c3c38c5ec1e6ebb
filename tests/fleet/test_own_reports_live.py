"""The agent on real MicroPython reports by itself to a real mosquitto, in a simulated shop."""

from own_line import BROKER, KEY, NAME, terminal
from posfleet import local
from posfleet.collect.collector import Collector
from posfleet.collect.mqtt import MqttCollector
from posproto import ids
from posworld.shell.run import World
from posworld.story import scenario
from rig import FLEET, enrol, rows, sqlite
from servers import program
from test_bridge import Started, wait_until


def test_a_terminal_without_any_cable_stands_on_the_fleets_page(tmp_path, mpy, micropython):
    program("mosquitto", "/usr/sbin", "/usr/local/sbin")
    (tmp_path / "broker").mkdir()
    broker = local.start(tmp_path / "broker")
    database = sqlite(tmp_path)
    enrol(database, terminal())
    running = Started()
    story = scenario.load("healthy")
    told = {"fleet": FLEET, "device_id": NAME, "report_host": BROKER, "report_tls": False}
    story["agent"] = {**story.get("agent", {}), **told, "closed_apn": False, "tls": False}
    world = World(story, 1, 20.0, str(tmp_path / "world"))
    try:
        world.directory.mkdir(exist_ok=True)
        (world.directory / "device.key").write_bytes(KEY)
        world.shell.others[BROKER] = (broker.bridges.host, broker.bridges.port)
        world.agent(mpy=mpy)
        world.start_agent()
        world.start()
        now_s = world.stage.operator.epoch_s + 3600
        collector = Collector(database, (FLEET,), lambda: now_s)
        running(MqttCollector(collector, broker.collectors, (FLEET,), "c", str))
        # The status is retained: it is there whenever the collector comes.
        wait_until(lambda: rows(database, "SELECT 1 FROM latest"))
        assert rows(database, "SELECT verdict, severity FROM latest") == [(ids.V_ALL_CLEAR, 0)]
        assert rows(database, "SELECT * FROM apart") == []
    finally:
        world.stop()
        running.stop()
        broker.stop()
