"""The enrolled devices and the keys that may sign for them: from the store, kept a while."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..store.database import Database

_FRESH_S = 60.0  # a key that was taken away stops counting so soon
_MISS_S = 2.0  # a device that was just enrolled counts so soon


@dataclass(frozen=True)
class Known:
    """One enrolled device: its number in the store, its report keys by key id."""

    device: int
    keys: dict[bytes, bytes]


class KeyBook:
    """Asked once a message; asks the store once a minute, or when somebody unknown comes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], Known] = {}
        self._read_s = -1e9

    def find(self, fleet: str, name: str) -> Known | None:
        """The device of this name; None where nobody enrolled it in this fleet."""
        now = time.monotonic()
        if now - self._read_s > _FRESH_S:
            self._read(now)
        found = self._known.get((fleet, name))
        if found is None and now - self._read_s > _MISS_S:
            self._read(now)
            found = self._known.get((fleet, name))
        return found

    def _read(self, now: float) -> None:
        with self._database.reading() as work:
            rows = work.rows(
                "SELECT d.fleet, d.name, d.device, k.key_id, k.report_key FROM device d"
                " LEFT JOIN report_key k ON k.device = d.device"
            )
        known: dict[tuple[str, str], Known] = {}
        for fleet, name, device, key_id, key in rows:
            entry = known.setdefault((fleet, name), Known(device, {}))
            if key_id is not None:
                entry.keys[bytes(key_id)] = bytes(key)
        self._known = known
        self._read_s = now
