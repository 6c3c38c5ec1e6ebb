"""The page "Where is my money", which the till asks daily, in words.

Sold, sent, confirmed, settled, paid on; what is missing, and whom to call about it with which
numbers. Amounts stand on the till's own slips: the agent keeps none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from posproto import ids

from ..facts import names
from ..facts.alike import alike, group_line
from ..facts.messages import OutboxMessage, Settlement
from ..facts.money import batch_key, batch_step, is_unanswered, money_key, next_step, paid_on
from .i18n import Texts
from .words import ago, noted, span, table_words

_MONEY = (10, 20, 22)  # sale, authorization, advice
_NOT_SENT = (ids.MS_EXPIRED, ids.MS_NOT_SENT)
_FINE = ("undone", "sale_reversed", "sell_again", "never_arrived", "nothing_to_undo", "declined")
_CALL = ("paid_late", "paid_after_upload", "reversal_refused", "advice_refused", "refund_unknown")


@dataclass(frozen=True)
class Missing:
    """One thing that stands between the shop and its money."""

    line: str
    step: str


@dataclass(frozen=True)
class Whereabouts:
    """The page. `rows`: (name, label, words); `values`: the same for programs."""

    values: dict[str, Any]
    rows: tuple[tuple[str, str, str], ...]
    missing: tuple[Missing, ...]
    step: str  # for the batch
    call: str

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.values,
            "words": {name: words for name, _, words in self.rows},
            "missing": [asdict(one) for one in self.missing],
            "next_step": self.step,
            "call": self.call,
        }


def whereabouts(texts: Texts, settlement: Settlement) -> Whereabouts:
    """The page of a settlement, see the top of this file."""
    waiting = [m for m in settlement.messages if m.is_open and m.mti // 10 in _MONEY]
    missing = [
        Missing(group_line(texts, settlement, group), next_step(texts, settlement, group[-1]))
        for group in alike(
            settlement, (one for one in settlement.messages if _is_missing(texts, settlement, one))
        )
    ]
    words = {
        "sold": _sold(texts, settlement, waiting),
        "sent": _sent(texts, settlement),
        "confirmed": _count(texts, settlement.sold),
        "settled": _settled(texts, settlement),
        "paid": _paid(texts, settlement),
    }
    rows = tuple((name, texts.get("where", name), text) for name, text in words.items())
    step, call = batch_step(texts, settlement), _call(texts, settlement)
    return Whereabouts(_values(settlement, len(waiting)), rows, tuple(missing), step, call)


def _values(settlement: Settlement, waiting: int) -> dict[str, Any]:
    """Counts of payments and messages, a state by its name, a day as YYYY-MM-DD; None: unknown."""
    states = [message.state for message in settlement.messages]
    return {
        "sold": None if settlement.sold is None else settlement.sold + waiting,
        "confirmed": settlement.sold,
        "wait_for_answer": states.count(ids.MS_SENT),
        "not_sent_yet": states.count(ids.MS_READY),
        "batch": settlement.batch.fields.get("batch") if settlement.batch else None,
        "batch_state": names.name_of(names.SETTLEMENT_STATES, settlement.batch_state),
        "paid_on": paid_on(settlement) or None,
    }


def _is_missing(texts: Texts, settlement: Settlement, message: OutboxMessage) -> bool:
    """Is there something to do about it that money hangs on?"""
    if money_key(settlement, message) in (*_FINE, "already_there"):
        return False
    return bool(next_step(texts, settlement, message))


def _count(texts: Texts, number: int | None) -> str:
    if number is None:
        return texts.get("screen", "not_known")
    return texts.get("where", "one") if number == 1 else texts.get("where", "n", n=number)


def _sold(texts: Texts, settlement: Settlement, waiting: list[OutboxMessage]) -> str:
    """What was confirmed, and what waits for its confirmation."""
    if settlement.sold is None:
        return texts.get("screen", "not_known")
    words = _count(texts, settlement.sold + len(waiting))
    number = settlement.batch.fields.get("batch") if settlement.batch else None
    return noted(texts, words, texts.get("where", "batch", n=f"{number:06d}")) if number else words


def _sent(texts: Texts, settlement: Settlement) -> str:
    """How many messages of any kind wait to leave, or for their answer."""
    states = [message.state for message in settlement.messages]
    left, waits = states.count(ids.MS_SENT), states.count(ids.MS_READY)
    if not states and not settlement.sold:
        return texts.get("where", "nothing_sent")
    if not left and not waits:
        silent = sum(map(is_unanswered, settlement.messages))
        lost = sum(message.state in _NOT_SENT for message in settlement.messages)
        if lost:
            return texts.get("where", "not_sent", n=lost)
        return (
            texts.get("where", "unanswered", n=silent)
            if silent
            else texts.get("where", "all_sent")
        )
    oldest_s = max(m.fields.get("age_s", 0) for m in settlement.messages if m.is_open)
    age = span(texts, oldest_s)
    return texts.get("where", "under_way", left=left or None, waits=waits or None, age=age)


def _settled(texts: Texts, settlement: Settlement) -> str:
    words = table_words(texts, "settlement", names.SETTLEMENT_STATES, settlement.batch_state)
    if settlement.batch is None or settlement.batch_state == ids.SET_NONE:
        return words
    return noted(texts, words, ago(texts, settlement.batch.fields.get("age_s", 0)))


def _paid(texts: Texts, settlement: Settlement) -> str:
    """The day, as far as it can be known; never one for a batch that is not closed."""
    key = batch_key(settlement)
    if not key.startswith("paid"):
        return texts.get("where", "not_before_settled")
    if key == "paid_late":
        return texts.get("where", "was_due", day=paid_on(settlement) or None)
    if key == "paid_after_upload":
        return texts.get("where", "after_comparison", day=paid_on(settlement) or None)
    rule = "working" if settlement.pays.working else "every"
    by_rule = texts.get("where", rule, n=settlement.pays.after_days)
    return paid_on(settlement) or by_rule


def _call(texts: Texts, settlement: Settlement) -> str:
    """Whom to call and what to have at hand, "" where nobody needs to be called."""
    found = [
        m for m in settlement.messages if money_key(settlement, m) in _CALL or _is_doubtful(m)
    ]
    verdict = (
        names.name_of(names.VERDICTS, settlement.verdicts[0][0]) if settlement.verdicts else ""
    )
    doubtful = settlement.batch_state in (ids.SET_REFUSED, ids.SET_UNBALANCED, ids.SET_DIFFERENCE)
    if not found and not doubtful and batch_key(settlement) not in _CALL:
        return ""
    numbers = [m.fields.get("rrn") or f"{m.fields.get('stan', 0):06d}" for m in found]
    return texts.get(
        "where",
        "call",
        whom=settlement.pays.helpdesk or texts.get("where", "provider"),
        terminal=settlement.terminal[0] or "?",
        merchant=settlement.terminal[1] or "?",
        numbers=", ".join(numbers) or None,
        why=texts.verdict(verdict).title if verdict else None,
    )


def _is_doubtful(message: OutboxMessage) -> bool:
    """An open end that only the provider's books can close."""
    unknown = message.state in (ids.MS_UNKNOWN, ids.MS_EXPIRED)
    return unknown and message.mti // 10 in (*_MONEY, 40, 42)
