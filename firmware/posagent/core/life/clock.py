"""The agent's only notion of time, advanced by the shell once per turn.

Milliseconds wrap at 2**30, as MicroPython's ticks do: they are for waits of seconds to minutes.
Longer spans use `s`. Nothing here leaves MicroPython's 31-bit small ints but `unix_s`.
"""

from posproto import const

_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)
_JUMP_S = const(3600)
_DAY_S = const(86400)


def ticks_add(t: int, d: int):
    """`t` + `d` milliseconds, wrapped; `d` within +-2**29."""
    assert -_HALF < d < _HALF
    return (t + d) & _MASK


def ticks_diff(a: int, b: int):
    """`a` - `b` in milliseconds, right when they are less than 2**29 (6.2 days) apart."""
    d = (a - b) & _MASK
    return d if d < _HALF else d - _MASK - 1


class Clock:
    """One per agent. `ms` wraps, `s` (uptime, seconds) never does."""

    def __init__(self, now_ms: int = 0) -> None:
        self.ms = now_ms & _MASK
        self.s = 0
        self.zone_s = 28800  # local time less UTC; China's until the network tells
        self._rest_ms = 0
        self.sure = False  # a second source, or a day, agreed with the calendar
        self.source = 0  # who set it
        self._unix_0 = 0  # unix_s at s == 0; 0: not set
        self._since_s = 0  # uptime at which that was
        self._doubted = None  # [unix_s at s == 0, source, uptime] of a time that is not believed

    def advance(self, now_ms: int) -> None:
        """Take the shell's `now_ms` (wrapped or not); at least once in 6 days.

        A step back (a shell that mixes time sources) is ignored: time here never runs backwards.
        """
        d = (now_ms - self.ms) & _MASK
        if d >= _HALF:
            return
        self.ms = (self.ms + d) & _MASK
        d += self._rest_ms
        if d >= 1000:
            self.s += d // 1000
            d %= 1000
        self._rest_ms = d
        assert 0 <= self.ms <= _MASK and 0 <= self._rest_ms < 1000

    @property
    def unix_s(self):
        """Seconds since 1970, or 0 while nobody has told."""
        return self._unix_0 + self.s if self._unix_0 else 0

    def age_s(self, unix_s: int) -> int:
        """How long ago the network's own calendar showed `unix_s`; 0 where nobody tells the time.

        Of two calendars that were told, the believed one and a doubted one, the one counts in
        which that is less long ago, and not to come.
        """
        zeros = [self._unix_0, self._doubted[0] if self._doubted else 0]
        ages = [zero + self.s - unix_s for zero in zeros if zero]
        return min([age for age in ages if age >= 0] or [0])

    def set_unix(self, unix_s: int):
        """Set the calendar clock; returns the step in seconds (0 at the first setting)."""
        assert unix_s > self.s  # nobody dates this start before 1970
        step_s = unix_s - self.unix_s if self._unix_0 else 0
        self._unix_0 = unix_s - self.s
        self._since_s = self.s
        self._doubted = None
        assert self.unix_s == unix_s
        return step_s

    def told(self, unix_s: int, source: int):
        """`source` (a number) tells the time. A step of more than an hour is kept, and believed
        when another source, or the same one a day later, says so too. Returns (the step in
        seconds, was it made: None where it is doubted from now on).
        """
        if not self._unix_0:
            self.set_unix(unix_s)
            self.source = source
            return 0, True
        step_s = unix_s - self.unix_s
        assert self._since_s <= self.s and (not self._doubted or self._doubted[2] <= self.s)
        if -_JUMP_S <= step_s <= _JUMP_S:
            self._doubted = None
            if source != self.source or self.s - self._since_s >= _DAY_S:
                self.sure = True
            self._unix_0 += step_s
            return step_s, True
        zero = unix_s - self.s
        last = self._doubted
        if last is None or not -_JUMP_S <= zero - last[0] <= _JUMP_S:
            self._doubted = [zero, source, self.s]
            return step_s, None
        if source == last[1] and self.s - last[2] < _DAY_S:
            return step_s, False
        self.set_unix(unix_s)
        self.source = source
        self.sure = True
        return step_s, True
