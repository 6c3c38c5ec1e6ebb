"""A slip for the payment provider's help desk: plain text, narrow enough for a receipt printer.

It shows what the provider asks for and leaves lines for what only people know. No card data: the
agent keeps none.
"""

from __future__ import annotations

import time

from posproto import ids

from ..facts import names
from ..facts.advice import steps
from ..facts.messages import OutboxMessage, Settlement, host_day, host_time
from ..facts.money import batch_step, next_step
from .heading import whom
from .i18n import Texts
from .words import ago, clock_time, listed, message_words, table_words

WIDTH = 42
_BLANK = "_" * 20
_WAITS = (ids.V_SETTLEMENT_PENDING, ids.V_OUTBOX_FULL)  # the terminal's own: nothing to ask about


def slip_lines(
    texts: Texts, settlement: Settlement, device: str, now_s: float, verdict: int | None = None
) -> list[str]:
    """The lines; nothing is wrapped, a printer does that. `verdict`: the terminal's, which is said
    where it is the payment provider's business.
    """
    terminal, merchant = settlement.terminal
    lines = [
        texts.get("slip", "title").center(WIDTH).rstrip(),
        _pair(texts, "printed", time.strftime("%Y-%m-%d %H:%M", time.localtime(now_s))),
        _pair(texts, "device", device or _BLANK),
        _pair(texts, "terminal", terminal or _BLANK),
        _pair(texts, "merchant", merchant or _BLANK),
        *_batch(texts, settlement, verdict),
    ]
    open_ends = [
        m for m in settlement.messages if m.state != ids.MS_DONE or next_step(texts, settlement, m)
    ]
    for message in open_ends:
        lines += ["-" * WIDTH, *_message(texts, settlement, message)]
    if not open_ends:
        lines += ["-" * WIDTH, texts.get("slip", "nothing")]
    lines.append("=" * WIDTH)
    lines += [_pair(texts, name, _BLANK) for name in ("caller", "case")]
    return lines


def _pair(texts: Texts, name: str, words: str) -> str:
    return texts.get("screen", "pair", name=texts.get("slip", name), words=words)


def _field(texts: Texts, name: str, words: str) -> str:
    return texts.get("screen", "pair", name=texts.get("field", name), words=words)


def _batch(texts: Texts, settlement: Settlement, verdict: int | None) -> list[str]:
    batch = settlement.batch
    lines = []
    if batch is not None and batch.state != ids.SET_NONE:
        state = table_words(texts, "settlement", names.SETTLEMENT_STATES, batch.state)
        lines.append(_field(texts, "batch", f"{batch.fields.get('batch', 0):06d} {state}"))
        lines.append(_pair(texts, "when", ago(texts, batch.fields.get("age_s", 0))))
    found = [number for number, _ in settlement.verdicts if number not in _WAITS]
    if verdict is not None and whom(verdict) == "tell_acquirer" and verdict not in _WAITS:
        found.insert(0, verdict)
    for number in dict.fromkeys(found):
        lines.append(texts.verdict(names.name_of(names.VERDICTS, number)).helpdesk)
    told = [step for _, step in steps(texts, settlement)[:1] if step]
    step = batch_step(texts, settlement)
    return [*lines, *told, *([step] if step else [])]


def _message(texts: Texts, settlement: Settlement, message: OutboxMessage) -> list[str]:
    fields = message.fields
    state = table_words(texts, "message_state", names.MESSAGE_STATES, message.state)
    why = table_words(texts, "why", names.WHYS, fields["why"]) if fields.get("why") else ""
    words = listed(texts, [state, *([why] if why else [])])
    lines = [message_words(texts, message.mti), _pair(texts, "state", words)]
    for name in ("stan", "batch"):
        if fields.get(name):
            lines.append(_field(texts, name, f"{fields[name]:06d}"))
    if fields.get("rrn"):
        lines.append(_field(texts, "rrn", fields["rrn"]))
    if fields.get("f39"):
        lines.append(_pair(texts, "code", settlement.codes.words(texts, fields["f39"])))
    if clock := clock_time(fields.get("unix_s")):
        lines.append(_pair(texts, "sent_at", clock))
    for name, words in (("host_time", host_time(message)), ("host_day", host_day(message))):
        if words:
            lines.append(_pair(texts, name, words))
    if fields.get("attempts"):
        lines.append(texts.get("field", "attempts", n=fields["attempts"]))
    if message.mti // 100 in (1, 2, 4):
        lines.append(_pair(texts, "amount", _BLANK))
    return lines
