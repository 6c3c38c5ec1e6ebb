"""World time, which is the agent's too: it passes in steps that both have agreed on.

    agent -> world   I <deadline_ms>   idle until then, in its uptime
                     B <deadline_ms>   busy, and due then
                     P <now_ms>        its uptime now: what deadlines are counted in
                     K <held_ms>       a pulse on the modem's power key
                     R <held_ms>       a pulse on its reset pin
                     M                 it restarts by itself
    world -> agent   T <step_ms>       so much time has passed; answered by P, then I or B

Each step waits for the agent's answer to the one before: where either side gets no turn on a busy
computer, or is stopped, time stands for both. While one of them is busy it goes as on the wall;
it jumps while the agent is idle, the modem is idle and no byte of TCP is in flight. A world whose
agent has no such clock, or that has none, goes by the wall alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_LONGEST_MS = 100  # of the wall's time in one step: a longer pause was the computer's
_STEP_MS = 50  # of the wall's time in one step where nothing is due earlier
_ON_THE_WAY_S = 0.01  # a byte that was written may be in no buffer yet: the kernel's work
_CREDIT_S = 0.25
_CREDIT_STEP_S = 0.02


class VirtualClock:
    """speed: how much faster than the wall at most; 1 is real time, 0 without limit."""

    def __init__(self, speed: float = 1.0, wall: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._wall = wall
        self._ms = 0  # what has passed before `_since`
        self._since: float | None = None  # from when on the wall counts; None: it does not
        self._stepped = wall()  # when the last step was made
        self._agent_zero_ms = 0  # world time of the agent's uptime zero
        self._deadline_ms = 0  # of the agent, in world time
        self._idle = False
        self._waits = True  # for the agent's next word: nothing passes before
        self._lives = False  # it has said its uptime: no word of a life that was cut off counts
        self._doubt = False  # bytes went to it since it was asked,
        self._touched = 0.0  # the last ones then
        self.is_paced = False  # an agent's clock goes by this one
        self._credit_ms = 0.0
        self._credit_at = wall()
        self.jumps = 0

    def start(self) -> None:
        """The world begins. Goes by the wall where no agent started before."""
        if not self.is_paced:
            self._since = self._wall()

    def now_ms(self) -> int:
        if self._since is None:
            return self._ms
        return self._ms + int((self._wall() - self._since) * 1000)

    def agent_started(self) -> None:
        """A life of the agent begins: time stands until it says so."""
        self._ms, self._since = self.now_ms(), None
        self._agent_zero_ms = self._ms
        self.is_paced = self._waits = True
        self._lives = self._idle = self._doubt = False

    def take(self, line: str) -> str:
        """One line of the agent; returns "" or what the world has to do: K, R or M."""
        words = line.split()
        if words[:1] in (["K"], ["R"], ["M"]):
            self._waits |= words[0] == "M"
            return line
        if len(words) != 2:
            return ""
        if words[0] == "P":
            self._agent_zero_ms = self._ms - int(words[1])
            self._lives, self._waits, self._idle = True, True, False
        elif words[0] in ("I", "B") and self._lives:
            self._deadline_ms = self._agent_zero_ms + int(words[1])
            self._idle, self._waits = words[0] == "I", False
        return ""

    def touched(self) -> None:
        """Bytes went to the agent: what it said before may no longer hold."""
        self._doubt, self._touched = True, self._wall()

    def waits(self) -> bool:
        """Does time stand until the agent says something?"""
        return self.is_paced and self._waits

    def next_ms(self, world_due_ms: int) -> int:
        """World time of what comes next, an own event or the agent's deadline; -1 for nothing."""
        dues = [world_due_ms] if world_due_ms >= 0 else []
        if self.is_paced and not self._waits:
            dues.append(self._deadline_ms)
        return min(dues, default=-1)

    def step(self, world_due_ms: int, may_jump: bool) -> int:
        """Lets time pass: milliseconds to tell the agent of, 0 to ask it how it is; -1: no step.

        `world_due_ms`: the next own event or -1. `may_jump`: nothing is in flight in the world.
        """
        now = self._wall()
        if not self.is_paced or self._waits:
            return -1
        due_ms = self.next_ms(world_due_ms)
        if may_jump and self.speed != 1 and self._idle and due_ms > self._ms:
            distance = self._jump(due_ms - self._ms, now) if not self._doubt else self._ask(now)
        else:
            distance = self._pass(due_ms, now)
        if distance >= 0:
            self._ms += distance
            self._waits, self._doubt = True, False
        return distance

    def _ask(self, now: float) -> int:
        return 0 if now - self._touched >= _ON_THE_WAY_S else -1

    def _pass(self, due_ms: int, now: float) -> int:
        """As on the wall, exactly to what is due."""
        elapsed = min((now - self._stepped) * 1000, _LONGEST_MS)
        passed = int(elapsed)
        if due_ms > self._ms and passed >= due_ms - self._ms:
            passed = due_ms - self._ms
        elif passed < _STEP_MS:
            return -1
        self._stepped = now - (elapsed - passed) / 1000
        return passed

    def _jump(self, distance: int, now: float) -> int:
        if self.speed > 0:
            # Few long jumps, not many short ones: each costs both sides a turn of their loops.
            self._credit_ms += (now - self._credit_at) * 1000 * (self.speed - 1)
            self._credit_at = now
            self._credit_ms = min(self._credit_ms, _CREDIT_S * 1000 * self.speed)
            credit = int(self._credit_ms)
            if credit < min(distance, _CREDIT_STEP_S * 1000 * self.speed):
                return -1
            distance = min(distance, credit)
            self._credit_ms -= distance
        self._stepped = now
        self.jumps += 1
        return distance
