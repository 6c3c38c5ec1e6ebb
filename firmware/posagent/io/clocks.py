"""Where the loop's milliseconds come from: the hardware, or the simulated world."""

import time

_MASK = 0x3FFFFFFF


class WallClock:
    """The board's own ticks."""

    virtual = False

    def now_ms(self):
        return time.ticks_ms() & _MASK

    def rest(self, wait_ms, idle):
        """Told before each sleep; the wall clock does not care."""
        return wait_ms


class PacedClock:
    """Ticks plus what the simulated world lets pass (the `pc` board only).

    Told by text lines on its own port: `I <ms>` idle until that time, `B` busy, `P <ms>` the time
    now (an answer to each `T`); the world answers `T <ms>`: so much time has passed at once. It
    jumps only when both sides are idle.
    """

    virtual = True

    def __init__(self, stream):
        self.stream = stream
        self._start = time.ticks_ms()
        self._offset = 0
        self._said = None
        self._buf = bytearray(64)
        self._line = b""

    def _total_ms(self):
        return time.ticks_diff(time.ticks_ms(), self._start) + self._offset

    def now_ms(self):
        return self._total_ms() & _MASK

    def rest(self, wait_ms, idle):
        """Say once what the loop waits for, before it sleeps."""
        if not idle or wait_ms == 0:
            word = b"B\n"
        else:
            until = self._total_ms() + wait_ms
            if self._said is not None and self._said != b"B\n":
                known = int(self._said[2:])
                if abs(known - until) < 20:
                    return wait_ms
            word = b"I %d\n" % until
        if word != self._said:
            self._said = word
            self.stream.write(word)
        return wait_ms

    def read(self):
        """The world spoke."""
        n = self.stream.readinto(self._buf) or 0
        self._line += bytes(memoryview(self._buf)[:n])
        while b"\n" in self._line:
            line, self._line = self._line.split(b"\n", 1)
            if line.startswith(b"T "):
                self._offset += int(line[2:])
                self._said = None
