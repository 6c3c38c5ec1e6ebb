"""What an answer means: for its message, for the batch, for what is known of the terminal.

R6: matched by posproto.iso8583.match. R7: acknowledged is what was answered; the application, who
can check the MAC, has the last word. R11: only codes that ask to wait are followed by a repeat.
`s` is the Settlement.
"""

from posproto import const, ids
from posproto.iso8583 import IsoError, kinds, match, responses

from .. import modules
from ..life.clock import ticks_diff
from . import events, sender
from .dialect import Wire, pairs, told
from .record import AMOUNT, F3, F7

_SALES = (kinds.AUTHORISATION, kinds.SALE)
_REVERSALS = (kinds.REVERSAL, kinds.REVERSAL_ADVICE)
_NEAR_S = const(3600)
_SOON_S = const(900)  # a reversal comes so soon behind its sale, where it comes at once
_LIMITS = ("61", "65")  # of amount, of frequency


def hear(s) -> None:
    """What came since the last turn, then the end of the exchange, if that came."""
    if s.unfollowed:
        _follow(s, *s.unfollowed)
        s.unfollowed = None
    while s.frames:
        frame = s.frames[0]
        lost = frame is None or isinstance(frame, str)  # the framing, where that was recognised
        if lost:
            unparsed(s, frame or "")
        if lost or not received(s, frame):
            s.senseless = True
            s.frames.clear()
        else:
            s.frames.pop(0)  # last, so that a turn that is given up hears it again
    if s.over:
        s.over = False
        s.wire = None  # or its modules would never go
        if s.waiting is not None:
            sender.unanswered(s, ids.WHY_CONNECTION_LOST)


def received(s, frame: bytes) -> bool:
    """A frame from the host; False: it makes no sense, so the connection must be closed. It is
        unreadable: the end of an opaque message that waits, else without sense;
        the answer to what waits, or to an earlier one that it fits better;
        what waits, sent back by the host: rejected;
        none of these: late, a second time, or nobody's.
    So while the sale 000021 waits, an 0210 of 000020, which was given up, is a late answer.
    """
    waiting = s.waiting
    try:
        message = s.wire.parse(frame)
    except IsoError:
        if waiting is None or not waiting.flag(ids.MF_OPAQUE):
            unparsed(s)
            return False
        _over(s, waiting, True, 0, None, frame)
        return True
    relation = match.UNRELATED
    if waiting is not None:
        relation = match.relate(waiting.request, message, s.config["match"])
    if relation == match.ANSWER:
        record = _nearest(s, waiting, message)
        if match.outcome(_asked(record), message) == match.UNCLEAR:
            unparsed(s)
            return False
        if record is waiting:
            _answered(s, waiting, message, frame)
        else:
            _other(s, record, message, frame)
    elif relation == match.REJECTED:
        _over(s, waiting, False, ids.WHY_REJECTED, message, frame)
    else:
        _stray(s, message, frame)
    return True


def _asked(record):
    """The request that an answer may be about, None where none left in this life: parsed while it
    is under way, afterwards as the marker tells it. Two dozen parsed ones would take 13 KB.
    """
    if record.request or record.sent_ms < 0:
        return record.request
    request = told(record[ids.MSG_MTI], record[ids.MSG_STAN], record[ids.MSG_BATCH])
    for name, field, form in (("f3", F3, "%06d"), ("f4", AMOUNT, "%012d"), ("f7", F7, "%010d")):
        if record[field]:
            setattr(request, name, form % record[field])
    return request


def _nearest(s, waiting, message):
    """The record that this answer is about: the one that waits, unless an earlier one of its class
    and STAN, whose answer may still come, fits better.
    """
    best, known = waiting, waiting.request
    for record in s.outbox.records:
        if record is waiting or record.kind() != waiting.kind():
            continue
        request = _asked(record)
        if not request or match.relate(request, message, s.config["match"]) != match.ANSWER:
            continue
        if _fits_better(request, known, message):
            best, known = record, request
    return best


def _fits_better(one, other, message):
    """Does an answer differ less from one request than from another? Only what both know counts: a
    request that ended is known by its marker, without the fields that hosts rewrite most.
    """
    ours = [n for n in match.differences(one, message) if getattr(other, n) is not None]
    theirs = [n for n in match.differences(other, message) if getattr(one, n) is not None]
    return len(ours) < len(theirs)


def _remark(s, record, message):
    """What differs between an answer and its request is told, masked: hosts rewrite fields."""
    request = _asked(record)
    for name in match.differences(request, message):
        values = [_masked(getattr(m, name)) for m in (request, message)]
        args = record.args()
        args[ids.A_RECORD] = record[ids.MSG_ID]
        args[ids.A_KEY] = name[1:]
        args[ids.A_TEXT] = " / ".join(values)
        s.on_event(ids.E_ANSWER_DIFFERS, ids.SEV_INFO, args)


def _masked(text):
    return "*" * max(len(text) - 4, 0) + text[-4:]


def unparsed(s, form: str = "") -> None:
    """An answer that is damaged or of another dialect; `form`: its framing, where it is known."""
    s.counters[ids.C_ANSWERS_UNPARSED] += 1
    s.alert = ids.V_ANSWER_UNPARSED
    s.on_event(ids.E_UNPARSED_ANSWER, ids.SEV_ERROR, {ids.A_TEXT: form} if form else None)
    s.touch()


def _heard(s, record):
    if record is s.waiting:
        s.waiting = None
    s.answers += 1
    s.path.answered()


def _answered(s, record, message, frame):
    """A matching answer."""
    assert record[ids.MSG_STATE] != ids.MS_READY  # to what never left there is none
    groups = pairs(s.config["f39_groups"])
    outcome = match.outcome(_asked(record), message, groups, s.wire.flagged)
    _judge_host(s, message, groups)
    again = outcome == match.RETRY and record.flag(ids.MF_REPEATS) and record.live()
    if again and record[ids.MSG_ATTEMPTS] < s.config["attempts_max"]:
        _heard(s, record)
        s.blame(events.HOST)
        record.note(message)
        sender.later(s, record)
        wait_s = record.next_s - s.clock.s
        s.tell(ids.E_REPEAT_LATER, ids.SEV_WARNING, record, ids.A_WAIT_S, wait_s)
        return
    _over(s, record, outcome == match.DONE, 0, message, frame)


def _over(s, record, accepted, why, message, frame):
    """The end of `record`, by an answer."""
    assert record[ids.MSG_STATE] == ids.MS_SENT or record.flag(ids.MF_LATE)
    _heard(s, record)
    elapsed_ms = ticks_diff(s.clock.ms, record.sent_ms)
    record[ids.MSG_ELAPSED_MS] = elapsed_ms
    if message:
        record.note(message)
        if _asked(record):
            _remark(s, record, message)
        _dates(s, message)
    # Sealed, then what follows, then the mark: a cut in between is made good by the next start. Of
    # a live request nothing is sealed: its mark comes first.
    state, event = ids.MS_REFUSED, events.REFUSED
    if accepted:
        state, event = ids.MS_ACKNOWLEDGED, events.CONFIRMED
    modules.call("settlement.sealed", "keep_answer", s.outbox, record, state, why, frame)
    live = record.flag(ids.MF_VOLATILE)
    if live:
        s.unfollowed = (record, message, accepted)
        s.outbox.happens(record, event, why)
    told, severity = ids.E_REFUSED, ids.SEV_WARNING
    if accepted:
        told, severity = ids.E_ACKNOWLEDGED, ids.SEV_INFO
        s.last_ack_s = s.clock.s
        s.alert = 0
    else:
        s.blame(_blame(s, message))
    s.tell(told, severity, record, ids.A_ELAPSED_MS, elapsed_ms)
    _follow(s, record, message, accepted)
    s.unfollowed = None
    if not live:
        s.outbox.happens(record, event, why)


def _blame(s, message):
    """Who causes the calls that follow a refusal."""
    code = message.f39 if message else None
    if not code:
        return events.HOST
    if code in _LIMITS:
        return events.LIMITS
    letter = responses.group(code, pairs(s.config["f39_groups"]), s.wire.flagged)
    return events.CARDS if letter in "CP" else events.HOST


def resumed(s, record, accepted: bool, frame) -> None:
    """The power failed between this answer, whose fields `record` has again, and its mark."""
    assert record[ids.MSG_STATE] == ids.MS_SENT and s.wire is None is s.waiting
    s.wire = Wire(s.config)
    try:
        message = s.wire.parse(frame)
    except IsoError:
        message = None
    _follow(s, record, message, accepted)
    s.wire = None
    s.outbox.happens(record, events.CONFIRMED if accepted else events.REFUSED)


def _follow(s, record, message, accepted):
    """What else an answer means: for the batch, for open ends."""
    kind = record.kind()
    if kind in _REVERSALS:
        _settle(s, record)
    elif kind == kinds.UPLOAD:
        modules.call("settlement.batch", "uploaded", s, record, accepted)
    elif kind == kinds.SETTLEMENT:
        if message:
            modules.call("settlement.batch", "answered", s, record, message)
    elif accepted and record.sells():
        modules.call("settlement.batch", "money", s, record)
    s.touch()


def _settle(s, record):
    """A reversal was answered: its sale is no open end any more, and no earlier reversal of it.

    A STAN comes again, in the same batch where that is absent or does not advance: only where
    several sales have it, amount, F3, F7, F41, F42 and the time of sending decide among them.
    Where two are left both stay open.
    """
    assert record.kind() in _REVERSALS
    outbox = s.outbox
    of_stan = [r for r in outbox.records if _of_stan(r, record)]
    sales = [r for r in of_stan if r.kind() in _SALES and not r.flag(ids.MF_UNSENT)]
    if len(sales) > 1:
        sales = [r for r in sales if not r.differs(record)] or sales
    if len(sales) > 1:
        age_s = record.age_s(s.clock)
        soon = [r for r in sales if r.age_s(s.clock) - age_s <= _SOON_S]
        sales = soon or sales
    if len(sales) == 1 and _counts(s, sales[0]):
        s.outbox.sold = max(s.outbox.sold - 1, 0)
    still = [r for r in sales if r.issue()]
    if len(sales) > 1 and still:
        for sale in still:
            sale[ids.MSG_FLAGS] |= ids.MF_UNCLEAR
            outbox.happens(sale, events.KEPT)
        s.tell(ids.E_REVERSAL_UNCLEAR, ids.SEV_WARNING, record, ids.A_COUNT, len(sales))
        return
    for other in of_stan:
        again = other.kind() in _REVERSALS and not other.differs(record)
        if other.issue() and (other in sales or again):
            other[ids.MSG_FLAGS] &= ~ids.MF_REVERSAL_DUE
            outbox.happens(other, events.CLOSED if other.flag(ids.MF_TAKEN) else events.KEPT)


def _counts(s, sale):
    """Was it counted as sold, in the batch that is counted now?"""
    if sale[ids.MSG_BATCH] != s.batch[ids.MSG_BATCH]:
        return False
    state = sale[ids.MSG_STATE]
    if state == ids.MS_DONE and not sale.flag(ids.MF_LATE):
        groups = pairs(s.config["f39_groups"])
        return responses.group(sale[ids.MSG_F39], groups, s.wire.flagged) == "A"
    return state == ids.MS_ACKNOWLEDGED and sale.sells()


def _of_stan(other, record):
    """Is it an earlier one of the reversal's STAN and batch?"""
    batch = record[ids.MSG_BATCH]
    return (
        other[ids.MSG_STAN] == record[ids.MSG_STAN]
        and other[ids.MSG_ORDER] < record[ids.MSG_ORDER]
        and (other[ids.MSG_BATCH] == batch or not (batch and other[ids.MSG_BATCH]))
    )


def _dates(s, message):
    """A host's date and hour are a second source for the calendar."""
    clock = s.clock
    if clock.sure or not clock.unix_s or not (message.f12 and message.f13):
        return
    local_s = clock.unix_s + clock.zone_s
    _, month, day = modules.call("credit.calendar", "date_of", local_s // 86400)
    f12 = int(message.f12)
    second = f12 // 10000 * 3600 + f12 // 100 % 100 * 60 + f12 % 100
    near = -_NEAR_S < second - local_s % 86400 < _NEAR_S
    clock.sure = near and int(message.f13) == month * 100 + day


def _judge_host(s, message, groups):
    """What an answer's code and header tell of terminal, keys and host."""
    order, s.host_order = s.host_order, message.order
    if message.order and message.order != order:
        s.on_event(ids.E_HOST_ORDER, ids.SEV_WARNING, {ids.A_STATE: message.order})
    code = message.f39
    national = s.wire.flagged
    verdict = responses.verdict(code, groups, national) if code else 0
    if verdict:
        s.host_s = s.clock.s
        s.host_verdict = verdict
        s.host_cause = responses.cause(code)
    elif s.host_verdict and code and responses.group(code, groups, national) == "A":
        args = {ids.A_VERDICT: s.host_verdict}
        s.host_verdict = 0
        s.on_event(ids.E_HOST_TAKES_AGAIN, ids.SEV_INFO, args)


def _stray(s, message, frame):
    """No answer to what waits: late, again, or nobody's. Of several candidates the nearest."""
    best = known = None
    for record in reversed(s.outbox.records):
        request = None if record is s.waiting else _asked(record)
        if not request or match.relate(request, message, s.config["match"]) != match.ANSWER:
            continue
        if best is None or _fits_better(request, known, message):
            best, known = record, request
    if best is not None and match.outcome(known, message) != match.UNCLEAR:
        _other(s, best, message, frame)
        return
    s.counters[ids.C_ANSWERS_UNMATCHED] += 1
    args = {ids.A_MTI: message.mti, ids.A_STAN: int(message.f11 or 0)}
    s.on_event(ids.E_UNMATCHED_ANSWER, ids.SEV_WARNING, args)


def _other(s, record, message, frame):
    """The answer to one that does not wait on this connection."""
    assert record is not s.waiting and record[ids.MSG_STATE] != ids.MS_READY
    state = record[ids.MSG_STATE]
    if state == ids.MS_SENT:
        _answered(s, record, message, frame)
    elif state in (ids.MS_UNKNOWN, ids.MS_EXPIRED) and not record.flag(ids.MF_LATE):
        _late(s, record, message, frame)
    else:
        s.counters[ids.C_ANSWERS_DUPLICATE] += 1


def _late(s, record, message, frame):
    """An answer after the end was told. For a sale it is no approval: the cashier said no."""
    assert record is not s.waiting and not record.flag(ids.MF_LATE)
    s.counters[ids.C_ANSWERS_LATE] += 1
    record[ids.MSG_FLAGS] |= ids.MF_LATE
    elapsed_ms = ticks_diff(s.clock.ms, record.sent_ms)
    for other in s.outbox.records:
        if (
            other[ids.MSG_STAN] == record[ids.MSG_STAN]
            and other.kind() in _REVERSALS
            and other[ids.MSG_STATE] in (ids.MS_SENT, ids.MS_ACKNOWLEDGED)
        ):
            record[ids.MSG_WHY] = ids.WHY_REVERSED
    record.note(message)
    s.tell(ids.E_LATE_ANSWER, ids.SEV_WARNING, record, ids.A_ELAPSED_MS, elapsed_ms)
    why = record[ids.MSG_WHY]
    if match.rank(record[ids.MSG_MTI]) != kinds.RANK_LIVE:
        _answered(s, record, message, frame)
    elif why != ids.WHY_REVERSED:
        modules.call(
            "settlement.sealed", "keep_answer", s.outbox, record, ids.MS_UNKNOWN, why, frame
        )
        s.outbox.happens(record, events.LATE)
    s.touch()
