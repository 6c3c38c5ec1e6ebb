"""A board whose stack held 27 calls crashed at every settlement: 33 of them were open at once."""

from __future__ import annotations

import pytest

import depth
import incidents
import own_line

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
