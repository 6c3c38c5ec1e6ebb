"""What is to be sent, when, and what becomes of what got no answer.

R1: the bytes are those that were handed in. R3 and R4: who may leave again was decided when it was
accepted (MF_REPEATS). R5: see held(). R8: no mark on flash, no byte on the air.
"""

from posproto import const, ids
from posproto.iso8583 import match

from . import batch
from .exchange import SOCK
from .wire import told

_PLAN_S = const(5)  # how long a plan holds where nothing happens
_FLASH_S = const(60)  # pause where the flash refused a mark
LINK = const(0)
HOST = const(1)
APPLICATION = const(2)


class Sending:
    """The part of Settlement that plans; its state is made there."""

    def touch(self) -> None:
        """Something changed: plan again."""
        self._plan_s = -1

    def due(self) -> int:
        """Milliseconds until something wants to be sent, 0 now; -1: nothing does."""
        self.poll()
        if self._next_s < 0:
            return -1
        return max(self._next_s - self.clock.s, 0) * 1000

    def poll(self) -> None:
        """Ends what expired and brings pending, oldest_s and the verdicts up to date. Call it in
        each turn, connected or not.
        """
        now_s = self.clock.s
        if self._plan_s > now_s:
            return
        if now_s - self._hour_s >= 3600:
            self._hour_s = now_s
            self._last_hour, self.traffic = self.traffic, [0, 0, 0]
        self._plan_s = now_s + _PLAN_S
        live = self.outbox.live()
        self.pending = len(live)
        self.oldest_s = 0
        self._next_s = -1
        for record in live:
            age_s = record.age_s(self.clock)
            self.oldest_s = max(self.oldest_s, age_s)
            if age_s >= record[ids.MSG_DEADLINE_S] and record is not self.waiting:
                self.give_up(record, ids.WHY_DEADLINE)
            elif not held(record, live):
                next_s = max(record.next_s, self._link_s, now_s)
                if self._next_s < 0 or next_s < self._next_s:
                    self._next_s = next_s
        forgotten = self.outbox.forget()
        if forgotten:
            self.tell(ids.E_EXPIRED, ids.SEV_ERROR, forgotten)
        self._verdicts = self._judge()
        if self._plan_s < 0:
            self.poll()  # what ended may have held others up

    def choose(self):
        """The record that may leave now, or None. Of advices and uploads the least tried one."""
        live = self.outbox.live()
        best = None
        for record in live:
            if record.next_s > self.clock.s or record is self.waiting or held(record, live):
                continue
            if best is None or (
                3 <= match.rank(record[ids.MSG_MTI]) == match.rank(best[ids.MSG_MTI])
                and record[ids.MSG_ATTEMPTS] < best[ids.MSG_ATTEMPTS]
            ):
                best = record
        return best

    def limit_s(self, record) -> int:
        """How long to wait for the answer."""
        settles = match.rank(record[ids.MSG_MTI]) == 5
        return self.config["settle_timeout_s" if settles else "answer_timeout_s"]

    def on_socket(self, closed: bool, sock: int) -> None:
        """The modem reports data (`closed` False) or the end of a connection."""
        if closed and sock == SOCK:
            self.closed = True

    def connected(self, error: int) -> None:
        """A connection was tried; `error` 0: it is open."""
        self.path.opened(error)
        self.touch()
        if not error:
            self._failures = 0
            self._link_s = 0
            return
        self.traffic[LINK] += 1
        self._link_s = self.clock.s + self._wait_s(5, self._failures)
        self._failures += 1
        cause = ids.CAUSE_SOCKET << 8 | (error & 255)
        self._on_event(ids.E_HOST_REFUSED, ids.SEV_WARNING, {ids.A_CAUSE: cause})

    def _wait_s(self, first_s, tries):
        """Back-off: doubles to the ceiling, with a quarter of jitter."""
        wait_s = min(first_s << min(tries, 12), self.config["retry_max_s"])
        return wait_s + self._rng.below(wait_s // 4 + 1)

    def prepare(self, record):
        """Marks `record` as sent and returns its bytes; None: it may not leave."""
        message = self.outbox.body(record)
        over = record.age_s(self.clock) >= record[ids.MSG_DEADLINE_S]
        if over or message is None:
            self.give_up(record, ids.WHY_DEADLINE if over else ids.WHY_DAMAGED)
            return None
        if record.request is None:
            opaque = record.flag(ids.MF_OPAQUE)
            record.request = _known(record) if opaque else self.wire.parse(message)
        if record[ids.MSG_STATE] == ids.MS_READY and not self.outbox.mark(record, ids.MS_SENT):
            record.next_s = self.clock.s + _FLASH_S
            return None
        record[ids.MSG_ATTEMPTS] += 1
        record.sent_ms = self.clock.ms
        self.waiting = record
        if record[ids.MSG_MTI] // 10 == 50:
            self.batch.step(batch.SENT, record.request)
        self.touch()
        self.tell(ids.E_SENT, ids.SEV_INFO, record, ids.A_ATTEMPT, record[ids.MSG_ATTEMPTS])
        return self.wire.wrap(message)

    def unanswered(self, why: int) -> None:
        """The waiting record got no answer: R3, R4."""
        record = self.waiting
        self.waiting = None
        self.traffic[LINK] += 1
        if why == ids.WHY_NO_ANSWER:
            self.path.silent()
        if not record.flag(ids.MF_REPEATS):
            self._end(record, ids.MS_UNKNOWN, why)
        elif record[ids.MSG_ATTEMPTS] >= self.config["attempts_max"]:
            self.give_up(record, ids.WHY_ATTEMPTS)
        else:
            self._later(record)

    def _later(self, record):
        tries = record[ids.MSG_ATTEMPTS] - 1
        record.next_s = self.clock.s + self._wait_s(self.config["retry_s"], tries)
        self.touch()

    def give_up(self, record, why):
        """A live record ends: not sent where no byte left, else expired, never silently."""
        unsent = record[ids.MSG_STATE] == ids.MS_READY
        self._end(record, ids.MS_NOT_SENT if unsent else ids.MS_EXPIRED, why)

    def _end(self, record, state, why):
        self.outbox.mark(record, state, why)
        self._ended(record)

    def _ended(self, record):
        state = record[ids.MSG_STATE]
        kind = record[ids.MSG_MTI] // 10
        event = ids.E_EXPIRED
        if state == ids.MS_UNKNOWN:
            event = ids.E_OUTCOME_UNKNOWN
        elif state == ids.MS_NOT_SENT:
            event = ids.E_NOT_SENT
        self.tell(event, ids.SEV_ERROR, record)
        if kind == 50 and state != ids.MS_NOT_SENT:
            self.batch.step(batch.SILENT, _known(record))
        elif kind == 32:
            self.batch.uploaded(_known(record), False)
        self.touch()

    def tell(self, event, severity, record, key=-1, value=0, why=0):
        """An event about a message."""
        args = {
            ids.A_RECORD: record[ids.MSG_ID],
            ids.A_MTI: record[ids.MSG_MTI],
            ids.A_STAN: record[ids.MSG_STAN],
        }
        for arg, field in (
            (ids.A_BATCH, ids.MSG_BATCH),
            (ids.A_F39, ids.MSG_F39),
            (ids.A_RRN, ids.MSG_RRN),
            (ids.A_REASON, ids.MSG_WHY),
        ):
            if record[field]:
                args[arg] = record[field]
        if why:
            args[ids.A_REASON] = why
        if key >= 0:
            args[key] = value
        self._on_event(event, severity, args)


def _known(record):
    """The Message of a record whose request is not at hand."""
    return told(
        record[ids.MSG_MTI], record[ids.MSG_STAN], record[ids.MSG_BATCH], record[ids.MSG_CODE]
    )


def _ends_upload(record):
    return record[ids.MSG_CODE] in (202, 207)


def held(record, live):
    """Must `record` wait for others? R5: reversals before sales, all before the settlement."""
    mti = record[ids.MSG_MTI]
    if mti // 10 in (80, 82):
        return False  # a sign-on may be what the others wait for
    rank = match.rank(mti)
    for other in live:
        before = match.rank(other[ids.MSG_MTI])
        if other is record or other[ids.MSG_MTI] // 10 in (80, 82):
            continue
        if before < rank and not (before == 0 and rank <= 2):
            return True
        if before == rank:
            earlier = other[ids.MSG_ORDER] < record[ids.MSG_ORDER]
            if rank <= 1 and earlier:
                return True
            if rank == 4 and _ends_upload(record) and not _ends_upload(other):
                return True
    return False
