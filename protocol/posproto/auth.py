"""HMAC-SHA-256 (RFC 2104) and what is made of it; keyed.py and cose.py say what for.

MicroPython has no hmac, and its sha256 gives one digest and no copy.
"""

from hashlib import sha256

from posproto import const

_BLOCK = const(64)
# What the device's key is good for beside requests: labels of derive().
REPORT = b"POSMA report 1"  # status and events that are signed


def hmac_sha256(key: bytes, *parts) -> bytes:
    """HMAC-SHA256 under `key` over the parts one after another: 32 bytes."""
    if len(key) > _BLOCK:
        key = sha256(key).digest()
    inner = sha256(_pad(key, 0x36))
    for part in parts:
        inner.update(part)
    outer = sha256(_pad(key, 0x5C))
    outer.update(inner.digest())
    return outer.digest()


def _pad(key, value):
    block = bytearray(_BLOCK)
    for i in range(_BLOCK):
        block[i] = value ^ (key[i] if i < len(key) else 0)
    return block


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
