"""Two acquirers behind the real agent and a modem of each family; the hosts are the judges."""

from typing import Any

import pytest

import cup_frames as cup
import soft_cryptolib  # noqa: F401 - before the agent, which `play` imports
from cable import client
from play import AcquirerNet, Play
from posdiag.facts.messages import ask_settlement
from posproto import ids, submit
from settle_world import Host

FAMILIES = ("quectel", "simcom", "sim800", "ublox", "fibocom", "ml307", "luat", "neoway", "telit")


class Session:
    """A connection to one of the test's hosts."""

    def __init__(self, host: Host) -> None:
        self.host = host

    def feed(self, data: bytes, now_ms: int) -> list[tuple[int, bytes, bool]]:
        return [(ms, answer or b"", answer is None) for ms, answer in self.host.take(data[2:])]


class TwoHosts(AcquirerNet):
    """Names lead to hosts of their own."""

    def __init__(self, acquirer: Any) -> None:
        super().__init__(acquirer)
        self.of_name = {"acquirer.example": Host(), "second.example": Host()}

    def open(self, handle: int, host: str, port: int) -> None:
        self._sessions[handle] = Session(self.of_name[host])
        self._open[handle] = True
        self.modem.agenda.after(self.trip_ms, self._opened, handle, "")

    def send(self, handle: int, data: bytes) -> None:
        for delay_ms, answer, close in self._sessions[handle].feed(bytes(data), 0):
            self.modem.agenda.after(delay_ms, self._answer, handle, answer, close)


def played(family: str) -> Play:
    second = {"acquirer.2.host": "second.example", "acquirer.2.port": 7000}
    play = Play({"modem": {"family": family}, "agent": second}, net=TwoHosts)
    play.together.run(90)
    return play


def give(play: Play, message: bytes, number: int, acquirer: int) -> None:
    for op, args in submit.hand_in(number, message, acquirer=acquirer):
        result, value, _ = play.together.agent.application(op, args)
        assert result == ids.R_OK, value


def state(play: Play, number: int, acquirer: int) -> int:
    value = play.together.agent.application(*submit.query(number, acquirer))[1]
    return submit.Standing(value).state


@pytest.mark.parametrize("family", FAMILIES)
def test_a_sale_at_one_host_passes_the_silence_of_the_other(family):
    play = played(family)
    first, second = play.net.of_name.values()
    first.deaf_to = "0200"
    give(play, cup.sale(7), 1, 1)
    play.together.run(6)
    give(play, cup.sale(7, amount=50), 1, 2)
    play.together.run(12)
    assert second.seen == [("0200", 7)] and state(play, 1, 2) == ids.MS_ACKNOWLEDGED
    assert state(play, 1, 1) == ids.MS_SENT and first.seen == [("0200", 7)]
    play.together.run(120)
    assert state(play, 1, 1) == ids.MS_UNKNOWN and first.seen == [("0200", 7)]
    asked = client(play)
    asked.greet(5)
    report = ask_settlement(asked)
    assert [(one.number, one.host) for one in report.acquirers] == [
        (1, "acquirer.example"),
        (2, "second.example"),
    ]
    assert asked.ask_status().acquirer == 1
    assert [m.state for m in ask_settlement(asked, acquirer=2).messages] == [ids.MS_ACKNOWLEDGED]
