"""The proof that a log is complete and unchanged: each record carries a MAC over itself, which
names the record before it, too (SPEC.md, Event and log).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from posproto import auth, cbor, ids

from .model import Event
from .rawlog import RawLog

_MAC_SIZE = 8
_EVIDENCE = "log3"


@dataclass
class Proof:
    """What prove() found in a log."""

    first: Event | None = None  # of the unbroken stretch that reaches the end
    last: Event | None = None
    evidence: int = 0  # records kept from segments that were replaced, each proven by itself
    unsigned: int = 0  # records before there was a key, or of an older program
    unsigned_last: int = -1
    changed: list[int] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)  # (what is gone, before what)
    cut: tuple[int, int] | None = None  # (number that the terminal told, where the log ends)
    foreign: int = 0  # what stands among the records and is none

    @property
    def is_broken(self) -> bool:
        return bool(self.changed or self.missing or self.cut or self.foreign)


def log_key(device_key: bytes) -> bytes:
    """The key of the records' MACs."""
    return auth.derive(device_key, auth.LOG)


def prove(
    records: Iterable[bytes], key: bytes, oldest: int = 0, told_last: int | None = None
) -> Proof:
    """Judges records in the order of their numbers. `key`: of log_key(); `oldest`: number of the
    first one that nothing was dropped behind; `told_last`: ST_LOG_LAST of a status that is not
    younger than the records.
    """
    proof = Proof()
    before = -1  # number of the record before this one
    known = [(raw, _record(raw)) for raw in dict.fromkeys(records)]
    readable = [(record[ids.EV_SEQUENCE], raw, record) for raw, record in known if record]
    proof.foreign = len(known) - len(readable)
    # What has one number stays in the order in which it lay.
    for number, raw, record in sorted(readable, key=lambda found: found[0]):
        event = Event.from_map(record)
        follows = number > oldest and before >= 0
        if ids.EV_MAC not in record:
            if proof.last is None and not proof.changed:
                proof.unsigned += 1
                proof.unsigned_last = number
            else:  # behind the first proof nothing is without one
                _breaks(proof, number)
            before = number
            continue
        if not _is_right(raw, record, key):
            _breaks(proof, number)
        elif number < oldest:
            proof.evidence += 1
        else:
            named = number - record[ids.EV_STEP]
            if follows and named != before:
                proof.missing.append((named, number))
                proof.first = None
            proof.first = proof.first or event
            proof.last = event
        before = number
    if told_last is not None and before < told_last:
        proof.cut = (told_last, before)
    return proof


def of_files(paths: list[str], device_key: bytes) -> Proof:
    """Of a board's files log0, log1 and log3; the last one holds evidence only."""
    evidence = [path for path in paths if path.endswith(_EVIDENCE)]
    ring_log = RawLog([path for path in paths if path not in evidence])
    ring = [raw for _, raw in ring_log.records()]
    kept_log = RawLog(evidence)
    kept = [raw for _, raw in kept_log.records()] if evidence else []
    numbers = [record[ids.EV_SEQUENCE] for raw in ring if (record := _record(raw))]
    oldest = min(numbers, default=0) if kept else 0
    proof = prove(ring + kept, log_key(device_key), oldest)
    proof.foreign += ring_log.foreign + kept_log.foreign
    return proof


def _breaks(proof: Proof, number: int) -> None:
    proof.changed.append(number)
    proof.first = proof.last = None


def _record(raw: bytes) -> dict[int, Any] | None:
    """A record with its number; None where these bytes are none."""
    try:
        record = cbor.decode(raw)
    except cbor.CborError:
        return None
    number = record.get(ids.EV_SEQUENCE) if isinstance(record, dict) else None
    return record if type(number) is int and number >= 0 else None


def _is_right(raw: bytes, record: dict[int, object], key: bytes) -> bool:
    mac, step = record[ids.EV_MAC], record.get(ids.EV_STEP)
    if not isinstance(mac, bytes) or len(mac) != _MAC_SIZE or not isinstance(step, int):
        return False
    expected = hmac.new(key, raw[:-_MAC_SIZE], hashlib.sha256).digest()[:_MAC_SIZE]
    return raw.endswith(mac) and hmac.compare_digest(mac, expected)
