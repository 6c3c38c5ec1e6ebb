"""Requests that change something: a fresh challenge, answered with HMAC-SHA256 (RFC 2104).

MicroPython has no hmac, and its sha256 gives one digest and no copy.
"""

from hashlib import sha256
from struct import pack

from posproto import const, ids

NONCE_SIZE = const(16)
_BLOCK = const(64)
_LABEL = b"POSMA request 1"


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


def request_mac(
    key: bytes, nonce: bytes, device_id: str, request_id: int, op: int, args: bytes
) -> bytes:
    """The RQ_MAC of a keyed request.

    `nonce`: as the challenge gave it; `device_id`: text of the hello; `request_id`: of the frame's
    header; `args`: bytes, the content of RQ_ARGS (b"" without).
    """
    device = device_id.encode()
    # The length in front keeps a longer id from eating into what follows it.
    bound = pack(">B", len(device)) + device + pack(">HB", request_id, op)
    return hmac_sha256(key, _LABEL, nonce, bound, args)


class Challenges:
    """Nonces handed out and not used up: at most `kept`, each for one request within `valid_s`."""

    def __init__(self, device_id: str, valid_s: int = 30, kept: int = 2):
        self.device_id = device_id
        self.valid_s = valid_s
        self._kept = kept
        self._open: list = []  # (nonce, issued at), oldest first

    def issue(self, random: bytes, now_s: int) -> bytes:
        """A new challenge from 16 fresh random bytes; `now_s` is uptime in seconds."""
        nonce = bytes(random)
        if len(nonce) != NONCE_SIZE:
            raise ValueError("nonce size")
        while len(self._open) >= self._kept:
            self._open.pop(0)
        self._open.append((nonce, now_s))
        return nonce

    def knows(self, nonce) -> bool:
        """Was it handed out, and is it not used up?"""
        return any(known[0] == nonce for known in self._open)

    def check(self, key, request_id: int, request: dict, now_s: int) -> int:
        """R_OK, R_KEY_NEEDED, R_STALE or R_KEY_WRONG for a parsed request (dict by RQ_* key).

        A nonce is used up by the first request that names it, whatever the answer. `key` None or
        empty: no key is provisioned, and nothing is R_OK.
        """
        nonce = request.get(ids.RQ_NONCE)
        mac = request.get(ids.RQ_MAC)
        args = request.get(ids.RQ_ARGS, b"")
        if not key or nonce is None or mac is None or not isinstance(args, bytes):
            return ids.R_KEY_NEEDED
        for known in self._open:
            if known[0] == nonce:
                self._open.remove(known)
                if now_s - known[1] > self.valid_s:
                    return ids.R_STALE
                break
        else:
            return ids.R_STALE
        if same(
            mac, request_mac(key, nonce, self.device_id, request_id, request[ids.RQ_OP], args)
        ):
            return ids.R_OK
        return ids.R_KEY_WRONG
