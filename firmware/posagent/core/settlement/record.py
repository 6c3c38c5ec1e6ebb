"""The marker of one message: what must be known of it after a power cut, and never what is in it.

A marker is version | fields by MSG_* | CRC-32, small enough for littlefs to keep it inside the
directory entry, so that rewriting it in place costs next to no erase. Those of version 0.1 (form
1) end with a digest of four bytes and are read too.
"""

from binascii import crc32

from posproto import const, ids
from posproto.iso8583 import kinds

MARKER = "om%d"  # its file, and those beside it while needed: the sealed message
BODY = "ob%d"
ANSWER = "oa%d"  # and the sealed answer
_FORM = const(2)
_FORM_1 = const(1)
_TEXTS = (ids.MSG_F39, ids.MSG_RRN)
STATE_AT = const(5)  # the byte of MSG_STATE
SIZE = const(92)  # of a marker on flash; four bytes more and each write costs half more
_BODY = const(88)  # of that without the CRC
_WITH_CRC = const(96)  # in memory: behind it the message's CRC, as a number it takes 40 bytes
_SIZE_1 = const(70)
# Form 1: what it has from a byte on, up to the next one, and where that begins now. Its elapsed
# time and order had a byte more, its flags one less, its digest four.
_MOVED = ((1, 1), (43, 42), (46, 46), (57, 56), (62, 65), (66, 0))
# Fields beyond MSG_*, on flash only.
AMOUNT = const(21)  # F4
F3 = const(22)
F7 = const(23)
WHO = const(24)  # a byte each of a checksum of F41 and of F42; of a batch: MF_DATED
SOLD = const(26)  # Outbox.sold when MSG_END was counted
# Bytes of each field, in the order of the marker.
_SIZES = bytes(
    (
        4,  # MSG_ID
        1,  # MSG_STATE
        2,  # MSG_MTI
        3,  # MSG_STAN
        3,  # MSG_BATCH
        2,  # MSG_ATTEMPTS
        3,  # MSG_AGE_S
        2,  # MSG_F39
        12,  # MSG_RRN
        2,  # MSG_ANSWER
        1,  # MSG_WHY
        4,  # MSG_HOST_TIME
        2,  # MSG_HOST_DATE
        3,  # MSG_ELAPSED_MS
        2,  # MSG_FLAGS
        2,  # MSG_CODE
        4,  # MSG_UNIX_S
        3,  # MSG_DEADLINE_S
        3,  # MSG_ORDER
        2,  # MSG_LENGTH
        8,  # MSG_DIGEST
        5,  # AMOUNT
        3,  # F3
        4,  # F7
        2,  # WHO
        3,  # MSG_END
        2,  # SOLD
    )
)
_TRAITS = (AMOUNT, F3, F7)
# Event arguments and the fields that give them.
_ARGS = (
    (ids.A_MTI, ids.MSG_MTI),
    (ids.A_STAN, ids.MSG_STAN),
    (ids.A_BATCH, ids.MSG_BATCH),
    (ids.A_F39, ids.MSG_F39),
    (ids.A_RRN, ids.MSG_RRN),
    (ids.A_REASON, ids.MSG_WHY),
)


def _starts():
    # First byte of each field, and the end of the last one.
    at = [1]
    for size in _SIZES:
        at.append(at[-1] + size)
    assert at[-1] == _BODY
    return bytes(at)


_AT = _starts()


class Record:
    """`record[ids.MSG_...]` reads and sets a field: a number, or text for F39 and RRN.

    Beside the marker it holds what may be lost: when to try again, and the parsed request while
    its answer is awaited.
    """

    request = None
    message = None  # volatile messages live here
    reply = None  # and their answers
    asleep = False  # it comes from flash, and how long the power was off is not known yet
    since_s = 0  # uptime at which MSG_AGE_S was right
    next_s = 0  # uptime from which it may be sent (again)
    sent_ms = -1  # when it left, in this life

    def __init__(self, slot: int, marker: bytes | None = None) -> None:
        self.slot = slot
        self.raw = bytearray(_WITH_CRC)
        if marker:
            self.raw[:SIZE] = marker[:SIZE]
        self.raw[0] = _FORM

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
        assert len(self.raw) == _WITH_CRC and self.raw[0] == _FORM
        self.raw[_BODY:SIZE] = crc32(self.raw[:_BODY]).to_bytes(4, "big")
        return bytes(self.raw[:SIZE])

    def of(self, crc: int) -> None:
        """The message's own CRC-32: known while this boot lasts."""
        self.raw[SIZE:] = crc.to_bytes(4, "big")

    def is_of(self, crc: int, length: int) -> bool:
        """Is it the message of this CRC-32 and length, as far as this boot knows?"""
        own = int.from_bytes(self.raw[SIZE:], "big")
        return own > 0 and own == crc and self[ids.MSG_LENGTH] == length

    def live(self) -> bool:
        """Is it to be sent (again)?"""
        return ids.MS_READY <= self.raw[STATE_AT] <= ids.MS_SENT

    def kind(self) -> int:
        """Class and function of its MTI, kinds.*: 50 of 0500."""
        return self[ids.MSG_MTI] // 10

    def flag(self, bits: int) -> bool:
        return self[ids.MSG_FLAGS] & bits > 0

    def issue(self) -> bool:
        """An open end: a reversal or an advice that the host refused, a reversal that nobody
        acknowledged, a refund that may have been booked, or a sale that may be charged.
        """
        state = self.raw[STATE_AT]
        if not ids.MS_REFUSED <= state <= ids.MS_NOT_SENT:
            return False
        kind = self.kind()
        if kind in (kinds.REVERSAL, kinds.REVERSAL_ADVICE):
            return True
        if kind == kinds.ADVICE:
            return state in (ids.MS_REFUSED, ids.MS_UNKNOWN)
        return state == ids.MS_UNKNOWN and self.flag(ids.MF_REVERSAL_DUE)

    def sells(self) -> bool:
        """Is it, once confirmed, a payment? A reversal or an inquiry is none."""
        return self.kind() == kinds.ADVICE or self.flag(ids.MF_REVERSAL_DUE)

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
        """Seconds since it was accepted: uptime, and what was kept at the last write. The calendar
        only tells how long the power was off, and only one that two sources agree on, then and
        now: a step of the clock ends no message.
        """
        age_s = self[ids.MSG_AGE_S] + clock.s - self.since_s
        if self.asleep and clock.sure:
            self.asleep = False
            away_s = clock.unix_s - self[ids.MSG_UNIX_S] - age_s
            if away_s > 0:
                self.since_s -= away_s
                age_s += away_s
        assert age_s >= 0 and self.since_s <= clock.s
        return age_s

    def know(self, request) -> None:
        """Keeps what tells it from another one of its STAN."""
        self[AMOUNT] = int(request.f4 or 0)
        self[F3] = int(request.f3 or 0)
        self[F7] = int(request.f7 or 0)
        self[WHO] = _sum(request.f41) << 8 | _sum(request.f42)

    def differs(self, other) -> bool:
        """Does a field that both have say that they are about different transactions?"""
        for field in _TRAITS:
            if self[field] and other[field] and self[field] != other[field]:
                return True
        mine, others = self[WHO], other[WHO]
        for half in (mine >> 8, others >> 8), (mine & 0xFF, others & 0xFF):
            if half[0] and half[1] and half[0] != half[1]:
                return True
        return False

    def cause(self) -> int:
        """The cause number of its response code; 0 where it is none of two letters or digits."""
        f39 = self[ids.MSG_F39]
        for c in f39:
            if not (c.isdigit() or c.isalpha()):
                return 0
        return ids.CAUSE_F39 << 8 | int(f39, 36) if f39 else 0

    def args(self) -> dict:
        """What an event tells of it."""
        return {arg: self[field] for arg, field in _ARGS if self[field]}

    def as_map(self, clock) -> dict:
        """What is not zero, by MSG_*."""
        shown = {}
        for field in range(ids.MSG_DIGEST):
            value = self.age_s(clock) if field == ids.MSG_AGE_S else self[field]
            if value:
                shown[field] = value
        if self[ids.MSG_END] and not self.live():
            shown[ids.MSG_END] = self[ids.MSG_END]
        return shown


def parse(slot: int, marker: bytes | None):
    """The Record of a marker's bytes, or None where they are damaged or of another version."""
    marker = newer(marker)
    if not marker or len(marker) != SIZE or marker[0] != _FORM:
        return None
    record = Record(slot, marker)
    return record if record.marker() == marker else None


def newer(marker: bytes | None):
    """The marker in today's form."""
    if not marker or len(marker) != _SIZE_1 or marker[0] != _FORM_1:
        return marker
    body = marker[: _SIZE_1 - 4]
    if crc32(body).to_bytes(4, "big") != marker[_SIZE_1 - 4 :]:
        return None
    raw = bytearray(SIZE)
    for (at, new), (end, _) in zip(_MOVED, _MOVED[1:]):
        raw[new : new + end - at] = body[at:end]
    return Record(0, raw).marker()


def cut(data: bytes):
    """(marker, what follows it) of the content of a sealed file, in either form."""
    size = _SIZE_1 if data[0] == _FORM_1 else SIZE
    return data[:size], data[size:]


def _sum(text):
    return crc32(text.encode()) & 0xFF or 1 if text else 0
