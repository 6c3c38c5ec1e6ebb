"""The `pc` board's clock, which the simulated world drives, its host port and its watchdog."""

import select

from posproto import const

from .port import Port

_MASK = const(0x3FFFFFFF)


class PacedClock:
    """The time that the simulated world lets pass.

    Text lines on a port of its own. Said: `I <ms>` idle until that uptime, `B <ms>` busy, due
    then, `P <ms>` the uptime now, `K <ms>` and `R <ms>` a pulse on the modem's power key and reset
    pin, `M` a reset of this side. Heard: `T <ms>`, so much time has passed at once; the world goes
    on when P and then I or B have answered.
    """

    virtual = True

    def __init__(self, stream):
        self.stream = stream
        self._ms = 0
        self._said = None  # I or B, as it was said last, and until when
        self._buf = bytearray(64)
        self._line = b""
        self._say("P", 0)

    def _say(self, word, ms):
        self.stream.write(b"%s %d\n" % (word.encode(), ms))

    def now_ms(self):
        return self._ms & _MASK

    def rest(self, wait_ms, idle):
        """Called before each sleep: tell the world, once, until when the loop wants to wait."""
        word = "I" if idle and wait_ms else "B", self._ms + wait_ms
        if self._said != word:
            self._said = word
            self._say(*word)

    def act(self, pin, pulse_ms, now_ms):
        """A pulse on the simulated modem's pin."""
        self._say("R" if pin == "reset" else "K", pulse_ms)

    def reborn(self):
        """Another life begins: whatever hung on this side is free again."""
        self._said = None
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
                self._ms += int(line[2:])
                self._said = None
                self._say("P", self._ms)


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
