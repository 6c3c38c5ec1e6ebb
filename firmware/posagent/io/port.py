"""A byte port: the modem's UART, the host's console, the application's line. No decisions.

On MicroPython a blocking read waits for as many bytes as were asked for: ports are opened so that
`readinto` returns what is there, and the loop asks poll before each write.
"""

from posproto import const

_NEAR = const(32)  # bytes of a FIFO before the ring, as RP2040 and STM32 have it


class Port:
    """A stream with its receive buffer, made at start. The loop is the only caller.

    `ring`: bytes of the driver's own buffer, where its overrun loses bytes: no port of MicroPython
    counts them, but a full one can be seen; on_full() is told.
    """

    on_full = None

    def __init__(self, stream, size=512, ring=0):
        self.stream = stream
        self._any = getattr(stream, "any", None) if ring else None
        self._full = ring - _NEAR
        self.buf = bytearray(size)
        self._out = None
        self._at = 0

    def read(self):
        """Bytes received into `buf`: their number, 0 for none. Never blocks."""
        if self._any and self.on_full and self._any() >= self._full:
            self.on_full()
        try:
            return self.stream.readinto(self.buf) or 0
        except OSError:
            return 0  # hang-up: poll tells it again, the loop slows down

    def taken(self, n):
        """A copy of the `n` bytes that read() brought."""
        return bytes(memoryview(self.buf)[:n])

    def waits(self):
        """Is there more to be read, as far as the driver says?"""
        return self._any is not None and self._any() > 0

    def offer(self, data):
        """Hold `data` for writing; only when `free()`."""
        self._out = data
        self._at = 0

    def free(self):
        """Is the last line written out?"""
        return self._out is None

    def quiet(self):
        """Is there nothing to be done for it?"""
        return self._out is None

    def push(self):
        """Write what is held, after poll said POLLOUT; a short write is gone on with at the next
        turn.
        """
        if self._out is None:
            return
        try:
            rest = memoryview(self._out)[self._at :] if self._at else self._out
            self._at += self._write(rest) or 0
        except OSError:
            self._out = None
            return
        if self._at >= len(self._out):
            self._out = None

    def _write(self, data):
        return self.stream.write(data)
