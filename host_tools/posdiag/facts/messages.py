"""Messages to the acquirer as the agent tells of them: where each stands, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from posproto import ids

from ..link.client import Client, must_have
from ..show.i18n import Texts
from ..show.words import listed, message_words, span, table_words
from . import names
from .codes import Codes
from .model import Event, Map, Status, as_map, fitting, plain

_PAGES_MAX = 64
_OPEN_STATES = {ids.MS_READY, ids.MS_SENT}
_TYPES = {"f39": str, "rrn": str, "digest": bytes}
TRAFFIC = ("link", "host", "application", "cards", "limits")  # who causes it, by REP_TRAFFIC


@dataclass(frozen=True)
class OutboxMessage:
    """One message; `fields` by the lower-case names of MSG_*."""

    fields: dict[str, Any]

    @classmethod
    def from_map(cls, record: Map) -> OutboxMessage:
        return cls(fitting(record, names.MESSAGE_KEYS, _TYPES))

    @property
    def state(self) -> int:
        return int(self.fields.get("state", 0))

    @property
    def mti(self) -> int:
        return int(self.fields.get("mti", 0))

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN_STATES

    def as_dict(self) -> dict[str, Any]:
        data = {name: plain(value) for name, value in self.fields.items()}
        data["state"] = names.name_of(names.MESSAGE_STATES, self.state)
        data["mti"] = f"{self.mti:04d}"
        if "why" in data:
            data["why"] = names.name_of(names.WHYS, data["why"])
        data["flags"] = [
            name for bit, name in names.MESSAGE_FLAGS.items() if self.fields.get("flags", 0) & bit
        ]
        return data


@dataclass(frozen=True)
class PayRule:
    """When the acquirer pays a settled batch, and whom to call, as the terminal's settings say."""

    after_days: int = 1
    working: bool = True  # working days alone count
    cut_off_h: int = 0  # hour from which a batch counts as the next day's, 0: none
    helpdesk: str = ""

    @classmethod
    def from_list(cls, value: object) -> PayRule:
        """From REP_PAYS; what it cannot be leaves the default."""
        if not isinstance(value, list) or [type(item) for item in value] != [int, bool, int, str]:
            return cls()
        days, working, hour, helpdesk = value
        return cls(min(max(days, 0), 30), working, min(max(hour, 0), 23), helpdesk)


@dataclass(frozen=True)
class AcquirerLine:
    """One of several acquirers: its host, messages waiting, its gravest verdict or 0."""

    number: int
    host: str
    waiting: int
    verdict: int


@dataclass(frozen=True)
class Settlement:
    """The answer of OP_SETTLEMENT, all pages together."""

    messages: tuple[OutboxMessage, ...] = ()
    batch: OutboxMessage | None = None
    verdicts: tuple[tuple[int, int], ...] = ()
    traffic: tuple[int, ...] = ()
    codes: Codes = field(default_factory=Codes)
    repeats: tuple[int, int] = (0, 0)  # messages and connections tried again, bytes on the air
    terminal: tuple[str, str] = ("", "")  # terminal and merchant number, where known
    newest_end: int = 0
    sold: int | None = None  # payments confirmed in this batch and not undone, where it is told
    pays: PayRule = PayRule()
    acquirer: int = 1  # whose this is
    acquirers: tuple[AcquirerLine, ...] = ()  # where there are several
    beside: tuple[Settlement, ...] = ()  # with the first one's: those of the others
    told: tuple[int, int | None] = (0, None)  # the status's verdict and for how long it holds

    @property
    def batch_state(self) -> int:
        return self.batch.state if self.batch else ids.SET_NONE

    def as_dict(self) -> dict[str, Any]:
        batch = None
        if self.batch is not None:
            batch = self.batch.as_dict()
            del batch["mti"]
            both = self.batch.fields.get("flags", 0)
            halves = {"domestic": both >> 4, "foreign": both & 15}
            batch["flags"] = {
                half: names.name_of(names.BATCH_HALVES, number) for half, number in halves.items()
            }
            batch["state"] = names.name_of(names.SETTLEMENT_STATES, self.batch_state)
        return {
            "messages": [message.as_dict() for message in self.messages],
            "settlement": batch,
            "verdicts": [names.name_of(names.VERDICTS, number) for number, _ in self.verdicts],
            "sold": self.sold,
            "newest_end": self.newest_end,
            "terminal": self.terminal[0],
            "merchant": self.terminal[1],
            "failed_last_hour": dict(zip(TRAFFIC, self.traffic, strict=False)),
            "repeats_last_hour": self.repeats[0],
            "bytes_last_hour": self.repeats[1],
        } | ({"beside": {n.acquirer: n.as_dict() for n in self.beside}} if self.beside else {})


def ended_since(settlement: Settlement, number: int) -> list[OutboxMessage]:
    """What came to its end behind this number, the oldest end first."""
    found = [m for m in settlement.messages if m.fields.get("end", 0) > number]
    return sorted(found, key=lambda message: message.fields["end"])


def _lists(value: Map, key: int) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _numbers(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(item, int) for item in value)
    )


def ask_settlement(client: Client, timeout_s: float = 5.0, acquirer: int = 1) -> Settlement:
    """All messages that the agent holds for an acquirer and the state of its batch; with the
    first one's come the others', where there are several.
    """
    must_have(client, acquirer)
    messages: list[OutboxMessage] = []
    order = 0
    value: Map = {}
    who: list[str] = []
    codes = None
    newest_end, sold, pays = 0, None, PayRule()
    others: tuple[AcquirerLine, ...] = ()
    for _ in range(_PAGES_MAX):
        args = {0: order} if order else {}
        if acquirer > 1:
            args[ids.SUB_ACQUIRER] = acquirer
        value = as_map(client.request(ids.OP_SETTLEMENT, args or None, timeout_s=timeout_s).value)
        found = _lists(value, ids.REP_MESSAGES)
        who = who or [text for text in _lists(value, ids.REP_TERMINAL) if isinstance(text, str)]
        if not order:
            codes = Codes.from_list(value.get(ids.REP_CODES))
            newest_end = _count(value, ids.REP_END) or 0
            sold = _count(value, ids.REP_SOLD)
            pays = PayRule.from_list(value.get(ids.REP_PAYS))
            others = _others(value)
        messages += [OutboxMessage.from_map(item) for item in found if isinstance(item, dict)]
        following = value.get(ids.REP_NEXT)
        if not isinstance(following, int) or following <= order:
            break
        order = following
    batch = value.get(ids.REP_SETTLEMENT)
    repeats = _lists(value, ids.REP_REPEATS)
    further = {one.number for one in others if 2 <= one.number <= ids.ACQUIRERS_MAX}
    beside = sorted(further) if acquirer == 1 else ()
    return Settlement(
        tuple(messages),
        OutboxMessage.from_map(batch) if isinstance(batch, dict) else None,
        tuple((pair[0], pair[1]) for pair in _lists(value, ids.REP_VERDICTS) if _numbers(pair, 2)),
        tuple(n for n in _lists(value, ids.REP_TRAFFIC) if isinstance(n, int)),
        codes or Codes(),
        (repeats[0], repeats[1]) if _numbers(repeats, 2) else (0, 0),
        (who[0], who[1]) if len(who) == 2 else ("", ""),
        newest_end,
        sold,
        pays,
        acquirer=acquirer,
        acquirers=others,
        beside=tuple(ask_settlement(client, timeout_s, number) for number in beside),
    )


def _others(value: Map) -> tuple[AcquirerLine, ...]:
    """Of REP_ACQUIRERS; what it cannot be is left out."""
    return tuple(
        AcquirerLine(*row)
        for row in _lists(value, ids.REP_ACQUIRERS)
        if isinstance(row, list) and [type(item) for item in row] == [int, str, int, int]
    )


def is_about_money(event: Event) -> bool:
    """Does the event change where the money is, or what is said of it?"""
    return event.id // 100 == 5 or event.id == ids.E_VERDICT


def with_status(settlement: Settlement, status: Status | None) -> Settlement:
    """The settlement beside the status that came with it."""
    if status is None:
        return settlement
    return replace(settlement, told=(status.verdict, status.age_s(status.verdict_s)))


def _count(value: Map, key: int) -> int | None:
    found = value.get(key)
    return found if isinstance(found, int) and found >= 0 else None


def host_time(message: OutboxMessage) -> str:
    """When the host answered, by its own clock: `11-21 09:01:10`."""
    digits = f"{message.fields.get('host_time') or 0:010d}"
    if not int(digits):
        return ""
    return f"{digits[:2]}-{digits[2:4]} {digits[4:6]}:{digits[6:8]}:{digits[8:]}"


def host_day(message: OutboxMessage) -> str:
    """The day on which the host clears it: `11-22`; it may be the next one."""
    digits = f"{message.fields.get('host_date') or 0:04d}"
    return f"{digits[:2]}-{digits[2:]}" if int(digits) else ""


def standing(texts: Texts, message: OutboxMessage, codes: Codes | None) -> list[str]:
    """Its state, the answer's code, the reason: as far as they are there."""
    fields = message.fields
    words = [table_words(texts, "message_state", names.MESSAGE_STATES, message.state)]
    if fields.get("f39"):
        words.append((codes or Codes()).words(texts, fields["f39"]))
    if fields.get("why"):
        words.append(table_words(texts, "why", names.WHYS, fields["why"]))
    return words


def message_line(texts: Texts, message: OutboxMessage, codes: Codes | None = None) -> str:
    """One message in a line: what it is, its numbers, where it stands."""
    fields = message.fields
    words = [message_words(texts, message.mti)]
    for name, form in (("stan", "{:06d}"), ("batch", "{:06d}"), ("rrn", "{}")):
        if fields.get(name):
            words.append(f"{texts.get('field', name)} {form.format(fields[name])}")
    words += standing(texts, message, codes)
    if fields.get("attempts"):
        words.append(texts.get("field", "attempts", n=fields["attempts"]))
    if answered := host_time(message):
        words.append(texts.get("slip", "answered", time=answered))
    if fields.get("age_s") is not None:
        words.append(texts.get("unit", "ago", age=span(texts, fields["age_s"])))
    return listed(texts, words)
