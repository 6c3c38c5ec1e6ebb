"""A terminal's key out of its fleet's: HKDF-SHA-256 (RFC 5869), one key per device id.

One secret to keep for a whole fleet; who reads one terminal's flash has that terminal's key alone.
"""

from __future__ import annotations

import hashlib
import hmac

KEY_LENGTH = 32
_SALT = b"POSMA fleet 1"
_LABEL = b"POSMA device 1"
_WRAP = b"POSMA key 1"


def hkdf_sha256(secret: bytes, salt: bytes, info: bytes, length: int = KEY_LENGTH) -> bytes:
    """HKDF with SHA-256; `length` at most 8160 bytes. Raises ValueError beyond."""
    if not 0 < length <= 255 * 32:
        raise ValueError("length")
    key = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
    block = out = b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.new(key, block + info + bytes([number]), hashlib.sha256).digest()
        out += block
    return out[:length]


def device_key(fleet_key: bytes, device_id: str) -> bytes:
    """The 32 bytes that the device of this id is provisioned with."""
    return hkdf_sha256(fleet_key, _SALT, _LABEL + device_id.encode("utf-8"))


def wrapped(new: bytes, old: bytes, salt: bytes) -> bytes:
    """`new` as OP_KEY_SET carries it: nothing of it can be read without `old`."""
    mask = hmac.new(old, _WRAP + salt, hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(new, mask, strict=True))
