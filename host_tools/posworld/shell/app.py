"""A small payment application: hands messages to the agent over the link, collects the answers.

Sans-I/O: feed() and output() take the time in milliseconds. It asks again when no response comes,
with the same bytes, and keeps an answer only when length and CRC-32 fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from posproto import cbor, frames, ids, link, submit

_RETRY_MS = 3000
_ASK_MS = 2000
_RETRIES = 20
_PART = 200  # the port of a small terminal may hold no more

# Where a message stands, as the application sees it.
HANDING_IN, HANDED_IN, ANSWERED, REFUSED, GIVEN_UP = range(5)
STATES = ("handing in", "handed in", "answered", "refused", "given up")


class Job:
    """One message: its bytes, what it is, and its answer."""

    def __init__(self, record: int, message: bytes) -> None:
        self.record = record
        self.message = message
        self.state = HANDING_IN
        self.standing = submit.Standing(None)  # where it stands, as the agent says
        self.result = 0  # R_* of a refusal
        self.handed_in_ms = -1
        self.answered_ms = -1
        self.fetch = submit.Answer(record)
        self.again()

    def again(self) -> None:
        """Hand in from the start: the same id, so it is taken once."""
        self.steps = list(submit.hand_in(self.record, self.message, part_max=_PART))

    @property
    def answer(self) -> bytes:
        return self.fetch.data or b""


class PaymentApp:
    """on_change(job) hears of each change of a job's state."""

    def __init__(self, first_request: int = 1, first_record: int = 1) -> None:
        self.jobs: list[Job] = []
        self.on_change: Callable[[Job], None] | None = None
        self.reader = link.FrameReader()
        self._writer = link.FrameWriter()
        self._request = first_request
        self._record = first_record
        self._out = bytearray()
        self._line = b""
        self._sent_ms = 0
        self._tries = 0
        self._over = 0  # so many jobs are
        self._pending: tuple[Job, int] | None = None  # job and operation of the open request
        self._ask_at_ms = 0

    def submit(self, message: bytes) -> Job:
        """Queue a message for handing in."""
        job = Job(self._record, message)
        self._record += 1
        self.jobs.append(job)
        return job

    def job(self) -> Job | None:
        """The oldest one that is not over."""
        for i in range(self._over, len(self.jobs)):
            if self.jobs[i].state in (HANDING_IN, HANDED_IN):
                return self.jobs[i]
            self._over = i + 1
        return None

    def answered(self) -> int:
        return sum(1 for job in self.jobs if job.state == ANSWERED)

    # -- bytes -----------------------------------------------------------------------------

    def feed(self, data: bytes, now_ms: int) -> None:
        for frame in self.reader.feed(data):
            if frame.type == ids.FRAME_RESPONSE and frame.request_id == self._request:
                self._response(frame, now_ms)
            elif frame.type == ids.FRAME_EVENT:
                self._ask_at_ms = min(self._ask_at_ms, now_ms)  # it may be about our message

    def output(self, now_ms: int) -> bytes:
        """Bytes to write now."""
        if self._pending is None:
            self._next(now_ms)
        elif now_ms - self._sent_ms >= _RETRY_MS:
            self._again(now_ms)
        out = bytes(self._out)
        self._out.clear()
        return out

    def deadline(self, now_ms: int) -> int:
        """Milliseconds until output() has something by itself; -1 where nothing is open."""
        job = self.job()
        if job is None and self._pending is None:
            return -1
        if self._pending is not None:
            return max(0, self._sent_ms + _RETRY_MS - now_ms)
        if job is not None and job.state == HANDED_IN:
            return max(0, self._ask_at_ms - now_ms)
        return 0

    def idle(self) -> bool:
        """No request is out and nothing is being handed in."""
        job = self.job()
        return self._pending is None and (job is None or job.state == HANDED_IN)

    # -- requests ----------------------------------------------------------------------------

    def _next(self, now_ms: int) -> None:
        job = self.job()
        if job is None:
            return
        if job.state == HANDED_IN:
            if now_ms >= self._ask_at_ms:
                over = job.standing.over()
                request = job.fetch.request() if over else submit.query(job.record)
                self._send(job, request, now_ms)
        else:
            self._send(job, job.steps[0], now_ms)

    def _send(self, job: Job, request: tuple[int, dict[int, Any]], now_ms: int) -> None:
        op, args = request
        self._request = self._request % 65535 + 1
        frames.put_request(self._writer.begin(ids.FRAME_REQUEST, self._request), op, args)
        self._line = self._writer.end()
        self._pending = (job, op)
        self._tries = 0
        self._sent_ms = now_ms
        self._out += self._line

    def _again(self, now_ms: int) -> None:
        self._tries += 1
        if self._tries > _RETRIES and self._pending is not None:
            job, self._pending = self._pending[0], None
            self._change(job, GIVEN_UP)
            return
        self._sent_ms = now_ms
        self._out += self._line

    # -- responses ---------------------------------------------------------------------------

    def _response(self, frame: link.Frame, now_ms: int) -> None:
        if self._pending is None:
            return
        job, op = self._pending
        self._pending = None
        try:
            record = frames.parse(frame)[0]
        except cbor.CborError:
            self._ask_at_ms = now_ms + _ASK_MS
            return
        result, value = record.get(ids.RS_RESULT), record.get(ids.RS_VALUE)
        if op == ids.OP_ANSWER:
            self._answer(job, result, value, now_ms)
        elif op == ids.OP_QUERY:
            self._stands(job, value, now_ms)
        elif op == ids.OP_ANSWER_DONE:
            self._change(job, ANSWERED if job.answer else REFUSED)
        elif result != ids.R_OK:
            self._refused(job, op, result, now_ms)
        else:
            job.steps.pop(0)
            if not job.steps:
                job.handed_in_ms = now_ms
                self._ask_at_ms = now_ms + _ASK_MS
                self._change(job, HANDED_IN)

    def _refused(self, job: Job, op: int, result: int, now_ms: int) -> None:
        if result == ids.R_BUSY or (result == ids.R_BAD_REQUEST and op == ids.OP_SUBMIT_COMMIT):
            # The agent restarted between the parts: from the start again, a little later.
            job.again()
            self._ask_at_ms = now_ms + _ASK_MS
            return
        job.result = result
        self._change(job, REFUSED)

    def _stands(self, job: Job, value: Any, now_ms: int) -> None:
        """Where the message stands; an end without an answer is an end too."""
        job.standing = submit.Standing(value)
        if not job.standing.over():
            self._ask_at_ms = now_ms + _ASK_MS
        elif not job.standing.answer_bytes:
            self._send(job, submit.done(job.record), now_ms)

    def _answer(self, job: Job, result: int, value: Any, now_ms: int) -> None:
        try:
            whole = result == ids.R_OK and job.fetch.add(value)
        except ValueError:
            whole = False
        if whole:
            job.answered_ms = now_ms
            self._send(job, submit.done(job.record), now_ms)
        elif result != ids.R_OK:
            self._ask_at_ms = now_ms + _ASK_MS

    def _change(self, job: Job, state: int) -> None:
        job.state = state
        if self.on_change:
            self.on_change(job)
