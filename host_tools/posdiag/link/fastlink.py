"""The link's reader for long captures: posproto.link.FrameReader in CPython's own terms.

FrameReader copies byte by byte into a buffer made at start, as a board must; here whole lines are
found and cut by C code. A test holds both to the same frames, texts and counters on any input.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64, crc32
from collections.abc import Callable, Iterator
from typing import Any

from posproto import cbor, frames, ids
from posproto.link import LINE_MAX, Frame

_loads: Callable[[bytes], Any] = cbor.decode
try:  # a decoder in C where it is installed; the own one is as right, and slower
    from cbor2 import loads

    _loads = loads
except ImportError:
    pass

_START = 0x06
_C = 0x43
_LF = 0x0A
_HEAD = b"\x06C"
_SHORTEST = 10  # header and CRC
_VERSION = ids.PROTOCOL_VERSION
_LAST_TYPE = ids.FRAME_RESPONSE


class _Frame(Frame):
    """A frame whose rarely used numbers are worked out when asked for; _good() fills it."""

    raw: bytes

    @property
    def request_id(self) -> int:
        return int.from_bytes(self.raw[2:4], "big")

    @property
    def sequence(self) -> int:
        return int.from_bytes(self.raw[4:6], "big")

    @property
    def crc(self) -> bytes:  # type: ignore[override]
        return self.raw[-4:]


def _good(line: bytes) -> Frame | None:
    """The frame of a line without its LF, in its one right form; None for anything else."""
    try:
        raw = a2b_base64(line[2:])
    except ValueError:
        return None
    if _HEAD + b2a_base64(raw, newline=False) != line or len(raw) < _SHORTEST:
        return None
    if crc32(raw[:-4]).to_bytes(4, "big") != raw[-4:]:
        return None
    frame = _Frame.__new__(_Frame)
    frame.raw = raw
    frame.type = raw[0]
    frame.version = raw[1]
    frame.payload = raw[6:-4]
    return frame


class FastReader:
    """Same attributes and the same feed() as posproto.link.FrameReader."""

    def __init__(self, line_max: int = LINE_MAX) -> None:
        self._max = line_max - 2
        self._rest = b""
        self._skipping = False
        self.text: Callable[[bytes], None] | None = None
        self.bad_crc = self.bad_base64 = self.overlong = self.cut = self.text_bytes = 0

    def _pass(self, data: bytes) -> None:
        if data:
            self.text_bytes += len(data)
            if self.text:
                self.text(data)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yields the frames that `data` completes."""
        lines = (self._rest + data).split(b"\n")
        self._rest = b""
        tail = lines.pop()
        longest = self._max + 1
        for line in lines:
            # What nearly every line of a capture is: one whole, good frame behind another.
            frame = _good(line) if len(line) <= longest else None
            if frame is not None:
                self._skipping = False
                yield frame
            else:
                yield from self._any(line + b"\n")
        if tail:
            yield from self._any(tail)

    def _any(self, buffer: bytes) -> Iterator[Frame]:
        """Reads what may be text, frames and broken frames in any order."""
        at = self._skip(buffer) if self._skipping else 0
        while at < len(buffer):
            start = buffer.find(_START, at)
            if start < 0:
                self._pass(buffer[at:])
                return
            self._pass(buffer[at:start])
            frame, at = self._line(buffer, start)
            if frame is not None:
                yield frame

    def _line(self, buffer: bytes, start: int) -> tuple[Frame | None, int]:
        """What begins at `start`, and where to go on; what is not whole waits in _rest."""
        end = len(buffer)
        first = start + 1
        if first == end:
            self._rest = buffer[start:]
            return None, end
        if buffer[first] != _C:
            self._pass(b"\x06")
            return None, first
        lf = buffer.find(_LF, first)
        again = buffer.find(_START, first, end if lf < 0 else lf)
        stop = again if again >= 0 else end if lf < 0 else lf
        if stop - first > self._max:
            self.overlong += 1
            self._skipping = lf < 0 and again < 0
        elif again >= 0:
            self.cut += 1
        elif lf < 0:
            self._rest = buffer[start:]
            return None, end
        else:
            return self._frame(buffer[first + 1 : lf]), lf + 1
        return None, stop if again >= 0 else stop + 1

    def _skip(self, buffer: bytes) -> int:
        """Offset behind the rest of an overlong line."""
        lf = buffer.find(_LF)
        start = buffer.find(_START, 0, len(buffer) if lf < 0 else lf)
        if lf < 0 and start < 0:
            return len(buffer)
        self._skipping = False
        return start if start >= 0 else lf + 1

    def _frame(self, line: bytes) -> Frame | None:
        if line.endswith(b"\r"):
            line = line[:-1]
        try:
            raw = a2b_base64(line)
        except ValueError:
            raw = b""
        if not raw or b2a_base64(raw, newline=False) != line:
            self.bad_base64 += 1
            if self.text:
                self.text(line + b"\n")
            return None
        if len(raw) < _SHORTEST or crc32(raw[:-4]) != int.from_bytes(raw[-4:], "big"):
            self.bad_crc += 1
            return None
        return Frame(raw)


def fast_parse(frame: Frame) -> tuple[dict[Any, Any], int]:
    """As posproto.frames.parse, for frames whose values the model checks anyway: keys are not
    looked through here. Raises CborError."""
    try:
        record = _loads(frame.payload)
    except Exception:  # whatever the fast decoder raises: the strict one says why
        record = cbor.decode(frame.payload)
    if type(record) is not dict:
        raise cbor.CborError("no map")
    if frame.version <= _VERSION and 0 < frame.type <= _LAST_TYPE:
        return record, 0
    flags = frames.NEWER_VERSION if frame.version > _VERSION else 0
    return record, flags if 0 < frame.type <= _LAST_TYPE else flags | frames.UNKNOWN_TYPE
