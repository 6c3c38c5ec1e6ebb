"""A program as one file, as posbuild writes it: judged by a reader of its own."""

import struct
from binascii import crc32

import pytest

from posbuild import places
from posbuild.pack import index_size, ordered, pack
from posbuild.program import build

FILES = {"board.mpy": b"B", "pos/__init__.mpy": b"init", "pos/at/lines.mpy": b"lines" * 300}


def read(data):
    """{CRC-32: content, or None for a folder}"""
    magic, count = struct.unpack_from(">4sH", data)
    assert magic == b"POS1"
    entries = [struct.unpack_from(">II", data, 6 + 8 * n) for n in range(count)]
    places = [place for _, place in entries if place] + [len(data)]
    return {
        key: data[place : places[places.index(place) + 1]] if place else None
        for key, place in entries
    }


def test_every_file_and_folder_is_found_again():
    wanted = {crc32(name.encode()): data for name, data in FILES.items()}
    wanted |= {crc32(b"pos"): None, crc32(b"pos/at"): None}
    assert read(pack(FILES)) == wanted


def test_what_could_not_be_told_apart_is_refused():
    assert crc32(b"plumless") == crc32(b"buckeroo")
    for files in ({"plumless": b"1", "buckeroo": b"2"}, {"empty.mpy": b""}):
        with pytest.raises(ValueError):
            pack(files)


def _in_two_blocks(files):
    """Bytes of each file's code whose first and last byte have not the same block."""
    at, found = index_size(pack(files)), {}
    for path, content in files.items():
        found[path] = 0
        for place, size, _ in places.functions(content):
            first, last = _block(at + place), _block(at + place + size - 1)
            found[path] += size if first != last else 0
        at += len(content)
    return found


def _block(byte):
    """Of a littlefs file (its SPEC.md, CTZ skip-lists), counted block by block."""
    block, room = 0, 4096
    while byte >= room:
        byte -= room
        block += 1
        links = 1
        while block % (1 << links) == 0:
            links += 1
        room = 4096 - 4 * links
    return block


def test_no_function_stays_in_the_heap_for_lying_in_two_blocks_of_flash():
    """One line more in one module moved all behind it: another 6 KB lay across, and the next
    change took them away again.
    """
    program = build("rpi_pico")
    plain = {path: places.with_table(data) for path, data in program.files.items()}
    assert sum(_in_two_blocks(plain).values()) > 1000
    assert not any(_in_two_blocks(program.in_slot).values())
    assert program.in_slot == plain and list(ordered(plain)) == list(program.in_slot)
