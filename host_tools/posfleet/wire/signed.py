"""COSE_Mac0 (RFC 9052 section 6.2) with HMAC-SHA-256, as the agent signs and the collector checks.

The agent's own writer is posproto.cose; this reader is for the many of a collector: the CBOR and
the digest are done in C. A test holds the two, and an implementation by others, to each other.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import cbor2

ALG, KEY_ID = 1, 4  # header labels, RFC 9052 section 3.1
TAG_BYTES = {4: 8, 5: 32}  # HMAC 256/64 and HMAC 256/256, RFC 9053 section 3.1
_MAC0_TAG = 17


class Refused(ValueError):
    """Not to be trusted; the text says why, in a word for the counters."""


def _parts(message: bytes) -> tuple[bytes, dict[Any, Any], bytes, bytes]:
    try:
        value = cbor2.loads(message)
        if isinstance(value, cbor2.CBORTag) and value.tag == _MAC0_TAG:
            value = value.value
        protected, unprotected, payload, tag = value
        header = cbor2.loads(protected) if protected else {}
        alike = all(isinstance(part, bytes) for part in (protected, payload, tag))
        header = {**unprotected, **header}
    except Exception as error:  # from outside: whatever the decoder says of it
        raise Refused("unsigned") from error
    if not alike:
        raise Refused("unsigned")
    return protected, header, payload, tag


def _bytes(data: bytes) -> bytes:
    """`data` as CBOR; by hand, as an encoder is made anew for each call of cbor2's."""
    size = len(data)
    if size < 24:
        return bytes((0x40 | size,)) + data
    if size < 256:
        return bytes((0x58, size)) + data
    width, head = (2, b"\x59") if size < 65536 else (4, b"\x5a")
    return head + size.to_bytes(width, "big") + data


def _digest(key: bytes, protected: bytes, aad: bytes, payload: bytes) -> bytes:
    """Over ["MAC0", protected, aad, payload]: RFC 9052 section 6.3."""
    text = b"\x84\x64MAC0" + _bytes(protected) + _bytes(aad) + _bytes(payload)
    return hmac.digest(key, text, hashlib.sha256)


def opened(message: bytes, keys: dict[bytes, bytes], aad: bytes = b"") -> tuple[bytes, bytes]:
    """(payload, key) where one of `keys` (by key id) signed it for `aad`. Raises Refused."""
    protected, header, payload, tag = _parts(message)
    alg = header.get(ALG)
    size = TAG_BYTES.get(alg) if isinstance(alg, int) else None
    if size is None or len(tag) != size:
        raise Refused("algorithm")
    key_id = header.get(KEY_ID)
    key = keys.get(key_id) if isinstance(key_id, bytes) else None
    if key is None:
        raise Refused("key_unknown")
    if not hmac.compare_digest(tag, _digest(key, protected, aad, payload)[:size]):
        raise Refused("mac_wrong")
    return payload, key


def key_id(key: bytes) -> bytes:
    """A key's name: the first 8 bytes of its thumbprint (RFC 9679)."""
    return hashlib.sha256(b"\xa2\x01\x04\x20\x58\x20" + key).digest()[:8]


def closed(payload: bytes, key: bytes, aad: bytes = b"", alg: int = 4) -> bytes:
    """`payload` under a MAC; untagged, as both sides know what it is."""
    protected = cbor2.dumps({ALG: alg})
    tag = _digest(key, protected, aad, payload)[: TAG_BYTES[alg]]
    return cbor2.dumps([protected, {KEY_ID: key_id(key)}, payload, tag])
