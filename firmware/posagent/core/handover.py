"""The payment application's operations: hand in, withdraw, ask, fetch the answer.

"Accepted" is said only when the record is on flash; a refusal leaves nothing behind.
"""

from binascii import crc32

from posproto import const, ids
from posproto.iso8583 import match
from posproto.parts import Assembler, PartError

from .outbox import OutboxError
from .records import Record
from .wire import IsoError, told

_PART_MAX = const(500)
_VOLATILE_S = const(60)  # a live request that nobody sent by then: the cashier gave up
_KEPT_S = const(86400)
_OWN_FLAGS = const(3)  # MF_* that the application may set


class Handover:
    """Made once at start; the buffer for messages in parts is allocated then.

    `owner` is the Settlement.
    """

    def __init__(self, owner, message_bytes: int):
        self._owner = owner
        self._outbox = owner.outbox
        self._parts = Assembler(message_bytes)
        self._id = -1  # whose parts they are

    def handle(self, op: int, args: dict):
        """(R_*, value or None); KeyError, TypeError, ValueError where arguments make no sense."""
        message_id = args.get(ids.SUB_ID, -1)
        if op == ids.OP_SUBMIT_PART:
            return self._part(message_id, args[ids.SUB_OFFSET], args[ids.SUB_BYTES])
        if op == ids.OP_SUBMIT_COMMIT:
            return self._commit(message_id, args)
        record = self._outbox.find(message_id)
        if record is None:
            return ids.R_NOT_FOUND, None
        if op == ids.OP_CANCEL:
            return self._cancel(record)
        if op == ids.OP_ANSWER:
            return self._answer(record, args.get(ids.SUB_OFFSET, 0))
        if op == ids.OP_ANSWER_DONE:
            if record.live():
                return ids.R_REFUSED, self._report(record)
            if args.get(ids.SUB_HELD):
                record[ids.MSG_FLAGS] &= ~ids.MF_REVERSAL_DUE
            self._outbox.take(record)
            self._owner.touch()
        elif op != ids.OP_QUERY:
            return ids.R_UNKNOWN_OP, None
        return ids.R_OK, self._report(record)

    def _report(self, record):
        return record.report(self._owner.clock)

    def _part(self, message_id, offset, data):
        if message_id != self._id:
            self._parts.clear()
            self._id = message_id
        try:
            return ids.R_OK, {ids.SUB_OFFSET: self._parts.put(offset, data)}
        except PartError as error:
            result = ids.R_TOO_LONG if error.reason == "too long" else ids.R_BAD_REQUEST
            return result, {ids.SUB_OFFSET: self._parts.size, ids.MSG_WHY: ids.WHY_PARTS}

    def _commit(self, message_id, args):
        length, crc = args[ids.SUB_LENGTH], args[ids.SUB_CRC]
        if not 0 < message_id < 1 << 32:
            return ids.R_BAD_REQUEST, None
        digest = self._outbox.digest(length, crc)
        record = self._outbox.find(message_id)
        if record:
            same = record[ids.MSG_LENGTH] == length and record[ids.MSG_DIGEST] == digest
            if same and (record.crc is None or record.crc == crc):
                return ids.R_OK, self._report(record)
            return ids.R_REFUSED, {ids.MSG_WHY: ids.WHY_ID_IN_USE}
        if ids.SUB_BYTES in args:
            self._id = -1
            result = self._part(message_id, 0, args[ids.SUB_BYTES])
            if result[0]:
                return result
        try:
            if message_id != self._id:
                raise PartError("gap")
            message = self._parts.commit(length, crc)
        except PartError:
            return ids.R_BAD_REQUEST, {ids.MSG_WHY: ids.WHY_PARTS}
        try:
            record = self._record(message_id, args, message)
            record[ids.MSG_DIGEST] = digest
            record.crc = crc
            self._outbox.accept(record, message)
        except OutboxError as error:
            self._owner.refused(error.why)
            return error.result, {ids.MSG_WHY: error.why}
        self._owner.accepted(record)
        return ids.R_OK, self._report(record)

    def _record(self, message_id, args, message):
        """The Record of a message that may be taken; raises OutboxError."""
        owner = self._owner
        flags = args.get(ids.SUB_FLAGS, 0) & _OWN_FLAGS
        try:
            if flags & ids.MF_OPAQUE:
                batch = args.get(ids.SUB_BATCH, 0)
                request = told(args[ids.SUB_MTI], args[ids.SUB_STAN], batch)
            else:
                request = owner.wire.parse(message)
        except IsoError:
            raise OutboxError(ids.R_BAD_REQUEST, ids.WHY_UNPARSED)
        if not match.is_request(request.mti) or request.f11 is None:
            raise OutboxError(ids.R_REFUSED, ids.WHY_NO_REQUEST)
        if not (flags & ids.MF_OPAQUE or owner.config["tls"] or owner.config["closed_apn"]):
            raise OutboxError(ids.R_REFUSED, ids.WHY_OPEN_NETWORK)  # R10
        if not owner.path.hosts():
            raise OutboxError(ids.R_REFUSED, ids.WHY_NO_HOST)
        record = Record(-1)
        record.request = request
        record[ids.MSG_ID] = message_id
        record[ids.MSG_MTI] = request.mti
        record[ids.MSG_STAN] = int(request.f11)
        record[ids.MSG_BATCH] = int(request.f60_2 or 0)
        record[ids.MSG_CODE] = int(request.f60_3 or 0)
        for other in self._outbox.records:
            if (
                other.live()
                and other[ids.MSG_MTI] // 10 == request.mti // 10
                and other[ids.MSG_STAN] == record[ids.MSG_STAN]
            ):
                raise OutboxError(ids.R_REFUSED, ids.WHY_SAME_STAN)
        if match.keep(request.mti) != match.KEEP_MESSAGE:
            flags |= ids.MF_VOLATILE
        if match.reversal_due(request):
            flags |= ids.MF_REVERSAL_DUE
        if match.may_resend(request, flags & ids.MF_REPEATABLE > 0):
            flags |= ids.MF_REPEATS
        record[ids.MSG_FLAGS] = flags
        lasting_s = _VOLATILE_S if flags & ids.MF_VOLATILE else _KEPT_S
        record[ids.MSG_DEADLINE_S] = args.get(ids.SUB_DEADLINE_S, 0) or lasting_s
        return record

    def _cancel(self, record):
        state = record[ids.MSG_STATE]
        if state == ids.MS_READY:
            self._outbox.mark(record, ids.MS_CANCELLED)
            self._owner.tell(ids.E_CANCELLED, ids.SEV_INFO, record)
        elif state == ids.MS_SENT and record is not self._owner.waiting:
            self._owner.give_up(record, ids.WHY_WITHDRAWN)  # stops the repeats; it was sent
        elif state != ids.MS_CANCELLED:
            report = self._report(record)
            report[ids.MSG_WHY] = ids.WHY_SENT
            return ids.R_REFUSED, report
        return ids.R_OK, self._report(record)

    def _answer(self, record, offset):
        answer = self._outbox.answer(record)
        if answer is None:
            return ids.R_NOT_FOUND, self._report(record)
        part = answer[offset : offset + _PART_MAX]
        return ids.R_OK, {
            ids.SUB_OFFSET: offset,
            ids.SUB_BYTES: part,
            ids.SUB_LENGTH: len(answer),
            ids.SUB_CRC: crc32(answer),
        }
