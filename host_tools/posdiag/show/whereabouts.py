"""Where is my money: the till's daily question on one page of words.

Sold, sent, confirmed, settled, paid on; what is missing, and whom to call about it with which
numbers. Amounts stand on the till's own slips: the agent keeps none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from posproto import ids

from ..facts import names
from ..facts.alike import alike, group_line
from ..facts.messages import OutboxMessage, SettlementReport
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


def whereabouts(texts: Texts, report: SettlementReport) -> Whereabouts:
    """The page of a report."""
    waiting = [m for m in report.messages if m.is_open and m.mti // 10 in _MONEY]
    missing = [
        Missing(group_line(texts, report, group), next_step(texts, report, group[-1]))
        for group in alike(
            report, (one for one in report.messages if _is_missing(texts, report, one))
        )
    ]
    words = {
        "sold": _sold(texts, report, waiting),
        "sent": _sent(texts, report),
        "confirmed": _count(texts, report.sold),
        "settled": _settled(texts, report),
        "paid": _paid(texts, report),
    }
    rows = tuple((name, texts.get("where", name), text) for name, text in words.items())
    step, call = batch_step(texts, report), _call(texts, report)
    return Whereabouts(_values(report, len(waiting)), rows, tuple(missing), step, call)


def _values(report: SettlementReport, waiting: int) -> dict[str, Any]:
    """Counts of payments and messages, a state by its name, a day as YYYY-MM-DD; None: unknown."""
    states = [message.state for message in report.messages]
    return {
        "sold": None if report.sold is None else report.sold + waiting,
        "confirmed": report.sold,
        "wait_for_answer": states.count(ids.MS_SENT),
        "not_sent_yet": states.count(ids.MS_READY),
        "batch": report.batch.fields.get("batch") if report.batch else None,
        "batch_state": names.name_of(names.SETTLEMENT_STATES, report.batch_state),
        "paid_on": paid_on(report) or None,
    }


def _is_missing(texts: Texts, report: SettlementReport, message: OutboxMessage) -> bool:
    """Is there something to do about it that money hangs on?"""
    if money_key(report, message) in (*_FINE, "already_there"):
        return False
    return bool(next_step(texts, report, message))


def _count(texts: Texts, number: int | None) -> str:
    if number is None:
        return texts.get("screen", "not_known")
    return texts.get("where", "one") if number == 1 else texts.get("where", "n", n=number)


def _sold(texts: Texts, report: SettlementReport, waiting: list[OutboxMessage]) -> str:
    """What was confirmed, and what waits for its confirmation."""
    if report.sold is None:
        return texts.get("screen", "not_known")
    words = _count(texts, report.sold + len(waiting))
    number = report.batch.fields.get("batch") if report.batch else None
    return noted(texts, words, texts.get("where", "batch", n=f"{number:06d}")) if number else words


def _sent(texts: Texts, report: SettlementReport) -> str:
    """How many messages of any kind wait to leave, or for their answer."""
    states = [message.state for message in report.messages]
    left, waits = states.count(ids.MS_SENT), states.count(ids.MS_READY)
    if not states and not report.sold:
        return texts.get("where", "nothing_sent")
    if not left and not waits:
        silent = sum(map(is_unanswered, report.messages))
        lost = sum(message.state in _NOT_SENT for message in report.messages)
        if lost:
            return texts.get("where", "not_sent", n=lost)
        return (
            texts.get("where", "unanswered", n=silent)
            if silent
            else texts.get("where", "all_sent")
        )
    oldest_s = max(m.fields.get("age_s", 0) for m in report.messages if m.is_open)
    age = span(texts, oldest_s)
    return texts.get("where", "under_way", left=left or None, waits=waits or None, age=age)


def _settled(texts: Texts, report: SettlementReport) -> str:
    words = table_words(texts, "settlement", names.SETTLEMENT_STATES, report.batch_state)
    if report.batch is None or report.batch_state == ids.SET_NONE:
        return words
    return noted(texts, words, ago(texts, report.batch.fields.get("age_s", 0)))


def _paid(texts: Texts, report: SettlementReport) -> str:
    """The day, as far as it can be known; never one for a batch that is not closed."""
    key = batch_key(report)
    if not key.startswith("paid"):
        return texts.get("where", "not_before_settled")
    if key == "paid_late":
        return texts.get("where", "was_due", day=paid_on(report) or None)
    if key == "paid_after_upload":
        return texts.get("where", "after_comparison", day=paid_on(report) or None)
    rule = "working" if report.pays.working else "every"
    by_rule = texts.get("where", rule, n=report.pays.after_days)
    return paid_on(report) or by_rule


def _call(texts: Texts, report: SettlementReport) -> str:
    """Whom to call and what to have at hand, "" where nobody needs to be called."""
    found = [m for m in report.messages if money_key(report, m) in _CALL or _is_doubtful(m)]
    verdict = names.name_of(names.VERDICTS, report.verdicts[0][0]) if report.verdicts else ""
    doubtful = report.batch_state in (ids.SET_REFUSED, ids.SET_UNBALANCED, ids.SET_DIFFERENCE)
    if not found and not doubtful and batch_key(report) not in _CALL:
        return ""
    numbers = [m.fields.get("rrn") or f"{m.fields.get('stan', 0):06d}" for m in found]
    return texts.get(
        "where",
        "call",
        whom=report.pays.helpdesk or texts.get("where", "provider"),
        terminal=report.terminal[0] or "?",
        merchant=report.terminal[1] or "?",
        numbers=", ".join(numbers) or None,
        why=texts.verdict(verdict).title if verdict else None,
    )


def _is_doubtful(message: OutboxMessage) -> bool:
    """An open end that only the provider's books can close."""
    unknown = message.state in (ids.MS_UNKNOWN, ids.MS_EXPIRED)
    return unknown and message.mti // 10 in (*_MONEY, 40, 42)
