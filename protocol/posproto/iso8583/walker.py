"""Walk over the fields of a message and keep only what may be kept.

No PAN, track, PIN block, key, chip data or free text is copied: such fields are stepped over.
A walk ends exactly at the frame's end, or the message counts as unparsed and F39 is not believed.

A table is a bytes object: item n is field n, item 0 the dialect, item 1 the second bitmap.
    1..44       fixed length in bytes
    n, b        length of two digits, counting packed digits or bytes
    N, B        length of three digits, counting packed digits or bytes
    -           not defined: a message that carries it is unparsed
    0 p, a, m   item 0: packed; everything as text; text with raw bitmaps
"""

from binascii import hexlify, unhexlify

from . import IsoError

# Class and function digits of the messages between terminal and acquirer, origin 0..5.
_MTIS = b"\x0a\x0b\x0c\x0d\x14\x15\x16\x17\x20\x21\x28\x29\x2a\x2b\x32\x33\x3e\x3f\x50\x51\x52\x53"

_NUMBERS = b"\x03\x04\x07\x0b\x0c\x0d\x0f\x46"  # F3 F4 F7 F11 F12 F13 F15 F70: digits
_TEXTS = b"\x25\x27\x29\x2a"  # F37 F39 F41 F42


class Unparsed(IsoError):
    """The message is damaged or of another dialect; `reason` names the place, never content."""


class Short(Unparsed):
    """The message goes on behind the last byte."""


class Message:
    """What is known of a message; None where it was absent.

    F39 in a request 0400 is the reason of the reversal, not a response.
    """

    mti = 0  # four digits as a number: 510 is 0510
    order = 0  # what the host asks for in the header: 1..8, 3 is "sign on again"
    f3 = f4 = f7 = f11 = f12 = f13 = f15 = f37 = f39 = f41 = f42 = f70 = None
    f60_1 = f60_2 = f60_3 = None  # transaction type, batch, network management code
    flags = None  # settlement flags of 0510 F48: (domestic, foreign)


def override(table: bytes, changes: dict) -> bytes:
    """A table with fields changed, {field number: code or length}.

    A field above 64 opens the second bitmap of a packed dialect.
    """
    out = bytearray(table)
    for n in changes:
        if n > 64 and len(out) < 129:
            out.extend(b"-" * (129 - len(out)))
            out[1] = 8
        out[n] = changes[n]
    return bytes(out)


def walk(frame: bytes, table: bytes, start: int = 0, header: int = -1) -> Message:
    """Read the message that begins at byte `start` of a frame without its length prefix.

    `header` is the offset of the six header bytes, -1 where the dialect has none. Raises Unparsed.
    """
    out = Message()
    if scan(frame, table, start, out) != len(frame):
        raise Unparsed("trailing")
    if header >= 0:
        out.order = frame[header + 2] & 15
    return out


def _text(frame, at, size, packed=False):
    """`size` bytes as text, or as twice as many hexadecimal digits."""
    if at + size > len(frame):
        raise Short("short")
    raw = bytes(frame[at : at + size])
    if packed:
        raw = hexlify(raw)
    for c in raw:
        if not 32 <= c < 127:
            raise Unparsed("text")
    return raw.decode()


def _number(frame, at, size, packed, n):
    text = _text(frame, at, size, packed)
    if not text.isdigit():
        raise Unparsed("field %d" % n if n else "mti")
    return text


def _bitmap(frame, at, raw):
    if not raw:
        try:
            return unhexlify(_text(frame, at, 16))
        except Short:
            raise
        except ValueError:
            raise Unparsed("bitmap")
    if at + 8 > len(frame):
        raise Short("short")
    return bytes(frame[at : at + 8])


def scan(frame: bytes, table: bytes, at: int, out: Message) -> int:
    """Fill `out` from the message that begins at `at`; returns its end. Raises Unparsed, Short."""
    packed = table[0] == 0x70
    raw = table[0] != 0x61  # bitmaps
    unit = 2 if packed else 1  # digits in a byte
    out.mti = int(_number(frame, at, 4 // unit, packed, 0))
    if out.mti > 999 or out.mti // 10 not in _MTIS or out.mti % 10 > 5:
        raise Unparsed("mti")
    at += 4 // unit
    bits = _bitmap(frame, at, raw)
    at += 8 if raw else 16
    if bits[0] & 0x80:
        if table[1] == 0x2D:
            raise Unparsed("second bitmap")
        bits += _bitmap(frame, at, raw)
        at += 8 if raw else 16
    for n in range(2, len(bits) * 8 + 1):
        if bits[(n - 1) >> 3] << ((n - 1) & 7) & 0x80:
            at = _field(frame, table, at, n, packed, out)
    return at


def _field(frame, table, at, n, packed, out):
    """Step over field n, keep it where it may be kept; returns where the next one begins."""
    size = kind = table[n]
    digits = 0
    if kind == 0x2D:
        raise Unparsed("field %d" % n)
    if kind > 0x2D:
        wide = 2 if kind < 0x60 else 1  # bytes of a packed length
        if not packed:
            wide += 1
        size = int(_number(frame, at, wide, packed, n))
        if size > 999:
            raise Unparsed("field %d" % n)
        at += wide
        if kind | 0x20 == 0x6E:
            digits = size
            size = (size + 1) // 2
    if at + size > len(frame):
        raise Short("short")
    if n in _NUMBERS:
        text = _number(frame, at, size, packed, n)
        setattr(out, "f%d" % n, text[-3:] if n == 70 else text)  # F70: three digits in two bytes
    elif n in _TEXTS:
        setattr(out, "f%d" % n, _text(frame, at, size, size == 1))  # F39 may come packed
    elif n == 60:
        _batch(frame, at, size, digits, out)
    elif n == 48 and out.mti // 10 == 51 and digits == 62:
        out.flags = (frame[at + 15] >> 4, frame[at + 30] & 15)
    return at + size


def _batch(frame, at, size, digits, out):
    """F60: packed type 2, batch 6 and, where it is so long, code 3 digits; or, as text, a batch of
    six digits alone.
    """
    if digits >= 8:
        text = _number(frame, at, min(size, 6), True, 60)
        out.f60_1 = text[:2]
        out.f60_2 = text[2:8]
        if digits >= 11:
            out.f60_3 = text[8:11]
    elif not digits and size == 6:
        text = _text(frame, at, 6)
        if text.isdigit():
            out.f60_2 = text
