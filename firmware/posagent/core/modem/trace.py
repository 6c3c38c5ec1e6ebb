"""The last lines to and from the modem, for engineers: a ring in RAM, masked when it is read.

Keeps of each line what is shown of it. Payload, PINs and passwords never get in.
"""

from posproto import const

from .. import modules
from .command import matches

_SLOTS = const(48)
_SIZE = const(4096)  # bytes kept in all: lines of a usual length fill the ring long before
_WIDTH = const(4)  # s, ms, kind, text: side by side, since a tuple each would take more heap
LINE_MAX = const(160)  # bytes kept of a line
_SECRETS = (b"+CPIN", b"+CPWD", b"+CLCK", b"+CGAUTH", b"+QICSGP", b"+CSTT")


class Trace:
    """Filled by the engine; `texts` True (set by a keyed request) shows SMS and USSD texts too."""

    def __init__(self, clock) -> None:
        self.texts = False
        self.clock = clock
        self._ring = [b""] * (_SLOTS * _WIDTH)
        self._next = self._first = self._size = 0

    def heard(self, line: bytes, kind: bytes = b"< ") -> None:
        """A line from the modem."""
        at = self._next % _SLOTS * _WIDTH
        ring = self._ring
        length = len(line)
        if length > LINE_MAX:
            line = line[:LINE_MAX]
            length = LINE_MAX
        size = self._size + length - len(ring[at + 3])
        ring[at] = self.clock.s
        ring[at + 1] = self.clock.ms
        ring[at + 2] = kind
        ring[at + 3] = line
        self._next += 1
        if self._next - self._first > _SLOTS:
            self._first += 1
        while size > _SIZE:
            at = self._first % _SLOTS * _WIDTH + 3
            size -= len(ring[at])
            ring[at] = b""
            self._first += 1
        self._size = size
        assert 0 <= size <= _SIZE and self._first <= self._next <= self._first + _SLOTS

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
        self._next = self._first = self._size = 0

    def read(self, after: int = 0):
        """[[number, age_ms, text], ...] behind entry `after`, oldest first, as fits one frame."""
        return modules.call("modem.trace_read", "entries", self, after)

    def kept(self):
        """Yields (number, s, ms, kind, line) of each line that is kept, oldest first."""
        for n in range(self._first, self._next):
            at = n % _SLOTS * _WIDTH
            ring = self._ring
            yield n + 1, ring[at], ring[at + 1], ring[at + 2], ring[at + 3]
