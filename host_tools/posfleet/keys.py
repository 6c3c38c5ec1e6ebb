"""The fleet's keys, derived from each device's: none of them lets anyone command a terminal.

The report key verifies what the terminal signs; the acknowledgement key (wire/acks.py) comes from
it; the password opens the broker. The device's and the fleet's own keys stay where posdiag keeps
them.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from typing import Any, TextIO

from posdiag.keys.key_derivation import hkdf_sha256

from .store.database import Database
from .wire import topics
from .wire.signed import key_id

FACTS = ("site", "region", "reseller", "acquirer", "carrier", "cell", "iccid", "platform")
_PASSWORD = b"POSMA broker 1"
_REPORT = b"POSMA report 1"


def report_key(device_key: bytes) -> bytes:
    return hkdf_sha256(device_key, b"", _REPORT)


def password(device_key: bytes) -> str:
    """The password of this device's bridge at the broker."""
    return hkdf_sha256(device_key, b"", _PASSWORD, 24).hex()


class BadList(ValueError):
    """A list of devices that cannot be taken; the text says which line, and why."""


def _checked(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    found = []
    for number, row in enumerate(rows, 2):
        clean = {key: (value or "").strip() for key, value in row.items() if key}
        if not topics.is_id(clean.get("fleet", "")) or not topics.is_id(clean.get("device", "")):
            raise BadList(f"line {number}: fleet and device: letters, digits, '.', '_', '-'")
        try:
            key = bytes.fromhex(clean.get("report_key", ""))
        except ValueError:
            key = b"?"
        if len(key) not in (0, 32):
            raise BadList(f"line {number}: report_key: 64 hexadecimal digits")
        found.append(clean)
    return found


def enrol(database: Database, lines: TextIO) -> int:
    """Takes a CSV with the columns fleet, device and any of report_key and FACTS: adds
    devices and keys, changes facts that are named. Returns how many. Raises BadList: nothing is
    changed then."""
    rows = _checked(csv.DictReader(lines))
    with database.writing() as work:
        for row in rows:
            _one(work, row)
    return len(rows)


def _one(work: Any, row: dict[str, str]) -> None:
    facts = {name: row[name] for name in FACTS if name in row}
    ((device,),) = work.rows(
        "INSERT INTO device (fleet, name) VALUES (?,?)"
        " ON CONFLICT (fleet, name) DO UPDATE SET name = excluded.name RETURNING device",
        (row["fleet"], row["device"]),
    )
    if facts:
        sets = ", ".join(f"{name} = ?" for name in facts)
        work.run(f"UPDATE device SET {sets} WHERE device = ?", (*facts.values(), device))
    if row.get("report_key"):
        key = bytes.fromhex(row["report_key"])
        work.run(
            "INSERT INTO report_key (device, key_id, report_key, since_s) VALUES (?,?,?,?)"
            " ON CONFLICT (device, key_id) DO UPDATE SET report_key = excluded.report_key",
            (device, key_id(key), key, int(time.time())),
        )
