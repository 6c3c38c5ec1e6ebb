"""A board whose stack held 27 calls crashed at every settlement: 33 of them were open at once."""

from __future__ import annotations

import pytest

import depth
import incidents
import own_line
from dropping import Dropping
from posagent.core.host import door
from posproto import frames, ids
from whole_host import WholeHost

# What reaches every duty, each way of settling and each kind of bad end; all: make incidents.
SCENARIOS = (
    "demo",
    "settlement-unbalanced-uploaded",
)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_chain_of_calls_is_deeper_than_a_small_board_holds(name):
    with depth.Meter() as meter:
        _, told, _ = incidents.play(name)
    assert told
    assert 10 < meter.depth() <= depth.CALLS_MAX, " > ".join(meter.chain)


class Says:
    """A broker as MQTT 3.1.1 has it answer to a connection and what is published on it."""

    def __init__(self):
        self.owed = b""
        self.published = 0

    def sendall(self, data):
        count = own_line.owed(data)
        if data[:1] == b"\x10":
            self.owed += b"\x20\2\0\0"
            count -= 1
        for _ in range(count):
            self.published += 1
            self.owed += b"\x40\2" + self.published.to_bytes(2, "big")

    def recv(self, size):
        said, self.owed = self.owed[:4], self.owed[4:]
        return said

    def close(self):
        pass


def test_a_report_by_the_terminal_itself_is_no_deeper(monkeypatch):
    monkeypatch.setattr(own_line.OwnLine, "_connected", lambda self: Says())
    with depth.Meter() as meter:
        played = own_line.play(broker=True)
        played.together.run(1200)
    assert played.net.opened == 1 and played.together.agent.reporter.next > 0
    assert 10 < meter.depth() <= depth.CALLS_MAX, " > ".join(meter.chain)


def _given(row):
    """The least arguments that a row of the door lets in."""
    if not row or row == "*":
        return {"apn": "cmnet"} if row else {}
    words = row.split(" ")
    samples = {"b": True, "t": "1", "y": b"1"}
    given = {}
    for at in range(0, len(words), 4):
        low = max(int(words[at + 2]), 1)
        sample = samples.get(words[at + 1], low)
        given[int(words[at].lstrip("?"))] = sample * low if words[at + 1] in "ty" else sample
    return given


_TURNS = 30


class Turned(WholeHost):
    """Requests are answered in the agent's turn, as in the loop."""

    def send(self, line):
        self.agent.host.feed(line)
        answer = None
        for _ in range(_TURNS):  # what is to be told goes first, a turn each
            self.agent.step()
            for kind, record in self.lines():
                if kind == ids.FRAME_RESPONSE:
                    answer = record
            if answer:
                break
        return tuple(answer.get(key) for key in (ids.RS_RESULT, ids.RS_VALUE, ids.RS_DETAIL))

    def on_the_other_link(self, op, args):
        frames.put_request(self.writer.begin(ids.FRAME_REQUEST, 9), op, args)
        self.agent.app.feed(self.writer.end())
        for _ in range(_TURNS):
            self.agent.step()
        return self.agent.app.pending()


@pytest.mark.parametrize("op", sorted(door.ROWS))
def test_no_operation_goes_deeper_with_a_key_or_without_or_on_the_other_link(op):
    with Dropping():
        host = Turned()
        given = _given(door.ROWS[op])
        with depth.Meter() as meter:
            host.ask(op, given)
            assert host.on_the_other_link(op, given)
            challenge = host.ask(ids.OP_CHALLENGE)[1]
            if op != ids.OP_CHALLENGE:
                host.keyed(challenge[0], op, given)
    assert 3 < meter.depth() <= depth.CALLS_MAX, " > ".join(meter.chain)
