"""Plan data for a terminal, beside its acknowledgement: what its SIM card's platform says.

Data, no order: the bridge hands it to the agent only where its owner gave it the device's key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from posproto import ids

from ..store.database import Database

FRESH_S = 2 * 86400  # what a platform said earlier is no news of today's
_CHUNK = 500
_KEYS = (ids.PLAN_STATE, ids.PLAN_USED_KB, ids.PLAN_QUOTA_KB, ids.PLAN_END_DAY, ids.PLAN_CARD)


def of(database: Database, devices: Iterable[int], now_s: int) -> dict[int, dict[int, Any]]:
    """{device: {PLAN_*: value}} of those whose platform said something lately."""
    wanted = sorted(set(devices))
    found: dict[int, dict[int, Any]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        with database.reading() as work:
            rows = work.rows(
                "SELECT p.device, p.state, p.used_kb, p.quota_kb, p.end_day, d.iccid"
                " FROM platform_state p JOIN device d ON d.device = p.device"
                f" WHERE p.device IN ({','.join('?' * len(chunk))}) AND p.at_s > ?"
                " AND p.state <> ?",
                (*chunk, now_s - FRESH_S, ids.PLATFORM_UNKNOWN),
            )
        for device, *values in rows:
            said = zip(_KEYS, values, strict=True)
            found[device] = {key: value for key, value in said if value not in (None, "")}
    return found
