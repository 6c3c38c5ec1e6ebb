"""The log as it lies on a board's flash, copied off as files: log0 and log1.

A record is u16 length | event CBOR | CRC-32 over both, big endian. Damaged stretches are skipped
and counted; a file of any size is read in pieces, and what holds no record at the disk's speed.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Iterator
from heapq import merge
from os import fstat
from pathlib import Path
from typing import BinaryIO

from posproto import cbor

from ..errors import BadFile, NoRecords
from ..link.longfile import Looked, silent
from . import names
from .model import Event

_EVENT_MAX = 240
_RECORD_MAX = 2 + _EVENT_MAX + 4
_PIECE = 65536
# A record begins with 0, a length of 1 to 240 and the head of a map. For the search each byte is
# replaced by what it may be there: bytes.find() goes through gigabytes in seconds.
_KINDS = bytes(
    ord("0" if n == 0 else "m" if 0xA0 <= n <= 0xB8 else "n" if n <= _EVENT_MAX else ".")
    for n in range(256)
)
_STARTS = (b"0nm", b"0mm")
_HOLE = bytes(_PIECE)


class RawLog:
    """The records of one or more segment files, oldest first. `looked` hears of long stretches
    without a record; `foreign` counts whole records that are no events of this version; events
    that it has no names for set `says_more`.
    """

    def __init__(self, paths: list[str], looked: Looked = silent) -> None:
        self.damaged = self.foreign = 0
        self.says_more = False
        self._looked = looked
        self._paths = self._in_order([Path(path) for path in paths])

    def _in_order(self, paths: list[Path]) -> list[Path]:
        """Segments take turns on the board: the one whose first record is older comes first."""
        if len(paths) < 2:
            return paths

        def first_sequence(path: Path) -> int:
            record = next(self._records(path), None)
            return -1 if record is None or record[0].sequence is None else record[0].sequence

        ordered = sorted(paths, key=first_sequence)
        self.damaged = self.foreign = 0
        return ordered

    def events(self) -> Iterator[Event]:
        """All readable records. Raises BadFile when a file cannot be opened, NoRecords when there
        is none in any of them."""
        for event, _ in self.records():
            if event.unknown or event.id not in names.EVENTS:
                self.says_more = True
            yield event

    def records(self) -> Iterator[tuple[Event, bytes]]:
        """All readable records, each with its bytes. Raises BadFile and NoRecords, as events()."""
        found = False
        for path in self._paths:
            for record in self._records(path):
                found = True
                yield record
        if not found:
            key = "log_of_other_version" if self.foreign else "no_log"
            raise NoRecords(key=key, file=", ".join(map(str, self._paths)))

    def _records(self, path: Path) -> Iterator[tuple[Event, bytes]]:
        try:
            file: BinaryIO = open(path, "rb")  # noqa: SIM115  closed by the with below
        except OSError as error:
            raise BadFile(repr(error), key="file_absent", file=str(path)) from error
        with file:
            for payload in self._payloads(file, fstat(file.fileno()).st_size):
                try:
                    yield Event.decoded(payload), payload
                except cbor.CborError:
                    self.foreign += 1

    def _payloads(self, file: BinaryIO, size: int) -> Iterator[bytes]:
        """The CBOR of each whole record. Where length and CRC-32 hold it is one; else a stretch of
        damage begins, which is counted once, and the next place where a record may begin is tried.
        The zeros of a sparse file are passed by whole pieces. A record, three odd bytes and a
        record are two payloads and one damage.
        """
        window = b""
        at = done = 0
        good = True
        starts: Iterator[int] | None = None  # where in the window a record may begin
        while True:
            if len(window) - at < _RECORD_MAX:
                piece = file.read(_PIECE)
                while not good and len(window) - at <= 2 and piece == _HOLE:
                    window, at = b"\0\0", 0  # a sparse file's, at the speed of memcmp
                    done += len(piece)
                    self._looked(done, size)
                    piece = file.read(_PIECE)
                window = window[at:] + piece
                at = 0
                starts = None
                done += len(piece)
                if not good:
                    self._looked(done, size)
                if not window:
                    self._looked(size, size)
                    return
            end = at + 2 + int.from_bytes(window[at : at + 2], "big")
            whole = at + 2 < end <= at + 2 + _EVENT_MAX and end + 4 <= len(window)
            if whole and crc32(window[at:end]) == int.from_bytes(window[end : end + 4], "big"):
                if not good:
                    self._looked(size, size)
                good = True
                yield window[at + 2 : end]
                at = end + 4
                continue
            self.damaged += good
            good = False
            starts = starts or _starts(window)
            at = next((place for place in starts if place > at), max(at + 1, len(window) - 2))


def _starts(window: bytes) -> Iterator[int]:
    """Places where a record may begin, in order."""
    kinds = window.translate(_KINDS)

    def places(wanted: bytes) -> Iterator[int]:
        at = kinds.find(wanted)
        while at >= 0:
            yield at
            at = kinds.find(wanted, at + 1)

    return merge(*(places(wanted) for wanted in _STARTS))
