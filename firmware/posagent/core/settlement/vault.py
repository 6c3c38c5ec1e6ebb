"""Messages at rest: AES-256-CBC, then HMAC-SHA256, under keys derived from the injected one.

The initial vector is itself an HMAC of what is sealed, so no random source is needed: the same
message under the same label gives the same bytes, anything else another vector. Loaded when a
message is sealed or opened; only the keys stay.
"""

from posproto import const
from posproto.auth import hmac_sha256, same

try:
    from cryptolib import aes
except ImportError:
    aes = None

_CBC = const(2)
_TAG = const(16)
OVERHEAD = const(48)  # vector, tag, at most 16 bytes of padding


def keys(key: bytes | None, cipher=None):
    """What the other functions want; None where the board has no AES or no key was handed in: then
    nothing may be kept that needs sealing.

    `cipher(key, mode, iv)` is cryptolib's aes; handed in where a port lacks it.
    """
    cipher = cipher or aes
    if not key or not cipher:
        return None
    return hmac_sha256(key, b"vault encrypt"), hmac_sha256(key, b"vault mac"), cipher


def seal(keys, label: bytes, data: bytes) -> bytes:
    """`data` encrypted and bound to `label`, which unseal() must be given again."""
    pad = 16 - len(data) % 16
    data = data + bytes([pad]) * pad
    iv = hmac_sha256(keys[1], b"iv", bytes([len(label)]), label, data)[:16]
    sealed = iv + keys[2](keys[0], _CBC, iv).encrypt(data)
    assert len(sealed) == 16 + len(data) and len(data) % 16 == 0
    return sealed + _tag(keys, label, sealed)


def unseal(keys, label: bytes, sealed: bytes | None):
    """What was sealed under `label`, or None where it was damaged, moved or is absent."""
    if not keys or not sealed or len(sealed) < 48 or len(sealed) % 16:
        return None
    body = sealed[:-_TAG]
    if not same(sealed[-_TAG:], _tag(keys, label, body)):
        return None
    data = keys[2](keys[0], _CBC, body[:16]).decrypt(body[16:])
    assert 1 <= data[-1] <= 16  # it is ours: the tag says so
    return data[: -data[-1]]


def digest(secret: bytes, message: bytes) -> int:
    """Eight keyed bytes of `message`, to know it again: a digest without a key would tell a card's
    number to who tries them all. `secret`: the device's own, which it has without any key.
    """
    return int.from_bytes(hmac_sha256(secret, b"message", message)[:8], "big")


def old_digest(keys, data: bytes) -> int:
    """As version 0.1 kept it: four bytes, of length and checksum, 0 without a key."""
    return int.from_bytes(hmac_sha256(keys[1], b"digest", data)[:4], "big") if keys else 0


def _tag(keys, label, sealed):
    return hmac_sha256(keys[1], b"tag", bytes([len(label)]), label, sealed)[:_TAG]
