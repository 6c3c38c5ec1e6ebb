"""Is the log complete and unchanged? By the proof that each of its records carries (SPEC.md, Event
and log): a MAC over itself, which names the record before it, too.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from posproto import auth, cbor, ids

from .model import Event
from .rawlog import RawLog

_MAC_SIZE = 8
_EVIDENCE = "log3"


@dataclass
class Proof:
    """What was found. `broken`: no evidence that a court should hear."""

    first: Event | None = None  # of the unbroken stretch that reaches the end
    last: Event | None = None
    evidence: int = 0  # records kept from segments that were replaced, each proven by itself
    unsigned: int = 0  # records before there was a key, or of an older program
    unsigned_last: int = -1
    changed: list[int] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)  # (what is gone, before what)
    cut: tuple[int, int] | None = None  # (number that the terminal told, where the log ends)

    @property
    def is_broken(self) -> bool:
        return bool(self.changed or self.missing or self.cut)


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
    for raw in sorted(set(records), key=_number):
        record = cbor.decode(raw)
        event = Event.from_map(record)
        number = record[ids.EV_SEQUENCE]
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
    ring = [raw for _, raw in RawLog([path for path in paths if path not in evidence]).records()]
    kept = [raw for _, raw in RawLog(evidence).records()] if evidence else []
    oldest = min(map(_number, ring)) if kept else 0
    return prove(ring + kept, log_key(device_key), oldest)


def _breaks(proof: Proof, number: int) -> None:
    proof.changed.append(number)
    proof.first = proof.last = None


def _number(raw: bytes) -> int:
    number = cbor.decode(raw)[ids.EV_SEQUENCE]
    return number if isinstance(number, int) else -1


def _is_right(raw: bytes, record: dict[int, object], key: bytes) -> bool:
    mac, step = record[ids.EV_MAC], record.get(ids.EV_STEP)
    if not isinstance(mac, bytes) or len(mac) != _MAC_SIZE or not isinstance(step, int):
        return False
    expected = hmac.new(key, raw[:-_MAC_SIZE], hashlib.sha256).digest()[:_MAC_SIZE]
    return raw.endswith(mac) and hmac.compare_digest(mac, expected)
