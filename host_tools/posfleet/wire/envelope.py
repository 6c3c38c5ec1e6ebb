"""One MQTT payload: signed reports in a row, numbered by the bridge that keeps them.

    [1, era, base, first number, [[received, signed frame, ?operation], ...]]   CBOR (RFC 8949)

The bridge numbers what it holds without gaps, so that the collector can say how far it has all of
it; the device's own numbers have gaps. An era is one life of the bridge's store; `base` is the
lowest number that it still holds. All of this is the bridge's word and outside the MAC: it moves
acknowledgements, never a terminal's record.
"""

from __future__ import annotations

from dataclasses import dataclass

import cbor2

VERSION = 1
SIZE_MAX = 65536  # of a payload; longer ones are not looked into
REPORTS_MAX = 256
_NUMBER_MAX = 1 << 62


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


def pack(era: int, base: int, first: int, reports: list[tuple[int, bytes, int]]) -> bytes:
    return cbor2.dumps(
        [
            VERSION,
            era,
            base,
            first,
            [[at, signed, op] if op else [at, signed] for at, signed, op in reports],
        ]
    )


def unpack(payload: bytes) -> Envelope:
    """Raises Unreadable."""
    if len(payload) > SIZE_MAX:
        raise Unreadable("too_long")
    try:
        value = cbor2.loads(payload)
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
