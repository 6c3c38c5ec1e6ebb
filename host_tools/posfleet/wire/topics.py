"""Topics: `posma/1/{fleet}/{device}/{leaf}`.

Leaf `s`: the newest status, retained. `e`: everything else, in order of its happening. `a`: from
the fleet to the device, retained: what is stored, and the time.
"""

from __future__ import annotations

import re

ROOT = "posma/1"
STATUS = "s"
RECORDS = "e"
ACK = "a"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def is_id(name: str) -> bool:
    """May this name a fleet or a device? Nothing that MQTT, NATS or a file system reads into."""
    return _ID.fullmatch(name) is not None


def topic(fleet: str, device: str, leaf: str) -> str:
    """Raises ValueError for names that would reach another one's topic."""
    if not (is_id(fleet) and is_id(device)):
        raise ValueError(f"{fleet!r}, {device!r}")
    return f"{ROOT}/{fleet}/{device}/{leaf}"


def parse(text: str) -> tuple[str, str, str] | None:
    """(fleet, device, leaf), or None for what is no topic of ours."""
    parts = text.split("/")
    if len(parts) != 5 or parts[:2] != ["posma", "1"]:
        return None
    if not (is_id(parts[2]) and is_id(parts[3])) or parts[4] not in (STATUS, RECORDS, ACK):
        return None
    return parts[2], parts[3], parts[4]


def every(fleet: str, leaf: str) -> str:
    """The filter for all devices of a fleet."""
    return f"{ROOT}/{fleet}/+/{leaf}"


def shared(fleet: str, leaf: str, group: str = "posma") -> str:
    """What a collector subscribes to: each message goes to one of the group."""
    return f"$share/{group}/{every(fleet, leaf)}"
