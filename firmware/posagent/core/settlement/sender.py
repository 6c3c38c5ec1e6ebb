"""What leaves next, and what becomes of what got no answer. `s` is the Settlement.

R1: the bytes are those that were handed in. R3 and R4: who may leave again was decided when it was
accepted (MF_REPEATS). R8: no mark on flash, no byte on the air.
"""

from posproto import const, ids
from posproto.at import causes
from posproto.iso8583 import kinds, match

from .. import modules
from . import events
from .dialect import told

_SALES = (kinds.AUTHORISATION, kinds.SALE)
_CONNECT_S = const(5)  # the first pause after a connection that did not open
_FLASH_S = const(60)  # pause where the flash refused a mark


def choose(s):
    """The record that may leave now, or None. Of advices and uploads the least tried one."""
    live = s.outbox.live()
    best = None
    for record in live:
        if record.next_s > s.clock.s or record is s.waiting or s.held(record, live):
            continue
        if best is None or (
            kinds.RANK_ADVICE <= match.rank(record[ids.MSG_MTI]) == match.rank(best[ids.MSG_MTI])
            and record[ids.MSG_ATTEMPTS] < best[ids.MSG_ATTEMPTS]
        ):
            best = record
    return best


def prepare(s, record):
    """Marks `record` as sent and returns its bytes; None: it may not leave."""
    message = modules.call("settlement.sealed", "body", s.outbox, record)
    over = record.age_s(s.clock) >= record[ids.MSG_DEADLINE_S] and not s.overdue(record)
    if over or message is None:
        s.give_up(record, ids.WHY_DEADLINE if over else ids.WHY_DAMAGED)
        return None
    if record.request is None:
        if record.flag(ids.MF_OPAQUE):
            record.request = told(record[ids.MSG_MTI], record[ids.MSG_STAN], record[ids.MSG_BATCH])
        else:
            record.request = s.wire.parse(message)
    if record[ids.MSG_STATE] == ids.MS_READY and not s.outbox.happens(record, events.LEAVES):
        record.next_s = s.clock.s + _FLASH_S
        s.touch()
        return None
    # R3: of a request for money no byte leaves twice.
    assert not record[ids.MSG_ATTEMPTS] or record.kind() not in _SALES
    if record[ids.MSG_ATTEMPTS]:
        s.again()
    record[ids.MSG_ATTEMPTS] += 1
    record.sent_ms = s.clock.ms
    assert s.waiting is None and record[ids.MSG_STATE] == ids.MS_SENT  # R8: the mark is there
    s.waiting = record
    if record.kind() == kinds.SETTLEMENT:
        modules.call("settlement.batch", "left", s, record)
    s.touch()
    s.tell(ids.E_SENT, ids.SEV_INFO, record, ids.A_ATTEMPT, record[ids.MSG_ATTEMPTS])
    if not record.flag(ids.MF_REPEATS):
        record.message = None  # it never leaves again: room for its answer
    return s.wire.wrap(message)


def limit_s(s, record) -> int:
    """How long to wait for the answer."""
    return s.config[
        "settle_timeout_s" if record.kind() == kinds.SETTLEMENT else "answer_timeout_s"
    ]


def connected(s, error: int) -> None:
    """A connection was tried; `error` 0: it is open."""
    s.path.opened(error)
    s.touch()
    if not error:
        s.failures = s.link_s = 0
        return
    s.blame(events.LINK)
    s.link_s = s.clock.s + _pause_s(s, _CONNECT_S, s.failures)
    if error >= ids.TCP_TLS:  # the same handshakes as the path's own
        s.link_s = max(s.link_s, s.clock.s + s.path.due())
    assert s.failures >= 0 and s.waiting is None  # nothing leaves before it is open
    s.failures += 1
    cause = causes.packed(ids.CAUSE_SOCKET, error)
    s.on_event(ids.E_HOST_REFUSED, ids.SEV_WARNING, {ids.A_CAUSE: cause})


def unanswered(s, why: int) -> None:
    """The waiting record got no answer: R3, R4."""
    record = s.waiting
    assert record[ids.MSG_STATE] == ids.MS_SENT and record[ids.MSG_ATTEMPTS] > 0
    s.waiting = None
    s.blame(events.LINK if why == ids.WHY_CONNECTION_LOST else events.HOST)
    if why == ids.WHY_NO_ANSWER or s.closed:
        s.path.silent()
    if not record.flag(ids.MF_REPEATS):
        s.end(record, events.SILENT, why)
    elif record[ids.MSG_ATTEMPTS] >= s.config["attempts_max"]:
        s.give_up(record, ids.WHY_ATTEMPTS)
    else:
        later(s, record)


def later(s, record) -> None:
    """The next attempt, after a pause."""
    assert record.flag(ids.MF_REPEATS) and record[ids.MSG_STATE] == ids.MS_SENT
    record.request = None
    tries = record[ids.MSG_ATTEMPTS] - 1
    record.next_s = s.clock.s + _pause_s(s, s.config["retry_s"], tries)
    s.touch()


def _pause_s(s, first_s, tries):
    """Back-off: doubles to the ceiling, with a quarter of jitter."""
    wait_s = min(first_s << min(tries, 12), s.config["retry_max_s"])
    return wait_s + s.rng.below(wait_s // 4 + 1)
