"""What goes down to a terminal beside its acknowledgement: what its SIM card's platform says.

Data, no order: the bridge hands it to the agent only where its owner gave it the device's key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from posproto import ids

from ..store.database import Database

FRESH_S = 2 * 86400  # what a platform said earlier is no news of today's
_CHUNK = 500
_KEYS = (ids.PLAN_STATE, ids.PLAN_USED_KB, ids.PLAN_QUOTA_KB, ids.PLAN_END_DAY)


def of(database: Database, devices: Iterable[int], now_s: int) -> dict[int, dict[int, Any]]:
    """{device: {PLAN_*: value}} of those whose platform said something lately."""
    wanted = sorted(set(devices))
    found: dict[int, dict[int, Any]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        with database.reading() as work:
            rows = work.rows(
                "SELECT device, state, used_kb, quota_kb, end_day FROM platform_state"
                f" WHERE device IN ({','.join('?' * len(chunk))}) AND at_s > ? AND state <> ?",
                (*chunk, now_s - FRESH_S, ids.PLATFORM_UNKNOWN),
            )
        for device, *values in rows:
            found[device] = {k: v for k, v in zip(_KEYS, values, strict=True) if v is not None}
    return found
