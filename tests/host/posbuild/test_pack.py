"""A program as one file, as posbuild writes it: judged by a reader of its own."""

import struct
from binascii import crc32

import pytest

from posbuild.pack import pack

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
