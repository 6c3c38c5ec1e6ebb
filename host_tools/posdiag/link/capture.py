"""Captures: the raw bytes of a conversation with their times, for a ticket or a test.

    'POSDIAG CAPTURE 1 ' unix_ms LF                    the clock at time 0
    'D' or 'H' | time_us u48 | length u24 | bytes      from the device, from the host; big endian

A file without that first line is taken as bytes from the device without times (a terminal
program's log): `cat /dev/ttyACM0 > FILE` makes one. A cut tail is what a pulled cable leaves.
"""

from __future__ import annotations

import lzma
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from ..errors import BadFile
from .transports import Transport

MAGIC = b"POSDIAG CAPTURE 1 "
DEVICE = ord("D")
HOST = ord("H")
IN_TICKET = "terminal.cap"  # a ticket's capture, see commands/ticket.py
_HEAD = 10
_CHUNK = 65536
_RECORD_MAX = 1 << 24
_UNPACKED_MAX = 1 << 30  # a small ticket that fills a disk is none of ours
# What zipfile raises for a damaged, encrypted, oddly packed or other archive.
_NO_TICKET = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, ValueError),
    *(RuntimeError, NotImplementedError),
)


@dataclass(frozen=True)
class Chunk:
    """Bytes in one direction; `time_s` since the start of the capture."""

    time_s: float
    direction: int
    data: bytes


class CaptureWriter:
    """Appends chunks; each is on its way to the disk before the next one comes."""

    def __init__(self, path: str | Path, start_ms: int | None = None) -> None:
        try:
            self._file: BinaryIO = open(path, "wb")  # noqa: SIM115  closed by close()
        except OSError as error:
            raise BadFile(repr(error), key="file_not_writable", file=str(path)) from error
        self._start = time.monotonic()
        now_ms = int(time.time() * 1000)
        self._file.write(MAGIC + b"%d\n" % (now_ms if start_ms is None else start_ms))

    def add(self, direction: int, data: bytes, time_s: float | None = None) -> None:
        """Append bytes of one direction; they came now, or at `time_s` of the capture."""
        at_s = time.monotonic() - self._start if time_s is None else time_s
        time_us = round(at_s * 1_000_000)
        head = bytes([direction]) + time_us.to_bytes(6, "big") + len(data).to_bytes(3, "big")
        self._file.write(head + data)
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class RecordingTransport:
    """A transport that also writes down what passes."""

    def __init__(self, inner: Transport, writer: CaptureWriter) -> None:
        self.name = inner.name
        self._inner = inner
        self._writer = writer

    def read(self, timeout_s: float) -> bytes:
        data = self._inner.read(timeout_s)
        if data:
            self._writer.add(DEVICE, data)
        return data

    def write(self, data: bytes) -> None:
        self._writer.add(HOST, data)
        self._inner.write(data)

    def close(self) -> None:
        self._inner.close()
        self._writer.close()


class Capture:
    """A capture file, read as a stream however long it is."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self.path = self._out_of_a_ticket()
            with open(self.path, "rb") as file:
                first = file.readline(len(MAGIC) + 20)
        except OSError as error:
            raise BadFile(repr(error), key="file_absent", file=str(path)) from error
        self.is_raw = not first.startswith(MAGIC)
        self.start_ms = 0
        self._data_at = 0
        if not self.is_raw:
            digits = first[len(MAGIC) :].strip()
            if not digits.isdigit():
                raise BadFile(repr(first), file=str(path))
            self.start_ms = int(digits)
            self._data_at = len(first)
        self.is_cut = False  # set when the last record was not whole

    def _out_of_a_ticket(self) -> Path:
        """The path itself, or that of the capture inside where it is a ticket."""
        if not zipfile.is_zipfile(self.path):
            return self.path
        # Kept as long as this object: closed, the system forgets it.
        self._unpacked = tempfile.TemporaryDirectory(prefix="posdiag-")
        out = Path(self._unpacked.name) / IN_TICKET
        try:
            with zipfile.ZipFile(self.path) as ticket, ticket.open(IN_TICKET) as packed:
                _copy(packed, out)
        except _NO_TICKET as error:
            raise BadFile(repr(error), file=str(self.path)) from error
        return out

    def chunks(self) -> Iterator[Chunk]:
        """All chunks in order. Raises BadFile where the file stops being a capture."""
        with open(self.path, "rb") as file:
            file.seek(self._data_at)
            if self.is_raw:
                while data := file.read(_CHUNK):
                    yield Chunk(0.0, DEVICE, data)
                return
            while head := file.read(_HEAD):
                if len(head) < _HEAD:
                    self.is_cut = True
                    return
                if head[0] not in (DEVICE, HOST):
                    raise BadFile(f"record at {file.tell() - _HEAD}", file=str(self.path))
                data = file.read(int.from_bytes(head[7:10], "big"))
                self.is_cut = len(data) < int.from_bytes(head[7:10], "big")
                yield Chunk(int.from_bytes(head[1:7], "big") / 1e6, head[0], data)


def _copy(packed: IO[bytes], out: Path) -> None:
    """Raises ValueError where it is longer than any capture."""
    left = _UNPACKED_MAX
    with open(out, "wb") as file:
        while piece := packed.read(_CHUNK):
            left -= len(piece)
            if left < 0:
                raise ValueError(f"{IN_TICKET} is longer than {_UNPACKED_MAX} bytes")
            file.write(piece)
