"""Messages to the acquirer as the agent reports them: where each stands, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from posproto import ids

from . import names
from .client import Client
from .i18n import Texts
from .model import Map, as_map, fitting, plain
from .words import f39_words, listed, message_words, span, table_words

_PAGES_MAX = 64
_OPEN_STATES = {ids.MS_READY, ids.MS_SENT}
_TYPES = {"f39": str, "rrn": str, "digest": bytes}
# What ended a message badly, and the verdict whose advice holds for it.
_ADVICE = {
    ids.MS_READY: "settlement_pending",
    ids.MS_SENT: "settlement_pending",
    ids.MS_REFUSED: "settlement_refused",
    ids.MS_UNKNOWN: "outcome_unknown",
    ids.MS_EXPIRED: "message_expired",
    ids.MS_NOT_SENT: "message_expired",
}


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

    @property
    def advice(self) -> str:
        """Name of the verdict whose advice fits, or "" where nothing is to be done."""
        if self.mti // 100 == 4 and self.state in (ids.MS_SENT, ids.MS_EXPIRED, ids.MS_UNKNOWN):
            return "reversal_unacknowledged"
        if self.mti // 100 == 5 and self.state == ids.MS_UNKNOWN:
            return "settlement_unknown"
        return _ADVICE.get(self.state, "")

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
class SettlementReport:
    """The answer of OP_SETTLEMENT, all pages together."""

    messages: tuple[OutboxMessage, ...] = ()
    batch: OutboxMessage | None = None
    verdicts: tuple[tuple[int, int], ...] = ()
    traffic: tuple[int, ...] = ()

    @property
    def batch_state(self) -> int:
        return self.batch.state if self.batch else ids.SET_NONE

    def as_dict(self) -> dict[str, Any]:
        batch = None
        if self.batch is not None:
            batch = self.batch.as_dict()
            batch["state"] = names.name_of(names.SETTLEMENT_STATES, self.batch_state)
        return {
            "messages": [message.as_dict() for message in self.messages],
            "settlement": batch,
            "verdicts": [names.name_of(names.VERDICTS, number) for number, _ in self.verdicts],
            "repeats_last_hour": dict(
                zip(("link", "host", "application"), self.traffic, strict=False)
            ),
        }


def _lists(value: Map, key: int) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _numbers(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(item, int) for item in value)
    )


def ask_settlement(client: Client, timeout_s: float = 5.0) -> SettlementReport:
    """All messages that the agent holds and the state of the batch."""
    messages: list[OutboxMessage] = []
    order = 0
    value: Map = {}
    for _ in range(_PAGES_MAX):
        args = {0: order} if order else None
        value = as_map(client.request(ids.OP_SETTLEMENT, args, timeout_s=timeout_s).value)
        found = _lists(value, ids.REP_MESSAGES)
        messages += [OutboxMessage.from_map(item) for item in found if isinstance(item, dict)]
        following = value.get(ids.REP_NEXT)
        if not isinstance(following, int) or following <= order:
            break
        order = following
    batch = value.get(ids.REP_SETTLEMENT)
    return SettlementReport(
        tuple(messages),
        OutboxMessage.from_map(batch) if isinstance(batch, dict) else None,
        tuple((pair[0], pair[1]) for pair in _lists(value, ids.REP_VERDICTS) if _numbers(pair, 2)),
        tuple(n for n in _lists(value, ids.REP_TRAFFIC) if isinstance(n, int)),
    )


def advice_words(texts: Texts, message: OutboxMessage) -> str:
    """What to do about a message: the code's own advice where it has one."""
    code = str(message.fields.get("f39"))
    if message.advice == "settlement_refused" and texts.has("f39_next", code):
        return texts.get("f39_next", code)
    return texts.verdict(message.advice).do


def message_line(texts: Texts, message: OutboxMessage) -> str:
    """One message in a line: what it is, its numbers, where it stands."""
    fields = message.fields
    state = table_words(texts, "message_state", names.MESSAGE_STATES, message.state)
    words = [message_words(texts, message.mti)]
    for name, form in (("stan", "{:06d}"), ("batch", "{:06d}"), ("rrn", "{}")):
        if fields.get(name):
            words.append(f"{texts.get('field', name)} {form.format(fields[name])}")
    words.append(state)
    if fields.get("f39"):
        words.append(f39_words(texts, fields["f39"]))
    if fields.get("why"):
        words.append(table_words(texts, "why", names.WHYS, fields["why"]))
    if fields.get("attempts"):
        words.append(texts.get("field", "attempts", n=fields["attempts"]))
    if fields.get("age_s") is not None:
        words.append(texts.get("unit", "ago", age=span(texts, fields["age_s"])))
    return listed(texts, words)
