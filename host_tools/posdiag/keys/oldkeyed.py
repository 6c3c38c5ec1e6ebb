"""Keyed requests as an agent of version 0.1 takes them: a locked one is updated with their help.

Its frames have the protocol version 1. The layout stands in that version's SPEC.md, section 6.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from posproto import cbor, ids

VERSION = 1
_LABEL = b"POSMA request 1"


def put_request(
    writer: cbor.Writer,
    key: bytes,
    device_id: str,
    request_id: int,
    nonce: bytes,
    op: int,
    args: Any = None,
) -> None:
    """As posproto.keyed.put_request()."""
    body = cbor.encode(args) if args is not None else b""
    device = device_id.encode("utf-8")
    bound = bytes([len(device)]) + device + request_id.to_bytes(2, "big") + bytes([op])
    mac = hmac.new(key, _LABEL + nonce + bound + body, hashlib.sha256).digest()
    writer.value({ids.RQ_OP: op, ids.RQ_ARGS: body, ids.RQ_NONCE: nonce, ids.RQ_MAC: mac})
