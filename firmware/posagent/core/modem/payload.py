"""Counted payload: how many bytes a header announces, and whether all of them came.

It is taken with the four bytes after it: CR LF and another CR LF, or the head of the next line.
Anything else there means that bytes were lost inside.
"""

from posproto import const

_TAIL = const(4)
_PAYLOAD_MAX = const(2048)


def counted(line: bytes, field: int):
    """Bytes to take after a header whose comma-separated `field` tells how many there are.

    `+QIRD: 1460` and 0: 1464. 0 where it announces none, -1 where its number cannot be believed.
    """
    try:
        count = int(line[line.index(b":") + 1 :].split(b",")[field])
    except (ValueError, IndexError):
        return -1
    if count == 0:
        return 0
    return count + _TAIL if 0 < count <= _PAYLOAD_MAX else -1


def unasked(line: bytes, headers: tuple) -> int:
    """Bytes to take after a line that no command asked for, 0 for none; `headers` of the family:
    (head, field) of those that announce some.
    """
    for row in headers:
        if line.startswith(row[0]):
            return max(counted(line, row[1]), 0)
    return 0


class Payload:
    """What is known of this module's payloads; one per modem port."""

    def __init__(self) -> None:
        self._blank = None  # whether it sends an empty line between payload and OK

    def sound(self, data: bytes):
        """The payload without what follows it; None when bytes were lost."""
        assert len(data) > _TAIL
        tail = data[-_TAIL:]
        data = data[:-_TAIL]
        if tail == b"\r\n\r\n":
            self._blank = True
        elif self._blank or tail not in (b"\r\nOK", b"\r\n+C"):
            return None
        elif self._blank is None:
            if data[-1] in b"\r\n":
                return None  # perhaps bytes short
            self._blank = False
        return data
