"""The marker of one message: what must be known of it after a power cut, and never what is in it.

A marker is version | fields by MSG_* | CRC-32, small enough for littlefs to keep it inside the
directory entry, so that rewriting it in place costs next to no erase.
"""

from binascii import crc32

from posproto import const, ids

_VERSION = const(1)
# First byte of each field by MSG_*, and the end of the last one.
_AT = b"\x01\x05\x06\x08\x0b\x0e\x10\x13\x15\x21\x23\x24\x28\x2a\x2e\x2f\x31\x35\x38\x3c\x3e\x42"
_TEXTS = (ids.MSG_F39, ids.MSG_RRN)
_STATE = const(5)  # the byte of MSG_STATE
SIZE = const(70)  # of a marker on flash
_BODY = const(66)  # of that without the CRC
# Event arguments and the fields that give them.
_ARGS = (
    (ids.A_MTI, ids.MSG_MTI),
    (ids.A_STAN, ids.MSG_STAN),
    (ids.A_BATCH, ids.MSG_BATCH),
    (ids.A_F39, ids.MSG_F39),
    (ids.A_RRN, ids.MSG_RRN),
    (ids.A_REASON, ids.MSG_WHY),
)


class Record:
    """`record[ids.MSG_...]` reads and sets a field: a number, or text for F39 and RRN.

    Beside the marker it holds what may be lost: when to try again, and the parsed request while
    an answer may come.
    """

    request = None
    message = None  # volatile messages live here
    reply = None  # and their answers
    crc = None  # of the message, while this boot lasts
    since_s = 0  # uptime at which MSG_AGE_S was right
    next_s = 0  # uptime from which it may be sent (again)
    sent_ms = 0

    def __init__(self, slot: int, marker=None):
        self.slot = slot
        self.raw = bytearray(marker or SIZE)
        self.raw[0] = _VERSION

    def __getitem__(self, field):
        value = self.raw[_AT[field] : _AT[field + 1]]
        if field in _TEXTS:
            return str(value, "ascii").strip("\0")
        return int.from_bytes(value, "big")

    def __setitem__(self, field, value):
        at, end = _AT[field], _AT[field + 1]
        size = end - at
        if field in _TEXTS:
            value = (value or "").encode()[:size]
            self.raw[at:end] = value + bytes(size - len(value))
        else:
            self.raw[at:end] = min(max(value, 0), (1 << size * 8) - 1).to_bytes(size, "big")

    def marker(self) -> bytes:
        """The bytes for flash."""
        self.raw[_BODY:] = crc32(self.raw[:_BODY]).to_bytes(4, "big")
        return bytes(self.raw)

    def live(self) -> bool:
        """Is it to be sent (again)?"""
        return ids.MS_READY <= self.raw[_STATE] <= ids.MS_SENT

    def kind(self) -> int:
        """Class and function of its MTI: 50 of 0500."""
        return self[ids.MSG_MTI] // 10

    def flag(self, bits: int) -> bool:
        return self[ids.MSG_FLAGS] & bits > 0

    def issue(self) -> bool:
        """An open end: a reversal or an advice that the host refused, a reversal that nobody
        acknowledged, a refund that may have been booked, or a sale that may be charged.
        """
        state = self.raw[_STATE]
        if not ids.MS_REFUSED <= state <= ids.MS_NOT_SENT:
            return False
        kind = self.kind()
        if kind in (40, 42):
            return True
        if kind == 22:
            return state in (ids.MS_REFUSED, ids.MS_UNKNOWN)
        return state == ids.MS_UNKNOWN and self.flag(ids.MF_REVERSAL_DUE)

    def note(self, answer) -> None:
        """Keeps of a parsed answer what a report needs."""
        self[ids.MSG_F39] = answer.f39
        self[ids.MSG_RRN] = answer.f37
        self[ids.MSG_HOST_TIME] = int((answer.f13 or "") + (answer.f12 or "") or 0)
        self[ids.MSG_HOST_DATE] = int(answer.f15 or 0)

    def same(self, other) -> bool:
        """Do both tell of the same accepted message?"""
        return (
            self[ids.MSG_ORDER] == other[ids.MSG_ORDER] and self[ids.MSG_ID] == other[ids.MSG_ID]
        )

    def age_s(self, clock) -> int:
        """Seconds since it was accepted: by the calendar where that was and is known."""
        known = self[ids.MSG_UNIX_S]
        if known and clock.unix_s >= known:
            return clock.unix_s - known
        return self[ids.MSG_AGE_S] + clock.s - self.since_s

    def args(self) -> dict:
        """What an event tells of it."""
        return {arg: self[field] for arg, field in _ARGS if self[field]}

    def report(self, clock) -> dict:
        """What is not zero, by MSG_*."""
        shown = {}
        for field in range(ids.MSG_DIGEST):
            value = self.age_s(clock) if field == ids.MSG_AGE_S else self[field]
            if value:
                shown[field] = value
        return shown


def parse(slot: int, marker):
    """The Record of a marker's bytes, or None where they are damaged or of another version."""
    if not marker or len(marker) != SIZE or marker[0] != _VERSION:
        return None
    record = Record(slot, marker)
    return record if record.marker() == marker else None
