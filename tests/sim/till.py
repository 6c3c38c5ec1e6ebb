"""A shop's till for worlds in one process, on either runtime (posworld.shell.app is CPython's).

It sells and hands in advices in opening hours, reverses what stayed open, closes each day with a
settlement and the end marker of its upload, and takes the end of every message, as a payment
application must: one that never does fills the outbox.
"""

import cup_frames
from posproto import cbor, frames, ids, link, submit

HOUR_S = 3600
OPEN_S = 7 * HOUR_S  # of each day; the close follows the opening hours
CLOSE_S = 22 * HOUR_S
_TRIES = 3  # of a close that got no answer, half an hour apart
_AGAIN_S = 1800
_PART = 500


class Job:
    """One message from its handing in until the agent was told that its end was noted."""

    def __init__(self, number, stan, kind):
        self.number = number  # its id for the agent
        self.stan = stan
        self.kind = kind
        self.taken = False  # the agent said that it has it
        self.standing = submit.Standing(None)
        self.answer = submit.Answer(number)


class Till:
    """ask(bytes) writes to the agent; hear(line) is told each line of it. act(now_s) does what is
    due; due_s is the moment at which it wants to be called again. on_hand_in(number) hears of
    each message.
    """

    def __init__(self, rng, ask, on_hand_in):
        self.rng = rng.fork("till")
        self.ask = ask
        self.on_hand_in = on_hand_in
        self.batch = 1
        self.total_minor = self.count = 0  # of the batch, as the till sees it
        self.handed_in = 0
        self.ends = {}  # MS_*: how often a message ended so
        self.refused = 0  # not taken: the outbox was full, say
        self.closed = 0  # batches
        self.due_s = OPEN_S
        self.number = 0
        self._jobs = {}
        self._wanted = []  # requests that wait for their turn: (job, operation, arguments)
        self._asked = None  # the one that waits for its response
        self._request = 0
        self._tries = 0
        self._reader = link.FrameReader()
        self._writer = link.FrameWriter()

    # -- the day -----------------------------------------------------------------------------

    def act(self, now_s):
        """Whatever the shop does at this moment."""
        second = now_s % 86400
        if second < OPEN_S:
            self.due_s = now_s - second + OPEN_S
        elif second < CLOSE_S:
            self._serve()
            step_s = self.rng.between(HOUR_S // 2, 3 * HOUR_S)
            self.due_s = min(now_s + step_s, now_s - second + CLOSE_S)
        elif self._tries < _TRIES and self.count:
            if not self._closing():  # what was handed in goes out when it can
                self._tries += 1
                self.hand_in("settlement", cup_frames.settlement, self.total_minor, self.count)
            self.due_s = now_s + _AGAIN_S
        else:
            self._tries = 0
            self.due_s = now_s - second + 86400 + OPEN_S
        for number in sorted(self._jobs):  # the agent may have started anew
            if self._jobs[number].taken:
                self._ask_about(self._jobs[number])

    def _serve(self):
        minor = 100 + self.rng.below(90000)
        if self.rng.below(2):
            self.hand_in("sale", cup_frames.sale, minor)
        else:
            self.hand_in("advice", cup_frames.advice, minor)

    def _closing(self):
        """Is a settlement, or the end marker that follows one, under way?"""
        return any(job.kind in ("settlement", "end") for job in self._jobs.values())

    def open_ends(self):
        """Messages whose end is not noted yet."""
        return len(self._jobs)

    # -- messages ----------------------------------------------------------------------------

    def hand_in(self, kind, build, *arguments, stan=0):
        """`stan`: of the message that a reversal is about (it bears the same); 0: a new one."""
        self.number += 1
        self.handed_in += 1
        stan = stan or self.number
        job = self._jobs[self.number] = Job(self.number, stan, kind)
        job.minor = arguments[0] if kind in ("sale", "advice") else 0
        self.on_hand_in(self.number)
        message = build(stan, self.batch, *arguments)
        for op, args in submit.hand_in(self.number, message, part_max=_PART):
            self._wanted.append((job, op, args))
        self._next()

    def _over(self, job):
        """Its end is known."""
        state = job.standing.state
        self.ends[state] = self.ends.get(state, 0) + 1
        good = state == ids.MS_ACKNOWLEDGED
        if job.kind in ("sale", "advice") and good:
            self.total_minor += job.minor
            self.count += 1
        elif job.kind == "sale" and job.standing.reversal_due():
            self.hand_in("reversal", cup_frames.reversal, job.minor, stan=job.stan)
        elif job.kind == "settlement" and good:
            self.hand_in("end", cup_frames.end_marker, 207)
        elif job.kind == "end" and good:
            self.closed += 1
            self.batch += 1
            self.total_minor = self.count = self._tries = 0

    # -- requests and responses ----------------------------------------------------------------

    def _ask_about(self, job):
        self._wanted.append((job,) + submit.query(job.number))
        self._next()

    def _next(self):
        if self._asked is not None or not self._wanted:
            return
        self._asked = self._wanted.pop(0)
        self._request = self._request % 65535 + 1
        writer = self._writer.begin(ids.FRAME_REQUEST, self._request)
        frames.put_request(writer, self._asked[1], self._asked[2])
        self.ask(self._writer.end())

    def hear(self, line):
        for frame in self._reader.feed(line):
            if frame.type == ids.FRAME_EVENT:
                news = submit.event(cbor.decode(frame.payload))
                job = self._jobs.get(news[0]) if news else None
                if job is not None and job.taken and news[1] > ids.E_SENT:
                    self._ask_about(job)
            elif frame.type == ids.FRAME_RESPONSE and frame.request_id == self._request:
                job, op, _ = self._asked
                self._asked = None
                response = cbor.decode(frame.payload)
                self._response(job, op, response[ids.RS_RESULT], response.get(ids.RS_VALUE))
                self._next()

    def _response(self, job, op, result, value):
        if job.number not in self._jobs:
            return
        if op == ids.OP_ANSWER and result == ids.R_OK:
            whole = job.answer.add(value)
            request = submit.done(job.number) if whole else job.answer.request()
            self._wanted.append((job,) + request)
        elif op == ids.OP_ANSWER_DONE:
            self._jobs.pop(job.number)
            self._over(job)
        elif result == ids.R_OK and op in (ids.OP_QUERY, ids.OP_SUBMIT_COMMIT):
            job.taken = True
            job.standing = submit.Standing(value)
            if job.standing.over():
                fetch = job.standing.answer_bytes > 0
                request = job.answer.request() if fetch else submit.done(job.number)
                self._wanted.append((job,) + request)
        elif result != ids.R_OK:
            self._jobs.pop(job.number)
            self.refused += 1
