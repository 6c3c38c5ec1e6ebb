"""Frames out of a byte stream: length prefix, keep-alives, TPDU.

A frame here is what follows the prefix: TPDU and header where the dialect has them, then the
message. Nothing inside a frame is ever changed.
"""

from binascii import hexlify, unhexlify

from posproto import const

from . import IsoError

# Length prefixes by their number: two bytes big-endian (counting itself), four packed digits,
# four digits as text (counting itself), four hexadecimal digits as text, two bytes and two zeros.
FORMS = ("bin2", "bin2-self", "bcd2", "ascii4", "ascii4-self", "hex4", "bin2-zero2")
_BIN2_SELF = const(1)
_BCD2 = const(2)
_ASCII4 = const(3)
_ASCII4_SELF = const(4)
_HEX4 = const(5)
_BIN2_ZERO2 = const(6)
_WIDTHS = b"\x02\x02\x02\x04\x04\x04\x04"
_SELF = b"\x00\x02\x00\x00\x04\x00\x00"

FRAME_MAX = const(4096)  # bytes; a longer prefix means that framing was lost


class FramingError(IsoError):
    """Framing is lost: close the connection, never look for the next frame inside it."""


def prefix(form: int, length: int) -> bytes:
    """The prefix for a frame of `length` bytes; FramingError where the form cannot hold it."""
    length += _SELF[form]
    if length > (9999 if _BCD2 <= form <= _ASCII4_SELF else 65535):
        raise FramingError("too long")
    if _ASCII4 <= form <= _HEX4:
        return (("%04X" if form == _HEX4 else "%04d") % length).encode()
    out = unhexlify(("%04d" if form == _BCD2 else "%04x") % length)
    return out + b"\x00\x00" if form == _BIN2_ZERO2 else out


def _length(form, head):
    """The length that a complete prefix tells, without the prefix itself; 0 is a keep-alive."""
    if form == _HEX4:
        head = unhexlify(head)
    elif form == _BIN2_ZERO2 and head[2:] != b"\x00\x00":
        raise ValueError
    if _BCD2 <= form <= _ASCII4_SELF:
        if form == _BCD2:
            head = hexlify(head)
        if not head.isdigit():
            raise ValueError
        length = int(head)
    else:
        length = head[0] << 8 | head[1]
    if length:
        length -= _SELF[form]
        if length < 0:
            raise ValueError
    return length


def swap_tpdu(tpdu: bytes) -> bytes:
    """The TPDU of the answer to `tpdu`: destination and source change places.

    For reports only. Access controllers rewrite addresses, so an answer with another TPDU counts.
    """
    return tpdu[:1] + tpdu[3:5] + tpdu[1:3]


class FrameIn:
    """Assembles the frames of one connection; made once, `reset()` for each new connection.

    Memory is taken when a prefix was read, for exactly that frame, at most `frame_max` bytes.
    """

    def __init__(self, form: int = 0, frame_max: int = FRAME_MAX):
        self._form = form
        self._max = frame_max
        self.keepalives = 0  # frames of no length
        self.reset()

    def reset(self):
        """Forget a partial frame and a lost framing."""
        self._part = bytearray(_WIDTHS[self._form])
        self._got = 0
        self._body = False
        self._first = b""  # the prefix of the frame under way
        self.lost = ""  # why the connection must be closed

    def feed(self, data: bytes) -> list:
        """Take received bytes, return the frames that are complete now, as bytes.

        Where framing is lost behind good frames these are returned, `lost` says why, and the next
        call raises FramingError; without good frames, and until `reset()`, it raises at once.
        """
        out = []
        at = 0
        while at < len(data) and not self.lost:
            part = self._part
            n = min(len(part) - self._got, len(data) - at)
            part[self._got : self._got + n] = data[at : at + n]
            self._got += n
            at += n
            if self._got == len(part):
                self._got = 0
                self._full(part, out)
        if self.lost and not out:
            raise FramingError(self.lost)
        return out

    def _full(self, part, out):
        """A prefix or a body is complete: make room for what follows it."""
        size = 0
        if self._body:
            out.append(bytes(part))
        else:
            try:
                size = _length(self._form, bytes(part))
            except ValueError:
                self.lost = "prefix"
                return
            if size > self._max:
                self.lost = "too long"
                return
            if not size:
                self.keepalives += 1
            self._first = bytes(part)
        self._body = size > 0
        self._part = bytearray(size or _WIDTHS[self._form])

    def partial(self) -> bool:
        """True in the middle of a frame: such a connection is not idle."""
        return self._body or self._got > 0

    def stx(self) -> bool:
        """Is what waits for its rest a whole message between STX and ETX, with its LRC behind? Its
        first bytes were taken for a length.
        """
        if not self._body or self._first[:1] != b"\x02" or self._got < 3:
            return False
        lrc = 0
        data = self._first[1:] + bytes(self._part[: self._got])
        for byte in data[:-1]:
            lrc ^= byte
        return data[-2] == 3 and lrc == data[-1]
