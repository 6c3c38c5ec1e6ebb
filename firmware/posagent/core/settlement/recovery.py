"""The outbox after a start: what a restart or a power cut means for each message.

`s` is the Settlement. What the last cut interrupted is done again up to its mark; what ended badly
and is not in the log is told.
"""

from posproto import ids
from posproto.cbor import decode, peek

from .. import modules
from . import events, sealed
from .outbox import CUT
from .record import ANSWER, BODY, SOLD, STATE_AT, WHO, Record, parse

_BAD = (ids.MS_REFUSED, ids.MS_UNKNOWN, ids.MS_EXPIRED, ids.MS_NOT_SENT)
_EVENTS = (ids.E_REFUSED, ids.E_OUTCOME_UNKNOWN, ids.E_EXPIRED, ids.E_NOT_SENT)  # the same order
_READ = 20  # events at a time
_BATCH = "settle"
_GAP = 32  # of MSG_END at a start
_NOTED = 8  # names of files that cannot be read


def resume(s) -> None:
    """Fills the outbox from flash and ends what cannot go on."""
    s.batch = _marker(s.outbox, 0, _BATCH) or Record(0)
    s.batch.since_s = s.clock.s
    s.batch.asleep = s.batch[WHO] > 0  # in a batch's record: MF_DATED
    found = _load(s, s.outbox)
    newest = s.batch
    for record in s.outbox.records:
        if record[ids.MSG_END] > newest[ids.MSG_END]:
            newest = record
    s.outbox.sold = newest[SOLD]
    if s.outbox.records:  # numbers that the flash refused may have been told
        s.outbox.ends = newest[ids.MSG_END] + _GAP
    _cut_short(s)
    for record, end, answer in found:
        if end:
            _unsold(s, record)
            s.end(record, events.RESTARTED, ids.WHY_RESTART)
        else:
            modules.call("settlement.answers", "resumed", s, record, *answer)
        assert not record.live()  # it is over, whatever the flash takes
    if s.log:
        _retell(s)


def _unsold(s, record):
    """What was sold in this batch and is in doubt now counts no more."""
    sold = record.sells() and record[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED
    if sold and s.outbox.sold and record[ids.MSG_BATCH] == s.batch[ids.MSG_BATCH]:
        s.outbox.sold -= 1


def _load(s, outbox):
    """[(record, has it ended, the answer whose mark is missing), ...]."""
    ends = []
    needed = []
    for name in outbox.storage.names("om"):
        slot = int(name[2:])
        record = _marker(outbox, slot, name)
        if record is None:
            continue
        record.since_s = outbox.clock.s
        record.asleep = record.flag(ids.MF_DATED)
        outbox.order = max(outbox.order, record[ids.MSG_ORDER])
        outbox.records.append(record)
        s.cut_short = s.cut_short or record[ids.MSG_STATE] == ids.MS_SENT
        end, answer = _resume(outbox, record)
        if end or answer:
            ends.append((record, end, answer))
        if record.live():
            needed.append(BODY % slot)
        if record[ids.MSG_ANSWER]:
            if not outbox.storage.size(ANSWER % slot):
                record[ids.MSG_ANSWER] = 0  # it could not be sealed, and was in RAM only
            needed.append(ANSWER % slot)
    for name in outbox.storage.names("ob") + outbox.storage.names("oa"):
        if name not in needed:
            outbox.remove(name)
    return ends


def _cut_short(s):
    """Kept on flash before a mark changes, until the modem was left alone for long enough: the
    power may go again at once, and the marks say nothing of it any more.
    """
    storage = s.outbox.storage
    if storage.read(CUT):
        s.cut_short = True
    elif s.cut_short:
        try:
            storage.write(CUT, b"1")
        except OSError:
            s.counters[ids.C_FLASH_ERRORS] += 1


def _resume(outbox, record):
    """(Did the restart end it; (accepted, answer) of one that has no mark yet)."""
    state = record[ids.MSG_STATE]
    if record.flag(ids.MF_VOLATILE):
        if state == ids.MS_READY:
            return True, None
        if record[ids.MSG_ANSWER] and state in (ids.MS_ACKNOWLEDGED, ids.MS_REFUSED):
            # A crash leaves the answer, which else only RAM holds.
            answered, _ = sealed.unseal(outbox, ANSWER % record.slot, record.slot)
            if answered and answered.same(record):
                return False, None
        if state <= ids.MS_REFUSED or record[ids.MSG_ANSWER]:
            record[ids.MSG_ANSWER] = 0
            return True, None
    elif state == ids.MS_SENT:
        answered, answer = sealed.unseal(outbox, ANSWER % record.slot, record.slot)
        if answered and answered.same(record):
            accepted = answered[ids.MSG_STATE] == ids.MS_ACKNOWLEDGED
            assert answered.slot == record.slot
            answered.raw[STATE_AT] = state  # until its mark is there, too
            record.raw = answered.raw
            return False, (accepted, answer)
        if not record.flag(ids.MF_REPEATS):
            return True, None
    return False, None


def _marker(outbox, slot, name):
    """The Record of a marker's file, None where there is none, or none that can be made whole:
    that is told.
    """
    storage = outbox.storage
    marker = storage.read(name)
    record = parse(slot, marker)
    if record or not marker:
        return record
    record = parse(slot, modules.call("life.rot", "mended", marker))
    if record:
        outbox.counters[ids.C_FLASH_ERRORS] += 1
        try:
            storage.write(name, record.marker())  # before another bit turns
        except OSError:
            pass
        return record
    if name != _BATCH:
        record, _ = sealed.unseal(outbox, BODY % slot, slot)
    if record:
        outbox.happens(record, events.RESCUED)  # it may have been sent
    elif len(storage.unreadable) < _NOTED:
        storage.unreadable.append(name)
    return record


def _retell(s):
    """Tells the bad ends that the application has not taken and the log does not know."""
    untold = [r for r in s.outbox.records if r[ids.MSG_STATE] in _BAD and not _taken(r)]
    sequence = 0
    while untold:
        told, sequence, _ = s.log.read(sequence, _READ)
        if not told:
            break
        for data in told:
            if peek(data, ids.EV_ID) in _EVENTS:
                event = decode(data)
                untold = [r for r in untold if not _tells(event, r, s.number)]
    for record in untold:
        s.tell_end(record)


def _taken(record):
    return record.flag(ids.MF_TAKEN)


def _tells(event, record, acquirer):
    """Is this the event of the record's end?"""
    args = event.get(ids.EV_ARGS)
    if not args or event[ids.EV_ID] != _EVENTS[_BAD.index(record[ids.MSG_STATE])]:
        return False
    return (
        args.get(ids.A_RECORD) == record[ids.MSG_ID]
        and args.get(ids.A_ACQUIRER, 1) == acquirer
        and args.get(ids.A_MTI) == record[ids.MSG_MTI]
        and args.get(ids.A_STAN, 0) == record[ids.MSG_STAN]
    )
