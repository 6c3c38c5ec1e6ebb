"""World time: wall time plus jumps, taken together with the agent over a port of their own.

    agent -> world   I <deadline_ms>   idle until then, in its uptime; -1: no deadline
                     B                 busy
                     P <now_ms>        its uptime now: what deadlines are counted in
                     K <held_ms>       a pulse on the modem's power key
                     R <held_ms>       a pulse on its reset pin
                     M                 it restarts by itself
    world -> agent   T <offset_ms>     add this to your clock, once

Time jumps only while the agent is idle, the modem is idle and no byte of TCP is in flight.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# A byte sent to an agent that said it is idle makes that out of date; so long is waited for its
# next word before it is believed again.
_STALE_S = 0.03
_ANSWER_S = 0.25
_CREDIT_S = 0.25
_STEP_S = 0.02


class VirtualClock:
    """speed: how much faster than the wall at most; 1 is real time, 0 without limit."""

    def __init__(self, speed: float = 1.0, wall: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._wall = wall
        self._start = wall()
        self._offset_ms = 0
        self._agent_zero_ms = 0  # world time of the agent's uptime zero
        self._deadline_ms: int | None = None  # of the agent, in world time; -1: none
        self._heard = self._start
        self._told = 0.0  # when the last jump or byte went to the agent
        self._asked = False
        self._credit_ms = 0.0
        self._credit_at = self._start
        self.jumped_ms = 0
        self.jumps = 0

    def now_ms(self) -> int:
        return int((self._wall() - self._start) * 1000) + self._offset_ms

    def agent_started(self) -> None:
        """Its uptime begins about now, a little later: no jump goes too far until it says."""
        self._agent_zero_ms = self.now_ms()
        self._deadline_ms = None

    def take(self, line: str) -> str:
        """One line of the agent; returns "" or what the world has to do: K, R or M."""
        words = line.split()
        if not words:
            return ""
        self._heard = self._wall()
        self._asked = False
        if words[0] == "I":
            deadline_ms = int(words[1])
            self._deadline_ms = -1 if deadline_ms < 0 else self._agent_zero_ms + deadline_ms
        elif words[0] == "P":
            self._agent_zero_ms = self.now_ms() - int(words[1])
        else:
            self._deadline_ms = None
            return line if words[0] in ("K", "R", "M") else ""
        return ""

    def touched(self) -> None:
        """Bytes went to the agent: what it said before may no longer hold."""
        self._told = self._wall()

    def jump(self, world_due_ms: int) -> int:
        """How far time may jump now, in milliseconds; world_due_ms is the next own event or -1.

        The caller has made sure that modem and sockets are idle. The jump is taken at once.
        """
        now = self._wall()
        if self._deadline_ms is None or self.speed == 1:
            return 0
        quiet = _ANSWER_S if self._asked else _STALE_S
        if (self._asked or self._told > self._heard) and now - self._told < quiet:
            return 0
        now_ms = self.now_ms()
        dues = [d for d in (self._deadline_ms, world_due_ms) if d >= 0]
        if not dues:
            return 0
        distance = min(dues) - now_ms
        if distance < 2:
            return 0
        if self.speed > 0:
            # Few long jumps, not many short ones: each costs both sides a turn of their loops.
            credit = self._credit(now)
            if credit < min(distance, _STEP_S * 1000 * self.speed):
                return 0
            distance = min(distance, credit)
        self._credit_ms -= distance
        self._offset_ms += distance
        self._told = now
        self._asked = True
        self.jumped_ms += distance
        self.jumps += 1
        return distance

    def _credit(self, now: float) -> int:
        self._credit_ms += (now - self._credit_at) * 1000 * (self.speed - 1)
        self._credit_at = now
        self._credit_ms = min(self._credit_ms, _CREDIT_S * 1000 * self.speed)
        return int(self._credit_ms)
