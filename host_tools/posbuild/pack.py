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

from .places import padding

MAGIC = b"POS1"
_HEAD = struct.Struct(">4sH")
_ENTRY = struct.Struct(">II")


def pack(files: Mapping[str, bytes]) -> bytes:
    """One file out of {path: content}; contents in the given order.

    Raises ValueError for an empty content, and for paths that share a CRC-32.
    """
    folders = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
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


def index_size(packed: bytes) -> int:
    """Bytes before the first content."""
    return _HEAD.size + _ENTRY.size * int(_HEAD.unpack_from(packed)[1])
