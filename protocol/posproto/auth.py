"""HMAC-SHA-256 (RFC 2104) and what is made of it; keyed.py and cose.py say what for.

MicroPython has no hmac, and its sha256 gives one digest and no copy.
"""

from hashlib import sha256

from posproto import const

_BLOCK = const(64)
# What the device's key is good for beside requests: labels of derive().
REPORT = b"POSMA report 1"  # status and events that are signed
PROGRAM = b"POSMA program 1"  # the manifest of a program
LOG = b"POSMA log 1"  # what binds the records of the log to each other


def hmac_sha256(key: bytes, *parts) -> bytes:
    """HMAC-SHA256 under `key` over the parts one after another: 32 bytes."""
    if len(key) > _BLOCK:
        key = sha256(key).digest()
    inner = sha256(_pad(key, b"\x36"))
    for part in parts:
        inner.update(part)
    outer = sha256(_pad(key, b"\x5c"))
    outer.update(inner.digest())
    return outer.digest()


def _pad(key, fill):
    # As numbers: sixty-four turns of a loop are milliseconds on a board.
    block = int.from_bytes(key + bytes(_BLOCK - len(key)), "big")
    return (block ^ int.from_bytes(fill * _BLOCK, "big")).to_bytes(_BLOCK, "big")


def same(a: bytes, b: bytes) -> bool:
    """Are two MACs equal? Takes the same time wherever they differ."""
    if len(a) != len(b):
        return False
    different = 0
    for i in range(len(a)):
        different |= a[i] ^ b[i]
    return different == 0


def derive(key: bytes, label: bytes) -> bytes:
    """A key of its own for one purpose: HKDF-SHA-256 (RFC 5869) without salt, info `label`. Who
    holds it learns nothing of `key`.
    """
    return hmac_sha256(hmac_sha256(b"", key), label, b"\1")
