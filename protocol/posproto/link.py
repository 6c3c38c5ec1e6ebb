"""One frame per line, on a wire shared with a console:

    06 'C' base64( type u8 | version u8 | request id u16 | sequence u16 | CBOR | CRC-32 u32 ) 0A

Numbers are big endian; the CRC (IEEE, as in zlib) covers header and CBOR. What stands between the
lines is console text and no error.
"""

from binascii import a2b_base64, b2a_base64, crc32
from struct import pack_into, unpack_from

from posproto import const
from posproto.cbor import Writer
from posproto.ids import FRAME_SIGNED, PROTOCOL_VERSION

LINE_MAX = const(1024)  # start and LF included
PAYLOAD_MAX = const(755)
HEADER = const(6)
_CRC = const(4)
_C = const(0x43)
_TEXT = const(-1)  # between lines
_SKIP = const(-2)  # behind the limit of an overlong line


def payload_max(line_max: int) -> int:
    """Bytes of CBOR that fit a line of `line_max` bytes."""
    return (line_max - 3) // 4 * 3 - HEADER - _CRC


class FrameWriter:
    """Builds frames in one buffer made at start; only end() allocates (the line itself)."""

    def __init__(self, size: int = PAYLOAD_MAX):
        self._buf = bytearray(HEADER + size + _CRC)
        self._w = Writer(self._buf, HEADER, HEADER + size)
        self.sequence = 0  # of the next frame; a frame that was begun but not ended costs none

    def begin(self, kind: int, request_id: int = 0) -> Writer:
        """Starts a frame of type `kind` (FRAME_*); returns the Writer that takes its CBOR."""
        pack_into(">BBHH", self._buf, 0, kind, PROTOCOL_VERSION, request_id, self.sequence)
        self._w.at = HEADER
        return self._w

    def signed(self, sign, request_id: int = 0) -> bytes:
        """The line of the frame that was begun, inside one of FRAME_SIGNED: sign(header and CBOR)
        gives the message.
        """
        message = sign(bytes(self._buf[: self._w.at]))
        self.begin(FRAME_SIGNED, request_id).value(message)
        return self.end()

    def end(self) -> bytes:
        """The frame's line, ready for one write."""
        at = self._w.at
        assert HEADER <= at <= self._w.end  # its CRC has room
        whole = memoryview(self._buf)
        pack_into(">I", self._buf, at, crc32(whole[:at]))
        self.sequence = (self.sequence + 1) & 0xFFFF
        return b"\x06C" + b2a_base64(whole[: at + _CRC])


class Frame:
    """One received frame; its CRC was right, its CBOR is not looked at yet."""

    def __init__(self, raw: bytes):
        self.type, self.version, self.request_id, self.sequence = unpack_from(">BBHH", raw)
        self.payload = raw[HEADER:-_CRC]
        self.crc = raw[-_CRC:]


class FrameReader:
    """Finds frames in a byte stream that also carries text.

    take() copies into a line buffer made at start and allocates nothing; frame() and feed() do.
    `text`, if set, is called with the bytes between frames. A start restarts the reader at any
    place, LF ends a line, and what does not check is dropped and counted, never searched.
    """

    def __init__(self, line_max: int = LINE_MAX):
        self._line = bytearray(line_max - 2)  # behind the 06, before the LF
        self.text = None
        self.ready = False  # take() stopped behind a whole line: frame() reads it
        self.bad_crc = self.bad_base64 = self.overlong = self.cut = self.text_bytes = 0
        self.reset()

    def reset(self) -> None:
        """Forgets a line begun: the port was opened again."""
        self._n = _TEXT
        self.ready = False

    def take(self, data, at: int, end: int) -> int:
        """Takes data[at:end] (bytes or bytearray) up to the end of a frame's line, if there is
        one: then `ready` is set. Returns the offset where it stopped.
        """
        if self.ready:
            self.reset()
        while at < end:
            start = data.find(b"\x06", at, end)
            stop = end if start < 0 else start
            if self._n == _TEXT:
                self._pass(data, at, stop)
                at = stop
            else:
                lf = data.find(b"\n", at, stop)
                at = self._copy(data, at, stop if lf < 0 else lf)
                if self._n == _TEXT:
                    continue
                if lf >= 0:
                    at += 1
                    if self._n > 0:
                        self.ready = True
                        break
                    self._n = _TEXT
                    continue
            if at < end:
                if self._n > 0:
                    self.cut += 1
                self._n = 0
                at += 1
        return at

    def _pass(self, data, at, stop):
        if stop > at:
            self.text_bytes += stop - at
            if self.text:
                self.text(bytes(data[at:stop]))

    def _copy(self, data, at, stop):
        n = self._n
        if n < 0:
            return stop
        if n == 0 and data[at] != _C:
            self._n = _TEXT  # a 06 of somebody else: text, like what follows it
            self._pass(b"\x06", 0, 1)
            return at
        line = self._line
        if n + stop - at > len(line):
            self.overlong += 1
            self._n = _SKIP
            return stop
        while at < stop:
            line[n] = data[at]
            n += 1
            at += 1
        self._n = n
        return at

    def frame(self):
        """The Frame of the line that take() found, or None if it does not check."""
        n = self._n
        self.reset()
        if n and self._line[n - 1] == 13:
            n -= 1  # a console or an editor made CRLF of the LF
        line = bytes(self._line[1:n])
        try:
            raw = a2b_base64(line)
        except ValueError:
            raw = b""
        # Both runtimes skip what is no base64; only its one canonical form is a frame.
        if not raw or b2a_base64(raw)[:-1] != line:
            self.bad_base64 += 1
            if self.text:
                self.text(line + b"\n")  # cut by a reset, it may carry a traceback
            return None
        if len(raw) < HEADER + _CRC or crc32(raw[:-_CRC]) != unpack_from(">I", raw, -_CRC)[0]:
            self.bad_crc += 1
            return None
        return Frame(raw)

    def feed(self, data):
        """Yields the Frames that `data` completes."""
        at = 0
        end = len(data)
        while at < end:
            at = self.take(data, at, end)
            if self.ready:
                frame = self.frame()
                if frame:
                    yield frame
