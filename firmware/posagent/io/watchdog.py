"""The watchdog in software: it feeds the hardware's only while all that is watched gets on.

A loop that hangs feeds nothing, and the hardware resets. A watch that stands still while the loop
turns raises Stuck, with its name: that crash is recorded, and ends in a restart like any other.
"""

from posproto import const, ids

from ..core import modules

_SILENT_MAX_S = const(900)  # longer than the slowest answer that anyone waits for
_LOOK_MAX_S = const(3600)  # unsolicited lines may hide that nothing gets on
_STATUS_MAX_S = const(60)


class Stuck(Exception):
    """A watch made no progress for too long; the argument is its name."""


class Watch:
    """All watches over one agent; called in each turn. `dog`: machine.WDT, its like, or None."""

    def __init__(self, agent, clock, dog):
        self._agent = agent
        self._clock = clock
        self._dog = dog
        self._proof_s = 60  # uptime of the next proof that this version works
        self._seen = None
        self._since_s = 0

    def __call__(self):
        now_s = self._clock.s
        name = self.stuck(now_s)
        if name:
            raise Stuck(name)
        if now_s >= self._proof_s:
            self._prove(now_s)
        if self._dog is not None:
            self._dog.feed()

    def _prove(self, now_s):
        try:
            self._proof_s = modules.call("posagent.io.slots", "proved", self._agent, now_s)
        except OSError:
            self._agent.counters[ids.C_FLASH_ERRORS] += 1
            self._proof_s = now_s + 60

    def stuck(self, now_s):
        """Name of what stands still, or None. What is at work on the modem shows as a line or a
        time-out; when nothing is, the next look at the network is due within half a minute.
        """
        agent = self._agent
        if now_s - agent.status_s > _STATUS_MAX_S:
            return "report"
        engine = agent.engine
        if engine is None or engine.dead:  # safe mode, or probed by the port's own procedure
            self._seen = None
            return None
        seen = agent.running, engine.pairing.heard_s, agent.counters[ids.C_MODEM_TIMEOUTS]
        if seen != self._seen:
            self._seen = seen
            self._since_s = now_s
        if now_s - self._since_s > _SILENT_MAX_S:
            return agent.running.__name__ if agent.running else "plan"
        if agent.ready and now_s - agent.look_s > _LOOK_MAX_S:
            return "look"
        return None
