"""How the settlement of the batch stands: one table of states, one small file on flash.

R7: settled is an accepted 0510 and, where the dialect uploads, an accepted answer to the end
marker; the flags of F48 only say whether the totals agreed. The state is the Settlement's `batch`,
a Record: MSG_STATE is SET_*, MSG_FLAGS the flags of the 0510, MSG_AGE_S since the last change.
"""

from posproto import const, ids
from posproto.iso8583 import kinds, match

from . import events
from .record import SOLD, WHO, Record

FILE = "settle"

_STAYS = const(-1)  # expected, and nothing changes: most of all what a power cut repeats

# {state: {event: the next state}}. What stands in no row is counted, and changes nothing.
NEXT = {
    ids.SET_NONE: {events.BATCH_MONEY: ids.SET_OPEN, events.BATCH_LEAVES: ids.SET_SENT},
    ids.SET_OPEN: {events.BATCH_MONEY: _STAYS, events.BATCH_LEAVES: ids.SET_SENT},
    ids.SET_SENT: {
        events.BATCH_MONEY: _STAYS,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_SILENT: ids.SET_NO_ANSWER,
        events.BATCH_REFUSED: ids.SET_REFUSED,
        events.BATCH_BALANCED: ids.SET_BALANCED,
        events.BATCH_UNBALANCED: ids.SET_UNBALANCED,
        events.BATCH_ERROR: ids.SET_UNBALANCED,
        events.BATCH_NO_FLAGS: ids.SET_NO_FLAGS,
        events.BATCH_DIFFERENCE: ids.SET_DIFFERENCE,
        events.BATCH_AT_ONCE: ids.SET_CLOSED,
    },
    ids.SET_NO_ANSWER: {
        events.BATCH_MONEY: _STAYS,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_SILENT: _STAYS,
        events.BATCH_REFUSED: ids.SET_REFUSED,  # an answer may be late
        events.BATCH_BALANCED: ids.SET_BALANCED,
        events.BATCH_UNBALANCED: ids.SET_UNBALANCED,
        events.BATCH_ERROR: ids.SET_UNBALANCED,
        events.BATCH_NO_FLAGS: ids.SET_NO_FLAGS,
        events.BATCH_DIFFERENCE: ids.SET_DIFFERENCE,
        events.BATCH_AT_ONCE: ids.SET_CLOSED,
    },
    ids.SET_REFUSED: {
        events.BATCH_MONEY: _STAYS,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_REFUSED: _STAYS,
    },
    ids.SET_BALANCED: {
        events.BATCH_MONEY: ids.SET_OPEN,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_BALANCED: _STAYS,
        events.BATCH_DETAIL: ids.SET_UPLOADING,
        events.BATCH_END: ids.SET_CLOSED,
        events.BATCH_END_FAILED: ids.SET_UPLOAD_INCOMPLETE,
    },
    ids.SET_UNBALANCED: {
        events.BATCH_MONEY: _STAYS,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_UNBALANCED: _STAYS,
        events.BATCH_ERROR: _STAYS,
        events.BATCH_DETAIL: ids.SET_UPLOADING,
        events.BATCH_END: ids.SET_CLOSED_AFTER_UPLOAD,
        events.BATCH_END_FAILED: ids.SET_UPLOAD_INCOMPLETE,
    },
    ids.SET_NO_FLAGS: {
        events.BATCH_MONEY: ids.SET_OPEN,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_NO_FLAGS: _STAYS,
        events.BATCH_DETAIL: ids.SET_UPLOADING,
        events.BATCH_END: ids.SET_CLOSED,
        events.BATCH_END_FAILED: ids.SET_UPLOAD_INCOMPLETE,
    },
    ids.SET_UPLOADING: {
        events.BATCH_MONEY: _STAYS,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_DETAIL: _STAYS,
        events.BATCH_END: ids.SET_CLOSED_AFTER_UPLOAD,
        events.BATCH_END_FAILED: ids.SET_UPLOAD_INCOMPLETE,
    },
    ids.SET_UPLOAD_INCOMPLETE: {
        events.BATCH_MONEY: _STAYS,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_DETAIL: ids.SET_UPLOADING,
        events.BATCH_END: ids.SET_CLOSED_AFTER_UPLOAD,
        events.BATCH_END_FAILED: _STAYS,
    },
    ids.SET_DIFFERENCE: {
        events.BATCH_MONEY: ids.SET_OPEN,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_DIFFERENCE: _STAYS,
    },
    ids.SET_CLOSED: {
        events.BATCH_MONEY: ids.SET_OPEN,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_AT_ONCE: _STAYS,
        events.BATCH_END: _STAYS,
    },
    ids.SET_CLOSED_AFTER_UPLOAD: {
        events.BATCH_MONEY: ids.SET_OPEN,
        events.BATCH_LEAVES: ids.SET_SENT,
        events.BATCH_END: _STAYS,
    },
}
_SEVERITIES = {
    ids.SET_NO_ANSWER: ids.SEV_ERROR,
    ids.SET_REFUSED: ids.SEV_ERROR,
    ids.SET_UNBALANCED: ids.SEV_WARNING,
    ids.SET_NO_FLAGS: ids.SEV_WARNING,
    ids.SET_UPLOAD_INCOMPLETE: ids.SEV_ERROR,
    ids.SET_DIFFERENCE: ids.SEV_ERROR,
}


def step(s, event: int, message, answer=None) -> None:
    """`event` happened to the message of the record `message`, with the parsed `answer`."""
    record = s.batch
    state = record[ids.MSG_STATE]
    assert state in NEXT and events.BATCH_MONEY <= event <= events.BATCH_AT_ONCE
    unfinished = state in (ids.SET_BALANCED, ids.SET_NO_FLAGS)
    if (
        event == events.BATCH_MONEY
        and unfinished
        and message[ids.MSG_BATCH] == record[ids.MSG_BATCH]
    ):
        return  # its end marker is still to come
    following = NEXT.get(state, {}).get(event)
    if following is None:
        s.counters[ids.C_UNEXPECTED] += 1
        return
    if following == _STAYS:
        return
    if following == ids.SET_CLOSED_AFTER_UPLOAD and record[ids.MSG_FLAGS] in (0x10, 0x11):
        following = ids.SET_CLOSED  # only chip certificates were uploaded
    if event <= events.BATCH_LEAVES:
        s.batch = record = Record(0)
        record[ids.MSG_BATCH] = message[ids.MSG_BATCH]
        if event == events.BATCH_MONEY:  # counted already where its mark came first
            s.outbox.sold = int(message[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED)
    if event != events.BATCH_MONEY:
        record[ids.MSG_STAN] = message[ids.MSG_STAN]
    if answer:
        record.note(answer)
        flags = answer.flags or (0, 0)
        record[ids.MSG_FLAGS] = flags[0] << 4 | flags[1]
    _change(s, following)


def left(s, message) -> None:
    """A 0500 leaves."""
    step(s, events.BATCH_LEAVES, message)


def money(s, message) -> None:
    """An approved transaction, or an advice that was delivered."""
    step(s, events.BATCH_MONEY, message)


def answered(s, message, answer) -> None:
    """A 0510 came."""
    assert message.kind() == kinds.SETTLEMENT
    flagged = s.wire.flagged
    says = match.settlement(answer, flagged)
    at_once = says == match.SETTLE_BALANCED and not flagged
    step(s, events.BATCH_AT_ONCE if at_once else events.BATCH_REFUSED + says, message, answer)


def uploaded(s, message, accepted: bool) -> None:
    """A 0320 came to its end."""
    assert message.kind() == kinds.UPLOAD
    code = message[ids.MSG_CODE]
    if code not in (kinds.END_UNBALANCED, kinds.END_BALANCED):
        if accepted:
            step(s, events.BATCH_DETAIL, message)
        return
    state = s.batch[ids.MSG_STATE]
    says = -1
    if state == ids.SET_BALANCED:
        says = match.SETTLE_BALANCED
    elif state == ids.SET_UNBALANCED:
        says = match.SETTLE_UNBALANCED
    if match.end_mismatch(says, str(code)):
        _tell(s, ids.E_END_MISMATCH, ids.SEV_WARNING)
    step(s, events.BATCH_END if accepted else events.BATCH_END_FAILED, message)


def unanswered(s, message) -> None:
    """A 0500 or a 0320 ended without an answer."""
    assert message.kind() in (kinds.UPLOAD, kinds.SETTLEMENT)
    if message.kind() == kinds.UPLOAD:
        uploaded(s, message, False)
        return
    if s.batch[ids.MSG_STAN] != message[ids.MSG_STAN]:
        step(s, events.BATCH_LEAVES, message)  # power failed between its mark and this step
    step(s, events.BATCH_SILENT, message)


def _change(s, state):
    record = s.batch
    assert state in NEXT and s.outbox.sold >= 0
    record[ids.MSG_STATE] = state
    record[ids.MSG_AGE_S] = 0
    record[ids.MSG_UNIX_S] = s.clock.unix_s
    record[WHO] = int(s.clock.sure)
    record[ids.MSG_END] = s.outbox.ends
    record[SOLD] = s.outbox.sold
    record.since_s = s.clock.s
    record.asleep = False
    keep(s)
    if state >= ids.SET_CLOSED:
        _reconciled(s.outbox, record[ids.MSG_BATCH])
    _tell(s, ids.E_SETTLEMENT_STATE, _SEVERITIES.get(state, ids.SEV_INFO))


def keep(s) -> None:
    """Writes how it stands."""
    try:
        s.outbox.storage.write(FILE, s.batch.marker())
    except OSError:
        s.counters[ids.C_FLASH_ERRORS] += 1  # the event tells it, the next change tries again


def _reconciled(outbox, number):
    """The batch is closed: what of it the host refused, or left open, is between its books and
    the slips now.
    """
    for other in outbox.issues():
        taken = other.flag(ids.MF_TAKEN)
        over = other[ids.MSG_STATE] == ids.MS_REFUSED or other.kind() == kinds.ADVICE
        if taken and over and other[ids.MSG_BATCH] == number:
            outbox.happens(other, events.CLOSED)


def _tell(s, event, severity):
    args = s.batch.args()
    args[ids.A_STATE] = s.batch[ids.MSG_STATE]
    if s.batch[ids.MSG_FLAGS]:
        args[ids.A_FLAGS] = s.batch[ids.MSG_FLAGS]
    s.on_event(event, severity, args)
