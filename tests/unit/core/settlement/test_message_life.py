"""Each cell of the two tables of settlement: the life of a message, and how its batch stands.

The expected values are written out from the rules (3.2, 3.4 and 7.3 of the settlement watch): what
may leave again, what an end is, what a late answer changes. "-": nothing expects it, so it is
counted and nothing changes; "=": expected, and nothing changes.
"""

from memory_storage import MemoryStorage
from posagent.core.life.clock import Clock
from posagent.core.settlement import batch, events, lifecycle
from posagent.core.settlement.outbox import Outbox
from posagent.core.settlement.record import BODY, MARKER, Record, parse
from posproto import ids

_STATES = {
    "ready": ids.MS_READY,
    "sent": ids.MS_SENT,
    "acked": ids.MS_ACKNOWLEDGED,
    "refused": ids.MS_REFUSED,
    "unknown": ids.MS_UNKNOWN,
    "expired": ids.MS_EXPIRED,
    "cancelled": ids.MS_CANCELLED,
    "not_sent": ids.MS_NOT_SENT,
    "done": ids.MS_DONE,
}
_LIFE = """
event      ready     sent    acked   refused unknown expired cancelled not_sent done
leaves     sent      -       -       -       -       -       -         -        -
rescued    sent      -       -       -       -       -       -         -        -
confirmed  -         acked   -       -       acked   acked   -         -        -
refused    -         refused -       -       refused refused -         -        -
silent     -         unknown -       -       -       -       -         -        -
given_up   not_sent  expired -       -       -       -       -         -        -
withdrawn  cancelled expired -       -       -       -       -         -        -
restarted  not_sent  unknown unknown unknown unknown unknown -         -        -
late       -         -       -       -       unknown unknown -         -        -
closed     -         -       done    done    done    done    done      done     done
kept       ready     sent    acked   refused unknown expired cancelled not_sent done
"""
_SETS = {
    "none": ids.SET_NONE,
    "open": ids.SET_OPEN,
    "sent": ids.SET_SENT,
    "silent": ids.SET_NO_ANSWER,
    "refused": ids.SET_REFUSED,
    "balanced": ids.SET_BALANCED,
    "unbal": ids.SET_UNBALANCED,
    "no_flags": ids.SET_NO_FLAGS,
    "upload": ids.SET_UPLOADING,
    "cut": ids.SET_UPLOAD_INCOMPLETE,
    "differs": ids.SET_DIFFERENCE,
    "closed": ids.SET_CLOSED,
    "after": ids.SET_CLOSED_AFTER_UPLOAD,
}
_BATCH = """
event      none open sent     silent   refused balanced unbal  no_flags upload cut    differs closed after
money      open =    =        =        =       open     =      open     =      =      open    open   open
leaves     sent sent sent     sent     sent    sent     sent   sent     sent   sent   sent    sent   sent
silent     -    -    silent   =        -       -        -      -        -      -      -       -      -
refused    -    -    refused  refused  =       -        -      -        -      -      -       -      -
balanced   -    -    balanced balanced -       =        -      -        -      -      -       -      -
unbalanced -    -    unbal    unbal    -       -        =      -        -      -      -       -      -
error      -    -    unbal    unbal    -       -        =      -        -      -      -       -      -
no_flags   -    -    no_flags no_flags -       -        -      =        -      -      -       -      -
difference -    -    differs  differs  -       -        -      -        -      -      =       -      -
detail     -    -    -        -        -       upload   upload upload   =      upload -       -      -
end        -    -    -        -        -       closed   after  closed   after  after  -       =      =
end_failed -    -    -        -        -       cut      cut    cut      cut    =      -       -      -
at_once    -    -    closed   closed   -       -        -      -        -      -      -       =      -
"""  # noqa: E501


def _cells(table):
    """(event, state, expected) of each cell."""
    head, rows = None, []
    for line in table.strip().split("\n"):
        words = line.split()
        if head is None:
            head = words
        else:
            assert len(words) == len(head), line
            rows += [(words[0], head[n], words[n]) for n in range(1, len(head))]
    return rows


def _outbox():
    storage = MemoryStorage()
    clock = Clock()
    return Outbox(storage, clock, None, [0] * 32)


def _record(state):
    record = Record(3)
    record[ids.MSG_STATE] = state
    record[ids.MSG_WHY] = ids.WHY_SENT
    return record


def test_each_event_takes_a_message_where_the_rules_say_or_is_counted():
    for event, state, expected in _cells(_LIFE):
        place = (event, state)
        outbox = _outbox()
        record = _record(_STATES[state])
        happened = lifecycle.step(outbox, record, getattr(events, event.upper()), 17)
        after = _STATES[state if expected == "-" else expected]
        assert record[ids.MSG_STATE] == after, place
        assert happened == (expected != "-"), place
        assert outbox.counters[ids.C_UNEXPECTED] == (expected == "-"), place
        on_flash = parse(3, outbox.storage.read(MARKER % 3))
        if expected == "-":
            assert on_flash is None and record[ids.MSG_WHY] == ids.WHY_SENT, place
        else:
            assert on_flash[ids.MSG_STATE] == after and on_flash[ids.MSG_WHY] == 17, place


def test_every_state_and_every_event_has_its_cell():
    life = _cells(_LIFE)
    assert len(life) == 9 * 11 and len(_cells(_BATCH)) == 13 * 13
    told = [(_STATES[state], getattr(events, event.upper())) for event, state, _ in life]
    for state in lifecycle.NEXT:
        for event in lifecycle.NEXT[state]:
            assert (state, event) in told


def test_what_ends_before_a_byte_left_says_so():
    unsent = []
    for event, state, _ in _cells(_LIFE):
        record = _record(_STATES[state])
        lifecycle.step(_outbox(), record, getattr(events, event.upper()))
        if record.flag(ids.MF_UNSENT):
            unsent.append((event, state))
    assert sorted(unsent) == [
        ("given_up", "ready"),
        ("restarted", "ready"),
        ("withdrawn", "ready"),
    ]


def test_a_payment_counts_when_it_is_confirmed():
    for flags, kind_counts in ((ids.MF_REVERSAL_DUE, True), (0, False)):
        for event, state, expected in _cells(_LIFE):
            outbox = _outbox()
            outbox.sold = 5
            record = _record(_STATES[state])
            record[ids.MSG_FLAGS] = flags
            lifecycle.step(outbox, record, getattr(events, event.upper()))
            change = 0
            if kind_counts and event == "confirmed" and expected == "acked":
                change = 1
            assert outbox.sold == 5 + change, (flags, event, state)


def test_each_end_has_its_number_and_a_late_word_a_new_one():
    for event, state, expected in _cells(_LIFE):
        outbox = _outbox()
        record = _record(_STATES[state])
        lifecycle.step(outbox, record, getattr(events, event.upper()))
        ends = expected not in ("-", "ready", "sent", "done") and expected != state
        ends = ends or (event == "late" and expected != "-")
        assert outbox.ends == ends and record[ids.MSG_END] == ends, (event, state)


def test_no_byte_may_leave_where_the_flash_refused_its_mark():
    for event, allowed in ((events.LEAVES, ids.MS_READY), (events.RESCUED, ids.MS_SENT)):
        outbox = _outbox()
        outbox.storage.fail_at = 1
        record = _record(ids.MS_READY)
        assert lifecycle.step(outbox, record, event) == (event == events.RESCUED)
        # What may have left counts as sent, whatever the flash says of it.
        assert record[ids.MSG_STATE] == allowed
        assert outbox.counters[ids.C_FLASH_ERRORS] == 1


def test_the_message_goes_when_it_ended_and_not_before():
    for event, state, expected in _cells(_LIFE):
        outbox = _outbox()
        outbox.storage.files[BODY % 3] = b"sealed"
        record = _record(_STATES[state])
        lifecycle.step(outbox, record, getattr(events, event.upper()))
        ended = state in ("ready", "sent") and expected not in ("-", "ready", "sent")
        assert (BODY % 3 in outbox.storage.files) == (not ended), (event, state)


def test_what_was_never_written_is_not_removed_and_a_sale_s_body_is():
    for flag, stays in ((ids.MF_VOLATILE, True), (ids.MF_REVERSAL_DUE, False)):
        outbox = _outbox()
        outbox.storage.files[BODY % 3] = b"sealed"
        record = _record(ids.MS_SENT)
        record[ids.MSG_FLAGS] = flag
        lifecycle.step(outbox, record, events.CONFIRMED)
        assert (BODY % 3 in outbox.storage.files) == stays, flag


def test_a_reason_stays_until_another_is_told_and_none_is_told_too():
    for told, why in (((), ids.WHY_SENT), ((ids.WHY_NONE,), ids.WHY_NONE)):
        record = _record(ids.MS_READY)
        lifecycle.step(_outbox(), record, events.LEAVES, *told)
        assert record[ids.MSG_WHY] == why


class _Settlement:
    """What batch.step() uses of it."""

    def __init__(self, state):
        self.outbox = _outbox()
        self.counters = self.outbox.counters
        self.clock = self.outbox.clock
        self.batch = Record(0)
        self.batch[ids.MSG_STATE] = state
        self.batch[ids.MSG_BATCH] = 7
        self.told = []

    def on_event(self, event, severity, args):
        self.told.append((event, severity, args[ids.A_STATE]))
        self.args = args


def test_each_event_takes_the_batch_where_the_rules_say_or_is_counted():
    for event, state, expected in _cells(_BATCH):
        place = (event, state)
        s = _Settlement(_SETS[state])
        cause = Record(4)
        cause[ids.MSG_BATCH] = 8  # the money is of the next batch
        batch.step(s, getattr(events, "BATCH_" + event.upper()), cause)
        changes = expected not in ("-", "=")
        after = _SETS[expected if changes else state]
        assert s.batch[ids.MSG_STATE] == after, place
        assert s.counters[ids.C_UNEXPECTED] == (expected == "-"), place
        assert [told[2] for told in s.told] == ([after] if changes else []), place
        assert (s.outbox.storage.read(batch.FILE) is not None) == changes, place


def test_money_of_the_batch_that_waits_for_its_end_marker_opens_no_new_one():
    for state in _SETS:
        s = _Settlement(_SETS[state])
        cause = Record(4)
        cause[ids.MSG_BATCH] = 7
        batch.step(s, events.BATCH_MONEY, cause)
        opens = state in ("none", "differs", "closed", "after")
        assert s.batch[ids.MSG_STATE] == (ids.SET_OPEN if opens else _SETS[state]), state


def test_only_certificates_uploaded_behind_agreeing_totals_is_closed_plainly():
    for flags, after in (
        (0x10, ids.SET_CLOSED),
        (0x11, ids.SET_CLOSED),
        (0x12, ids.SET_CLOSED_AFTER_UPLOAD),
        (0x20, ids.SET_CLOSED_AFTER_UPLOAD),
        (0x31, ids.SET_CLOSED_AFTER_UPLOAD),
    ):
        s = _Settlement(ids.SET_UPLOADING)
        s.batch[ids.MSG_FLAGS] = flags
        batch.step(s, events.BATCH_END, Record(4))
        assert s.batch[ids.MSG_STATE] == after, flags


def test_how_grave_each_state_of_the_batch_is():
    grave = {"silent": 3, "refused": 3, "unbal": 2, "no_flags": 2, "cut": 3, "differs": 3}
    for event, state, expected in _cells(_BATCH):
        s = _Settlement(_SETS[state])
        batch.step(s, getattr(events, "BATCH_" + event.upper()), Record(4))
        for _, severity, _ in s.told:
            assert severity == grave.get(expected, ids.SEV_INFO), (event, state)


def test_a_change_of_the_batch_has_its_hour():
    s = _Settlement(ids.SET_OPEN)
    s.clock.set_unix(1791590400)
    batch.step(s, events.BATCH_LEAVES, Record(4))
    assert s.batch[ids.MSG_UNIX_S] == 1791590400 and s.batch[ids.MSG_DEADLINE_S] == 0
    s.batch[ids.MSG_AGE_S] = 500  # what went by before a power cut
    batch.step(s, events.BATCH_SILENT, Record(4))
    assert s.batch[ids.MSG_STATE] == ids.SET_NO_ANSWER and s.batch[ids.MSG_AGE_S] == 0


class _Answer:
    """A parsed 0510, as far as a batch asks it."""

    f39, f37, f12, f13, f15 = "95", "", None, None, None

    def __init__(self, flags):
        self.flags = flags


def test_the_flags_of_a_batch_are_those_of_its_last_answer_and_none_where_it_has_none():
    for flags, kept in (((2, 1), 0x21), ((1, 1), 0x11), (None, 0)):
        s = _Settlement(ids.SET_NO_ANSWER)
        s.batch[ids.MSG_FLAGS] = 0x32
        batch.step(s, events.BATCH_DIFFERENCE, Record(4), _Answer(flags))
        assert s.batch[ids.MSG_FLAGS] == kept and s.batch[ids.MSG_F39] == "95"


def test_what_is_told_of_the_batch_has_its_state_and_the_flags_of_its_totals():
    for flags in (0x21, 0):
        s = _Settlement(ids.SET_UPLOADING)
        s.batch[ids.MSG_FLAGS] = flags
        batch.step(s, events.BATCH_END_FAILED, Record(4))
        assert s.args[ids.A_STATE] == ids.SET_UPLOAD_INCOMPLETE
        assert s.args.get(ids.A_FLAGS, 0) == flags and s.args[ids.A_BATCH] == 7


def test_silence_after_a_power_cut_is_of_the_settlement_that_left_not_of_the_one_before():
    """The 0500's own mark was on flash, the batch's not yet."""
    s = _Settlement(ids.SET_BALANCED)
    s.batch[ids.MSG_STAN] = 9
    message = Record(4)
    message[ids.MSG_MTI], message[ids.MSG_STAN], message[ids.MSG_BATCH] = 500, 10, 7
    batch.unanswered(s, message)
    assert [told[2] for told in s.told] == [ids.SET_SENT, ids.SET_NO_ANSWER]
    batch.unanswered(s, message)  # told again: it left once
    assert len(s.told) == 2


def test_a_closed_batch_ends_the_refusals_of_its_own_number_however_often_they_were_sent():
    for number, after in ((7, ids.MS_DONE), (8, ids.MS_REFUSED)):
        s = _Settlement(ids.SET_SENT)
        record = _record(ids.MS_REFUSED)
        record[ids.MSG_MTI], record[ids.MSG_FLAGS] = 220, ids.MF_TAKEN
        record[ids.MSG_BATCH], record[ids.MSG_ATTEMPTS] = number, 15 - number
        s.outbox.records.append(record)
        cause = Record(4)
        cause[ids.MSG_BATCH] = 7
        batch.step(s, events.BATCH_AT_ONCE, cause)
        assert s.batch[ids.MSG_STATE] == ids.SET_CLOSED
        assert record[ids.MSG_STATE] == after, number
