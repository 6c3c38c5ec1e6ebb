"""The last few responses: a request that arrives twice gets its response again, not its action."""

from posproto import const

_KEPT = const(4)


class Repeats:
    """Knows a request by its id and its frame's CRC; a client repeats the same bytes.

    Bounded: `kept` response lines, oldest out first.
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
        while len(self._known) >= self._kept:
            self._known.pop(0)
        self._known.append((frame.request_id, frame.crc, line))
