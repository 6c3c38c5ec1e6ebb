"""Reports as a device signs them: a frame as it leaves its port (protocol/SPEC.md, FRAME_SIGNED).

The payload under the COSE_Mac0 is the frame's header and its CBOR. Status and event tell by
themselves what they are; an answer does not tell which question it belongs to: that is the
bridge's word, beside the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cbor2

from posproto import ids

from .signed import Refused, opened

HEADER = 6
_INT_MAX = 1 << 62


@dataclass(frozen=True)
class Report:
    """One signed frame. `op`: which question `value` answers, as protocol/SPEC.md has it; a status
    that came by itself has OP_STATUS, an event OP_LOG. `key` is the report key that signed it."""

    op: int
    value: Any
    raw: bytes  # the CBOR of `value`, for a status and an event
    key: bytes = b""

    def events(self) -> Iterator[tuple[bytes, dict[int, Any]]]:
        """Each record as it lies in the log, and read. Raises Refused."""
        if self.raw:
            yield self.raw, _event(self.value)
            return
        page = self.value.get(0) if isinstance(self.value, dict) else None
        if not isinstance(page, list):
            raise Refused("form")
        for raw in page:
            if not isinstance(raw, bytes):
                raise Refused("form")
            yield raw, _event(_loads(raw))


def read(message: bytes, keys: dict[bytes, bytes], op: int = 0) -> Report:
    """The report that the holder of one of `keys` signed; `op` as the bridge says. Raises
    Refused."""
    payload, key = opened(message, keys)
    if len(payload) <= HEADER:
        raise Refused("form")
    kind, raw = payload[0], payload[HEADER:]
    value = _loads(raw)
    if not isinstance(value, dict):
        raise Refused("form")
    if kind == ids.FRAME_STATUS:
        return Report(ids.OP_STATUS, value, raw, key)
    if kind in (ids.FRAME_EVENT, ids.FRAME_LOG):
        return Report(ids.OP_LOG, value, raw, key)
    if kind == ids.FRAME_RESPONSE and value.get(ids.RS_RESULT) == ids.R_OK:
        return Report(op, value.get(ids.RS_VALUE), b"", key)
    raise Refused("form")


def _event(record: Any) -> dict[int, Any]:
    if not isinstance(record, dict) or not all(
        _number(record.get(key))
        for key in (ids.EV_BOOT, ids.EV_UPTIME_S, ids.EV_ID, ids.EV_SEQUENCE)
    ):
        raise Refused("form")
    return record


def _loads(data: bytes) -> Any:
    try:
        return cbor2.loads(data)
    except Exception as error:  # signed, so a fault of ours; all the same no end of the collector
        raise Refused("form") from error


def _number(value: object) -> bool:
    return type(value) is int and 0 <= value < _INT_MAX
