"""The rows of a verified report: what it says, and when that was.

A device's clock may be unset or wrong. A moment is taken from its clock where that can be meant,
else from its uptime and the last status that placed it, else from when the bridge read it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import cbor2

from posproto import ids
from posproto.verdicts import severity_of

from ..judge.causes import SILENT_S
from ..store.days import DAY_S, clock, day_of
from ..store.rows import Rows
from ..wire.reports import Report
from ..wire.signed import Refused

_AHEAD_S = DAY_S  # a device's clock may be so far ahead of the bridge's and still be meant
_ANCHORS_MAX = 200_000
_UPTIME_MAX_S = 1 << 32  # no terminal has run for 136 years
_BOOT_MAX = 1 << 32


class Records:
    """`rows` is filled; `keep_days`: what is older is not taken back."""

    def __init__(self, keep_days: int) -> None:
        self.rows = Rows()
        self._keep_days = keep_days
        # (boot, moment of that start) by device, as far as lately told.
        self._anchors: OrderedDict[int, tuple[int, int]] = OrderedDict()

    def add(
        self,
        fleet: str,
        device: int,
        report: Report,
        received_s: int,
        now_s: int,
        silent_s: int = SILENT_S,
    ) -> None:
        """`silent_s`: so much later the next one is overdue. Raises Refused for what no agent of
        ours would sign."""
        if received_s < now_s - self._keep_days * DAY_S:
            self.rows.tally[fleet, "refused_too_old"] += 1
            return
        if report.op == ids.OP_STATUS:
            self._status(fleet, device, report, received_s, received_s + silent_s)
        elif report.op == ids.OP_LOG:
            for raw, record in report.events():
                self._event(fleet, device, raw, record, received_s)
        elif report.op == ids.OP_CREDIT:
            self._credit(device, report.value, received_s)
        elif report.op == ids.OP_SETTLEMENT:
            self._settlement(device, report.value, received_s)
        else:
            self.rows.tally[fleet, "other_reports"] += 1

    def _clock(self, fleet: str, unix_s: object, received_s: int) -> int | None:
        """The device's time where it can be meant; one of 2099, or of long before the bridge read
        it, is counted and not believed."""
        if unix_s is None:
            return None
        own_s = clock(unix_s)
        before_s = received_s - self._keep_days * DAY_S
        if own_s is None or not before_s <= own_s <= received_s + _AHEAD_S:
            self.rows.tally[fleet, "refused_clock"] += 1
            return None
        return own_s

    def _anchor(self, device: int, boot: int, started_s: int) -> None:
        self._anchors[device] = boot, started_s
        self._anchors.move_to_end(device)
        if len(self._anchors) > _ANCHORS_MAX:
            self._anchors.popitem(last=False)

    def _status(
        self, fleet: str, device: int, report: Report, received_s: int, due_s: int
    ) -> None:
        status = fitting(report.value, _STATUS_KINDS)
        boot, uptime_s = status.get(ids.ST_BOOT, -1), status.get(ids.ST_UPTIME_S, -1)
        verdict = status.get(ids.ST_VERDICT, -1)
        if verdict < 0 or not _meant(boot, uptime_s):
            raise Refused("form")
        own_s = self._clock(fleet, status.get(ids.ST_UNIX_S), received_s)
        day = day_of(own_s)
        at_s = received_s if own_s is None else own_s
        self._anchor(device, boot, at_s - uptime_s)
        raw = report.raw or cbor2.dumps(report.value, canonical=True)
        severity = severity_of(verdict)
        since_s = at_s - max(uptime_s - max(status.get(ids.ST_VERDICT_S, uptime_s), 0), 0)
        signal, balance = status.get(ids.ST_SIGNAL_DBM), status.get(ids.ST_BALANCE_MINOR)
        layer, outbox = status.get(ids.ST_LAYER), status.get(ids.ST_OUTBOX)
        self.rows.status.append(
            (
                *(device, boot, uptime_s, digest(raw), day, at_s, received_s),
                *(verdict, severity, signal, balance, layer, outbox, raw),
            )
        )
        latest = self.rows.latest.get(device)
        if latest is not None and not _newer((boot, uptime_s, own_s), latest[2:5]):
            return
        stats = status.get(ids.ST_REGISTRATION, [])
        registered = int(any(stat in (1, 5, 9, 10) for stat in stats[1:3]))
        ack_s = status.get(ids.ST_ACK_S)
        self.rows.latest[device] = (
            *(device, fleet, boot, uptime_s, own_s, at_s, received_s, verdict),
            *(status.get(ids.ST_VERDICT_2), severity, since_s, status.get(ids.ST_CONFIDENCE)),
            *(status.get(ids.ST_CAUSE), registered, status.get(ids.ST_ACT), signal),
            *(status.get(ids.ST_SIM), layer, balance, _currency(status, ids.ST_CURRENCY), outbox),
            status.get(ids.ST_OUTBOX_OLDEST_S),
            None if ack_s is None else at_s - (uptime_s - ack_s),
            *(status.get(ids.ST_FLAGS, 0), raw, due_s, _cell(status)),
        )

    def _event(
        self,
        fleet: str,
        device: int,
        raw: bytes,
        record: dict[int, Any],
        received_s: int,
    ) -> None:
        boot, uptime_s = record[ids.EV_BOOT], record[ids.EV_UPTIME_S]
        if not _meant(boot, uptime_s):
            raise Refused("form")
        at_s = self._clock(fleet, record.get(ids.EV_UNIX_S), received_s)
        day = day_of(at_s)
        if at_s is None:
            anchor_boot, started_s = self._anchors.get(device, (-1, 0))
            at_s = min(started_s + uptime_s, received_s) if anchor_boot == boot else received_s
        elif boot >= self._anchors.get(device, (-1, 0))[0]:
            self._anchor(device, boot, at_s - uptime_s)
        severity = small(record.get(ids.EV_SEVERITY))
        self.rows.event.append(
            (
                *(device, boot, record[ids.EV_SEQUENCE], digest(raw), day, at_s, received_s),
                *(uptime_s, small(record[ids.EV_ID]), severity, raw),
            )
        )

    def _credit(self, device: int, answer: Any, at_s: int) -> None:
        value = fitting(answer, _CREDIT_KINDS)
        days, fee = value.get(ids.CRD_DAYS_LEFT), value.get(ids.CRD_FEE) or [None]
        self.rows.credit[device] = (
            *(device, at_s, value.get(ids.CRD_STATE, 0)),
            None if days is None else at_s // DAY_S + min(max(days, 0), 36500),
            small(value.get(ids.CRD_VALID_DAY)) or None,
            small(fee[0]) or None,
            *(value.get(ids.CRD_BALANCE_MINOR), _currency(value, ids.CRD_CURRENCY)),
            cbor2.dumps(answer),
        )

    def _settlement(self, device: int, answer: Any, at_s: int) -> None:
        value = fitting(answer, _SETTLEMENT_KINDS)
        messages = [m for m in value.get(ids.REP_MESSAGES, []) if isinstance(m, dict)]
        waiting = [m for m in messages if m.get(ids.MSG_STATE) in (ids.MS_READY, ids.MS_SENT)]
        ages = [small(message.get(ids.MSG_AGE_S)) for message in waiting]
        state = value.get(ids.REP_SETTLEMENT, {}).get(ids.MSG_STATE)
        verdicts = [
            small(pair[0])
            for pair in value.get(ids.REP_VERDICTS, [])
            if isinstance(pair, list) and pair
        ]
        self.rows.settlement[device] = (
            *(device, at_s, small(state), len(waiting), max(ages, default=None)),
            *(verdicts[0] if verdicts else None, cbor2.dumps(answer)),
        )


def _meant(boot: int, uptime_s: int) -> bool:
    """Can a terminal count so? A number beyond would be the newest for ever."""
    return 0 <= boot < _BOOT_MAX and 0 <= uptime_s < _UPTIME_MAX_S


def _newer(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """(boot, uptime, clock): the rule of the store's own SQL (store/rows.py), inside one batch."""
    if one[:2] > other[:2]:
        return True
    return bool(one[0] < other[0] and (one[2] or 0) > (other[2] or 1 << 62))


def digest(raw: bytes) -> int:
    """Tells a record from another one under the same number, as a column holds it."""
    return int.from_bytes(hashlib.sha256(raw).digest()[:8], "big", signed=True)


def small(value: object) -> int:
    """A count or number that fits its column; 0 for anything else."""
    return value if type(value) is int and 0 <= value < 1 << 31 else 0


def _currency(value: dict[int, Any], key: int) -> str | None:
    text = value.get(key, "")
    return text if len(text) == 3 and text.isascii() and text.isalpha() else None


def _cell(status: dict[int, Any]) -> str:
    """Network, area and cell as one name: the network's digits, the others hexadecimal as AT+CEREG
    has them; empty where the terminal named none."""
    network, cell = status.get(ids.ST_PLMN, ""), status.get(ids.ST_CELL)
    if cell is None or cell < 0 or not (network.isdigit() and network.isascii()):
        return ""
    return f"{network[:6]}-{max(status.get(ids.ST_AREA, 0), 0):X}-{cell:X}"


_SMALL, _BIG = 31, 61  # bits of an integer, as the columns have them
Kinds = dict[int, type | int]
_STATUS_KINDS: Kinds = {
    **dict.fromkeys(range(ids.ST_VERDICT_2 + 1), _SMALL),
    **dict.fromkeys((ids.ST_BOOT, ids.ST_UPTIME_S, ids.ST_UNIX_S, ids.ST_ACK_S), _BIG),
    **dict.fromkeys((ids.ST_BALANCE_MINOR, ids.ST_CELL), _BIG),
    ids.ST_AREA: _SMALL,
    ids.ST_REGISTRATION: list,
    ids.ST_CURRENCY: str,
    ids.ST_PLMN: str,
}
_CREDIT_KINDS: Kinds = {
    **dict.fromkeys((ids.CRD_STATE, ids.CRD_DAYS_LEFT, ids.CRD_VALID_DAY), _SMALL),
    ids.CRD_BALANCE_MINOR: _BIG,
    ids.CRD_CURRENCY: str,
    ids.CRD_FEE: list,
}
_SETTLEMENT_KINDS: Kinds = {
    ids.REP_MESSAGES: list,
    ids.REP_SETTLEMENT: dict,
    ids.REP_VERDICTS: list,
}


def fitting(value: Any, kinds: Kinds) -> dict[int, Any]:
    """Of a map what has the agreed type and fits a column; the rest as if it were not known.
    Raises Refused where it is no map."""
    if not isinstance(value, dict):
        raise Refused("form")
    found = {}
    for key, kind in kinds.items():
        item: Any = value.get(key)
        if isinstance(kind, int):
            fits = type(item) is int and -(1 << kind) <= item < 1 << kind
        else:
            fits = type(item) is kind
        if fits:
            found[key] = item
    return found
