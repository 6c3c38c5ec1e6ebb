"""Frames without a length prefix: the message itself tells where it ends.

Loaded only where an acquirer is configured so.
"""

from .framing import FRAME_MAX, FramingError
from .walker import Message, Short, scan


def measure(buf: bytes, table: bytes, start: int = 0) -> int:
    """Length of the frame at the start of `buf`, 0 while it is not complete; raises Unparsed."""
    try:
        return scan(buf, table, start, Message())
    except Short:
        return 0


class BareIn:
    """As framing.FrameIn, for a dialect's field table and the bytes before the message."""

    keepalives = 0

    def __init__(self, table: bytes, start: int = 0, frame_max: int = FRAME_MAX):
        self._table = table
        self._start = start
        self._max = frame_max
        self.reset()

    def reset(self):
        """Forget a partial frame and a lost framing."""
        self._part = bytearray()
        self.lost = ""  # why the connection must be closed

    def feed(self, data: bytes) -> list:
        """Take received bytes, return the frames that are complete now; raises FramingError."""
        out = []
        if not self.lost:
            self._part.extend(data)
        while self._part and not self.lost:
            try:
                n = measure(self._part, self._table, self._start)
            except ValueError:
                self.lost = "message"
                break
            if (n or len(self._part)) > self._max:
                self.lost = "too long"
            elif n:
                out.append(bytes(self._part[:n]))
                self._part = self._part[n:]
            else:
                break
        if self.lost and not out:
            raise FramingError(self.lost)
        return out

    def partial(self) -> bool:
        """True in the middle of a frame: such a connection is not idle."""
        return len(self._part) > 0
