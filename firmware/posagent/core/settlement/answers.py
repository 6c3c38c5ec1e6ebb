"""What an answer means: for its message, for the batch, for what is known of the terminal.

R6: matched by posproto.iso8583.match. R7: acknowledged is what was answered; the application, who
can check the MAC, has the last word. R11: only codes that ask to wait are followed by a repeat.
`s` is the Settlement.
"""

from posproto import ids
from posproto.iso8583 import IsoError, match, responses

from .. import modules
from ..life.clock import ticks_diff
from . import sender
from .dialect import Wire, pairs
from .settlement import CARDS, HOST, LIMITS

_LIMITS = ("61", "65")  # of amount, of frequency


def received(s, frame: bytes) -> bool:
    """A frame from the host; False: it makes no sense, so the connection must be closed."""
    waiting = s.waiting
    try:
        message = s.wire.parse(frame)
    except IsoError:
        if waiting is None or not waiting.flag(ids.MF_OPAQUE):
            unparsed(s)
            return False
        _over(s, waiting, ids.MS_ACKNOWLEDGED, 0, None, frame)
        return True
    relation = match.UNRELATED
    if waiting is not None:
        relation = match.relate(waiting.request, message)
    if relation == match.ANSWER:
        _answered(s, waiting, message, frame)
    elif relation == match.REJECTED:
        _over(s, waiting, ids.MS_REFUSED, ids.WHY_REJECTED, message, frame)
    else:
        _stray(s, message, frame)
    return True


def unparsed(s) -> None:
    """An answer that is damaged or of another dialect."""
    s.counters[ids.C_ANSWERS_UNPARSED] += 1
    s.mark = ids.V_ANSWER_UNPARSED
    s.on_event(ids.E_UNPARSED_ANSWER, ids.SEV_ERROR)
    s.touch()


def _heard(s, record):
    if record is s.waiting:
        s.waiting = None
    s.answers += 1
    s.path.answered()


def _answered(s, record, message, frame):
    """A matching answer."""
    groups = pairs(s.config["f39_groups"])
    outcome = match.outcome(record.request, message, groups)
    _judge_host(s, message, groups)
    again = outcome == match.RETRY and record.flag(ids.MF_REPEATS)
    if again and record[ids.MSG_ATTEMPTS] < s.config["attempts_max"]:
        _heard(s, record)
        s.traffic[HOST] += 1
        record.note(message)
        sender.later(s, record)
        wait_s = record.next_s - s.clock.s
        s.tell(ids.E_REPEAT_LATER, ids.SEV_WARNING, record, ids.A_WAIT_S, wait_s)
        return
    state = ids.MS_ACKNOWLEDGED if outcome == match.DONE else ids.MS_REFUSED
    _over(s, record, state, 0, message, frame)


def _over(s, record, state, why, message, frame):
    """The end of `record`, by an answer."""
    _heard(s, record)
    elapsed_ms = ticks_diff(s.clock.ms, record.sent_ms)
    record[ids.MSG_ELAPSED_MS] = elapsed_ms
    if message:
        record.note(message)
    # Sealed, then what follows, then the mark: a cut in between is made good by the next start. Of
    # a live request nothing is sealed: its mark comes first.
    modules.call("settlement.sealed", "keep_answer", s.outbox, record, state, why, frame)
    live = record.flag(ids.MF_VOLATILE)
    if live:
        s.outbox.mark(record, state, why)
    accepted = state == ids.MS_ACKNOWLEDGED
    event, severity = ids.E_REFUSED, ids.SEV_WARNING
    if accepted:
        event, severity = ids.E_ACKNOWLEDGED, ids.SEV_INFO
        s.last_ack_s = s.clock.s
        s.mark = 0
    else:
        s.traffic[_blame(s, message)] += 1
    s.tell(event, severity, record, ids.A_ELAPSED_MS, elapsed_ms)
    _follow(s, record, message, accepted)
    if not live:
        s.outbox.mark(record, state, why)


def _blame(s, message):
    """Who causes the calls that follow a refusal."""
    code = message.f39 if message else None
    if not code:
        return HOST
    if code in _LIMITS:
        return LIMITS
    return CARDS if responses.group(code, pairs(s.config["f39_groups"])) in "CP" else HOST


def resumed(s, record, frame) -> None:
    """The power failed between this answer and its mark, which `record` has again."""
    s.wire = Wire(s.config)
    try:
        message = s.wire.parse(frame)
    except IsoError:
        message = None
    accepted = record[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED
    _follow(s, record, message, accepted)
    s.wire = None
    s.outbox.mark(record, record[ids.MSG_STATE], record[ids.MSG_WHY])


def _follow(s, record, message, accepted):
    """What else an answer means: for the batch, for open ends."""
    kind = record.kind()
    if kind in (40, 42):
        _settle(s.outbox, record)
    elif kind in (32, 50) or (accepted and (kind == 22 or record.flag(ids.MF_REVERSAL_DUE))):
        if kind == 32:
            modules.call("settlement.batch", "uploaded", s, record, accepted)
        elif kind != 50:
            modules.call("settlement.batch", "money", s, record)
        elif message:
            modules.call("settlement.batch", "answered", s, record, message)
    s.touch()


def _settle(outbox, record):
    """A reversal was answered: the sale of the same STAN and batch is no open end any more."""
    for other in outbox.issues():
        if (
            other is not record
            and other[ids.MSG_STAN] == record[ids.MSG_STAN]
            and other[ids.MSG_BATCH] == record[ids.MSG_BATCH]
        ):
            other[ids.MSG_FLAGS] &= ~ids.MF_REVERSAL_DUE
            state = ids.MS_DONE if other.flag(ids.MF_TAKEN) else other[ids.MSG_STATE]
            outbox.mark(other, state, other[ids.MSG_WHY])


def _judge_host(s, message, groups):
    """What an answer's code and header tell of terminal, keys and host."""
    order, s.host_order = s.host_order, message.order
    if message.order and message.order != order:
        s.on_event(ids.E_HOST_ORDER, ids.SEV_WARNING, {ids.A_STATE: message.order})
    code = message.f39
    verdict = responses.verdict(code) if code else 0
    if message.mti // 10 == 51 and code == "77" and not s.wire.flagged:
        verdict = 0  # not the batch's number: it is closed with a difference
    if verdict:
        s.host_s = s.clock.s
        s.host_verdict = verdict
        s.host_cause = responses.cause(code)
    elif s.host_verdict and code and responses.group(code, groups) == "A":
        args = {ids.A_VERDICT: s.host_verdict}
        s.host_verdict = 0
        s.on_event(ids.E_HOST_TAKES_AGAIN, ids.SEV_INFO, args)


def _stray(s, message, frame):
    """No answer to what waits: late, again, or nobody's."""
    for record in reversed(s.outbox.records):
        if record.request is None or record is s.waiting:
            continue
        if match.relate(record.request, message) != match.ANSWER:
            continue
        state = record[ids.MSG_STATE]
        if state == ids.MS_SENT:
            _answered(s, record, message, frame)
        elif state in (ids.MS_UNKNOWN, ids.MS_EXPIRED) and not record.flag(ids.MF_LATE):
            _late(s, record, message, frame)
        else:
            s.counters[ids.C_ANSWERS_DUPLICATE] += 1
        return
    s.counters[ids.C_ANSWERS_UNMATCHED] += 1
    args = {ids.A_MTI: message.mti, ids.A_STAN: int(message.f11 or 0)}
    s.on_event(ids.E_UNMATCHED_ANSWER, ids.SEV_WARNING, args)


def _late(s, record, message, frame):
    """An answer after the end was told. For a sale it is no approval: the cashier said no."""
    s.counters[ids.C_ANSWERS_LATE] += 1
    record[ids.MSG_FLAGS] |= ids.MF_LATE
    elapsed_ms = ticks_diff(s.clock.ms, record.sent_ms)
    for other in s.outbox.records:
        if (
            other[ids.MSG_STAN] == record[ids.MSG_STAN]
            and other.kind() in (40, 42)
            and other[ids.MSG_STATE] in (ids.MS_SENT, ids.MS_ACKNOWLEDGED)
        ):
            record[ids.MSG_WHY] = ids.WHY_REVERSED
    record.note(message)
    s.tell(ids.E_LATE_ANSWER, ids.SEV_WARNING, record, ids.A_ELAPSED_MS, elapsed_ms)
    why = record[ids.MSG_WHY]
    if match.rank(record[ids.MSG_MTI]) != 2:
        _answered(s, record, message, frame)
    elif why != ids.WHY_REVERSED:
        modules.call(
            "settlement.sealed", "keep_answer", s.outbox, record, ids.MS_UNKNOWN, why, frame
        )
        s.outbox.mark(record, ids.MS_UNKNOWN, why)
    s.touch()
