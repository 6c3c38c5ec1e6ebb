"""Keeps writes to flash between the modem's commands, where the UART loses bytes meanwhile.

Interrupts are off while flash is erased: 45 ms are 500 bytes at 115200 baud. Where RTS and CTS are
wired and the modem takes AT+IFC=2,2 (V.250 cl. 6.2.12) it waits and nothing is lost. Else the log
and the requests of both ports wait for the command in flight to end, the next one waits for them,
and after each write the modem is asked for what it may have said by itself.

On all boards: what a turn puts off for what the modem said, or says meanwhile.
"""

from posproto import const
from posproto.at.result import OK

from .. import modules
from ..life.clock import ticks_diff
from .command import Command

_PROBES = (b"", b"Q0V1")  # is anybody there? A lost answer costs one more
_TOLD_MAX = const(24)  # events in one go
_CUT_MAX = const(8)  # turns
_CALM_S = const(2)
_PATIENCE_MS = const(3000)  # for a command in flight; one that takes longer waits for the network


def announce(a):
    """The news of the agent `a` is about to be told: a turn for each frame, and two behind them.
    In a storm of news the rest has its turn, too.
    """
    if a.told < _TOLD_MAX:
        count = len(a.news)
        a.telling = (a.telling or 2) + count
        a.told += count
        a.told_s = a.clock.s


def leaves(a):
    """Is it still on its way? It leaves before what follows from it is loaded and done. Then no
    line of the modem waits for a collection of memory.
    """
    assert a.telling > 0  # who tells nothing does not ask
    a.telling -= 1
    if a.telling:
        return True
    a.told = 0
    a.turns = modules.tidy(modules.MANY)
    return False


def more(a):
    """Did the modem say more since this turn began? Then the rest of it waits, but not for ever:
    a turn that nothing cut short begins the count `a.cut` anew.
    """
    assert 0 <= a.cut <= _CUT_MAX
    if a.cut >= _CUT_MAX or not a.unread():
        return False
    a.cut += 1
    return True


class Between:
    """One per agent on a board whose flash stalls its UART. `wired`: RTS and CTS are."""

    flows = False  # the modem waits while RTS is off
    _since_ms = -1  # what wants to be written waits since

    def __init__(self, agent, wired: bool) -> None:
        self.wired = wired
        self._agent = agent
        for link in (agent.host, agent.app):
            link.waits = self.busy
        agent.log.waits = self.puts_off

    def flow_control(self):
        """Procedure, with each start of the modem: the setting is lost in a reset."""
        self.flows = self.wired and (yield Command(b"+IFC=2,2")).result == OK

    def busy(self) -> bool:
        """Must what writes wait?"""
        a = self._agent
        command = a.engine.pairing.busy
        if self.flows or command is None or command.text in _PROBES:
            return False
        since_ms = self._since_ms
        return since_ms < 0 or ticks_diff(a.clock.ms, since_ms) < _PATIENCE_MS

    def puts_off(self):
        """Must the log wait?"""
        return self.busy() or self._stirs()

    def _stirs(self):
        # What was told a moment ago has more behind it as a rule, and a write takes 110 ms.
        a = self._agent
        return a.told_s > 0 and a.clock.s - a.told_s < _CALM_S

    def turn(self):
        """Behind the engine's turn: let go what waited, or make room for it. True where that was a
        turn's work (a write takes 120 ms), or the engine has to go on.
        """
        a = self._agent
        paused = a.engine.paused
        worked = a.host.serve() or a.app.serve()
        if not self.busy():
            worked = worked or a.log.poll()
            if not (worked or a.host.held or a.app.held):
                a.engine.paused = False
                self._since_ms = -1
        elif not paused and (
            a.host.held or a.app.held or (a.log.due() == 0 and not self._stirs())
        ):
            self._since_ms = a.clock.ms
            a.engine.paused = True
        if a.storage.wrote:
            a.storage.wrote = False
            if not self.flows and a.ready:
                a.look_s = a.clock.s
                a.inbox.all = a.inbox.news = True
        assert a.engine.paused == (self._since_ms >= 0)  # it holds for who waits, since then
        return worked or (paused and not a.engine.paused)

    def due(self):
        """Milliseconds until the log wants to be written, or waited long enough; -1: never."""
        a = self._agent
        if self._since_ms < 0 or not self.busy():
            ms = a.log.due()
            return 1000 if ms == 0 and self._stirs() else ms
        return _PATIENCE_MS - ticks_diff(a.clock.ms, self._since_ms)
