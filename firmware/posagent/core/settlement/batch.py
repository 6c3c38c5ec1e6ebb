"""How the settlement of the batch stands: one table of states, one small file on flash.

R7: settled is an accepted 0510 and, where the dialect uploads, an accepted answer to the end
marker; the flags of F48 only say whether the totals agreed. The state is the Settlement's `batch`,
a Record: MSG_STATE is SET_*, MSG_FLAGS the flags of the 0510, MSG_AGE_S since the last change.
"""

from posproto import const, ids
from posproto.iso8583 import match

from .record import WHO, Record

FILE = "settle"

# What happens. Numbers 3 to 8 are match.SETTLE_* + 3.
MONEY = const(0)  # an approved transaction or a delivered advice
SENT = const(1)  # 0500 leaves
SILENT = const(2)  # no 0510 in time
_ANSWERED = const(3)
_DETAIL = const(9)  # a 0320 was answered
_END = const(10)  # the end marker was accepted
_END_FAILED = const(11)  # refused, or not answered in time

# Next state by event (row) and ids.SET_* (column), one digit each; "." is ignored.
_NEXT = (
    "1....1.1..111"  # MONEY
    "2222222222222"  # SENT
    "..3.........."  # SILENT
    "..44........."  # refused
    "..55........."  # balanced
    "..66........."  # unbalanced
    "..66........."  # error in the totals
    "..77........."  # no flags
    "..AA........."  # closed with a difference
    ".....888.8..."  # DETAIL
    ".....BCBCC..."  # END
    ".....9999...."  # END_FAILED
)
_STATES = const(13)
_SEVERITY = b"\x01\x01\x01\x03\x03\x01\x02\x02\x01\x03\x03\x01\x01"  # by ids.SET_*


def step(s, event: int, cause, answer=None) -> None:
    """`event` happened to the message of the record `cause`, with the parsed `answer`."""
    record = s.batch
    state = record[ids.MSG_STATE]
    unfinished = state in (ids.SET_BALANCED, ids.SET_NO_FLAGS)
    if event == MONEY and unfinished and cause[ids.MSG_BATCH] == record[ids.MSG_BATCH]:
        return  # its end marker is still to come
    following = _NEXT[event * _STATES + state]
    if following == ".":
        return
    following = int(following, 16)
    if following == ids.SET_CLOSED_AFTER_UPLOAD and record[ids.MSG_FLAGS] in (0x10, 0x11):
        following = ids.SET_CLOSED  # only chip certificates were uploaded
    if event <= SENT:
        s.batch = record = Record(0)
        record[ids.MSG_BATCH] = cause[ids.MSG_BATCH]
    if event != MONEY:
        record[ids.MSG_STAN] = cause[ids.MSG_STAN]
    if answer:
        record.note(answer)
        flags = answer.flags or (0, 0)
        record[ids.MSG_FLAGS] = flags[0] << 4 | flags[1]
    _change(s, following)


def left(s, cause) -> None:
    """A 0500 leaves."""
    step(s, SENT, cause)


def money(s, cause) -> None:
    """An approved transaction, or an advice that was delivered."""
    step(s, MONEY, cause)


def answered(s, cause, answer) -> None:
    """A 0510 came."""
    flagged = s.wire.flagged
    says = match.settlement(answer, flagged)
    step(s, _ANSWERED + says, cause, answer)
    if says == match.SETTLE_BALANCED and not flagged:
        _change(s, ids.SET_CLOSED)


def uploaded(s, cause, accepted: bool) -> None:
    """A 0320 came to its end."""
    code = cause[ids.MSG_CODE]
    if code not in (202, 207):
        if accepted:
            step(s, _DETAIL, cause)
        return
    state = s.batch[ids.MSG_STATE]
    says = -1
    if state == ids.SET_BALANCED:
        says = match.SETTLE_BALANCED
    elif state == ids.SET_UNBALANCED:
        says = match.SETTLE_UNBALANCED
    if match.end_mismatch(says, str(code)):
        _tell(s, ids.E_END_MISMATCH, ids.SEV_WARNING)
    step(s, _END if accepted else _END_FAILED, cause)


def unanswered(s, cause) -> None:
    """A 0500 or a 0320 ended without an answer."""
    if cause.kind() == 32:
        uploaded(s, cause, False)
        return
    if s.batch[ids.MSG_STAN] != cause[ids.MSG_STAN]:
        step(s, SENT, cause)  # power failed between its mark and this step
    step(s, SILENT, cause)


def _change(s, state):
    record = s.batch
    record[ids.MSG_STATE] = state
    record[ids.MSG_AGE_S] = 0
    record[ids.MSG_UNIX_S] = s.clock.unix_s
    record[WHO] = int(s.clock.sure)
    record.since_s = s.clock.s
    record.asleep = False
    keep(s)
    if state >= ids.SET_CLOSED:
        _reconciled(s.outbox, record[ids.MSG_BATCH])
    _tell(s, ids.E_SETTLEMENT_STATE, _SEVERITY[state])


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
        over = other[ids.MSG_STATE] == ids.MS_REFUSED or other.kind() == 22
        if taken and over and other[ids.MSG_BATCH] == number:
            outbox.mark(other, ids.MS_DONE, other[ids.MSG_WHY])


def _tell(s, event, severity):
    args = s.batch.args()
    args[ids.A_STATE] = s.batch[ids.MSG_STATE]
    if s.batch[ids.MSG_FLAGS]:
        args[ids.A_FLAGS] = s.batch[ids.MSG_FLAGS]
    s.on_event(event, severity, args)
