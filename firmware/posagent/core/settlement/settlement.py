"""Acknowledgements: did the acquirer confirm what the terminal sent, and if not, what now.

What must know all the time stays here: what is due, what expired, what it amounts to. The work is
loaded when there is some: submit.py for the payment application, connection.py (with sender.py
and answers.py) for the acquirer. Each of the rules R1 to R11 of the settlement watch has a test
of its name. R9: nothing of a message but what the walker of posproto.iso8583 keeps reaches an
event or a report.
"""

from posproto import const, ids
from posproto.iso8583 import kinds, match
from posproto.parts import Assembler

from .. import modules
from . import events
from .outbox import CUT, Outbox
from .record import STATE_AT, Record

_SALES = (kinds.AUTHORISATION, kinds.SALE)
_OF_BATCH = (kinds.UPLOAD, kinds.SETTLEMENT)
_REVERSALS = (kinds.REVERSAL, kinds.REVERSAL_ADVICE)
_UPLOAD_ENDS = (kinds.END_UNBALANCED, kinds.END_BALANCED)
_TOLD = (kinds.RANK_LIVE, kinds.RANK_SETTLEMENT)  # its end, by the shop or by the batch
_REVIEW_S = const(5)  # messages are looked through again where nothing happens
_OUTAGE_S = const(3600)
_WAITS_S = const(30)  # older than this, a message is worth a verdict
_TRAFFIC_MAX = const(30)  # failed attempts an hour
_BLAMED_S = const(900)  # who was not blamed for so long is well again
# By MS_* from MS_REFUSED on.
_ENDS = (ids.E_REFUSED, ids.E_OUTCOME_UNKNOWN, ids.E_EXPIRED, ids.E_CANCELLED, ids.E_NOT_SENT)
# How a settlement came out that is no good end.
_STANDS = {
    ids.SET_NO_ANSWER: ids.V_SETTLEMENT_UNKNOWN,
    ids.SET_REFUSED: ids.V_SETTLEMENT_REFUSED,
    ids.SET_UNBALANCED: ids.V_SETTLEMENT_UNBALANCED,
    ids.SET_UPLOAD_INCOMPLETE: ids.V_UPLOAD_INCOMPLETE,
    ids.SET_DIFFERENCE: ids.V_CLOSED_WITH_DIFFERENCE,
}


class Settlement:
    """Made once at start, with the buffer for messages in parts. on_event(E_*, SEV_*, args) hears
    of everything that matters.

    `path`: the agent's HostPath; `key`: for messages at rest; `cipher`: see vault.keys(); `log`:
    the EventLog, which must not forget what ended badly.
    """

    number = 1  # of the acquirer, where there are several: see acquirers.py
    crowd = None  # and they
    sock = events.SOCK  # its connection's number
    cut_short = False  # the last start ended while a message may have been on its way
    online = False  # the agent says whether there is a context
    wire = None  # of the exchange under way
    over = False  # it ended
    unfollowed = None  # an answer that is marked, and what follows from it is not done yet
    senseless = False  # what it heard was no message: the connection must be closed
    waiting = None  # the record whose answer is awaited
    closed = False  # the connection is
    answers = 0
    bytes = 0  # on the air since they were last counted
    pending = oldest_s = 0
    last_ack_s = None
    host_order = 0  # of the last answer's header
    host_verdict = host_cause = host_s = 0  # what the host's refusals say, why, since when
    alert = 0  # V_ANSWER_UNPARSED, V_OUTBOX_FULL: until the next acknowledgement
    failures = 0  # connections in a row that did not open
    link_s = 0  # uptime from which the next one may
    verdicts = ()
    _review_s = -1  # uptime at which the messages are looked through again
    _next_s = -1
    _down_s = 0  # uptime at which there was no context

    def __init__(
        self,
        storage,
        config,
        clock,
        rng,
        on_event,
        key,
        path,
        counters,
        cipher=None,
        log=None,
        secret: bytes = b"",
        parts=None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.path = path
        self.rng = rng
        self.on_event = on_event
        self.counters = counters
        self.log = log
        self.secret = secret  # of vault.digest()
        self.frames = []  # that came and hear() has not read yet; None: bytes that are none
        self.parts = parts or Assembler(config["message_bytes"])
        self.traffic = [0] * 7  # in this hour: failed attempts by LINK to LIMITS, repeats, bytes
        self._blamed_s = [0] * 5  # uptime of the last attempt that failed, by LINK to LIMITS
        self._last_hour = self.traffic
        self._hour_s = clock.s
        framing = "bare" if config["prefix"] == "none" else "framing"
        modules.dialect(["posproto.iso8583." + name for name in (config["dialect"], framing)])
        keys = modules.call("settlement.vault", "keys", key, cipher)
        self.outbox = Outbox(storage, clock, keys, counters)
        self.outboxes = (self.outbox,)  # of all acquirers: known bytes do not leave again
        self.batch = Record(0)
        modules.call("settlement.recovery", "resume", self)

    # Work, loaded for it

    def handle_app(self, op: int, args: dict, flags: int = 0):
        """(R_*, value or None) for the operations of the payment application's port. `flags`: MF_*
        of what is handed in.
        """
        return modules.call("settlement.submit", "handle", self, op, args, flags)

    def summary(self, order: int = 0, number: int = 1):
        """The answer of OP_SETTLEMENT: see summary.summary(); None: there is no such acquirer."""
        if number != self.number:
            return None
        return modules.call("settlement.summary", "summary", self, order)

    def probes(self):
        """Whose host is looked at next; suspect(): whose is tested."""
        return self

    suspect = probes

    def exchange(self, a):
        """Procedure for the agent `a`: one connection for what is due."""
        return modules.use("settlement.connection", "exchange", self, a)

    def beside(self, a):
        """A duty runs: what may begin beside it, where there are several acquirers."""
        return -1

    def about(self, verdict: int | None):
        """The number of the acquirer that a verdict is about, where there are several."""
        return None

    def on_socket(self, closed: bool, sock: int) -> None:
        """The modem reports data (`closed` False) or the end of a connection."""
        if closed and sock == self.sock:
            self.closed = True

    def left_alone(self) -> None:
        """The modem waits for no bytes of a message any more: it may be spoken to."""
        if self.cut_short:
            self.cut_short = False
            self.outbox.remove(CUT)

    def hear(self) -> None:
        """Reads what came from the acquirer; call it in each turn, behind the engine's."""
        if self.told():
            modules.call("settlement.answers", "hear", self)

    def told(self) -> bool:
        """Is there something for hear()?"""
        return bool(self.frames or self.over or self.unfollowed)

    def mend(self) -> None:
        """A turn was given up. Where it stood between a request's mark and its answer's, the
        request may have left, and nobody awaits its answer any more: it must not leave again (R3).
        """
        for record in self.outbox.records:
            sent = record[ids.MSG_STATE] == ids.MS_SENT and record is not self.waiting
            if sent and not self.frames and not record.flag(ids.MF_REPEATS):
                self.end(record, events.SILENT, ids.WHY_CONNECTION_LOST)
        self.touch()

    def last_words(self) -> None:
        """The agent crashed: keeps the answers that only RAM holds, so that an outcome which is
        known stays known.
        """
        for record in self.outbox.records:
            if record.reply and record.flag(ids.MF_VOLATILE) and not record.live():
                modules.call("settlement.sealed", "save_answer", self.outbox, record)

    # What is due, and what expired

    def connects(self) -> None:
        """A connection opened for somebody: what waited for one need not wait any more."""
        if self.failures:
            self.failures = self.link_s = 0
            self.touch()

    def touch(self) -> None:
        """Something changed: look through the messages again."""
        self._review_s = -1

    def due(self) -> int:
        """Milliseconds until something wants to be sent, 0 now; -1: nothing does."""
        self.poll()
        return max(self._next_s - self.clock.s, 0) * 1000 if self._next_s >= 0 else -1

    def resting(self, least_s: int) -> bool:
        """Is nothing on its way, no answer awaited, and the next attempt `least_s` away?"""
        if self.wire is not None or self.waiting is not None or self.cut_short:
            return False
        for record in self.outbox.live():
            if record[ids.MSG_STATE] == ids.MS_SENT and record.kind() in _SALES:
                return False
        ms = self.due()
        return ms < 0 or ms >= least_s * 1000

    def stepped(self, step_s: int) -> None:
        """The calendar was wrong by so much: what was dated by it is dated anew."""
        for record in self.outbox.records + [self.batch]:
            if record[ids.MSG_UNIX_S]:
                record[ids.MSG_UNIX_S] += step_s
                if record is not self.batch:
                    self.outbox.happens(record, events.KEPT)
        if self.batch[ids.MSG_UNIX_S]:
            modules.call("settlement.batch", "keep", self)

    def poll(self) -> None:
        """Ends what expired; brings pending, oldest_s, verdicts up to date. Call it each turn."""
        if self.frames or self.over or self.unfollowed:  # told(), without its call
            self.hear()
        now_s = self.clock.s
        if self._review_s > now_s:
            return
        if now_s - self._hour_s >= 3600:
            self._hour_s = now_s
            self._last_hour, self.traffic = self.traffic, [0] * 7
        self._review_s = now_s + _REVIEW_S
        unsaved, self.outbox.unsaved = self.outbox.unsaved, None
        if unsaved in self.outbox.records:
            self.outbox.happens(unsaved, events.KEPT)
        if not self.online:
            self._down_s = now_s
        stands = self.outbox.stands()
        live = self.outbox.live() if stands else ()
        self.pending = len(live)
        self.oldest_s = 0
        self._next_s = -1
        for record in live:
            age_s = record.age_s(self.clock)
            self.oldest_s = max(self.oldest_s, age_s)
            over = age_s >= record[ids.MSG_DEADLINE_S] and record.kind() not in _REVERSALS
            if over and record is not self.waiting:
                self.give_up(record, ids.WHY_DEADLINE)
            elif not self.held(record, live):
                next_s = max(record.next_s, self.link_s, now_s)
                if self._next_s < 0 or next_s < self._next_s:
                    self._next_s = next_s
        surplus = stands and self.outbox.surplus(self.config["outbox_records"])
        if surplus:
            self.tell(ids.E_EXPIRED, ids.SEV_ERROR, surplus)
            self.remember()
            self.outbox.happens(surplus, events.CLOSED, ids.WHY_FULL)
        assert self.waiting is None or self.waiting[ids.MSG_STATE] == ids.MS_SENT
        self.verdicts = self._judge(stands)
        if self._review_s < 0:
            self.poll()  # what ended may have held others up

    def held(self, record, live: list) -> bool:
        """Must `record` wait for others? R5: reversals before sales, all before the settlement."""
        if record.kind() in (kinds.NETWORK, kinds.NETWORK_ADVICE):
            return False  # a sign-on may be what the others wait for
        rank = match.rank(record[ids.MSG_MTI])
        for other in live:
            if other is record or other.kind() in (kinds.NETWORK, kinds.NETWORK_ADVICE):
                continue
            if other.flag(ids.MF_UNKEYED) or self.overdue(other):
                continue
            before = match.rank(other[ids.MSG_MTI])
            if before < rank and not (before == kinds.RANK_SCRIPT and rank <= kinds.RANK_LIVE):
                return True
            if before == rank:
                if rank <= kinds.RANK_REVERSAL and other[ids.MSG_ORDER] < record[ids.MSG_ORDER]:
                    return True
                if rank == kinds.RANK_UPLOAD and _ends_upload(record) and not _ends_upload(other):
                    return True
        return False

    def overdue(self, record) -> bool:
        """A reversal that nobody answered in its time: it is still sent, and holds nothing."""
        limit_s = min(record[ids.MSG_DEADLINE_S], self.config["reversal_hold_h"] * 3600)
        return record.kind() in _REVERSALS and record.age_s(self.clock) >= limit_s

    def give_up(self, record, why: int) -> None:
        """A live record ends: not sent where no byte left, else expired, never silently."""
        self.end(record, events.GIVEN_UP, why)

    def end(self, record, event: int, why: int) -> None:
        """A live record ends without an answer, by an event of lifecycle.py."""
        # The mark comes last: what a cut before it leaves open, the next start ends again.
        if record.kind() in _OF_BATCH and record[ids.MSG_STATE] != ids.MS_READY:
            modules.call("settlement.batch", "unanswered", self, record)
        if self.outbox.happens(record, event, why):
            self.tell_end(record)
        self.touch()

    def tell_end(self, record) -> None:
        """The event of a bad end."""
        assert ids.MS_REFUSED <= record[ids.MSG_STATE] <= ids.MS_NOT_SENT
        event = _ENDS[record[ids.MSG_STATE] - ids.MS_REFUSED]
        self.tell(event, ids.SEV_ERROR if event != ids.E_REFUSED else ids.SEV_WARNING, record)

    def remember(self) -> None:
        """What ended badly must be in the log on flash before its record may go."""
        if self.log:
            self.log.flush()

    # What it amounts to

    def tell(self, event: int, severity: int, record, key: int = -1, value=0) -> None:
        """An event about a message; `key` and `value`: one argument more."""
        args = record.args()
        args[ids.A_RECORD] = record[ids.MSG_ID]
        if key >= 0:
            args[key] = value
        self.on_event(event, severity, args)

    def verdict(self) -> int:
        """The gravest V_* that holds, 0: none."""
        self.poll()
        return self.verdicts[0][0] if self.verdicts else 0

    def blame(self, whom: int) -> None:
        """An attempt failed, because of LINK to LIMITS."""
        assert events.LINK <= whom <= events.LIMITS
        self.traffic[whom] += 1
        self._blamed_s[whom] = self.clock.s

    def again(self) -> None:
        """A message or a connection is tried again."""
        self.traffic[events.REPEATS] += 1

    def air(self, count: int) -> None:
        """So many bytes went over the air."""
        self.bytes += count
        self.traffic[events.BYTES] += count

    def busiest(self) -> list:
        """Failed attempts in an hour by LINK to LIMITS, repeats, bytes: this hour's or the last
        one's, whichever has more of each.
        """
        return [max(a, b) for a, b in zip(self.traffic, self._last_hour)]

    def _judge(self, stands):
        """[[V_*, cause], ...] that hold, the gravest first; `stands`: do records say any?"""
        found = []
        old = self.clock.s - self.host_s > _OUTAGE_S  # an outage that nobody met again
        if self.host_verdict and not (old and self.host_verdict == ids.V_HOST_MAINTENANCE):
            found.append([self.host_verdict, self.host_cause])
        if stands:
            self._judge_records(found)
        verdict = self._stands()
        if verdict:
            found.append([verdict, self.batch.cause()])
        if self.alert:
            found.append([self.alert, 0])
        if self.oldest_s > _WAITS_S:
            up_s = min(self.oldest_s, self.clock.s - self._down_s)
            late = up_s > self.config["pending_s"] or self.oldest_s > self.config["pending_down_s"]
            found.append([ids.V_SETTLEMENT_LATE if late else ids.V_SETTLEMENT_PENDING, 0])
        if self.clock.s - max(self._blamed_s) < _BLAMED_S:
            busiest = self.busiest()[: events.REPEATS]
            worst = busiest.index(max(busiest))
            if self.clock.s - self._blamed_s[worst] < _BLAMED_S and sum(busiest) > _TRAFFIC_MAX:
                found.append([ids.V_TRAFFIC_LINK + worst, 0])
        return found

    def _judge_records(self, found):
        for record in self.outbox.issues():
            unclear = record.flag(ids.MF_UNCLEAR)
            verdict = ids.V_REVERSAL_UNCLEAR if unclear else ids.V_OUTCOME_UNKNOWN
            if record.kind() in _REVERSALS:
                verdict = ids.V_REVERSAL_UNACKNOWLEDGED
            elif record[ids.MSG_STATE] == ids.MS_REFUSED:
                verdict = ids.V_SETTLEMENT_REFUSED
            found.append([verdict, record.cause()])
        found += [[ids.V_REVERSAL_OPEN, 0] for r in self.outbox.live() if self.overdue(r)]
        for record in self.outbox.records:
            state = record.raw[STATE_AT]
            if not ids.MS_REFUSED <= state <= ids.MS_NOT_SENT or record.flag(ids.MF_TAKEN):
                continue
            told = match.rank(record[ids.MSG_MTI]) in _TOLD
            if state == ids.MS_REFUSED and not told and not record.issue():
                found.append([ids.V_SETTLEMENT_REFUSED, record.cause()])
            elif state in (ids.MS_EXPIRED, ids.MS_NOT_SENT):
                found.append([ids.V_MESSAGE_EXPIRED, 0])

    def _stands(self):
        """V_* of how the settlement of the batch stands, 0 where that is well."""
        state = self.batch.raw[STATE_AT]
        age_s = self.batch.age_s(self.clock)
        if state == ids.SET_OPEN and age_s > self.config["unsettled_h"] * 3600:
            return ids.V_NOT_SETTLED
        if state in (ids.SET_UPLOADING, ids.SET_UNBALANCED) and age_s > self.config["pending_s"]:
            return ids.V_UPLOAD_INCOMPLETE
        return _STANDS.get(state, 0)


def _ends_upload(record):
    return record[ids.MSG_CODE] in _UPLOAD_ENDS
