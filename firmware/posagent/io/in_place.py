"""Loaded code that runs where it lies in flash: its copy in the heap is given back.

MicroPython copies the bytecode of a module from its file into the heap, two fifths of what the
module takes there, and its long texts. Where a chip's flash can be read like memory (RP2040) the
copy is of no use once the function exists: its pointer is turned to the same bytes in flash. What
may go wrong, and why it does not:

* Another place than thought: a pointer is turned only where flash holds the same bytes as RAM; the
  firmware's layout of a function is trusted no further.
* Another copy of the file, which an update will write over: `posdiag flash` leaves a trailer of
  random bytes behind each program. The block that has it, alone in the whole flash, is the file's
  last, and each block of a littlefs file names the one before.
* A function that runs keeps its place: of the modules that load and start others, the copies stay
  until settled() says that all have returned, but for main() of posagent.start, which never does.

What does not fit the picture stays in the heap, as it was loaded. A slot is written at a prompt
that a restart left without any of its functions (posdiag/board/install.py), so the bytes stay as
long as one may run: what still can then, the timer of a trial, is boot.py's own, in the heap.
"""

import sys
from array import array
from binascii import crc32
from struct import pack_into, unpack_from

from machine import mem32
from uctypes import bytearray_at

from posproto import const

TRAILER = b"HERE"  # begins the trailer, 16 bytes
_TRAILER = const(16)
_BLOCK = const(4096)
_LINK = const(4)  # bytes of a block's number in the blocks behind it
_ENTRY = const(8)  # of a module's table: four bytes of code, its place, its length and children
_WORD, _FORMAT = (8, "<Q") if sys.maxsize > 0x7FFFFFFF else (4, "<I")
_ROOM = const(4088)  # of a file's bytes in a block, on average
_RUNNING = ("posagent.start", "posagent.core.modules", "posagent.io.in_place")
_NEVER_ENDS = "main"  # of these
_TEXT = const(15)  # instead of a number of functions inside
_LONG = const(32)  # bytes of a text from which on it is worth it


def _function():
    pass


def _generator():
    yield


_KINDS = type(_function), type(_generator)


if _WORD == 4:
    _words = mem32
else:

    class _Wide:
        """Words of 64 bit by their address, as mem32 has those of 32."""

        def __getitem__(self, at):
            return unpack_from(_FORMAT, bytearray_at(at, _WORD))[0]

        def __setitem__(self, at, value):
            pack_into(_FORMAT, bytearray_at(at, _WORD), 0, value)

    _words = _Wide()


def _ones(value):
    count = 0
    while value:
        value &= value - 1
        count += 1
    return count


def place(at):
    """(block of a littlefs file, place in it) of the file's byte `at`: block n begins with the
    numbers of as many blocks before it as 2 divides n, and one.
    """
    block = at // _ROOM
    if block == 0:
        return 0, at
    block = (at - _LINK * (_ones(block - 1) + 2)) // _ROOM
    return block, at - _ROOM * block - _LINK * _ones(block)


def settler(board):
    """The program that runs on this board; None where it has to stay in the heap."""
    try:
        import rp2

        count = rp2.Flash().ioctl(4, 0)
        flash_at = board.FLASH_END - count * _BLOCK
        found = InPlace(sys.path[0] + ".pos", flash_at, count, board.RAM_AT, board.RAM_END)
    except (ImportError, OSError):  # another chip; no slot: a folder, ROMFS or frozen
        return None
    return found if found.blocks else None


class InPlace:
    """The file `path` of a program, in `count` blocks of flash that begin at address `flash_at`;
    RAM lies between the addresses `ram_at` and `ram_end`. `blocks` is empty where it is not found.
    """

    def __init__(self, path, flash_at, count, ram_at, ram_end):
        self._flash_at = flash_at
        self._ram_at, self._ram_end = ram_at, ram_end
        with open(path, "rb") as file:
            self._entries = unpack_from(">H", file.read(6), 4)[0]
            self._size = file.seek(0, 2) - _TRAILER
            file.seek(self._size)
            trailer = file.read(_TRAILER)
        self._start = self._there = self._left = 0  # of the module's file that is settled
        self._copies = array("L")  # addresses: what may still be running
        self._copied = False
        self.blocks = array("H")
        if trailer[:4] == TRAILER and 6 + 8 * self._entries <= _BLOCK:
            self._look(trailer, count)

    def _look(self, trailer, count):
        last, at = place(self._size + _TRAILER - 1)
        at += self._flash_at + 1 - _TRAILER
        found = [n for n in range(count) if bytearray_at(at + n * _BLOCK, _TRAILER) == trailer]
        if len(found) != 1:
            return
        block = found[0]
        blocks = array("H", bytes(2 * last + 2))
        while True:
            blocks[last] = block
            if last == 0:
                break
            last -= 1
            block = unpack_from("<I", bytearray_at(self._flash_at + block * _BLOCK, _LINK))[0]
            if block >= count:
                return
        self.blocks = blocks
        self._settle_index(getattr(__import__("__main__"), "pack", None))

    def _settle_index(self, pack):
        """boot.py's own copy of the file's index, for what it is mounted by."""
        index = getattr(pack, "_index", b"")
        there = self._at(6)[0]
        if len(index) == 8 * self._entries and index == bytearray_at(there, len(index)):
            _words[id(index) + 3 * _WORD] = there

    def settle(self, name, module):
        """Give back the copies of the module's functions and texts. Of _RUNNING ones at settled(),
        which comes once, of others at once: nothing of them may be running.
        """
        if not self.blocks:
            return
        self._copied = name in _RUNNING
        start, table = self._table(name)
        self._start = start
        self._there, self._left = self._at(start)
        has_texts = table and table[-1] >> 4 == _TEXT
        for key, value in module.__dict__.items():
            if isinstance(value, type):
                for inner in value.__dict__.values():
                    if type(inner) in _KINDS:
                        self._settle(inner, table)
            elif type(value) in _KINDS:
                if not self._copied or key != _NEVER_ENDS:
                    self._settle(value, table)
            elif has_texts:
                self._settle_texts(value, table)

    def settled(self):
        """All has returned that ran while it was settled."""
        self._copies = array("L")

    def _settle_texts(self, value, table):
        if isinstance(value, dict):
            value = value.values()
        elif not isinstance(value, tuple):
            value = (value,)
        for text in value:
            if type(text) not in (str, bytes) or len(text) < _LONG:
                continue
            # A name is no object: its number is no address.
            if not id(text) & 3 and _words[id(text)] == id(type(text)):
                self._turn(id(text) + 3 * _WORD, table)

    def _at(self, offset):
        """(address of the file's byte, how many more lie behind it in its block: 0 where the file
        has no such byte, and what told of it is not what was loaded)
        """
        block, inner = place(offset)
        if block >= len(self.blocks):
            return self._flash_at, 0
        return self._flash_at + self.blocks[block] * _BLOCK + inner, _BLOCK - inner

    def _table(self, name):
        """(where the module's file begins, its table, which ends it and whose length is last)"""
        # By addresses, not through the file: opening that is slow, and needs stack.
        index = bytearray_at(self._at(6)[0], 8 * self._entries)
        stem = name.replace(".", "/")
        for path in (stem + ".mpy", stem + "/__init__.mpy"):
            key = crc32(path.encode()).to_bytes(4, "big")
            at = index.find(key)
            while at > 0 and at % 8:
                at = index.find(key, at + 1)
            if at >= 0:
                break
        else:
            return 0, b""
        start = unpack_from(">I", index, at + 4)[0]
        end = self._size
        if at + 8 < len(index):
            end = unpack_from(">I", index, at + 12)[0]
        if not 6 < start < end <= self._size:
            return 0, b""
        size = unpack_from("<H", self._bytes(end - 2, 2))[0]
        at = end - 2 - size
        return start, self._bytes(at, size) if at > start else b""

    def _bytes(self, offset, size):
        data = b""
        while size:
            at, there = self._at(offset)
            there = min(there, size)
            if there == 0:
                return b""
            data += bytearray_at(at, there)
            offset += there
            size -= there
        return data

    def _settle(self, value, table):
        at = id(value)
        if _words[at] == id(type(value)):
            inside = self._turn(at + 3 * _WORD, table)
            if inside:
                self._settle_inside(_words[at + 2 * _WORD], inside, table)

    def _settle_inside(self, children, count, table):
        """The functions that are made inside one, and inside those."""
        todo = [(children, count)]
        while todo:
            children, count = todo.pop()
            for at in range(children, children + count * _WORD, _WORD):
                child = _words[at]
                inside = self._turn(child + _WORD, table)
                if inside:
                    todo.append((_words[child + 2 * _WORD], inside))

    def _turn(self, pointer, table):
        """Turn one pointer to flash; returns how many functions are made inside the code."""
        code = _words[pointer]
        if not self._ram_at <= code < self._ram_end:
            return 0
        key = bytes(bytearray_at(code, 4))
        at = table.find(key)
        while at >= 0:
            if at % _ENTRY == 0:
                offset, size = unpack_from("<HH", table, at + 4)
                children, size = size >> 12, size & 0xFFF
                there, left = self._there + offset, self._left - offset
                if left < size:
                    there, left = self._at(self._start + offset)
                if size <= left and bytearray_at(code, size) == bytearray_at(there, size):
                    if self._copied:
                        self._copies.append(code)
                    _words[pointer] = there
                    return children
            at = table.find(key, at + 1)
        return 0
