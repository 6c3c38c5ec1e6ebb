"""The sealed files beside a marker: the message while it is to be sent, the answer until taken.

Each holds the marker as it was when it was sealed: so a file is never taken for another message's,
and a marker that was damaged, or not yet written, can be told from it.
"""

from posproto import ids

from .. import modules
from . import events
from .record import ANSWER, BODY, Record, cut, parse

TERMINAL = "terminal"  # F41 and F42, a line each: what an acquirer's help desk asks for first


def seal(outbox, name: str, record, data: bytes) -> None:
    """Writes `data` and the record's marker; OSError where the flash refuses."""
    data = record.marker() + data
    sealed = modules.call("settlement.vault", "seal", outbox.keys, name.encode(), data)
    outbox.storage.write(name, sealed)


def unseal(outbox, name: str, slot: int):
    """(Record at sealing, content), or (None, None) where it is absent or damaged."""
    sealed = outbox.storage.read(name)
    data = modules.call("settlement.vault", "unseal", outbox.keys, name.encode(), sealed)
    if not data:
        return None, None
    marker, content = cut(data)
    record = parse(slot, marker)
    return (record, content) if record else (None, None)


def body(outbox, record):
    """The message to send, or None where it is damaged."""
    assert record.live()  # what has ended has no bytes any more
    if record.flag(ids.MF_VOLATILE):
        return record.message
    stored, data = unseal(outbox, BODY % record.slot, record.slot)
    return data if stored and stored.same(record) else None


def keep_answer(outbox, record, state: int, why: int, answer: bytes) -> None:
    """The answer's fields are in `record`: keeps the answer until taken, for the mark that follows
    (`state`, `why`).
    """
    assert state in (ids.MS_ACKNOWLEDGED, ids.MS_REFUSED, ids.MS_UNKNOWN) and answer
    record[ids.MSG_ANSWER] = len(answer)
    record.reply = answer
    if not record.flag(ids.MF_VOLATILE):
        sealed = Record(record.slot, record.raw)
        sealed[ids.MSG_STATE] = state
        sealed[ids.MSG_WHY] = why
        try:
            seal(outbox, ANSWER % record.slot, sealed, answer)
            record.reply = None
        except OSError:
            outbox.counters[ids.C_FLASH_ERRORS] += 1


def save_answer(outbox, record) -> None:
    """The answer of a live request, which stands in RAM only, before a crash takes it."""
    assert record.flag(ids.MF_VOLATILE) and not record.live()
    if outbox.keys:
        try:
            seal(outbox, ANSWER % record.slot, record, record.reply)
        except OSError:
            outbox.counters[ids.C_FLASH_ERRORS] += 1


def answer(outbox, record):
    """The answer that waits for the application, or None."""
    if not record[ids.MSG_ANSWER] or record.reply:
        return record.reply
    return unseal(outbox, ANSWER % record.slot, record.slot)[1]


def know_terminal(outbox, request) -> None:
    """Notes who sends: written when it changes."""
    if request.f41:
        lines = (request.f41 + "\n" + (request.f42 or "")).encode()
        try:
            if outbox.storage.read(TERMINAL) != lines:
                outbox.storage.write(TERMINAL, lines)
        except OSError:
            outbox.counters[ids.C_FLASH_ERRORS] += 1


def take(outbox, record) -> None:
    """The application holds the end of this message: nothing is kept but its marker."""
    assert not record.live()  # what is under way has no end to take
    kept = record[ids.MSG_ANSWER] and record.reply is None
    record[ids.MSG_ANSWER] = 0
    record.reply = None
    record[ids.MSG_FLAGS] |= ids.MF_TAKEN
    outbox.happens(record, events.KEPT if record.issue() else events.CLOSED)
    if kept:
        outbox.remove(ANSWER % record.slot)
