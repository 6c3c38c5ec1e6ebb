"""Messages at rest: AES-256-CBC, then HMAC-SHA256, under keys derived from the injected one.

The initial vector is itself an HMAC of what is sealed, so no random source is needed: the same
message under the same label gives the same bytes, anything else another vector.
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


class Vault:
    """Seals and opens small messages; made once. `ready` is False where the board has no AES or
    no key was handed in: then nothing may be kept that needs sealing.

    `cipher(key, mode, iv)` is cryptolib's aes; handed in where a port lacks it.
    """

    def __init__(self, key: bytes, cipher=None):
        self._cipher = cipher or aes
        self.ready = bool(key and self._cipher)
        if self.ready:
            self._key = hmac_sha256(key, b"vault encrypt")
            self._mac = hmac_sha256(key, b"vault mac")

    def seal(self, label: bytes, data: bytes) -> bytes:
        """`data` encrypted and bound to `label`, which open() must be given again."""
        pad = 16 - len(data) % 16
        data = data + bytes([pad]) * pad
        iv = hmac_sha256(self._mac, b"iv", bytes([len(label)]), label, data)[:16]
        sealed = iv + self._cipher(self._key, _CBC, iv).encrypt(data)
        return sealed + self._tag(label, sealed)

    def open(self, label: bytes, sealed):
        """What was sealed under `label`, or None where it was damaged, moved or is absent."""
        if not self.ready or not sealed or len(sealed) < 48 or len(sealed) % 16:
            return None
        body = sealed[:-_TAG]
        if not same(sealed[-_TAG:], self._tag(label, body)):
            return None
        data = self._cipher(self._key, _CBC, body[:16]).decrypt(body[16:])
        return data[: -data[-1]]

    def digest(self, data: bytes) -> int:
        """Four keyed bytes of `data`, to know it again; 0 where nothing may be sealed."""
        if not self.ready:
            return 0
        return int.from_bytes(hmac_sha256(self._mac, b"digest", data)[:4], "big")

    def _tag(self, label, sealed):
        return hmac_sha256(self._mac, b"tag", bytes([len(label)]), label, sealed)[:_TAG]
