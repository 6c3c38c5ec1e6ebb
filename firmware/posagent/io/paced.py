"""What the `pc` board has: time that the simulated world lets pass, a watchdog behind a file."""

import select
import time

from posproto import const

from .port import Port

_MASK = const(0x3FFFFFFF)


class PacedClock:
    """Ticks plus what the simulated world lets pass.

    Text lines on a port of its own. Said: `I <ms>` idle until that uptime, `B` busy, `P <ms>` the
    uptime now, `K <ms>` and `R <ms>` a pulse on the modem's power key and reset pin, `M` a reset
    of this side. Heard: `T <ms>`, so much time has passed at once; the world jumps only when both
    sides are idle.
    """

    virtual = True

    def __init__(self, stream):
        self.stream = stream
        self._start = time.ticks_ms()
        self._offset_ms = 0
        self._until_ms = -1  # what was said last; -1: busy or nothing
        self._buf = bytearray(64)
        self._line = b""
        self._say("P", self._total_ms())

    def _say(self, word, ms):
        self.stream.write(b"%s %d\n" % (word.encode(), ms))

    def _total_ms(self):
        return time.ticks_diff(time.ticks_ms(), self._start) + self._offset_ms

    def now_ms(self):
        return self._total_ms() & _MASK

    def rest(self, wait_ms, idle):
        """Say once what the loop waits for, before it sleeps."""
        if not idle or wait_ms == 0:
            if self._until_ms != -1:
                self._until_ms = -1
                self.stream.write(b"B\n")
            return
        until = self._total_ms() + wait_ms
        if self._until_ms < 0 or abs(self._until_ms - until) > 20:
            self._until_ms = until
            self._say("I", until)

    def act(self, pin, pulse_ms, now_ms):
        """A pulse on the simulated modem's pin."""
        self._say("R" if pin == "reset" else "K", pulse_ms)

    def reborn(self):
        """Another life begins: whatever hung on this side is free again."""
        self.stream.write(b"M\n")

    def poll(self, now_ms):
        """The world ends its pulses."""
        return -1

    def read(self):
        """The world spoke."""
        n = self.stream.readinto(self._buf) or 0
        self._line += bytes(memoryview(self._buf)[:n])
        while b"\n" in self._line:
            line, self._line = self._line.split(b"\n", 1)
            if line.startswith(b"T "):
                self._offset_ms += int(line[2:])
                self._until_ms = -1
                self._say("P", self._total_ms())


class HostPort(Port):
    """The cable to the host. A line that nobody reads keeps nobody busy: time may pass meanwhile,
    as it does in a shop.
    """

    def __init__(self, stream):
        super().__init__(stream)
        self._room = select.poll()
        self._room.register(stream, select.POLLOUT)

    def quiet(self):
        return self.free() or not self._room.poll(0)


class FileDog:
    """A watchdog behind a file, as in Linux's watchdog API: each write starts the time anew."""

    def __init__(self, path):
        self._file = open(path, "wb")

    def feed(self):
        self._file.write(b"\n")
