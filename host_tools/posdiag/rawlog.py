"""The log as it lies on a board's flash, copied off as files: log0 and log1.

A record is u16 length | event CBOR | CRC-32 over both, big endian. Damaged stretches are skipped
and counted; a file of any size is read in pieces.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from posproto import cbor

from .errors import BadFile
from .model import Event

_EVENT_MAX = 240
_RECORD_MAX = 2 + _EVENT_MAX + 4
_PIECE = 65536


class RawLog:
    """The records of one or more segment files, oldest first."""

    def __init__(self, paths: list[str]) -> None:
        self.damaged = 0
        self._paths = self._in_order([Path(path) for path in paths])

    def _in_order(self, paths: list[Path]) -> list[Path]:
        """Segments take turns on the board: the one whose first record is older comes first."""
        if len(paths) < 2:
            return paths

        def first_sequence(path: Path) -> int:
            event = next(self._events(path), None)
            return -1 if event is None or event.sequence is None else event.sequence

        ordered = sorted(paths, key=first_sequence)
        self.damaged = 0
        return ordered

    def events(self) -> Iterator[Event]:
        """All readable records. Raises BadFile when a file cannot be opened or holds none."""
        found = False
        for path in self._paths:
            for event in self._events(path):
                found = True
                yield event
        if not found:
            raise BadFile(key="no_log", file=", ".join(map(str, self._paths)))

    def _events(self, path: Path) -> Iterator[Event]:
        try:
            file: BinaryIO = open(path, "rb")  # noqa: SIM115  closed by the with below
        except OSError as error:
            raise BadFile(repr(error), key="file_absent", file=str(path)) from error
        with file:
            for payload in self._payloads(file):
                try:
                    yield Event.from_map(cbor.decode(payload))
                except (cbor.CborError, TypeError, AttributeError):
                    self.damaged += 1

    def _payloads(self, file: BinaryIO) -> Iterator[bytes]:
        window = b""
        at = 0
        good = True
        while True:
            if len(window) - at < _RECORD_MAX:
                window = window[at:] + file.read(_PIECE)
                at = 0
                if not window:
                    return
            end = at + 2 + int.from_bytes(window[at : at + 2], "big")
            whole = at + 2 < end <= at + 2 + _EVENT_MAX and end + 4 <= len(window)
            if whole and crc32(window[at:end]) == int.from_bytes(window[end : end + 4], "big"):
                yield window[at + 2 : end]
                at = end + 4
                good = True
                continue
            self.damaged += good
            good = False
            at += 1
