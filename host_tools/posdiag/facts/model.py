"""What an agent says, as frozen values with names. Keys that this version does not know are kept.

`as_dict()` of each is the stable JSON object of `--json`: names instead of numbers, units in the
names, money in minor units, absent means not known.
"""

from __future__ import annotations

import re
import time
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from posproto import cbor, ids
from posproto.verdicts import severity_of

from . import names

Map = dict[Any, Any]
COMES_UP_S = 30  # so long after the agent a modem starts with its board


def iso_time(unix_s: int | None) -> str | None:
    """UTC in ISO 8601, or None while the clock is not set."""
    if unix_s is None:
        return None
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_s))
    except (OverflowError, ValueError, OSError):
        return None


_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Cause:
    """A reject cause or code with the list that it comes from: CAUSE_* and its number."""

    domain: str
    number: int

    @classmethod
    def from_number(cls, value: int) -> Cause:
        if value & ids.WIDE_CAUSE:
            domain, number = value >> 12 & 15, value & 0xFFF
        else:
            # F39 is the last domain: its base-36 numbers go beyond one byte.
            domain = min(value >> 8, ids.CAUSE_F39)
            number = value - (domain << 8)
            if domain == ids.CAUSE_SOCKET and number:
                number += 512  # version 0.1 cut the module's 550 and up to one byte
        return cls(names.name_of(names.DOMAINS, domain), number)

    @property
    def code(self) -> str:
        """The number as its list writes it: an F39 is two characters."""
        if self.domain != "f39":
            return str(self.number)
        return _BASE36[self.number // 36 % 36] + _BASE36[self.number % 36]

    def as_dict(self) -> dict[str, Any]:
        return {"domain": self.domain, "number": self.number, "code": self.code}


def _cause(value: Any) -> Cause | None:
    return Cause.from_number(value) if isinstance(value, int) and value > 0 else None


def as_map(value: Any) -> Map:
    """A record as a map: an array stands for the map of its indexes, null for absent."""
    if isinstance(value, (list, tuple)):
        return {key: item for key, item in enumerate(value) if item is not None}
    return value if isinstance(value, dict) else {}


def fitting(record: Map, known: dict[int, str], types: Mapping[str, type]) -> dict[str, Any]:
    """The record's known keys by name; what is not of the agreed type (int unless `types` names
    another) is left out, as if it were not known."""
    found = {}
    for key, name in known.items():
        value = record.get(key)
        wanted = types.get(name, int)
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            found[name] = value
    return found


def _unknown(record: Map, known: Container[int]) -> Map:
    return {key: value for key, value in record.items() if key not in known}


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: bytes become hex, keys text."""
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True)
class Hello:
    """Who answers: versions, limits, capabilities. None: the agent left it out."""

    protocol: int | None = None
    agent: str | None = None
    board: str | None = None
    line_max: int | None = None
    capabilities: int | None = None
    boot: int | None = None
    device_id: str | None = None
    family: str | None = None
    message_max: int | None = None
    unknown: Map = field(default_factory=dict)

    @classmethod
    def from_map(cls, record: Map) -> Hello:
        known = _HELLO_KEYS
        return cls(**fitting(record, known, _HELLO_TYPES), unknown=_unknown(record, known))

    @property
    def one_by_one(self) -> bool:
        """True where the next request must wait for the answer (no flow control)."""
        return bool((self.capabilities or 0) & ids.CAP_ONE_BY_ONE)

    def as_dict(self) -> dict[str, Any]:
        data = _as_dict(self)
        if self.capabilities is not None:
            data["capabilities"] = names.flag_names(self.capabilities, names.CAPABILITIES)
        return data


_HELLO_KEYS = names.table("HELLO_")
_HELLO_TYPES = {"agent": str, "board": str, "device_id": str, "family": str}
_STATUS_TYPES = {"registration": list, "currency": str, "plmn": str}
_PLMN = re.compile("[0-9]{5,6}")

CELL_LOST_S = 90  # the modem is asked at least each half minute


@dataclass(frozen=True)
class Status:
    """One status frame. Times with `_s` are seconds of the agent's uptime unless they say age."""

    boot: int | None = None
    uptime_s: int = 0
    unix_s: int | None = None
    verdict: int = ids.V_UNKNOWN
    confidence: int | None = None
    verdict_s: int | None = None
    registration: tuple[int, ...] = (-1, -1, -1)
    act: int | None = None
    signal_dbm: int | None = None
    sim: int = ids.SIM_UNKNOWN
    layer: int = ids.LAYER_NONE
    layer_s: int | None = None
    balance_minor: int | None = None
    currency: str | None = None
    balance_s: int | None = None
    outbox: int | None = None
    outbox_oldest_s: int | None = None
    ack_s: int | None = None
    counters: int | None = None
    rung: int | None = None
    rung_s: int | None = None
    flags: int = 0
    cause: Cause | None = None
    verdict_2: int | None = None
    log_last: int | None = None
    plmn: str | None = None
    area: int | None = None
    cell: int | None = None
    cell_s: int | None = None
    rsrq_db: int | None = None
    sinr_db: int | None = None
    card: int | None = None
    card_left: int | None = None
    acquirer: int | None = None
    acquirer_2: int | None = None
    unknown: Map = field(default_factory=dict)

    @classmethod
    def from_map(cls, record: Map) -> Status:
        values = fitting(record, names.STATUS_KEYS, _STATUS_TYPES)
        values["cause"] = _cause(values.get("cause"))
        if not _PLMN.fullmatch(values.get("plmn", "")):
            values.pop("plmn", None)
        stats = values.get("registration", ())
        if len(stats) == 3 and all(isinstance(stat, int) for stat in stats):
            values["registration"] = tuple(stats)
        else:
            values.pop("registration", None)
        return cls(**values, unknown=_unknown(record, names.STATUS_KEYS))

    @property
    def verdict_name(self) -> str:
        return names.name_of(names.VERDICTS, self.verdict)

    @property
    def is_registered(self) -> bool:
        """Registered for data in the packet or EPS domain."""
        return any(stat in names.STATS_REGISTERED for stat in self.registration[1:])

    @property
    def best_stat(self) -> int:
        """The stat that speaks for the terminal: of EPS, else packet, else circuit domain."""
        known = [stat for stat in reversed(self.registration) if stat >= 0]
        registered = [stat for stat in known if stat in names.STATS_REGISTERED]
        return (registered or known or [-1])[0]

    @property
    def is_unasked(self) -> bool:
        """The payment provider is in reach and nobody sent it anything yet: no fault."""
        return self.layer == ids.LAYER_TCP and self.verdict // 100 not in (4, 5)

    @property
    def is_stale(self) -> bool:
        """Nobody can say how card, network and signal are: the modem that told is silent."""
        return self.verdict in names.SILENT_MODEM or self.verdict_2 in names.SILENT_MODEM

    @property
    def stale_s(self) -> int | None:
        """For how long they are out of date, where the agent says since when."""
        if not self.is_stale:
            return None
        moments = [self.layer_s] if self.layer == ids.LAYER_NONE else []  # each step sets it anew
        moments += [self.verdict_s] if self.verdict in names.SILENT_MODEM else []
        ages = [age for at in moments if (age := self.age_s(at)) is not None and age >= 0]
        return max(ages, default=None)

    @property
    def is_cell_lost(self) -> bool:
        """The cell is where the terminal was last: none is named any more."""
        age = self.age_s(self.cell_s)
        return age is not None and age > CELL_LOST_S

    def age_s(self, uptime_s: int | None) -> int | None:
        """How long ago a moment of the agent's uptime was when this status was sent."""
        return None if uptime_s is None else self.uptime_s - uptime_s

    def as_dict(self) -> dict[str, Any]:
        data = _as_dict(self)
        data["time"] = iso_time(self.unix_s)
        data["verdict"] = self.verdict_name
        data["verdict_id"] = self.verdict
        second = self.verdict_2
        data["verdict_2"] = None if second is None else names.name_of(names.VERDICTS, second)
        data["severity"] = names.SEVERITIES[severity_of(self.verdict)]
        data["registration"] = {
            domain: None if stat < 0 else names.name_of(names.REGISTRATIONS, stat)
            for domain, stat in zip(names.REGISTRATION_DOMAINS, self.registration, strict=True)
        }
        data["act"] = None if self.act is None else names.name_of(names.ACCESS, self.act)
        data["registered"] = self.is_registered
        data["stale"] = self.is_stale
        data["sim"] = names.name_of(names.SIMS, self.sim)
        data["layer"] = names.name_of(names.LAYERS, self.layer)
        data["rung"] = None if self.rung is None else names.name_of(names.RUNGS, self.rung)
        left = self.card_left
        data["card_left"] = None if left is None else names.name_of(names.LEFTS, left)
        data["flags"] = names.flag_names(self.flags)
        data["cause"] = self.cause.as_dict() if self.cause else None
        return data


@dataclass(frozen=True)
class Event:
    """One event or log record; `args` by the lower-case names of A_*."""

    boot: int | None = None
    uptime_s: int = 0
    unix_s: int | None = None
    id: int = 0
    severity: int = ids.SEV_INFO
    sequence: int | None = None
    args: dict[str, Any] = field(default_factory=dict)
    unknown: Map = field(default_factory=dict)

    @classmethod
    def from_map(cls, record: Map) -> Event:
        values = fitting(record, _EVENT_KEYS, {"args": dict})
        raw_args = values.pop("args", {})
        args = {
            names.ARGUMENTS.get(key, f"unknown_{key}"): value
            for key, value in raw_args.items()
            if _is_argument(key, value)
        }
        event = cls(**values, args=args, unknown=_unknown(record, (*_EVENT_KEYS, *_PROOF_KEYS)))
        return replace(event, severity=ids.SEV_INFO) if event.comes_up else event

    @classmethod
    def decoded(cls, raw: Any) -> Event:
        """The event in these bytes of CBOR. Raises CborError where there is none."""
        record = cbor.decode(raw) if isinstance(raw, bytes) else None
        if not isinstance(record, dict):
            raise cbor.CborError("no map")
        return cls.from_map(record)

    @property
    def name(self) -> str:
        return names.name_of(names.EVENTS, self.id)

    @property
    def severity_name(self) -> str:
        return names.name_of(names.SEVERITIES, self.severity)

    @property
    def comes_up(self) -> bool:
        """A modem that starts with its board: no fault, whatever the log calls it."""
        return self.id == ids.E_MODEM_RESTARTED and self.uptime_s < COMES_UP_S

    def as_dict(self) -> dict[str, Any]:
        return {
            "sequence": self.sequence,
            "boot": self.boot,
            "uptime_s": self.uptime_s,
            "unix_s": self.unix_s,
            "time": iso_time(self.unix_s),
            "event": self.name,
            "event_id": self.id,
            "severity": self.severity_name,
            "args": {name: _named(self.id, name, value) for name, value in self.args.items()},
            **({"unknown": plain(self.unknown)} if self.unknown else {}),
        }


# Arguments that are no integers.
_TEXT_ARGUMENTS = {ids.A_CURRENCY, ids.A_TEXT, ids.A_RRN, ids.A_F39, ids.A_KEY, ids.A_VERSION}


def _is_argument(key: Any, value: Any) -> bool:
    """Of the agreed type, or of a key that only a newer agent knows."""
    if key not in names.ARGUMENTS:
        return True
    if key == ids.A_EVIDENCE:
        return isinstance(value, list) and all(isinstance(item, int) for item in value)
    if key in _TEXT_ARGUMENTS:
        return isinstance(value, str)
    return isinstance(value, int) or (key == ids.A_REASON and isinstance(value, str))


_EVENT_KEYS = {
    key: name
    for key, name in names.table("EV_").items()
    if name in {f.name for f in fields(Event)}
}

_PROOF_KEYS = (ids.EV_STEP, ids.EV_MAC)  # what facts.log_proof judges

# Event arguments that are numbers of a table: shown by name in JSON and in sentences.
ARGUMENT_TABLES = {
    "verdict": names.VERDICTS,
    "previous": names.VERDICTS,
    "rung": names.RUNGS,
    "sim": names.SIMS,
    "layer": names.LAYERS,
    "test": names.TESTS,
    "stat": names.REGISTRATIONS,
}
# Those whose table depends on the event.
EVENT_TABLES = {
    (ids.E_CLOCK_SET, "reason"): names.CLOCK_SOURCES,
    (ids.E_CLOCK_DOUBTED, "reason"): names.CLOCK_SOURCES,
    (ids.E_DROPPED, "reason"): names.COUNTERS,
    (ids.E_CREDIT_STATE, "state"): names.CREDIT_STATES,
    (ids.E_SETTLEMENT_STATE, "state"): names.SETTLEMENT_STATES,
    (ids.E_RUNG, "result"): names.RESULTS,
    (ids.E_LAYER, "previous"): names.LAYERS,
}


def _named(event_id: int, name: str, value: Any) -> Any:
    if isinstance(value, int) and (event_id, name) in EVENT_TABLES:
        return names.name_of(EVENT_TABLES[event_id, name], value)
    if name == "reason" and isinstance(value, int) and event_id // 100 == 5:
        return names.name_of(names.WHYS, value)
    if name == "mti" and isinstance(value, int):
        return f"{value:04d}"
    if name == "cause" and isinstance(value, int):
        return Cause.from_number(value).as_dict()
    if name == "domain" and value in (0, 1, 2):
        return names.REGISTRATION_DOMAINS[value]
    if name == "flags" and isinstance(value, int):
        return names.flag_names(value)
    if name == "evidence" and isinstance(value, list):
        return [names.name_of(names.EVIDENCE, number) for number in value]
    if name in ARGUMENT_TABLES and isinstance(value, int):
        return names.name_of(ARGUMENT_TABLES[name], value)
    return plain(value)


def _as_dict(value: Any) -> dict[str, Any]:
    data = {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name != "unknown"}
    if value.unknown:
        data["unknown"] = plain(value.unknown)
    return data
