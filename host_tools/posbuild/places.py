"""Where the bytecode of each function and each long text lie in a .mpy file, for what uses them
there: posagent/io/in_place.py.

A table is put behind the file's bytes, where MicroPython does not look: an entry for each
function, then one for each text, and the table's length in two bytes. Entry: the first four bytes
| where they begin | the length, below 4096, and in the highest four bits how many functions are
made inside, 15 for a text. All little-endian.

The format of .mpy files, version 6: tools/mpy-tool.py and py/persistentcode.c of MicroPython.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator

_MPY, _VERSION = ord("M"), 6
_NONE, _ELLIPSIS, _STR, _BYTES, _TUPLE = 1, 4, 5, 6, 10
_BYTECODE = 0
_ENTRY = struct.Struct("<4sHH")
_LENGTH = struct.Struct("<H")
_LEAST, _MOST, _CHILDREN = 8, 0xFFF, 14
_TEXT, _LONG = 15, 32  # texts of fewer bytes stay where they are loaded
_TRAILER = 16  # bytes that in_place.py looks for, behind a program's file
_BLOCK, _LINK = 4096, 4


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 4

    def number(self) -> int:
        value = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value

    def name(self) -> None:
        size = self.number()
        if not size & 1:  # else one that every firmware has
            self.at += (size >> 1) + 1

    def constant(self) -> Iterator[tuple[int, int]]:
        """(place, length) of each text or bytes in it."""
        kind = self.data[self.at]
        self.at += 1
        if _NONE <= kind <= _ELLIPSIS:
            return
        size = self.number()
        if kind == _TUPLE:
            for _ in range(size):
                yield from self.constant()
            return
        if kind in (_STR, _BYTES):
            yield self.at, size
        self.at += size + (kind in (_STR, _BYTES))

    def functions(self) -> Iterator[tuple[int, int, int]]:
        """(place, length, number of children) of a function and of all inside it."""
        head = self.number()
        if head & 3 != _BYTECODE:
            raise ValueError("machine code")
        place, size = self.at, head >> 3
        self.at += size
        count = self.number() if head & 4 else 0
        inside = [found for _ in range(count) for found in self.functions()]
        yield place, size, count
        yield from inside


def _contents(mpy: bytes) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
    if mpy[:2] != bytes((_MPY, _VERSION)):
        raise ValueError("no .mpy of version 6")
    reader = _Reader(mpy)
    names, constants = reader.number(), reader.number()
    for _ in range(names):
        reader.name()
    found = [place for _ in range(constants) for place in reader.constant()]
    return found, list(reader.functions())[1:]


def functions(mpy: bytes) -> list[tuple[int, int, int]]:
    """(place, length, number of functions inside) of all code but the module's own.

    Raises ValueError for what is no .mpy of version 6, and for machine code.
    """
    return _contents(mpy)[1]


def texts(mpy: bytes) -> list[tuple[int, int]]:
    """(place, length) of each text or bytes that is no name."""
    return _contents(mpy)[0]


def with_table(mpy: bytes) -> bytes:
    """The .mpy with its table behind it."""
    entries = [
        _ENTRY.pack(mpy[place : place + 4], place, size | count << 12)
        for place, size, count in functions(mpy)
        if _LEAST <= size <= _MOST and count <= _CHILDREN and place <= 0xFFFF
    ]
    entries += [
        _ENTRY.pack(mpy[place : place + 4], place, size | _TEXT << 12)
        for place, size in texts(mpy)
        if _LONG <= size <= _MOST and place <= 0xFFFF
    ]
    table = b"".join(entries)
    return mpy + table + _LENGTH.pack(len(table))


def ends(size: int) -> list[int]:
    """Where the blocks of a littlefs file end, up to the one that has its byte `size`: block n
    begins with the numbers of other blocks, one and as many as 2 divides n.
    """
    found = [_BLOCK]
    while found[-1] <= size:
        block = len(found)
        found.append(found[-1] + _BLOCK - _LINK * (block & -block).bit_length())
    return found


def across(mpy: bytes, at: int, blocks: list[int]) -> int:
    """Bytes of code and of long texts that would lie in two blocks with the .mpy at this place of
    a file, and stay in the heap for that; `blocks`: their ends().
    """
    constants, code = _contents(mpy)
    found = [place[:2] for place in code] + [place for place in constants if place[1] >= _LONG]
    return sum(
        size
        for place, size in found
        if at + place + size > blocks[bisect.bisect_right(blocks, at + place)]
    )


def padding(size: int) -> int:
    """Bytes to put behind a program of `size` bytes, so that the trailer behind them lies in one
    block.
    """
    left = ends(size)[-1] - size
    return left if left < _TRAILER else 0
