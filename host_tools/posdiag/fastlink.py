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

_MARK = 0x06
_C = 0x43
_LF = 0x0A
_SHORTEST = 10  # header and CRC


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
        buffer = self._rest + data if self._rest else data
        self._rest = b""
        at = self._skip(buffer) if self._skipping else 0
        end = len(buffer)
        while at < end:
            mark = buffer.find(_MARK, at)
            if mark < 0:
                self._pass(buffer[at:])
                return
            if mark > at:
                self._pass(buffer[at:mark])
            first = mark + 1
            if first == end:
                self._rest = buffer[mark:]
                return
            if buffer[first] != _C:
                self._pass(b"\x06")
                at = first
                continue
            lf = buffer.find(_LF, first)
            again = buffer.find(_MARK, first, end if lf < 0 else lf)
            stop = again if again >= 0 else end if lf < 0 else lf
            if stop - first > self._max:
                self.overlong += 1
                self._skipping = lf < 0 and again < 0
            elif again >= 0:
                self.cut += 1
            elif lf < 0:
                self._rest = buffer[mark:]
                return
            else:
                frame = self._frame(buffer[first + 1 : lf])
                if frame is not None:
                    yield frame
            at = stop if again >= 0 else stop + 1

    def _skip(self, buffer: bytes) -> int:
        """Offset behind the rest of an overlong line."""
        lf = buffer.find(_LF)
        mark = buffer.find(_MARK, 0, len(buffer) if lf < 0 else lf)
        if lf < 0 and mark < 0:
            return len(buffer)
        self._skipping = False
        return mark if mark >= 0 else lf + 1

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
    if not isinstance(record, dict):
        raise cbor.CborError("no map")
    flags = frames.NEWER_VERSION if frame.version > ids.PROTOCOL_VERSION else 0
    known = ids.FRAME_HELLO <= frame.type <= ids.FRAME_RESPONSE
    return record, flags if known else flags | frames.UNKNOWN_TYPE
