"""One MQTT payload: signed reports in a row, numbered by the bridge that keeps them.

    [2, era, base, first number, [[received, signed frame, ?operation], ...]]   CBOR (RFC 8949)
    and 8 bytes behind it: the bridge's MAC over the device's name and that CBOR

The bridge numbers what it holds without gaps, so that the collector can say how far it has all of
it; the device's own numbers have gaps. An era is one life of the bridge's store; `base` is the
lowest number that it still holds. All of this is the bridge's word and outside the terminal's MAC:
it moves acknowledgements, never a terminal's record. Under the bridge's own, as a broker that puts
other numbers before old reports would have confirmed what nobody stored, or a dead terminal heard.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

import cbor2

from .acks import ack_key

VERSION = 2
SIZE_MAX = 65536  # of a payload; longer ones are not looked into
REPORTS_MAX = 256
_NUMBER_MAX = 1 << 62
_TAG = 8
_LABEL = b"POSMA envelope 2"


class Unreadable(ValueError):
    """No envelope; the text says what it lacks, in a word for the counters."""


@dataclass(frozen=True)
class Envelope:
    """`reports`: (Unix seconds when the bridge read it, COSE_Mac0, which operation it answers or
    0) in their order."""

    era: int
    base: int
    first: int
    reports: tuple[tuple[int, bytes, int], ...]

    @property
    def last(self) -> int:
        return self.first + len(self.reports) - 1


def _tag(key: bytes, device: str, body: bytes) -> bytes:
    own = hmac.digest(key, _LABEL, hashlib.sha256)
    name = device.encode()
    return hmac.digest(own, bytes((len(name),)) + name + body, hashlib.sha256)[:_TAG]


def is_own(payload: bytes, device: str, report_keys: Iterable[bytes]) -> bool:
    """Did a bridge of this device pack it?"""
    body, tag = payload[:-_TAG], payload[-_TAG:]
    return any(hmac.compare_digest(tag, _tag(ack_key(key), device, body)) for key in report_keys)


def pack(
    era: int,
    base: int,
    first: int,
    reports: list[tuple[int, bytes, int]],
    device: str,
    key: bytes,
) -> bytes:
    """The payload with these reports; `key`: that of acknowledgements to this device (acks.py)."""
    body = cbor2.dumps(
        [
            VERSION,
            era,
            base,
            first,
            [[at, signed, op] if op else [at, signed] for at, signed, op in reports],
        ]
    )
    return body + _tag(key, device, body)


def unpack(payload: bytes) -> Envelope:
    """The envelope in a payload, whose MAC is_own() judges apart. Raises Unreadable."""
    if len(payload) > SIZE_MAX:
        raise Unreadable("too_long")
    try:
        value = cbor2.loads(payload[:-_TAG])
    except Exception as error:  # from outside: whatever the decoder says of it
        raise Unreadable("no_cbor") from error
    if not (isinstance(value, list) and len(value) == 5 and value[0] == VERSION):
        raise Unreadable("version")
    _, era, base, first, pairs = value
    if not (_number(era) and _number(base) and _number(first) and 0 < base <= first):
        raise Unreadable("number")
    if not (isinstance(pairs, list) and 0 < len(pairs) <= REPORTS_MAX):
        raise Unreadable("reports")
    for pair in pairs:
        if not (
            isinstance(pair, list)
            and 2 <= len(pair) <= 3
            and _number(pair[0])
            and isinstance(pair[1], bytes)
            and _number(pair[-1] if len(pair) == 3 else 0)
        ):
            raise Unreadable("reports")
    return Envelope(
        era, base, first, tuple((p[0], p[1], p[2] if len(p) == 3 else 0) for p in pairs)
    )


def _number(value: object) -> bool:
    return type(value) is int and 0 <= value < _NUMBER_MAX
