"""COSE_Mac0 (RFC 9052 cl. 6.2) with HMAC-SHA-256, untagged: who sent these bytes, and to whom.

A message is the array [protected header, unprotected header, payload, tag]. The protected header
names the algorithm, the unprotected one the key; `aad` is what both sides know and nobody sends.
"""

from hashlib import sha256

from posproto import cbor, const, link
from posproto.auth import hmac_sha256, same

HMAC_256_64 = const(4)  # RFC 9053 cl. 3.1: the tag is cut to 64 bits
HMAC_256_256 = const(5)
KEY_ID_SIZE = const(8)
_ALG = const(1)  # labels of header parameters, RFC 9052 cl. 3.1
_CRITICAL = const(2)
_KEY_ID = const(4)
# {1: 4, -1: key}: what the thumbprint of a symmetric key covers, RFC 9679 cl. 4.
THUMB = b"\xa2\x01\x04\x20\x58\x20"


class CoseError(ValueError):
    """No message of this key. `reason`: form, algorithm, key id or tag."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def key_id(key: bytes) -> bytes:
    """The name of a key of 32 bytes: the first 8 of its thumbprint (RFC 9679). Tells nothing of
    the key.
    """
    return sha256(THUMB + key).digest()[:KEY_ID_SIZE]


def mac0(key: bytes, payload: bytes, aad: bytes = b"", alg: int = HMAC_256_256, kid=None) -> list:
    """The message over `payload` and `aad`; `kid`: key_id(key) where it shall be told."""
    protected = cbor.encode({_ALG: alg})
    return [
        protected,
        {} if kid is None else {_KEY_ID: kid},
        payload,
        _tag(key, protected, aad, payload, alg),
    ]


def verify(message, key: bytes, aad: bytes = b"", alg: int = HMAC_256_256) -> bytes:
    """The payload of `message` (as CBOR's array gives it), if `key` made it over this `aad`.

    `alg`: the only one that is accepted, so nobody chooses a shorter tag. Raises CoseError.
    """
    protected, others = _headers(message)
    if protected.get(_ALG) != alg:
        raise CoseError("algorithm")
    if others.get(_KEY_ID, protected.get(_KEY_ID)) not in (None, key_id(key)):
        raise CoseError("key id")
    code, _, payload, tag = message
    if not same(tag, _tag(key, code, aad, payload, alg)):
        raise CoseError("tag")
    return payload


def kid_of(message):
    """The key id that a message claims, or None: to find the key by, nothing is proven yet."""
    protected, others = _headers(message)
    return others.get(_KEY_ID, protected.get(_KEY_ID))


class Signer:
    """Signs reports: a status or event with its header, under the report key."""

    def __init__(self, key: bytes):
        self._key = key
        self.kid = key_id(key)

    def sign(self, data: bytes) -> list:
        """The message over `data`: 27 bytes more where `data` has 24 to 255."""
        return mac0(self._key, data, b"", HMAC_256_64, self.kid)


def inside(frame):
    """The Frame of a status or event inside one of FRAME_SIGNED; the tag is not looked at.

    Raises CborError where there is none.
    """
    message = cbor.decode(frame.payload)
    try:
        _headers(message)
    except CoseError:
        raise cbor.CborError("no message")
    if len(message[2]) < link.HEADER:
        raise cbor.CborError("truncated")
    return link.Frame(message[2] + bytes(4))


def _headers(message):
    if not isinstance(message, (list, tuple)) or len(message) != 4:
        raise CoseError("form")
    code, others, payload, tag = message
    for part in (code, payload, tag):
        if not isinstance(part, bytes):
            raise CoseError("form")
    try:
        protected = cbor.decode(code) if code else {}
    except cbor.CborError:
        raise CoseError("form")
    if not isinstance(protected, dict) or not isinstance(others, dict):
        raise CoseError("form")
    # What must be understood, or stands in both headers, is refused (RFC 9052 cl. 3.1).
    for label in protected:
        if label == _CRITICAL or label in others:
            raise CoseError("form")
    return protected, others


def _tag(key, protected, aad, payload, alg):
    # MAC_structure, RFC 9052 cl. 6.3.
    covered = ["MAC0", protected, aad, payload]
    size = len(protected) + len(aad) + len(payload) + 32
    tag = hmac_sha256(key, cbor.encode(covered, size))
    return tag[:8] if alg == HMAC_256_64 else tag
