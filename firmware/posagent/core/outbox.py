"""Messages handed in by the payment application: kept until their end is known and taken.

Each has a slot: a marker, rewritten in place (records.py), and beside it, while needed, the sealed
message and the sealed answer. Order of writes: what a marker tells of is on flash before it, what
it no longer needs goes after it. So every power cut leaves a state that load() understands.
"""

from posproto import const, ids
from posproto.iso8583 import match

from .records import SIZE, Record, parse

_MARKER = "om%d"
_BODY = "ob%d"
_ANSWER = "oa%d"
_RESERVE = const(12288)  # flash that stays free, so that markers can always be rewritten
_ISSUES_MAX = const(8)  # open ends that stay visible after the application took them


class OutboxError(Exception):
    """A message that cannot be taken: `result` R_*, `why` WHY_*. Nothing of it was kept."""

    def __init__(self, result, why):
        super().__init__(why)
        self.result = result
        self.why = why


class Outbox:
    """Made once at start, reads the markers then. `ended` lists the records whose end the restart
    decided; who made the outbox reports them.
    """

    def __init__(self, storage, clock, vault, config, counters):
        self.records = []
        self.ended = []
        self._storage = storage
        self._clock = clock
        self._vault = vault
        self._counters = counters
        self._slots = config["outbox_records"]
        self._bytes = config["outbox_bytes"]
        self._order = 0
        self._load()

    def _load(self):
        for name in self._storage.names("om"):
            slot = int(name[2:])
            marker = self._storage.read(name)
            record = parse(slot, marker)
            if record is None and marker:
                record = self._rescue(slot)
            if record is not None:
                record.since_s = self._clock.s
                self._order = max(self._order, record[ids.MSG_ORDER])
                self.records.append(record)
                self._resume(record)
        for name in self._storage.names("ob") + self._storage.names("oa"):
            record = None
            for candidate in self.records:
                if candidate.slot == int(name[2:]):
                    record = candidate
            if name[1] == "b":
                needed = record and record.live()
            else:
                needed = record and record[ids.MSG_ANSWER]
            if not needed:
                self._remove(name)

    def _resume(self, record):
        """What a restart means for a message."""
        state = record[ids.MSG_STATE]
        if state == ids.MS_SENT and not record.flag(ids.MF_VOLATILE):
            marker, _ = self._unseal(_ANSWER % record.slot)
            answered = parse(record.slot, marker)
            if answered and answered.same(record):
                record.raw = answered.raw  # the power went between the answer and its mark
                self.mark(record, record[ids.MSG_STATE], record[ids.MSG_WHY])
            elif not record.flag(ids.MF_REPEATS):
                self._end(record, ids.MS_UNKNOWN)
        elif record.flag(ids.MF_VOLATILE):
            if state == ids.MS_READY:
                self._end(record, ids.MS_NOT_SENT)
            elif state <= ids.MS_REFUSED or record[ids.MSG_ANSWER]:
                record[ids.MSG_ANSWER] = 0
                self._end(record, ids.MS_UNKNOWN)

    def _end(self, record, state):
        self.mark(record, state, ids.WHY_RESTART)
        self.ended.append(record)

    def _rescue(self, slot):
        """A message whose marker is damaged: it may have been sent."""
        marker, _ = self._unseal(_BODY % slot)
        record = parse(slot, marker)
        if record:
            record[ids.MSG_STATE] = ids.MS_SENT
            self.mark(record, ids.MS_SENT)
        else:
            self._counters[ids.C_FLASH_ERRORS] += 1
        return record

    def _unseal(self, name):
        """(marker at sealing, content) of a sealed file, or (None, None)."""
        data = self._vault.open(name.encode(), self._storage.read(name))
        if data is None or len(data) < SIZE:
            return None, None
        return data[:SIZE], data[SIZE:]

    def _seal(self, name, record, data):
        self._storage.write(name, self._vault.seal(name.encode(), record.marker() + data))

    def _remove(self, name):
        try:
            self._storage.remove(name)
        except OSError:
            self._counters[ids.C_FLASH_ERRORS] += 1

    def find(self, message_id: int):
        """The newest record of the application's `message_id`, or None."""
        found = None
        for record in self.records:
            if record[ids.MSG_ID] == message_id and (
                found is None or record[ids.MSG_ORDER] > found[ids.MSG_ORDER]
            ):
                found = record
        return found

    def digest(self, length: int, crc: int) -> int:
        """What a marker keeps to know the same message again."""
        return self._vault.digest(b"%d %d" % (length, crc))

    def accept(self, record: Record, message: bytes) -> None:
        """Keeps `message`; `record` holds what is known of it. On flash when this returns.

        Raises OutboxError: R_FULL, R_REFUSED (it could only be kept in clear), R_FLASH.
        """
        volatile = record.flag(ids.MF_VOLATILE)
        if not volatile and not self._vault.ready:
            raise OutboxError(ids.R_REFUSED, ids.WHY_NO_VAULT)
        slot = self._slot()
        stored = len(message) + sum(r[ids.MSG_LENGTH] for r in self.records if r.live())
        try:
            if slot < 0 or stored > self._bytes or self._storage.free() < _RESERVE:
                raise OutboxError(ids.R_FULL, ids.WHY_FULL)
            record.slot = slot
            record.since_s = self._clock.s
            record[ids.MSG_STATE] = ids.MS_READY
            record[ids.MSG_ORDER] = self._order + 1
            record[ids.MSG_UNIX_S] = self._clock.unix_s
            record[ids.MSG_LENGTH] = len(message)
            if volatile:
                record.message = message
            else:
                self._seal(_BODY % slot, record, message)
            self._storage.write(_MARKER % slot, record.marker())
        except OSError:
            self._counters[ids.C_FLASH_ERRORS] += 1
            self._remove(_BODY % slot)
            raise OutboxError(ids.R_FLASH, ids.WHY_FLASH)
        self._order += 1
        self.records = [r for r in self.records if r.slot != slot]
        self.records.append(record)

    def _slot(self):
        """A slot never used, else the one whose message ended longest ago; -1: none."""
        oldest = None
        free = list(range(self._slots))
        for record in self.records:
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

    def body(self, record: Record):
        """The message to send, or None where it is damaged."""
        if record.flag(ids.MF_VOLATILE):
            return record.message
        marker, data = self._unseal(_BODY % record.slot)
        stored = parse(record.slot, marker)
        return data if stored and stored.same(record) else None

    def mark(self, record: Record, state: int, why: int = 0) -> bool:
        """Sets the state, on flash too; False where that refused: nothing is sent then."""
        before = record[ids.MSG_STATE]
        record[ids.MSG_AGE_S] = record.age_s(self._clock)
        record.since_s = self._clock.s
        record[ids.MSG_STATE] = state
        record[ids.MSG_WHY] = why
        try:
            self._storage.write(_MARKER % record.slot, record.marker())
        except OSError:
            self._counters[ids.C_FLASH_ERRORS] += 1
            if state == ids.MS_SENT:
                record[ids.MSG_STATE] = before
            return False
        if not record.live():
            record.message = None
            if before <= ids.MS_SENT and not record.flag(ids.MF_VOLATILE):
                self._remove(_BODY % record.slot)
        return True

    def answered(self, record: Record, state: int, why: int, answer: bytes) -> None:
        """The answer's fields are in `record`: keeps the answer until taken, marks the end."""
        record[ids.MSG_ANSWER] = len(answer)
        record.reply = answer
        if not record.flag(ids.MF_VOLATILE):
            sealed = Record(record.slot, record.raw)
            sealed[ids.MSG_STATE] = state
            sealed[ids.MSG_WHY] = why
            try:
                self._seal(_ANSWER % record.slot, sealed, answer)
                record.reply = None
            except OSError:
                self._counters[ids.C_FLASH_ERRORS] += 1
        self.mark(record, state, why)

    def answer(self, record: Record):
        """The answer that waits for the application, or None."""
        if not record[ids.MSG_ANSWER] or record.reply:
            return record.reply
        return self._unseal(_ANSWER % record.slot)[1]

    def take(self, record: Record) -> None:
        """The application holds the end of this message: nothing is kept but its marker."""
        if record.live():
            return
        state = record[ids.MSG_STATE]
        kept = record[ids.MSG_ANSWER] and not record.flag(ids.MF_VOLATILE)
        record[ids.MSG_ANSWER] = 0
        record.reply = None
        record[ids.MSG_FLAGS] |= ids.MF_TAKEN
        self.mark(record, state if record.issue() else ids.MS_DONE, record[ids.MSG_WHY])
        if kept:
            self._remove(_ANSWER % record.slot)

    def issues(self) -> list:
        """Open ends, oldest first: reversals never acknowledged, outcomes that stayed unknown."""
        return sorted((r for r in self.records if r.issue()), key=lambda r: r[ids.MSG_ORDER])

    def settle(self, record: Record) -> None:
        """A reversal was answered: the sale of the same STAN and batch is no open end any more."""
        for other in self.issues():
            if (
                other is not record
                and other[ids.MSG_STAN] == record[ids.MSG_STAN]
                and other[ids.MSG_BATCH] == record[ids.MSG_BATCH]
            ):
                other[ids.MSG_FLAGS] &= ~ids.MF_REVERSAL_DUE
                if other.flag(ids.MF_TAKEN):
                    self.mark(other, ids.MS_DONE, other[ids.MSG_WHY])
                else:
                    self.mark(other, other[ids.MSG_STATE], other[ids.MSG_WHY])

    def forget(self):
        """Gives up the oldest open end that the application took, where there are too many."""
        taken = [r for r in self.issues() if r.flag(ids.MF_TAKEN)]
        if len(taken) <= _ISSUES_MAX:
            return None
        self.mark(taken[0], ids.MS_DONE, ids.WHY_FULL)
        return taken[0]

    def live(self) -> list:
        """What is to be sent, in order of rank, then of acceptance."""
        return sorted(
            (r for r in self.records if r.live()),
            key=lambda r: (match.rank(r[ids.MSG_MTI]), r[ids.MSG_ORDER]),
        )
