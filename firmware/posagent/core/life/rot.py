"""Bits that turned at rest: one is turned back where a checksum tells which. Loaded at start.

littlefs checks what stands in its directories, not the blocks of a file, and a program that was
torn may read well today and otherwise next year. What an altered file would cost money ends with
the CRC-32 of what stands before it.
"""

from binascii import crc32

from posproto import const

_SUM = const(4)
_SECRET = const(16)
_LONGEST = const(256)


def mended(data: bytes | None):
    """The file with one bit turned back, None where that does not make it whole."""
    if not data or not _SUM < len(data) <= _LONGEST:
        return None
    raw = bytearray(data)
    body = memoryview(raw)[:-_SUM]
    for at in range(len(raw) * 8):
        bit = 1 << at % 8
        raw[at >> 3] ^= bit
        if _sum(body) == raw[-_SUM:]:
            return bytes(raw)
        raw[at >> 3] ^= bit
    return None


def own(a) -> bytes:
    """The secret of the agent `a`'s device, random from its first start: it knows messages again
    by it.
    """
    kept = a.storage.read("secret")
    found = secret(kept, _SECRET) or a.random_bytes(_SECRET)
    assert len(found) == _SECRET
    if summed(found) != kept:
        a.on_flash(lambda: a.storage.write("secret", summed(found)))
    return found


def secret(kept, size: int):
    """The device's own secret of so many bytes from its file, None where there is none that can be
    trusted. A file of version 0.1 is the secret alone.
    """
    if kept and len(kept) == size + _SUM:
        return whole(kept)
    return kept if kept and len(kept) == size else None


def whole(kept):
    """What summed() was given, from its file as it reads now; None where it cannot be trusted."""
    if not kept or len(kept) <= _SUM:
        return None
    if _sum(kept[:-_SUM]) != kept[-_SUM:]:
        kept = mended(kept)
    return kept[:-_SUM] if kept else None


def summed(data: bytes) -> bytes:
    """`data` with its checksum behind it, as it is kept."""
    return data + _sum(data)


def _sum(data):
    return crc32(data).to_bytes(_SUM, "big")
