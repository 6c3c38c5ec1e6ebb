"""What an answer means: for its message, for the batch, for what is known of the terminal.

R6: matched by posproto.iso8583.match. R7: acknowledged is what was answered; the application, who
can check the MAC, has the last word. R11: only codes that ask to wait are followed by a repeat.
"""

from posproto import ids
from posproto.iso8583 import match, responses

from . import batch
from .clock import ticks_diff
from .sending import HOST, Sending
from .wire import IsoError


class Answers(Sending):
    """The part of Settlement that listens; its state is made there."""

    def received(self, frame: bytes) -> bool:
        """A frame from the host; False: it makes no sense, so the connection must be closed."""
        waiting = self.waiting
        try:
            message = self.wire.parse(frame)
        except IsoError:
            if waiting is None or not waiting.flag(ids.MF_OPAQUE):
                self.unparsed()
                return False
            self._over(waiting, ids.MS_ACKNOWLEDGED, 0, None, frame)
            return True
        relation = match.UNRELATED
        if waiting is not None:
            relation = match.relate(waiting.request, message)
        if relation == match.ANSWER:
            self._answered(waiting, message, frame)
        elif relation == match.REJECTED:
            self._over(waiting, ids.MS_REFUSED, ids.WHY_REJECTED, message, frame)
        else:
            self._stray(message, frame)
        return True

    def unparsed(self) -> None:
        """An answer that is damaged or of another dialect."""
        self._counters[ids.C_ANSWERS_UNPARSED] += 1
        self._marks = ids.V_ANSWER_UNPARSED
        self._on_event(ids.E_UNPARSED_ANSWER, ids.SEV_ERROR)
        self.touch()

    def _answered(self, record, message, frame):
        """A matching answer."""
        verdict = match.outcome(record.request, message, self._groups)
        self._judge_host(message)
        if verdict == match.RETRY and record[ids.MSG_ATTEMPTS] < self.config["attempts_max"]:
            self.waiting = None if record is self.waiting else self.waiting
            self.answers += 1
            self.traffic[HOST] += 1
            self.path.answered()
            batch.note(record, message)
            self._later(record)
            wait_s = record.next_s - self.clock.s
            self.tell(ids.E_REPEAT_LATER, ids.SEV_WARNING, record, ids.A_WAIT_S, wait_s)
            return
        state = ids.MS_ACKNOWLEDGED if verdict == match.DONE else ids.MS_REFUSED
        self._over(record, state, 0, message, frame)

    def _over(self, record, state, why, message, frame):
        """The end of `record`, by an answer."""
        if record is self.waiting:
            self.waiting = None
        self.answers += 1
        self.path.answered()
        elapsed_ms = ticks_diff(self.clock.ms, record.sent_ms)
        record[ids.MSG_ELAPSED_MS] = elapsed_ms
        if message:
            batch.note(record, message)
        self.outbox.answered(record, state, why, frame)
        if state == ids.MS_ACKNOWLEDGED:
            self.last_ack_s = self.clock.s
            self._marks = 0
            event, severity = ids.E_ACKNOWLEDGED, ids.SEV_INFO
        else:
            self.traffic[HOST] += 1
            event, severity = ids.E_REFUSED, ids.SEV_WARNING
        self.tell(event, severity, record, ids.A_ELAPSED_MS, elapsed_ms)
        self._follow(record, message, state == ids.MS_ACKNOWLEDGED)

    def _follow(self, record, message, accepted):
        """What else an answer means: for the batch, for open ends."""
        kind = record[ids.MSG_MTI] // 10
        request = record.request
        if kind == 50:
            if message:
                self.batch.answered(request, message, self.wire.flagged)
        elif kind == 32:
            self.batch.uploaded(request, accepted)
        elif kind in (40, 42):
            self.outbox.settle(record)
        elif accepted and (kind == 22 or record.flag(ids.MF_REVERSAL_DUE)):
            self.batch.step(batch.MONEY, request)
        self.touch()

    def _judge_host(self, message):
        """What an answer's code and header tell of terminal, keys and host."""
        order, self._host_order = self._host_order, message.order
        if message.order and message.order != order:
            self._on_event(ids.E_HOST_ORDER, ids.SEV_WARNING, {ids.A_STATE: message.order})
        code = message.f39
        if code is None:
            return
        verdict = responses.verdict(code)
        if verdict:
            self._host_s = self.clock.s
            self._host_verdict = verdict
            self._host_cause = responses.cause(code)
        elif self._host_verdict and responses.group(code, self._groups) == "A":
            args = {ids.A_VERDICT: self._host_verdict}
            self._host_verdict = self._host_cause = 0
            self._on_event(ids.E_HOST_TAKES_AGAIN, ids.SEV_INFO, args)

    def _stray(self, message, frame):
        """No answer to what waits: late, again, or nobody's."""
        for record in reversed(self.outbox.records):
            if record.request is None or record is self.waiting:
                continue
            if match.relate(record.request, message) != match.ANSWER:
                continue
            state = record[ids.MSG_STATE]
            if state == ids.MS_SENT:
                self._answered(record, message, frame)
            elif state in (ids.MS_UNKNOWN, ids.MS_EXPIRED) and not record.flag(ids.MF_LATE):
                self._late(record, message, frame)
            else:
                self._counters[ids.C_ANSWERS_DUPLICATE] += 1
            return
        self._counters[ids.C_ANSWERS_UNMATCHED] += 1
        args = {ids.A_MTI: message.mti, ids.A_STAN: int(message.f11 or 0)}
        self._on_event(ids.E_UNMATCHED_ANSWER, ids.SEV_WARNING, args)

    def _late(self, record, message, frame):
        """An answer after the end was told. For a sale it is no approval: the cashier said no."""
        self._counters[ids.C_ANSWERS_LATE] += 1
        record[ids.MSG_FLAGS] |= ids.MF_LATE
        elapsed_ms = ticks_diff(self.clock.ms, record.sent_ms)
        why = 0
        for other in self.outbox.records:
            if (
                other[ids.MSG_STAN] == record[ids.MSG_STAN]
                and match.rank(other[ids.MSG_MTI]) == 1
                and other[ids.MSG_STATE] in (ids.MS_SENT, ids.MS_ACKNOWLEDGED)
            ):
                why = ids.WHY_REVERSED
        batch.note(record, message)
        self.tell(ids.E_LATE_ANSWER, ids.SEV_WARNING, record, ids.A_ELAPSED_MS, elapsed_ms, why)
        if match.rank(record[ids.MSG_MTI]) != 2:
            self._answered(record, message, frame)
        elif not why:
            self.outbox.answered(record, ids.MS_UNKNOWN, record[ids.MSG_WHY], frame)
        self.touch()
