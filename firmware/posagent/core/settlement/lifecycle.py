"""The life of one message: every state, every event, in one table.

Only step() changes a state and writes its marker; an Outbox has it as its `happens`.
R8: the mark is on flash before what it allows is done. READY until a byte may have left, SENT
until an answer, an end without one, or a restart; what has ended is DONE when the application has
taken the end and nothing of it is open.

    handed in -> READY -> SENT -> ACKNOWLEDGED, REFUSED -> DONE
                   |       '----> UNKNOWN, EXPIRED ------> DONE     (a late answer may still come)
                   '------------> CANCELLED, NOT_SENT ---> DONE
"""

from posproto import ids

from . import events
from .record import BODY, MARKER, SOLD

_UNSENT = (ids.MS_CANCELLED, ids.MS_NOT_SENT)

# {state: {event: the next state}}; KEPT is expected everywhere. What stands in no row is counted.
NEXT = {
    ids.MS_READY: {
        events.LEAVES: ids.MS_SENT,
        events.RESCUED: ids.MS_SENT,
        events.GIVEN_UP: ids.MS_NOT_SENT,
        events.WITHDRAWN: ids.MS_CANCELLED,
        events.RESTARTED: ids.MS_NOT_SENT,
    },
    ids.MS_SENT: {
        events.CONFIRMED: ids.MS_ACKNOWLEDGED,
        events.REFUSED: ids.MS_REFUSED,
        events.SILENT: ids.MS_UNKNOWN,
        events.GIVEN_UP: ids.MS_EXPIRED,
        events.WITHDRAWN: ids.MS_EXPIRED,  # its repeats stop; it was sent
        events.RESTARTED: ids.MS_UNKNOWN,
    },
    ids.MS_ACKNOWLEDGED: {events.RESTARTED: ids.MS_UNKNOWN, events.CLOSED: ids.MS_DONE},
    ids.MS_REFUSED: {events.RESTARTED: ids.MS_UNKNOWN, events.CLOSED: ids.MS_DONE},
    ids.MS_UNKNOWN: {
        events.CONFIRMED: ids.MS_ACKNOWLEDGED,
        events.REFUSED: ids.MS_REFUSED,
        events.LATE: ids.MS_UNKNOWN,
        events.RESTARTED: ids.MS_UNKNOWN,
        events.CLOSED: ids.MS_DONE,
    },
    ids.MS_EXPIRED: {
        events.CONFIRMED: ids.MS_ACKNOWLEDGED,
        events.REFUSED: ids.MS_REFUSED,
        events.LATE: ids.MS_UNKNOWN,
        events.RESTARTED: ids.MS_UNKNOWN,
        events.CLOSED: ids.MS_DONE,
    },
    ids.MS_CANCELLED: {events.CLOSED: ids.MS_DONE},
    ids.MS_NOT_SENT: {events.CLOSED: ids.MS_DONE},
    ids.MS_DONE: {events.CLOSED: ids.MS_DONE},
}


def step(outbox, record, event: int, why: int = -1) -> bool:
    """`event` happened to the message of `record`: sets its state, on flash too; `why`: WHY_*, -1
    leaves it. False: all is as it was, and nothing may follow. Either no row expects the event
    (counted), or the flash refused the mark without which no byte may leave.
    """
    before = record[ids.MSG_STATE]
    state = before if event == events.KEPT else NEXT.get(before, {}).get(event)
    if state is None:
        outbox.counters[ids.C_UNEXPECTED] += 1
        return False
    if state in _UNSENT and event != events.KEPT:
        record[ids.MSG_FLAGS] |= ids.MF_UNSENT
    if state > ids.MS_SENT and (event == events.LATE or (state != before and state < ids.MS_DONE)):
        outbox.ends += 1  # no matter whether the flash takes it: a start leaves a gap
        record[ids.MSG_END] = outbox.ends
        if state == ids.MS_ACKNOWLEDGED and record.sells():
            outbox.sold += 1  # a start that loses the answer takes it back: recovery.py
        record[SOLD] = outbox.sold
    assert ids.MS_READY <= state <= ids.MS_DONE and record.since_s <= outbox.clock.s
    # What ended never leaves again, and what left is never taken for what did not.
    assert state != ids.MS_READY or before <= ids.MS_READY
    assert event != events.LEAVES or not record[ids.MSG_ATTEMPTS]
    assert state >= ids.MS_CANCELLED or not record.flag(ids.MF_UNSENT)
    record[ids.MSG_AGE_S] = record.age_s(outbox.clock)
    record.since_s = outbox.clock.s
    record[ids.MSG_STATE] = state
    if why >= 0:
        record[ids.MSG_WHY] = why
    try:
        outbox.storage.write(MARKER % record.slot, record.marker())
    except OSError:
        outbox.counters[ids.C_FLASH_ERRORS] += 1
        if event == events.LEAVES:
            record[ids.MSG_STATE] = before
            return False
        outbox.unsaved = record
        return True
    if not record.live():
        record.message = record.request = None
        if before <= ids.MS_SENT and not record.flag(ids.MF_VOLATILE):
            outbox.remove(BODY % record.slot)
    return True
