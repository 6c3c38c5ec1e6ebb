"""The outbox after a start: what a restart or a power cut means for each message."""

from posproto import ids

from . import contents
from .outbox import ANSWER, BODY
from .records import parse


def load(outbox) -> list:
    """Fills the outbox from flash; returns the records whose end the restart decided."""
    ended = []
    needed = []
    for name in outbox.storage.names("om"):
        slot = int(name[2:])
        marker = outbox.storage.read(name)
        record = parse(slot, marker)
        if record is None and marker:
            record = _rescue(outbox, slot)
        if record is None:
            continue
        record.since_s = outbox.clock.s
        outbox.order = max(outbox.order, record[ids.MSG_ORDER])
        outbox.records.append(record)
        if _resume(outbox, record):
            ended.append(record)
        if record.live():
            needed.append(BODY % slot)
        if record[ids.MSG_ANSWER]:
            needed.append(ANSWER % slot)
    for name in outbox.storage.names("ob") + outbox.storage.names("oa"):
        if name not in needed:
            outbox.remove(name)
    return ended


def _resume(outbox, record):
    """Ends what cannot go on; True where that is news."""
    state = record[ids.MSG_STATE]
    end = 0
    if record.flag(ids.MF_VOLATILE):
        if state == ids.MS_READY:
            end = ids.MS_NOT_SENT
        elif state <= ids.MS_REFUSED or record[ids.MSG_ANSWER]:
            end = ids.MS_UNKNOWN
            record[ids.MSG_ANSWER] = 0
    elif state == ids.MS_SENT:
        answered, _ = contents.unseal(outbox, ANSWER % record.slot, record.slot)
        if answered and answered.same(record):
            record.raw = answered.raw  # the power went between the answer and its mark
            outbox.mark(record, record[ids.MSG_STATE], record[ids.MSG_WHY])
        elif not record.flag(ids.MF_REPEATS):
            end = ids.MS_UNKNOWN
    if end:
        outbox.mark(record, end, ids.WHY_RESTART)
    return end


def _rescue(outbox, slot):
    """A message whose marker is damaged: it may have been sent."""
    record, _ = contents.unseal(outbox, BODY % slot, slot)
    if record:
        outbox.mark(record, ids.MS_SENT)
    else:
        outbox.counters[ids.C_FLASH_ERRORS] += 1
    return record
