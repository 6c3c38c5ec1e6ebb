"""Where the money is: what each message and the batch come to, and the next step in plain words.

Pure: reads a Settlement, knows no terminal. Each row of the diagnosis has a text of its own
in the table `money`.
"""

from __future__ import annotations

import time

from posproto import ids

from ..show.i18n import Texts
from . import names
from .advice import waiting_step
from .messages import OutboxMessage, PayRule, Settlement

_RULE = PayRule()
_OVER = (ids.MS_ACKNOWLEDGED, ids.MS_REFUSED, ids.MS_DONE)
_OVER_OR_UNKNOWN = (*_OVER, ids.MS_UNKNOWN)
_UNANSWERED = (ids.WHY_RESTART, ids.WHY_NO_ANSWER, ids.WHY_CONNECTION_LOST)
_ADVICES = (12, 22)
_REVERSALS = (40, 42)
_CLOSED = (ids.SET_CLOSED, ids.SET_CLOSED_AFTER_UPLOAD)
_UNSETTLED = (ids.SET_REFUSED, ids.SET_UNBALANCED)
# What ended a message badly, and the verdict whose advice holds for it.
_VERDICT_ADVICE = {
    ids.MS_REFUSED: "settlement_refused",
    ids.MS_UNKNOWN: "outcome_unknown",
    ids.MS_EXPIRED: "message_expired",
    ids.MS_NOT_SENT: "message_expired",
}


def _code(message: OutboxMessage) -> str:
    return str(message.fields.get("f39", ""))


def _kind(message: OutboxMessage) -> int:
    return message.mti // 10


def _is_sale(message: OutboxMessage) -> bool:
    return _kind(message) in (10, 20)


def _same(one: OutboxMessage, other: OutboxMessage) -> bool:
    return all(one.fields.get(name) == other.fields.get(name) for name in ("stan", "batch"))


def reversal_of(settlement: Settlement, sale: OutboxMessage) -> OutboxMessage | None:
    """The reversal that was handed in for this sale, the newest.

    A trace number comes again in a batch: a reversal stands behind its sale and before the next
    one of that number, unless the agent closed an earlier sale by it.
    """
    of_stan = [m for m in settlement.messages if _same(m, sale)]
    at = next((at for at, m in enumerate(of_stan) if m is sale), -1)
    before, behind = of_stan[: max(at, 0)], of_stan[at + 1 :]
    own = _first_run(behind)
    if not own:
        found = [m for m in behind if _kind(m) in _REVERSALS]
        return found[-1] if found and _was_closed(sale) else None
    sales = [at for at, m in enumerate(before) if _is_sale(m)]
    if any(_was_closed(before[at]) and not _first_run(before[at + 1 :]) for at in sales):
        return None
    return own[-1]


def _first_run(messages: list[OutboxMessage]) -> list[OutboxMessage]:
    """The reversals up to the next sale."""
    ends = [at for at, m in enumerate(messages) if _is_sale(m)]
    return [m for m in messages[: ends[0] if ends else None] if _kind(m) in _REVERSALS]


def _is_unclear(sale: OutboxMessage) -> bool:
    """Is it one of several that a confirmed reversal may have been about?"""
    return sale.state == ids.MS_UNKNOWN and sale.fields.get("flags", 0) & ids.MF_UNCLEAR > 0


def _was_closed(sale: OutboxMessage) -> bool:
    """Did the agent take a reversal for that of this unanswered sale?"""
    over = sale.state in (ids.MS_UNKNOWN, ids.MS_DONE) and not _code(sale)
    return over and not sale.fields.get("flags", 0) & ids.MF_REVERSAL_DUE


def money_key(settlement: Settlement, message: OutboxMessage) -> str:
    """Key of the table `money` for what the message comes to, "" where none fits better than
    the verdict's own advice.
    """
    kind, code = _kind(message), _code(message)
    if kind in _REVERSALS:
        key = _reversal_key(settlement, message, code)
        same = [m for m in settlement.messages if _same(m, message)]
        return "reversal_unclear" if key == "undone" and any(map(_is_unclear, same)) else key
    if _is_sale(message):
        return _sale_key(settlement, message, code)
    if kind in _ADVICES and message.state == ids.MS_UNKNOWN:
        return "refund_unknown"  # of the advices only these are never repeated
    if kind in _ADVICES and message.state in _OVER and code:
        if code == "94":
            return "already_there"
        return "" if settlement.codes.accepts(code) else "advice_refused"
    if kind == 80 and is_unanswered(message) and _newest(settlement, 80) is message:
        return "sign_on_unanswered"
    return ""


def is_unanswered(message: OutboxMessage) -> bool:
    """Sent, and no answer came; also once the application has taken that."""
    unknown = message.state in (ids.MS_UNKNOWN, ids.MS_DONE)
    return unknown and not _code(message) and message.fields.get("why") in _UNANSWERED


def _newest(settlement: Settlement, kind: int) -> OutboxMessage | None:
    found = [message for message in settlement.messages if _kind(message) == kind]
    return found[-1] if found else None


def _reversal_key(settlement: Settlement, message: OutboxMessage, code: str) -> str:
    if message.is_open:
        return "reversal_waits"
    if message.state not in _OVER or not code:
        return ""
    if code == "25":
        return "nothing_to_undo"
    return "undone" if settlement.codes.accepts(code) else "reversal_refused"


def _sale_key(settlement: Settlement, sale: OutboxMessage, code: str) -> str:
    """money_key() of a sale: by its reversal where there is one (waits, refused, nothing to undo,
    undone before or after an approval), else declined by its own `code`, or "". A sale without a
    code whose reversal was accepted is "sell_again", one with 00 "sale_reversed".
    """
    reversal = reversal_of(settlement, sale)
    found = _reversal_key(settlement, reversal, _code(reversal)) if reversal else ""
    flags = sale.fields.get("flags", 0)
    if _is_unclear(sale):
        return "reversal_unclear"
    is_done = found in ("undone", "nothing_to_undo")
    if is_done and sale.state == ids.MS_UNKNOWN and flags & ids.MF_REVERSAL_DUE:
        return ""  # it was about another one
    if found == "undone":
        if not code:
            return "sell_again"
        return "approved_too_late" if flags & ids.MF_LATE else "sale_reversed"
    if found == "nothing_to_undo":
        return "never_arrived"
    if found:
        return found
    if sale.state in _OVER and code and not settlement.codes.accepts(code):
        return "declined"
    return ""


def next_step(texts: Texts, settlement: Settlement, message: OutboxMessage) -> str:
    """What to do about a message, "" where nothing is to be done."""
    code = _code(message)
    key = money_key(settlement, message)
    if key == "declined":
        group = settlement.codes.group(code)
        advice = settlement.codes.step(texts, code) or texts.get("f39_group_next", group)
        return texts.get("unit", "join").join((advice, texts.get("money", key)))
    if key:
        return texts.get("money", key)
    if _kind(message) in _REVERSALS and message.state in (ids.MS_EXPIRED, ids.MS_UNKNOWN):
        return texts.verdict("reversal_unacknowledged").do
    if _kind(message) == 50 and message.state in _OVER_OR_UNKNOWN:
        return _settlement_step(texts, settlement, message)
    if message.state == ids.MS_REFUSED and settlement.codes.step(texts, code):
        return settlement.codes.step(texts, code)
    if message.is_open:
        return waiting_step(texts, settlement)
    if message.state not in _VERDICT_ADVICE:
        return ""
    return texts.verdict(_VERDICT_ADVICE[message.state]).do


def _settlement_step(texts: Texts, settlement: Settlement, message: OutboxMessage) -> str:
    """What to do about a 0500 that is over: of those of a batch the last one counts."""
    code = _code(message)
    if _newest(settlement, 50) is not message:
        return ""
    if is_unanswered(message):
        return texts.verdict("settlement_unknown").do
    if not code or settlement.codes.accepts(code) or settlement.batch_state not in _UNSETTLED:
        return ""
    return settlement.codes.step(texts, code) or texts.verdict("settlement_refused").do


# -- the batch ---------------------------------------------------------------------------------


def pay_day(closed_unix_s: int, rule: PayRule = _RULE) -> str:
    """The day on which a batch that was closed then is paid out, by the acquirer's rule and the
    tool's own calendar: `2025-11-24`. Holidays are not known here.
    """
    day = time.localtime(closed_unix_s)
    noon = time.mktime((*day[:3], 12, 0, 0, 0, 0, -1))
    left = rule.after_days
    if rule.cut_off_h and day.tm_hour >= rule.cut_off_h:
        left += 1
    while left or (rule.working and _weekend(noon)):
        noon += 86400
        left -= bool(left and not (rule.working and _weekend(noon)))
    return time.strftime("%Y-%m-%d", time.localtime(noon))


def _weekend(unix_s: float) -> bool:
    return time.localtime(unix_s).tm_wday > 4


def paid_on(settlement: Settlement) -> str:
    """The day on which the closed batch is paid out, "" where it is not closed or nobody knows."""
    closed = settlement.batch.fields.get("unix_s") if settlement.batch else None
    return pay_day(closed, settlement.pays) if closed and settlement.batch_state in _CLOSED else ""


def batch_key(settlement: Settlement) -> str:
    """Key of the table `money` for how the batch stands, "" where its verdict says it all."""
    batch = settlement.batch
    if batch is None or batch.state not in _CLOSED:
        return {ids.SET_OPEN: "batch_open", ids.SET_BALANCED: "batch_ends"}.get(
            settlement.batch_state, ""
        )
    closed, age_s = batch.fields.get("unix_s"), batch.fields.get("age_s", 0)
    if closed:
        today = time.strftime("%Y-%m-%d", time.localtime(closed + age_s))
        late = today > pay_day(closed, settlement.pays)
    else:
        days = settlement.pays.after_days + (settlement.pays.cut_off_h > 0)
        if settlement.pays.working:
            days += 2 * (days // 5 + 1)  # weekends lie within
        late = age_s > days * 86400
    if late:
        return "paid_late"
    if batch.state == ids.SET_CLOSED_AFTER_UPLOAD:
        return "paid_after_upload"
    usual = (settlement.pays.after_days, settlement.pays.working) == (1, True)
    return "paid_tomorrow" if usual else "paid_by_rule"


def batch_step(texts: Texts, settlement: Settlement) -> str:
    """The next step for the batch, "" where its verdict says it."""
    key = batch_key(settlement)
    if not key or (key == "batch_open" and _is_overdue(settlement)):
        return ""
    return texts.get("money", key, day=paid_on(settlement) or None)


def _is_overdue(settlement: Settlement) -> bool:
    """Not to be settled when the shop closes, but now: the verdict says it."""
    return any(number == ids.V_NOT_SETTLED for number, _ in settlement.verdicts)


def headline(settlement: Settlement) -> str:
    """Name of the verdict that matters most, "" where none holds."""
    return names.name_of(names.VERDICTS, settlement.verdicts[0][0]) if settlement.verdicts else ""
