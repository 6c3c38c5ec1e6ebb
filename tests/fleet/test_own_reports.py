"""A terminal without a visitor and without a bridge tells its fleet by itself: through posworld's
radio to a real mosquitto with TLS, read by the real collector.
"""

import pytest

from own_line import BROKER, play, secure_broker, terminal
from posagent.core.life import rot
from posfleet.collect.collector import Collector
from posfleet.collect.mqtt import MqttCollector
from posproto import cbor, ids
from posproto.at.causes import packed
from rig import FLEET, enrol, rows, sqlite
from test_bridge import Started, wait_until

HOUR_S = 3600


class Fleet:
    """Broker, collector and store of one terminal."""

    def __init__(self, folder):
        (folder / "broker").mkdir()
        self.now_s = 0
        self.broker = secure_broker(folder / "broker")
        self.database = sqlite(folder)
        enrol(self.database, terminal())
        self._running = Started()
        self.collector = Collector(self.database, (FLEET,), lambda: self.now_s)
        where = self.broker.broker("collector")
        self._running(MqttCollector(self.collector, where, (FLEET,), "c", str, share=False))
        log = folder / "broker" / "mosquitto.log"
        wait_until(lambda: b"Sending SUBACK to c" in log.read_bytes())

    def plays(self, timeline=(), hours=0, **settings):
        """That terminal, so many hours after its start."""
        found = play(settings, timeline, self.broker)
        self.now_s = found.stage.operator.epoch_s + 40 * 3600
        found.together.run(hours * HOUR_S)
        return found

    def holds(self):
        """(boot, sequence number) of each event that is stored; a list, so that twice shows."""
        return sorted(rows(self.database, "SELECT boot, sequence FROM event"))

    def stop(self):
        self._running.stop()
        self.broker.server.stop()


@pytest.fixture
def fleet(tmp_path):
    found = Fleet(tmp_path)
    yield found
    found.stop()


def owed(played):
    """(boot, sequence number) of what the terminal's own log holds and the fleet wants."""
    log, found, at = played.together.agent.log, [], 0
    while True:
        page, at, _ = log.read(at, 50, 100000)
        if not page:
            return sorted(found)
        for raw in page:
            record = cbor.decode(raw)
            if record[ids.EV_SEVERITY] >= ids.SEV_WARNING or record[ids.EV_ID] == ids.E_VERDICT:
                found.append((record[ids.EV_BOOT], record[ids.EV_SEQUENCE]))


def opened(played):
    """Seconds at which the network saw a connection to the broker."""
    found = []
    for at_ms, what, detail in played.stage.operator.notes:
        # One that fails is tried without TLS at once, to tell which of the two it is.
        again = found and at_ms / 1000 - found[-1] < 10
        if (what, detail) == ("tcp_open", BROKER) and not again:
            found.append(at_ms / 1000)
    return found


def test_a_healthy_terminal_tells_its_day_in_one_or_two_connections(fleet):
    played = fleet.plays(hours=26)
    wait_until(lambda: fleet.holds() == owed(played))
    ((verdict,),) = rows(fleet.database, "SELECT verdict FROM latest")
    assert verdict == ids.V_ALL_CLEAR
    assert len(rows(fleet.database, "SELECT 1 FROM status")) == 2  # the first hour's, a day's
    assert len(opened(played)) <= 4
    assert played.net.bytes < 2000
    assert rows(fleet.database, "SELECT * FROM apart") == []
    assert played.violations() == []


def test_an_arrears_of_a_night_is_told_afterwards_and_each_event_once(fleet):
    bar = {"do": "bar", "layer": "attach", "cause": 8, "at_s": 3 * HOUR_S}
    unbar = {"do": "unbar", "layer": "attach", "at_s": 9 * HOUR_S}
    played = fleet.plays([bar, unbar], hours=9)
    assert len(owed(played)) > 20 and len(opened(played)) == 1
    played.together.run(5 * HOUR_S)
    wait_until(lambda: fleet.holds() == owed(played))
    assert len(opened(played)) == 2
    assert played.violations() == []


def test_what_cannot_wait_is_told_within_the_hour_and_once_an_hour_at_most(fleet):
    played = fleet.plays(hours=1)
    for count in range(6):
        played.together.agent.event(ids.E_KEY_REFUSED, ids.SEV_ERROR, {ids.A_COUNT: count})
        played.together.run(HOUR_S // 2)
    played.together.run(HOUR_S)
    wait_until(lambda: fleet.holds() == owed(played))
    at_s = [at for at in opened(played) if at > HOUR_S]
    assert 3 <= len(at_s) <= 5
    assert all(later - at > HOUR_S - 5 for at, later in zip(at_s, at_s[1:]))
    assert played.violations() == []


def test_a_sale_handed_in_amid_a_report_does_not_wait_for_a_broker_that_is_silent(tmp_path):
    played = play()
    played.net.dead = True
    played.together.run(60)
    while not played.net.opened:
        played.together.run(5)
    before_ms = played.together.now_ms
    played.app.submit(played.terminal.sale(1200))
    while played.app.answered() == 0 and played.together.now_ms < before_ms + 60_000:
        played.advance(1)
    assert played.together.now_ms - before_ms < 15_000
    assert played.violations() == []


def test_a_broker_that_is_away_costs_a_connection_now_and_then_and_no_verdict():
    played = play()
    played.together.run(36 * HOUR_S)
    at_s = opened(played)
    assert 3 <= len(at_s) <= 6
    told = [args for _, event, args in played.events if event == ids.E_REPORT_REFUSED]
    assert len(told) == 1 and ids.A_CAUSE in told[0]
    verdicts = [args[0] for _, event, args in played.events if event == ids.E_VERDICT]
    assert verdicts == [ids.V_ALL_CLEAR]
    assert played.violations() == []


def test_a_broker_that_refuses_the_password_is_named_with_its_code(fleet):
    fleet.broker.server.stop()
    (fleet.broker.server.folder / "passwd").write_text("")
    fleet.broker.server.start()
    played = fleet.plays(hours=6)
    told = [args for _, event, args in played.events if event == ids.E_REPORT_REFUSED]
    assert told == [{ids.A_RESULT: 5}]  # not authorized, MQTT 3.1.1 table 3.1
    assert played.violations() == []


@pytest.mark.parametrize(
    "kept",
    [
        *(b"", b"\0", bytes(21), b"\xff" * 21, b"\1" * 40),
        rot.summed(bytes([1]) + b"\xff" * 16),  # a log that is younger, times that will be
        rot.summed(b"\2" + bytes(16)),  # a later version
        rot.summed(b""),
    ],
)
def test_whatever_the_file_of_what_was_told_holds_the_terminal_reports(kept):
    played = play()
    played.together.storage.files["report"] = kept
    played.cut_power()
    played.net.dead = True
    played.together.run(5 * HOUR_S)
    assert 1 <= len(opened(played)) <= 2
    assert played.violations() == []


def test_a_clock_that_jumps_costs_no_report_beside_its_turn():
    played = play()
    played.net.dead = True
    agent = played.together.agent
    for unix_s in (4_000_000_000, 1_600_000_000, 2_000_000_000, 4_070_000_000, 1_700_000_000) * 2:
        agent.clock.set_unix(unix_s)
        agent.reporter.showed()
        agent.clock.set_unix(unix_s + 2 * 86400)
        played.together.run(1800)
    assert len(opened(played)) <= 3
    assert played.violations() == []


def test_a_brokers_certificate_says_nothing_of_the_acquirers():
    played = play()
    played.net.dead = True
    operator = played.stage.operator
    operator.certificates[BROKER] = "expired"
    played.together.run(10 * HOUR_S)
    assert len(opened(played)) > 1
    assert not played.together.agent.path.undated
    operator.certificate = "unknown_ca"
    played.app.submit(played.terminal.sale(1200))
    for _ in range(60):
        played.advance(1)
    causes = [args[ids.A_CAUSE] for _, event, args in played.events if event == ids.E_HOST_REFUSED]
    dates = packed(ids.CAUSE_SOCKET, ids.TCP_TLS_DATES)
    assert causes and dates not in causes


def test_from_a_closed_access_point_nothing_goes_out_unless_the_broker_stands_there():
    for settings, reports in (({}, False), ({"report_closed": True}, True)):
        played = play({"closed_apn": True, "tls": False, **settings})
        played.together.run(5 * HOUR_S)
        assert bool(played.net.opened) is reports


def test_a_power_cut_amid_reports_loses_none_and_gives_no_further_connection(fleet):
    played = fleet.plays(hours=0)
    for hour in range(4):
        played.together.agent.event(ids.E_KEY_REFUSED, ids.SEV_ERROR, {ids.A_COUNT: hour})
        before = played.net.opened
        for _ in range(1000):
            if played.net.opened > before:
                break
            played.together.run(5)
        played.cut_power()  # the connection is open, its message perhaps under way
        played.together.run(HOUR_S // 2)
    played.together.run(6 * HOUR_S)
    # What a power cut took from the log's buffer in RAM may have been told before.
    wait_until(lambda: set(owed(played)) <= set(fleet.holds()))
    assert len(fleet.holds()) == len(set(fleet.holds()))
    at_s = opened(played)
    assert all(later - at > HOUR_S - 5 for at, later in zip(at_s, at_s[1:]))
    assert played.violations() == []
