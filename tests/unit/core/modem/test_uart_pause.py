"""Where flash stalls the UART: who waits for whom. Whole stories: tests/sim/deaf.py."""

from memory_storage import MemoryStorage
from posagent.core.credit.inbox import Inbox
from posagent.core.host.link import HostLink
from posagent.core.life.eventlog import EventLog
from posagent.core.modem.command import Command
from posagent.core.modem.uart_pause import Between, more
from posproto import frames, ids
from posproto.link import FrameWriter
from scripted import Rig

OK = b"\r\nOK\r\n"


class Owner:
    """What Between knows of an agent, around a scripted modem that answers after a second."""

    def __init__(self, wired=False, flow=b"\r\nERROR\r\n", slow_ms=1000):
        self.rig = Rig({b"+CSQ": [(slow_ms, OK)], b"+CPIN?": OK, b"+IFC=2,2": flow})
        self.engine = self.rig.engine
        self.clock = self.rig.clock
        self.counters = self.rig.counters
        self.storage = MemoryStorage()
        self.log = EventLog(self.storage, self.clock, 1, self.counters)
        self.host = HostLink(self.counters, lambda request, frame: (ids.R_OK, None, None))
        self.app = HostLink(self.counters, lambda request, frame: (ids.R_OK, None, None))
        self.inbox = Inbox()
        self.inbox.all = self.inbox.news = False
        self.ready = True
        self.look_s = 1000
        self.told_s = self.cut = 0
        self.unread = None
        self.storage.wrote = False
        self.between = Between(self, wired)
        self.done = []

    def start(self, command):
        def work():
            self.done.append((yield Command(command)).result)

        self.engine.start("work", work())
        self.turn()

    def turn(self):
        self.engine.poll()
        if self.between.turn():
            self.engine.poll()

    def pass_ms(self, ms):
        for _ in range(0, ms, 50):
            self.rig.run(50)
            self.turn()

    def ask(self):
        writer = FrameWriter()
        frames.put_request(writer.begin(ids.FRAME_REQUEST, 7), ids.OP_STATUS)
        self.host.feed(writer.end())


def test_a_record_waits_for_the_command_in_flight_and_the_next_command_for_it():
    owner = Owner()
    owner.start(b"+CSQ")
    owner.log.add(ids.E_BOOT, ids.SEV_CRITICAL)
    owner.start(b"+CPIN?")
    owner.pass_ms(900)
    assert owner.storage.size("log0") == 0
    assert owner.rig.sent == [b"AT+CSQ\r"]
    owner.pass_ms(200)
    assert owner.storage.size("log0") > 0
    assert owner.rig.sent[1] == b"AT+CPIN?\r"
    assert owner.done == [0, 0]


def test_the_log_is_written_when_the_network_has_come_to_rest():
    """A line that was lost came back into the write of what its loss had told: its event stood
    behind an erase of flash.
    """
    owner = Owner(wired=True, flow=OK)
    owner.rig.do(owner.between.flow_control())
    owner.pass_ms(1000)
    for _ in range(2):  # it goes and comes
        owner.told_s = owner.clock.s
        for _ in range(6):
            owner.log.add(ids.E_REGISTRATION, ids.SEV_CRITICAL, {ids.A_TEXT: "x" * 60})
        owner.pass_ms(1000)
        assert owner.storage.size("log0") == 0 and owner.between.due() == 1000
    assert len(owner.log.buffer) > 512  # more than it keeps when nothing stirs
    owner.pass_ms(1000)
    assert owner.storage.size("log0") > 512 and owner.between.due() == -1
    assert owner.counters[ids.C_LOG_LOST] == 0


def test_a_network_that_never_rests_has_its_log_written_all_the_same():
    owner = Owner(wired=True, flow=OK)
    owner.rig.do(owner.between.flow_control())
    for _ in range(40):
        owner.told_s = owner.clock.s
        owner.log.add(ids.E_REGISTRATION, ids.SEV_INFO, {ids.A_TEXT: "x" * 60})
        owner.pass_ms(1000)
        assert len(owner.log.buffer) <= 1024
    assert owner.storage.size("log0") > 1024 and owner.counters[ids.C_LOG_LOST] == 0


def test_a_turn_is_cut_short_for_what_the_modem_says_meanwhile_but_not_for_ever():
    owner = Owner()
    owner.unread = lambda: False
    assert not more(owner) and owner.cut == 0
    owner.unread = lambda: True
    cut = [more(owner) for _ in range(12)]
    assert cut == [True] * 8 + [False] * 4
    owner.cut = 0  # a whole turn
    assert more(owner)


def test_a_request_waits_for_the_command_in_flight():
    owner = Owner()
    owner.start(b"+CSQ")
    owner.ask()
    owner.pass_ms(500)
    assert owner.host.take() is None
    owner.pass_ms(600)
    assert owner.host.take() is not None


def test_nobody_waits_long_for_a_command_that_waits_for_the_network():
    owner = Owner(slow_ms=60000)
    owner.start(b"+CSQ")
    owner.ask()
    owner.log.add(ids.E_BOOT, ids.SEV_CRITICAL)
    owner.turn()
    assert 0 < owner.between.due() <= 3000
    owner.rig.run(3000)
    owner.turn()
    assert owner.host.take() is not None
    for _ in range(3):  # the record, its write, and on
        assert owner.engine.paused
        owner.turn()
    assert not owner.engine.paused
    assert owner.storage.size("log0") > 0


def test_a_silent_modem_keeps_no_host_waiting():
    owner = Owner(slow_ms=60000)
    owner.start(b"")  # is anybody there?
    owner.ask()
    owner.turn()
    assert owner.host.take() is not None


def test_more_requests_than_fit_are_answered_and_none_is_lost():
    owner = Owner()
    owner.start(b"+CSQ")
    writer = FrameWriter()
    for n in range(6):
        frames.put_request(writer.begin(ids.FRAME_REQUEST, 10 + n), ids.OP_STATUS)
        owner.host.feed(writer.end())
    owner.pass_ms(1200)
    count = 0
    while owner.host.take() is not None:
        count += 1
    assert count == 6


def test_after_a_write_the_modem_is_asked_for_what_was_missed():
    owner = Owner()
    owner.storage.write("x", b"1")
    owner.turn()
    assert owner.look_s == owner.clock.s
    assert owner.inbox.all and owner.inbox.pending()


def test_a_modem_that_keeps_its_output_back_makes_nobody_wait():
    for flow, flows in ((OK, True), (b"\r\nERROR\r\n", False)):
        owner = Owner(wired=True, flow=flow)
        owner.rig.do(owner.between.flow_control())
        assert owner.between.flows == flows
        owner.start(b"+CSQ")
        owner.log.add(ids.E_BOOT, ids.SEV_CRITICAL)
        while owner.log.poll():
            pass
        assert (owner.storage.size("log0") > 0) == flows
    owner = Owner(wired=False)
    owner.rig.do(owner.between.flow_control())
    assert owner.rig.sent == []
