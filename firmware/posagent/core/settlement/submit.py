"""The payment application's operations: hand in, withdraw, ask, fetch the answer.

"Accepted" is said only when the record is on flash; a refusal leaves nothing behind. `s` is the
Settlement.
"""

from binascii import crc32

from posproto import const, ids
from posproto.iso8583 import IsoError, kinds, match
from posproto.parts import PartError

from .. import modules
from . import events, sealed, vault
from .dialect import Wire, told
from .record import BODY, MARKER, SOLD, Record

_PART_MAX = const(500)
_VOLATILE_S = const(60)  # a live request that nobody sent by then: the cashier gave up
_KEPT_S = const(86400)
_OWN_FLAGS = const(3)  # MF_* that the application may set
# Whose bytes, known again, do not leave again.
_ONCE = (
    kinds.AUTHORISATION,
    kinds.AUTHORISATION_ADVICE,
    kinds.SALE,
    kinds.ADVICE,
    kinds.REVERSAL,
    kinds.REVERSAL_ADVICE,
    kinds.SETTLEMENT,
)
_SIGN_ON = const(800)
_IN_RAM = const(2)  # messages of the largest size that only RAM may hold, with their answers
_NAMES = (
    (ids.SUB_MTI, ids.MSG_MTI),
    (ids.SUB_STAN, ids.MSG_STAN),
    (ids.SUB_BATCH, ids.MSG_BATCH),
)
_RESERVE = const(12288)  # flash that stays free, so that markers can always be rewritten


class _Refused(Exception):
    """A message that cannot be taken: args are R_*, WHY_*. Nothing of it was kept."""


def handle(s, op: int, args: dict, flags: int = 0):
    """(R_*, value or None); `args` as door.py has them, `flags`: MF_* of the way they came."""
    message_id = args.get(ids.SUB_ID, -1)
    if args.get(ids.SUB_ACQUIRER, 1) != s.number:
        return ids.R_REFUSED, {ids.MSG_WHY: ids.WHY_NO_HOST}
    if op == ids.OP_SUBMIT_PART:
        return _part(s, message_id, args[ids.SUB_OFFSET], args[ids.SUB_BYTES])
    if op == ids.OP_ENDS:
        return ids.R_OK, modules.call("settlement.summary", "ends", s, message_id)
    record = _find(s.outbox, message_id)
    if op == ids.OP_SUBMIT_COMMIT:
        return _commit(s, message_id, record, args, flags)
    if op == ids.OP_QUERY and ids.SUB_ID not in args:
        record = _of_stan(s.outbox, args)
    if record is None:
        return ids.R_NOT_FOUND, None
    if op == ids.OP_CANCEL:
        return _cancel(s, record)
    if op == ids.OP_ANSWER:
        return _answer(s, record, args.get(ids.SUB_OFFSET, 0))
    if op == ids.OP_ANSWER_DONE:
        if record.live():
            return ids.R_REFUSED, record.as_map(s.clock)
        if args.get(ids.SUB_HELD):
            record[ids.MSG_FLAGS] &= ~ids.MF_REVERSAL_DUE
        _take(s, record)
        s.touch()
    return ids.R_OK, record.as_map(s.clock)


def _take(s, record):
    if record[ids.MSG_STATE] not in (ids.MS_ACKNOWLEDGED, ids.MS_DONE):
        s.remember()
    sealed.take(s.outbox, record)


def _find(outbox, message_id):
    """The newest record of that id, or None."""
    for record in reversed(outbox.records):
        if record[ids.MSG_ID] == message_id:
            return record
    return None


def _of_stan(outbox, args):
    """The newest record of that STAN, of the batch and MTI too where these are named, or None."""
    named = [(args[key], field) for key, field in _NAMES if key in args]
    for record in sorted(outbox.records, key=lambda r: -r[ids.MSG_ORDER]):
        if named and [record[field] for _, field in named] == [value for value, _ in named]:
            return record
    return None


def _part(s, message_id, offset, data):
    if message_id != s.parts.owner:
        s.parts.clear()
        s.parts.owner = message_id
    try:
        return ids.R_OK, {ids.SUB_OFFSET: s.parts.put(offset, data)}
    except PartError as error:
        result = ids.R_TOO_LONG if error.reason == "too long" else ids.R_BAD_REQUEST
        return result, {ids.SUB_OFFSET: s.parts.size, ids.MSG_WHY: ids.WHY_PARTS}


def _commit(s, message_id, record, args, flags):
    """All parts were handed in, and one of these is so:
        the id has this CRC and length, or these bytes: its response was lost, it is told again;
        parts lack, or do not match the CRC: bad request, nothing is kept;
        the id has other bytes: refused;
        another id has these bytes, and they may leave only once: known, with that one's state;
        the message cannot be taken (_judge(), _may_leave(), _keep()): refused with a WHY_*;
        else it is on flash, and accepted.
    So a sale that the application hands in again after a restart, under a new id, is R_KNOWN.
    """
    length, crc = args[ids.SUB_LENGTH], args[ids.SUB_CRC]
    if record and record.is_of(crc, length):
        return ids.R_OK, record.as_map(s.clock)  # its response was lost, most of all
    if ids.SUB_BYTES in args:
        s.parts.owner = -1
        result = _part(s, message_id, 0, args[ids.SUB_BYTES])
        if result[0]:
            return result
    try:
        if message_id != s.parts.owner:
            raise PartError("gap")
        message = s.parts.commit(length, crc)
    except PartError:
        if record and _old(s, record, length, crc):
            return ids.R_OK, record.as_map(s.clock)
        return ids.R_BAD_REQUEST, {ids.MSG_WHY: ids.WHY_PARTS}
    assert len(message) == length <= s.config["message_bytes"]
    digest = vault.digest(s.secret, message)
    if record:
        if _same(record, digest, length) or _old(s, record, length, crc):
            return ids.R_OK, record.as_map(s.clock)
        return ids.R_REFUSED, {ids.MSG_WHY: ids.WHY_ID_IN_USE}
    try:
        record = _judge(s, args, message, flags)
        for outbox in s.outboxes:
            known = _known(outbox, record, digest, length)
            if known:
                standing = known.as_map(s.clock)
                if outbox is not s.outbox:
                    standing[ids.MSG_ACQUIRER] = outbox.number
                return ids.R_KNOWN, standing
        _may_leave(s, record)
        record[ids.MSG_ID] = message_id
        record[ids.MSG_DIGEST] = digest
        record.of(crc)
        _keep(s, record, message)
    except _Refused as refused:
        return _refuse(s, *refused.args)
    _demand(s, record)
    return ids.R_OK, record.as_map(s.clock)


def _same(record, digest, length):
    return record[ids.MSG_DIGEST] == digest and record[ids.MSG_LENGTH] == length


def _old(s, record, length, crc):
    """Is it the message of a record that version 0.1 kept, with a digest of four bytes?"""
    digest = vault.old_digest(s.outbox.keys, b"%d %d" % (length, crc))
    return digest > 0 and _same(record, digest, length)


def _known(outbox, record, digest, length):
    """The record of the same bytes under another id, None where they may leave (again): an
    application that restarts behind an answer must not be charged twice.
    """
    if record.kind() not in _ONCE:
        return None
    for other in outbox.records:
        if (
            _same(other, digest, length)
            and other[ids.MSG_MTI] == record[ids.MSG_MTI]
            and other[ids.MSG_STAN] == record[ids.MSG_STAN]
            and not other.flag(ids.MF_UNSENT)
            and not (other[ids.MSG_STATE] == ids.MS_EXPIRED and other.flag(ids.MF_REPEATS))
        ):
            return other
    return None


def _refuse(s, result, why):
    assert result != ids.R_OK and why > 0
    s.blame(events.LIMITS if why == ids.WHY_FULL else events.APPLICATION)
    if why == ids.WHY_FULL:
        s.alert = ids.V_OUTBOX_FULL
        s.on_event(ids.E_OUTBOX_FULL, ids.SEV_ERROR, {ids.A_COUNT: len(s.outbox.live())})
    s.touch()
    return result, {ids.MSG_WHY: why}


def _judge(s, args, message, flags):
    """The Record of a message that may be taken; raises _Refused."""
    flags |= args.get(ids.SUB_FLAGS, 0) & _OWN_FLAGS
    opaque = flags & ids.MF_OPAQUE
    try:
        if opaque:
            request = told(args[ids.SUB_MTI], args[ids.SUB_STAN], args.get(ids.SUB_BATCH, 0))
        else:
            request = Wire(s.config).parse(message)
    except IsoError:
        raise _Refused(ids.R_BAD_REQUEST, ids.WHY_UNPARSED)
    why = 0
    if not match.is_request(request.mti) or request.f11 is None:
        why = ids.WHY_NO_REQUEST
    elif not (s.config["tls"] or s.config["closed_apn"] or (opaque and s.config["opaque_open"])):
        why = ids.WHY_OPEN_NETWORK  # R10
    elif not s.path.hosts():
        why = ids.WHY_NO_HOST
    record = Record(-1)
    record.request = request
    record[ids.MSG_MTI] = request.mti
    record[ids.MSG_STAN] = int(request.f11 or 0)
    record[ids.MSG_BATCH] = int(request.f60_2 or 0)
    record[ids.MSG_CODE] = int(request.f60_3 or 0)
    record.know(request)
    lasting_s = _KEPT_S
    if match.keep(request.mti) != match.KEEP_MESSAGE:
        flags |= ids.MF_VOLATILE
        lasting_s = _VOLATILE_S
    elif not s.outbox.keys:
        why = why or ids.WHY_NO_VAULT
    if why:
        raise _Refused(ids.R_REFUSED, why)
    if s.clock.sure:
        flags |= ids.MF_DATED
    if match.reversal_due(request):
        flags |= ids.MF_REVERSAL_DUE
    if match.may_resend(request, flags & ids.MF_REPEATABLE > 0):
        flags |= ids.MF_REPEATS
    # R3: what may have been charged never leaves again.
    assert not (flags & ids.MF_REPEATS and flags & ids.MF_REVERSAL_DUE)
    record[ids.MSG_FLAGS] = flags
    record[ids.MSG_DEADLINE_S] = args.get(ids.SUB_DEADLINE_S) or lasting_s
    return record


def _may_leave(s, record):
    for other in s.outbox.live():
        if other.kind() == record.kind() and other[ids.MSG_STAN] == record[ids.MSG_STAN]:
            raise _Refused(ids.R_REFUSED, ids.WHY_SAME_STAN)


def _keep(s, record, message):
    """Puts the record and what it needs on flash; raises _Refused."""
    outbox = s.outbox
    assert record.slot < 0 and not record[ids.MSG_STATE]  # nobody has it yet
    slot = _slot(outbox, s.config["outbox_records"])
    try:
        if slot < 0 or not _fits(s, record, len(message)) or outbox.storage.free() < _RESERVE:
            raise _Refused(ids.R_FULL, ids.WHY_FULL)
        record.slot = slot
        record.since_s = s.clock.s
        record[ids.MSG_STATE] = ids.MS_READY
        record[ids.MSG_ORDER] = outbox.order + 1
        record[ids.MSG_END] = outbox.ends  # a slot's old number, the newest maybe, goes
        record[SOLD] = outbox.sold
        record[ids.MSG_UNIX_S] = s.clock.unix_s
        record[ids.MSG_LENGTH] = len(message)
        if record.flag(ids.MF_VOLATILE):
            record.message = message
        else:
            sealed.seal(outbox, BODY % slot, record, message)
        records = [r for r in outbox.records if r.slot != slot]
        records.append(record)
        outbox.storage.write(MARKER % slot, record.marker())
    except MemoryError:
        outbox.remove(MARKER % slot)  # nothing was accepted: it is asked again
        outbox.remove(BODY % slot)
        raise
    except OSError:
        s.counters[ids.C_FLASH_ERRORS] += 1
        outbox.remove(MARKER % slot)  # the flash may have refused what it did
        outbox.remove(BODY % slot)
        raise _Refused(ids.R_FLASH, ids.WHY_FLASH)
    assert len({r.slot for r in records}) == len(records)  # no marker hides another
    assert record[ids.MSG_ORDER] > outbox.order and record.live()
    outbox.order += 1
    outbox.records = records
    sealed.know_terminal(outbox, record.request)
    record.request = None  # parsed again when it leaves


def _fits(s, record, size):
    """Is there room for a message more: among what is to be sent, and in RAM, where live requests
    are and their answers until they are taken?
    """
    stored = in_ram = size
    for other in s.outbox.records:
        if other.live():
            stored += other[ids.MSG_LENGTH]
            if other.flag(ids.MF_VOLATILE):
                in_ram += other[ids.MSG_LENGTH]
        in_ram += len(other.reply or b"")
    if stored > s.config["outbox_bytes"]:
        return False
    return not record.flag(ids.MF_VOLATILE) or in_ram <= _IN_RAM * s.config["message_bytes"]


def _slot(outbox, slots):
    """A slot never used, else the one whose message ended longest ago; -1: none."""
    oldest = None
    free = list(range(slots))
    for record in outbox.records:
        if record.slot in free:
            free.remove(record.slot)
        over = record[ids.MSG_STATE] == ids.MS_DONE or (
            record[ids.MSG_STATE] == ids.MS_CANCELLED and not record.issue()
        )
        if over and (oldest is None or record[ids.MSG_ORDER] < oldest[ids.MSG_ORDER]):
            oldest = record
    if free:
        return free[0]
    return -1 if oldest is None else oldest.slot


def _demand(s, record):
    """Something was handed in: it, and the reversals before it, may use the next slot early."""
    assert record.live() and record.request is None
    if record[ids.MSG_MTI] == _SIGN_ON:
        _replace(s, record)
    for other in s.outbox.live():
        if match.rank(other[ids.MSG_MTI]) <= kinds.RANK_REVERSAL:
            other.next_s = 0
    s.failures = 0
    if not s.path.refuses():
        s.link_s = 0
    if record.kind() in (kinds.NETWORK, kinds.NETWORK_ADVICE):
        s.blame(events.APPLICATION)
    s.touch()
    s.tell(ids.E_SUBMITTED, ids.SEV_INFO, record)


def _replace(s, newest):
    """Each 0810 brings new keys: only the answer to the latest sign-on may be delivered."""
    for record in s.outbox.records:
        if record[ids.MSG_MTI] != _SIGN_ON or record is newest or record is s.waiting:
            continue
        if record[ids.MSG_STATE] == ids.MS_READY:
            s.outbox.happens(record, events.WITHDRAWN, ids.WHY_REPLACED)
        elif record[ids.MSG_ANSWER]:
            _take(s, record)


def _cancel(s, record):
    state = record[ids.MSG_STATE]
    if state == ids.MS_READY:
        s.outbox.happens(record, events.WITHDRAWN)
        s.tell(ids.E_CANCELLED, ids.SEV_INFO, record)
        s.touch()
    elif state == ids.MS_SENT and record is not s.waiting:
        s.end(record, events.WITHDRAWN, ids.WHY_WITHDRAWN)  # stops the repeats; it was sent
    elif state != ids.MS_CANCELLED:
        standing = record.as_map(s.clock)
        standing[ids.MSG_WHY] = ids.WHY_SENT
        return ids.R_REFUSED, standing
    return ids.R_OK, record.as_map(s.clock)


def _answer(s, record, offset):
    answer = sealed.answer(s.outbox, record)
    if answer is None:
        return ids.R_NOT_FOUND, record.as_map(s.clock)
    return ids.R_OK, {
        ids.SUB_OFFSET: offset,
        ids.SUB_BYTES: answer[offset : offset + _PART_MAX],
        ids.SUB_LENGTH: len(answer),
        ids.SUB_CRC: crc32(answer),
    }
