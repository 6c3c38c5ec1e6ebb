"""A slot's program as one file: littlefs gives even the smallest file a block of its own, 4 KB.

    "POS1" | number of entries, 2 bytes | entries | the files' contents, one by one | zeros
    entry: CRC-32 of the path | where the content begins, 4 bytes each; 0: a folder

All big-endian. /boot.py mounts it for `import` and finds a path by its CRC-32. The zeros make room
for the trailer that `posdiag flash` puts behind each program, see places.py.
"""

from __future__ import annotations

import struct
from binascii import crc32
from collections.abc import Mapping

from .places import across, ends, padding

MAGIC = b"POS1"
_HEAD = struct.Struct(">4sH")
_ENTRY = struct.Struct(">II")


def _folders(files: Mapping[str, bytes]) -> set[str]:
    return {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}


def pack(files: Mapping[str, bytes]) -> bytes:
    """One file out of {path: content}; contents in the given order. See ordered().

    Raises ValueError for an empty content, and for paths that share a CRC-32.
    """
    folders = _folders(files)
    names = [*sorted(folders), *files]
    keys = [crc32(name.encode()) for name in names]
    if len(set(keys)) < len(keys) or not all(files.values()):
        raise ValueError("two paths of one CRC-32, or a file without content")
    at = _HEAD.size + _ENTRY.size * len(names)
    out = [_HEAD.pack(MAGIC, len(names))]
    for name, key in zip(names, keys, strict=True):
        out.append(_ENTRY.pack(key, 0 if name in folders else at))
        at += len(files.get(name, b""))
    out += files.values()
    return b"".join([*out, bytes(padding(sum(map(len, out))))])


def ordered(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The .mpy files of a program in an order in which little of their code lies in two blocks of
    flash: where the next one would, another one comes first for which less does.
    """
    at = _HEAD.size + _ENTRY.size * len({*_folders(files), *files})
    blocks = ends(at + sum(map(len, files.values())))
    left, found = dict(files), {}
    while left:
        best, least = "", at
        for path, content in left.items():
            lost = across(content, at, blocks)
            if not best or lost < least:
                best, least = path, lost
            if not lost:
                break
        found[best] = left.pop(best)
        at += len(found[best])
    return found


def index_size(packed: bytes) -> int:
    """Bytes before the first content."""
    return _HEAD.size + _ENTRY.size * int(_HEAD.unpack_from(packed)[1])
