"""The world's real ports: ptys, TCP to the acquirer, and the payment application's frames."""

import os
import select
import time

import pytest

from posproto import frames, ids, link
from posworld.shell.app import GIVEN_UP, REFUSED, PaymentApp
from posworld.shell.run import World
from waiting import HUNG_S, wait

HASTE = {
    "name": "haste",
    "modem": {"boot": [[10, "ready"], [15, "radio"], [20, "sim"]], "scan_ms": [10, 20]},
    "operator": {"attach_ms": [10, 20], "rtt_ms": [4, 10]},
    "acquirer": {"answer_ms": 30},
}


class Terminal:
    """A hand at the keyboard of an AT port."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def __call__(self, data, until):
        os.write(self.fd, data)
        got = b""
        end = time.monotonic() + HUNG_S
        while until not in got and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                got += os.read(self.fd, 4096)
        assert until in got, got
        return got


@pytest.fixture
def world(tmp_path):
    world = World(HASTE, directory=str(tmp_path))
    world.start()
    yield world
    world.stop()
    assert world.shell.error is None


def test_a_settlement_typed_by_hand_reaches_the_acquirer_and_its_answer_comes_back(world):
    hand = Terminal(world.ports["modem"])
    wait("attached", lambda: world.stage.modem.radio.attached)
    hand(b"ATE0\r", b"OK\r\n")
    hand(b'AT+QICSGP=1,1,"cmnet"\r', b"OK\r\n")
    hand(b"AT+QIACT=1\r", b"OK\r\n")
    hand(b'AT+QIOPEN=1,0,"TCP","acquirer.example",8583,0,0\r', b"+QIOPEN: 0,0\r\n")
    frame = world.terminal.settlement()
    message = len(frame).to_bytes(2, "big") + frame
    hand(b"AT+QISEND=0,%d\r" % len(message), b"> ")
    hand(message, b'+QIURC: "recv",0')
    got = hand(b"AT+QIRD=0,1500\r", b"OK\r\n")
    head, rest = got.split(b"+QIRD: ", 1)[1].split(b"\r\n", 1)
    answer = rest[: int(head)]
    fields = world.terminal.take(answer[2:])
    assert fields["t"] == "0510" and fields["39"] == "00"
    assert world.acquirer.journal[-1].mti == "0500"


def test_a_host_that_is_down_refuses_connections(world):
    hand = Terminal(world.ports["modem"])
    wait("attached", lambda: world.stage.modem.radio.attached)
    world.shell.act(lambda: world.stage.do({"do": "acquirer", "down": True}))
    hand(b'AT+QICSGP=1,1,"cmnet"\r', b"OK\r\n")
    hand(b"AT+QIACT=1\r", b"OK\r\n")
    hand(b'AT+QIOPEN=1,0,"TCP","acquirer.example",8583,0,0\r', b"+QIOPEN: 0,566\r\n")


def test_both_ends_of_the_host_cable_carry_bytes(world):
    agent, tool = Terminal(world.ports["agent_host"]), Terminal(world.ports["host"])
    os.write(agent.fd, b"from the agent")
    tool(b"x", b"from the agent")
    agent(b"", b"x")


def test_a_frozen_host_stops_reading_and_loses_nothing_that_fits_the_cable(world):
    agent, tool = Terminal(world.ports["agent_host"]), Terminal(world.ports["host"])
    world.shell.act(lambda: world.stage.do({"do": "host", "frozen": True}))
    os.write(agent.fd, b"late")
    for _ in range(3):
        world.shell.act(lambda: None)
        assert not select.select([tool.fd], [], [], 0.05)[0]
    world.shell.act(lambda: world.stage.do({"do": "host", "frozen": False}))
    tool(b"", b"late")


def test_pins_and_time_go_over_the_clocks_port(world):
    agent = Terminal(world.ports["clock"])
    os.write(agent.fd, b"P 0\nB 100\nR 200\nK 700\n")
    notes = world.stage.operator.notes
    pins = lambda: [n[1:] for n in notes if n[1] in ("reset_pin", "power_key")]
    wait("both pins", lambda: len(pins()) >= 2)
    assert pins() == [("reset_pin", None), ("power_key", 700)]


def status(**values):
    """A line of the agent's: its status, by the names of ST_*."""
    writer = link.FrameWriter()
    record = {getattr(ids, "ST_" + name.upper()): value for name, value in values.items()}
    writer.begin(ids.FRAME_STATUS, 0).value(record)
    return writer.end()


@pytest.fixture
def still(tmp_path):
    """A world at whose ports nothing moves, and the clock's port of its agent."""
    world = World({"name": "still", "modem": {"boot": []}}, speed=0, directory=str(tmp_path))
    world.shell.agent_starts()
    world.start()
    hand = Terminal(world.ports["clock"])
    os.write(hand.fd, b"P 0\n")
    yield world, hand
    world.stop()
    assert world.shell.error is None


def test_a_story_hears_the_agent_though_no_tool_reads_what_it_says(still):
    """An hour was jumped over before the tool, on a busy machine, had read "credit low"."""
    world, _ = still
    agent = Terminal(world.ports["agent_host"])
    os.write(agent.fd, status(verdict=ids.V_CREDIT_LOW, outbox=2, balance_minor=620))
    seen = {"verdict": "credit_low", "outbox": 2, "balance_minor": 620}
    wait(seen, lambda: world.story.seen == seen)


class Tool:
    """A transport that reads when the test says so."""

    name = "tool"

    def __init__(self, fd):
        self.fd = fd

    def read(self, timeout_s):
        return os.read(self.fd, 4096) if select.select([self.fd], [], [], timeout_s)[0] else b""

    def write(self, data):
        os.write(self.fd, data)

    def close(self):
        os.close(self.fd)


def test_time_jumps_when_the_tool_has_dealt_with_what_it_heard(still):
    world, clock = still
    tool = world.listener(Tool(Terminal(world.ports["host"]).fd))
    agent = Terminal(world.ports["agent_host"])
    said = status(verdict=ids.V_CREDIT_LOW)
    os.write(agent.fd, said)
    wait("it is told", lambda: world.story.seen)
    os.write(clock.fd, b"I 3600000\n")

    def jumped():
        """While the agent answers each step: was one longer than they are on the wall?"""
        for _ in range(3):
            if b"T " in clock(b"", b"T "):
                os.write(clock.fd, b"P %d\nI 3600000\n" % round(world.now_s() * 1000))
        return world.now_s() == 3600

    assert not jumped()
    assert tool.read(HUNG_S) == said
    assert not jumped()  # it has read, and may be busy with it
    tool.caught_up()
    wait("it jumps", lambda: world.now_s() == 3600)
    tool.close()


class Agent:
    """The other end of the application's port: refuses everything, or is deaf."""

    def __init__(self, app, result):
        self.app, self.result = app, result
        self.reader, self.writer = link.FrameReader(), link.FrameWriter()
        self.lines = []

    def turn(self, now):
        data = self.app.output(now)
        if data:
            self.lines.append(data)
        for frame in self.reader.feed(data):
            if self.result is not None:
                writer = self.writer.begin(ids.FRAME_RESPONSE, frame.request_id)
                frames.put_response(writer, self.result)
                self.app.feed(self.writer.end(), now)


def drive(app, agent, until_ms):
    now = 0
    while now < until_ms:
        agent.turn(now)
        due = app.deadline(now)
        now += max(1, due) if due >= 0 else until_ms
    return now


def test_a_refusal_ends_the_message_with_its_reason():
    app = PaymentApp()
    job = app.submit(b"message")
    drive(app, Agent(app, ids.R_FULL), 5000)
    assert job.state == REFUSED and job.result == ids.R_FULL


def test_a_deaf_agent_gets_the_same_bytes_again_and_then_no_more():
    app = PaymentApp()
    job = app.submit(b"message")
    agent = Agent(app, None)
    drive(app, agent, 200000)
    assert job.state == GIVEN_UP
    assert len(agent.lines) > 10 and len(set(agent.lines)) == 1
