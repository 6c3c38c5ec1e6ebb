"""Acknowledgements from the fleet to a device: how far all is stored, the time, and what the SIM
card's platform says. No orders: a bridge does with it what its owner let it do.

Signed as reports are, with a key that the bridge holds and that verifies nothing else: whoever
owns the broker cannot make a bridge drop what nobody stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Any

import cbor2

from posproto import ids

from .signed import Refused, closed, key_id, opened

_LABEL = b"POSMA ack 1"
ACK_MAX = 1024  # bytes; a longer one is not looked into
# What a platform may say to a terminal, and no more: PLAN_* of protocol/SPEC.md.
PLAN_RANGES = {
    ids.PLAN_STATE: range(ids.PLATFORM_ACTIVE, ids.PLATFORM_CANCELLED + 1),
    ids.PLAN_USED_KB: range(1 << 30),
    ids.PLAN_QUOTA_KB: range(1 << 30),
    ids.PLAN_END_DAY: range(1, 1 << 16),
}
_CARD = re.compile("[0-9A-Fa-f]{4,22}")  # last digits of an ICCID: of two cards this one is meant


def ack_key(report_key: bytes) -> bytes:
    """The 32 bytes that sign a device's acknowledgements."""
    return hmac.digest(report_key, _LABEL, hashlib.sha256)


@dataclass(frozen=True)
class Ack:
    """All up to `number` of that era is stored. `unix_s`: UTC as the collector has it. `plan`: by
    PLAN_*, what the platform says."""

    era: int
    number: int
    unix_s: int
    plan: dict[int, Any] = field(default_factory=dict)


def _aad(device: str) -> bytes:
    return _LABEL + device.encode()


def write(ack: Ack, device: str, key: bytes) -> bytes:
    value: list[Any] = [ack.era, ack.number, ack.unix_s]
    if ack.plan:
        value.append(ack.plan)
    return closed(cbor2.dumps(value), key, _aad(device))


def read(message: bytes, device: str, key: bytes) -> Ack:
    """Raises Refused. Of a plan only what PLAN_RANGES has is taken."""
    try:
        value = cbor2.loads(opened(message, {key_id(key): key}, _aad(device))[0])
    except cbor2.CBORDecodeError as error:
        raise Refused("form") from error
    if not (isinstance(value, list) and 3 <= len(value) <= 4):
        raise Refused("form")
    era, number, unix_s = value[:3]
    if not all(type(part) is int and 0 <= part < 1 << 62 for part in value[:3]):
        raise Refused("form")
    plan = value[3] if len(value) == 4 else {}
    if not isinstance(plan, dict):
        raise Refused("form")
    return Ack(era, number, unix_s, {k: v for k, v in plan.items() if _fits(k, v)})


def _fits(key: Any, value: Any) -> bool:
    if key == ids.PLAN_CARD:
        return isinstance(value, str) and _CARD.fullmatch(value) is not None
    return key in PLAN_RANGES and type(value) is int and value in PLAN_RANGES[key]
