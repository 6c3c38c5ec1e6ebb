"""The last lines to and from the modem, for engineers: a ring in RAM, masked when it is read.

Keeps of each line what is shown of it. Payload, PINs and passwords never get in.
"""

from posproto import const

from .. import modules
from .command import matches

_SLOTS = const(48)
_SIZE = const(4096)  # bytes kept in all: lines of a usual length fill the ring long before
_WIDTH = const(4)  # text, kind, s, ms: side by side, since a tuple each would take more heap
_LAST = const(188)  # where the last slot begins
LINE_MAX = const(160)  # bytes kept of a line
_FAIR = const(85)  # bytes for which each line finds room
_SECRETS = (b"+CPIN", b"+CPWD", b"+CLCK", b"+CGAUTH", b"+QICSGP", b"+CSTT")


class Trace:
    """The ring of the last lines. Filled by the engine; `texts` True (set by a keyed request)
    shows SMS and USSD texts too.
    """

    def __init__(self, clock) -> None:
        self.texts = False
        self.clock = clock
        self._ring = [b""] * (_SLOTS * _WIDTH)
        self._at = self._laps = self._first = self._size = 0
        self._long = 0  # lines to come, until all that are kept are short; their size is known

    def heard(self, line: bytes, kind: bytes = b"< ") -> None:
        """A line from the modem."""
        at = self._at
        ring = self._ring
        clock = self.clock
        if self._long or len(line) > _FAIR:
            line = self._fitted(line, at)
        ring[at] = line
        ring[at + 1] = kind
        ring[at + 2] = clock.s
        ring[at + 3] = clock.ms
        if at < _LAST:
            self._at = at + _WIDTH
        else:
            self._at = 0
            self._laps += 1

    def _fitted(self, line, at):
        # What is kept of it there, and counted: a long one is among those kept.
        ring = self._ring
        if not self._long:
            size = 0
            for other in range(0, _LAST + 1, _WIDTH):
                size += len(ring[other])
            self._size = size
        if len(line) > _FAIR:
            self._long = _SLOTS + 1
            line = line[:LINE_MAX]
        self._long -= 1
        size = self._size + len(line) - len(ring[at])
        ring[at] = b""  # it goes in when the others' bytes leave it room
        self._size = size if size <= _SIZE else self._shrunk(size)
        assert len(line) <= self._size <= _SIZE  # counted as they come and go
        return line

    def _count(self):
        # Of all lines so far.
        return self._laps * _SLOTS + self._at // _WIDTH

    def _oldest(self):
        return max(self._first, self._count() - _SLOTS)

    def _shrunk(self, size):
        # Forgets the oldest lines until the others' bytes have room.
        first = self._oldest()
        while size > _SIZE:
            at = first % _SLOTS * _WIDTH
            size -= len(self._ring[at])
            self._ring[at] = b""
            first += 1
        self._first = first
        assert 0 <= size <= _SIZE and first <= self._count()  # the newest one stays
        return size

    def sent(self, text: bytes) -> None:
        """A command without its `AT`."""
        at = text.find(b"=")
        if at > 0 and matches(text, _SECRETS):
            text = text[: at + 1] + b"***"
        self.heard(text, b"> AT")

    def data(self, count: int, kind: bytes) -> None:
        """`count` bytes of payload that went out (`> `) or came in."""
        self.heard(b"[%d bytes]" % count, kind)

    def clear(self) -> None:
        """Forget the lines: memory is short."""
        for at in range(len(self._ring)):
            self._ring[at] = b""
        self._at = self._laps = self._first = self._size = self._long = 0

    def read(self, after: int = 0):
        """[[number, age_ms, text], ...] behind entry `after`, oldest first, as fits one frame."""
        return modules.call("modem.trace_read", "entries", self, after)

    def kept(self):
        """Yields (number, s, ms, kind, line) of each line that is kept, oldest first."""
        ring = self._ring
        assert 0 <= self._count() - self._oldest() <= _SLOTS
        for n in range(self._oldest(), self._count()):
            at = n % _SLOTS * _WIDTH
            yield n + 1, ring[at + 2], ring[at + 3], ring[at + 1], ring[at]
