"""The last few responses: a request that arrives twice gets its response again, not its action."""

from posproto import const

_KEPT = const(4)
_SIZE = const(1400)  # bytes of lines kept, but for the last one


class Repeats:
    """Knows a request by its id and its frame's CRC; a client repeats the same bytes.

    Bounded: `kept` response lines, fewer where they are long, oldest out first.
    """

    def __init__(self, kept: int = _KEPT):
        self._known: list = []  # (request id, crc, line), oldest first
        self._kept = kept

    def find(self, frame):
        """The response line to this request, or None if it is new or too long ago."""
        for request_id, crc, line in self._known:
            if request_id == frame.request_id and crc == frame.crc:
                return line
        return None

    def keep(self, frame, line: bytes) -> None:
        """Remembers `line` as the response to the request `frame`."""
        size = len(line)
        for known in self._known:
            size += len(known[2])
        while self._known and (size > _SIZE or len(self._known) >= self._kept):
            size -= len(self._known.pop(0)[2])
        self._known.append((frame.request_id, frame.crc, line))
        assert len(self._known) <= self._kept and (size <= _SIZE or len(self._known) == 1)
