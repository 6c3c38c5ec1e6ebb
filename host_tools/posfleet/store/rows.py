"""Rows for one transaction, gathered from verified reports, and the SQL that takes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Row = tuple[Any, ...]

STATUS = (
    "INSERT INTO status (device, boot, uptime_s, digest, day, at_s, received_s, verdict,"
    " severity, signal_dbm, balance_minor, layer, outbox, record)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)
EVENT = (
    "INSERT INTO event (device, boot, sequence, digest, day, at_s, received_s, uptime_s, id,"
    " severity, record) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)
# Newer is what the device says is newer: by start and uptime, or, where its count of starts was
# lost with its flash, by its own clock. What was sent first and came last changes nothing.
_NEWER = (
    " WHERE (excluded.boot, excluded.uptime_s) > ({t}.boot, {t}.uptime_s)"
    " OR (excluded.boot < {t}.boot AND excluded.unix_s > {t}.unix_s)"
)
_LATEST = (
    *("device", "fleet", "boot", "uptime_s", "unix_s", "at_s", "received_s", "verdict"),
    *("verdict_2", "severity", "since_s", "confidence", "cause", "registered", "act"),
    *("signal_dbm", "sim", "layer", "balance_minor", "currency", "outbox", "outbox_oldest_s"),
    *("ack_at_s", "flags", "record", "due_s", "cell"),
)
RECEIVED_S, DUE_S = _LATEST.index("received_s"), _LATEST.index("due_s")


def _upsert(table: str, columns: tuple[str, ...], newer: str) -> str:
    placeholders = ",".join("?" * len(columns))
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "device")
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({placeholders})"
        f" ON CONFLICT (device) DO UPDATE SET {sets}{newer.format(t=table)}"
    )


LATEST = _upsert("latest", _LATEST, _NEWER)
# A bridge that hears the terminal proves it alive, whatever it says. A status that it published
# itself proves that once: brokers bring the retained one again for years.
HEARD = "UPDATE latest SET received_s = ?, due_s = ? WHERE device = ? AND received_s < ?"
_LATER = " WHERE excluded.at_s > {t}.at_s"
_CREDIT = (
    *("device", "at_s", "state", "empty_day", "valid_day", "fee_day"),
    *("balance_minor", "currency", "record"),
)
CREDIT = _upsert("credit", _CREDIT, _LATER)
_SETTLEMENT = (*("device", "at_s", "state", "waiting", "oldest_s", "verdict", "record"),)
SETTLEMENT = _upsert("settlement", _SETTLEMENT, _LATER)
TALLY = (
    "INSERT INTO tally (fleet, what, count) VALUES (?,?,?)"
    " ON CONFLICT (fleet, what) DO UPDATE SET count = tally.count + excluded.count"
)
APART = "INSERT INTO apart (at_s, fleet, name, reason, size, head) VALUES (?,?,?,?,?,?)"


@dataclass
class Rows:
    """What one batch brings. `arrived`: {(device, era): (base, numbers)}; `latest`, `credit` and
    `settlement` hold the newest of the batch by device; `apart` what is not to be trusted; `own`
    whose newest status no bridge brought."""

    status: list[Row] = field(default_factory=list)
    event: list[Row] = field(default_factory=list)
    latest: dict[int, Row] = field(default_factory=dict)
    credit: dict[int, Row] = field(default_factory=dict)
    settlement: dict[int, Row] = field(default_factory=dict)
    arrived: dict[tuple[int, int], tuple[int, set[int]]] = field(default_factory=dict)
    apart: list[Row] = field(default_factory=list)
    own: set[int] = field(default_factory=set)
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)

    def arrive(self, device: int, era: int, base: int, first: int, last: int) -> None:
        known_base, numbers = self.arrived.get((device, era), (0, set()))
        numbers.update(range(first, last + 1))
        self.arrived[device, era] = max(base, known_base), numbers
