"""How the settlement of the batch stands: one table of states, one small file on flash.

R7: settled is an accepted 0510 and, where the dialect uploads, an accepted answer to the end
marker; the flags of F48 only say whether the totals agreed.
"""

from posproto import const, ids
from posproto.iso8583 import match

from .records import Record, parse

_FILE = "settle"

# What happens. Numbers 3 to 8 are match.SETTLE_* + 3.
MONEY = const(0)  # an approved transaction or a delivered advice
SENT = const(1)  # 0500 leaves
SILENT = const(2)  # no 0510 in time
ANSWERED = const(3)
DETAIL = const(9)  # a 0320 was answered
END = const(10)  # the end marker was accepted
END_FAILED = const(11)  # refused, or not answered in time

# Next state by event (row) and ids.SET_* (column), one digit each; "." is ignored.
_NEXT = (
    "1....1.1..111",  # MONEY
    "2222222222222",  # SENT
    "..3..........",  # SILENT
    "..44.........",  # refused
    "..55.........",  # balanced
    "..66.........",  # unbalanced
    "..66.........",  # error in the totals
    "..77.........",  # no flags
    "..AA.........",  # closed with a difference
    ".....888.8...",  # DETAIL
    ".....BCBCC...",  # END
    ".....9999....",  # END_FAILED
)
_SEVERITY = b"\x01\x01\x01\x03\x03\x01\x02\x02\x01\x03\x03\x01\x01"  # by ids.SET_*
_VERDICTS = {
    ids.SET_NO_ANSWER: ids.V_SETTLEMENT_UNKNOWN,
    ids.SET_REFUSED: ids.V_SETTLEMENT_REFUSED,
    ids.SET_UNBALANCED: ids.V_SETTLEMENT_UNBALANCED,
    ids.SET_UPLOAD_INCOMPLETE: ids.V_UPLOAD_INCOMPLETE,
    ids.SET_DIFFERENCE: ids.V_CLOSED_WITH_DIFFERENCE,
}


class Batch:
    """Made once at start. `record` holds the last 0500 by MSG_*, MSG_STATE is SET_*, MSG_FLAGS
    the flags of its answer (domestic << 4 | foreign), MSG_AGE_S counts since the last change.
    """

    def __init__(self, storage, clock, config, on_event):
        self._storage = storage
        self._clock = clock
        self._on_event = on_event
        self._config = config
        self.record = parse(0, storage.read(_FILE)) or Record(0)
        self.record.since_s = clock.s

    def step(self, event: int, request, answer=None) -> None:
        """`event` happened with the parsed `request`, and `answer` where there is one."""
        record = self.record
        state = record[ids.MSG_STATE]
        batch = int(request.f60_2 or 0)
        unfinished = state in (ids.SET_BALANCED, ids.SET_NO_FLAGS)
        if event == MONEY and unfinished and batch == record[ids.MSG_BATCH]:
            return  # its end marker is still to come
        following = _NEXT[event][state]
        if following == ".":
            return
        following = int(following, 16)
        if following == ids.SET_CLOSED_AFTER_UPLOAD and record[ids.MSG_FLAGS] in (0x10, 0x11):
            following = ids.SET_CLOSED  # only chip certificates were uploaded
        if event <= SENT:
            self.record = record = Record(0)
            record[ids.MSG_BATCH] = batch
        if event != MONEY:
            record[ids.MSG_STAN] = int(request.f11 or 0)
        if answer and event < DETAIL:
            note(record, answer)
            flags = answer.flags or (0, 0)
            record[ids.MSG_FLAGS] = flags[0] << 4 | flags[1]
        record[ids.MSG_STATE] = following
        self._changed(following)

    def answered(self, request, answer, flagged: bool) -> None:
        """A 0510 came."""
        says = match.settlement(answer, flagged)
        self.step(ANSWERED + says, request, answer)
        if says == match.SETTLE_BALANCED and not flagged:
            self.record[ids.MSG_STATE] = ids.SET_CLOSED
            self._changed(ids.SET_CLOSED)

    def uploaded(self, request, accepted: bool) -> None:
        """A 0320 came to its end."""
        if request.f60_3 not in ("202", "207"):
            if accepted:
                self.step(DETAIL, request)
            return
        if match.end_mismatch(_SAYS.get(self.record[ids.MSG_STATE], -1), request.f60_3):
            self._tell(ids.E_END_MISMATCH, ids.SEV_WARNING)
        self.step(END if accepted else END_FAILED, request)

    def _changed(self, state):
        record = self.record
        record[ids.MSG_AGE_S] = 0
        record[ids.MSG_UNIX_S] = self._clock.unix_s
        record.since_s = self._clock.s
        try:
            self._storage.write(_FILE, record.marker())
        except OSError:
            pass  # the events tell it, and the next change tries again
        self._tell(ids.E_SETTLEMENT_STATE, _SEVERITY[state])

    def _tell(self, event, severity):
        args = {ids.A_STATE: self.record[ids.MSG_STATE]}
        for key, field in (
            (ids.A_BATCH, ids.MSG_BATCH),
            (ids.A_STAN, ids.MSG_STAN),
            (ids.A_F39, ids.MSG_F39),
            (ids.A_RRN, ids.MSG_RRN),
            (ids.A_FLAGS, ids.MSG_FLAGS),
        ):
            if self.record[field]:
                args[key] = self.record[field]
        self._on_event(event, severity, args)

    def verdict(self) -> int:
        """V_* of how the settlement stands; 0: nothing to say."""
        state = self.record[ids.MSG_STATE]
        age_s = self.record.age_s(self._clock)
        if state == ids.SET_OPEN and age_s > self._config["unsettled_h"] * 3600:
            return ids.V_NOT_SETTLED
        if age_s > self._config["pending_s"]:
            if state == ids.SET_UPLOADING:
                return ids.V_UPLOAD_INCOMPLETE
            if state == ids.SET_UNBALANCED:
                return ids.V_UPLOAD_INCOMPLETE
        return _VERDICTS.get(state, 0)


_SAYS = {
    ids.SET_BALANCED: match.SETTLE_BALANCED,
    ids.SET_UNBALANCED: match.SETTLE_UNBALANCED,
}


def note(record, answer) -> None:
    """Keeps of an answer what a report needs."""
    record[ids.MSG_F39] = answer.f39
    record[ids.MSG_RRN] = answer.f37
    record[ids.MSG_HOST_TIME] = int((answer.f13 or "") + (answer.f12 or "") or 0)
    record[ids.MSG_HOST_DATE] = int(answer.f15 or 0)
