"""Acknowledgements: did the acquirer confirm what the terminal sent, and if not, what now.

sending.py plans and repeats, answers.py judges what came back, handover.py talks with the payment
application; here they are one, and here is what they amount to. Each of the rules R1 to R11 of
the settlement watch has a test of its name. R9: nothing of a message but what the walker of
posproto.iso8583 keeps reaches an event or a report.
"""

from posproto import const, ids
from posproto.iso8583 import match, responses

from . import exchange
from .answers import Answers
from .batch import Batch
from .handover import Handover
from .outbox import Outbox
from .records import Record
from .sending import APPLICATION
from .vault import Vault
from .wire import Wire, pairs

_OUTAGE_S = const(3600)
_WAITS_S = const(30)  # older than this, a message is worth a verdict
_REPORT_MAX = const(6)  # messages in one answer
_TRAFFIC_MAX = const(30)  # repeats an hour
_TRAFFIC = (ids.V_TRAFFIC_LINK, ids.V_TRAFFIC_HOST, ids.V_TRAFFIC_APPLICATION)


class Settlement(Answers):
    """Made once at start. on_event(E_*, SEV_*, args) hears of everything that matters.

    `path`: the agent's HostPath; `key`: for messages at rest; `cipher`: see Vault.
    """

    def __init__(self, storage, config, clock, rng, on_event, key, path, counters, cipher=None):
        self.config = config
        self.clock = clock
        self.path = path
        self.wire = Wire(config)
        self.outbox = Outbox(storage, clock, Vault(key, cipher), config, counters)
        self.batch = Batch(storage, clock, config, on_event)
        self._handover = Handover(self, config["message_bytes"])
        self._rng = rng
        self._on_event = on_event
        self._counters = counters
        self._groups = pairs(config["f39_groups"])
        self.online = False  # the agent says whether there is a context
        self.waiting = None  # the record whose answer is awaited
        self.closed = False  # the connection is
        self.answers = 0
        self.pending = 0
        self.oldest_s = 0
        self.last_ack_s = None
        self.traffic = [0, 0, 0]  # repeats in this hour: link, host, application
        self._last_hour = [0, 0, 0]
        self._hour_s = clock.s
        self._host_order = 0  # of the last answer's header
        self._host_s = 0
        self._host_verdict = 0  # what the host's refusals say
        self._host_cause = 0
        self._marks = 0  # V_ANSWER_UNPARSED, V_OUTBOX_FULL: until the next acknowledgement
        self._failures = 0  # connections in a row that did not open
        self._link_s = 0  # uptime from which the next one may
        self._plan_s = -1  # uptime at which the plan must be made again
        self._next_s = -1
        self._verdicts = []
        for record in self.outbox.ended:
            self._ended(record)
        self.outbox.ended = []

    # The application's side

    def handle_app(self, op: int, args: dict):
        """(R_*, value or None) for the operations of the payment application's port."""
        return self._handover.handle(op, args or {})

    def accepted(self, record: Record) -> None:
        """A message was handed in: what was handed in may use the next slot early."""
        mti = record[ids.MSG_MTI]
        if mti == 800:
            self._replace(record)
        for other in self.outbox.live():
            if match.rank(other[ids.MSG_MTI]) <= 1:
                other.next_s = 0
        self._failures = 0
        self._link_s = 0
        if mti // 10 in (80, 82):
            self.traffic[APPLICATION] += 1
        self.touch()
        self.tell(ids.E_SUBMITTED, ids.SEV_INFO, record)

    def _replace(self, newest):
        """Each 0810 brings new keys: only the answer to the latest sign-on may be delivered."""
        for record in self.outbox.records:
            if record[ids.MSG_MTI] != 800 or record is newest or record is self.waiting:
                continue
            if record[ids.MSG_STATE] == ids.MS_READY:
                self.outbox.mark(record, ids.MS_CANCELLED, ids.WHY_REPLACED)
            elif record[ids.MSG_ANSWER]:
                self.outbox.take(record)

    def refused(self, why: int) -> None:
        """A message was not taken."""
        self.traffic[APPLICATION] += 1
        if why == ids.WHY_FULL:
            self._marks = ids.V_OUTBOX_FULL
            self._on_event(
                ids.E_OUTBOX_FULL, ids.SEV_ERROR, {ids.A_COUNT: len(self.outbox.live())}
            )
        self.touch()

    def exchange(self, family):
        """A procedure for the engine: one connection, all that is due. See exchange.run()."""
        return exchange.run(self, family)

    # Reports

    def verdict(self) -> int:
        """The gravest V_* that holds, 0: none."""
        self.poll()
        return self._verdicts[0][0] if self._verdicts else 0

    def _judge(self):
        """[[V_*, cause], ...], the gravest first: the rows of the diagnosis that hold."""
        found = []
        old = self.clock.s - self._host_s > _OUTAGE_S  # an outage that nobody met again
        if self._host_verdict and not (old and self._host_verdict == ids.V_HOST_MAINTENANCE):
            found.append([self._host_verdict, self._host_cause])
        for record in self.outbox.issues():
            sale = match.rank(record[ids.MSG_MTI]) == 2
            found.append([ids.V_OUTCOME_UNKNOWN if sale else ids.V_REVERSAL_UNACKNOWLEDGED, 0])
        for record in self.outbox.records:
            state = record[ids.MSG_STATE]
            if record.flag(ids.MF_TAKEN):
                continue
            told = match.rank(record[ids.MSG_MTI]) in (2, 5)  # by the shop, or by the batch
            if state == ids.MS_REFUSED and not told:
                found.append([ids.V_SETTLEMENT_REFUSED, _cause(record[ids.MSG_F39])])
            elif state in (ids.MS_EXPIRED, ids.MS_NOT_SENT):
                found.append([ids.V_MESSAGE_EXPIRED, 0])
        stands = self.batch.verdict()
        if stands:
            found.append([stands, _cause(self.batch.record[ids.MSG_F39])])
        if self._marks:
            found.append([self._marks, 0])
        late_s = self.config["pending_s" if self.online else "pending_down_s"]
        if self.oldest_s > _WAITS_S:
            late = self.oldest_s > late_s
            found.append([ids.V_SETTLEMENT_LATE if late else ids.V_SETTLEMENT_PENDING, 0])
        busiest = [max(a, b) for a, b in zip(self.traffic, self._last_hour)]
        if sum(busiest) > _TRAFFIC_MAX:
            found.append([_TRAFFIC[busiest.index(max(busiest))], 0])
        return found

    def report(self, order: int = 0) -> dict:
        """The answer of OP_SETTLEMENT by REP_*: messages from MSG_ORDER `order` on, in order."""
        self.poll()
        shown = sorted(
            (r for r in self.outbox.records if r[ids.MSG_ORDER] >= order),
            key=lambda r: r[ids.MSG_ORDER],
        )
        answer = {
            ids.REP_MESSAGES: [r.report(self.clock) for r in shown[:_REPORT_MAX]],
            ids.REP_SETTLEMENT: self.batch.record.report(self.clock),
            ids.REP_VERDICTS: self._verdicts[:4],
            ids.REP_TRAFFIC: [max(a, b) for a, b in zip(self.traffic, self._last_hour)],
        }
        if len(shown) > _REPORT_MAX:
            answer[ids.REP_NEXT] = shown[_REPORT_MAX][ids.MSG_ORDER]
        return answer


def _cause(f39):
    """The cause number of a response code; 0 where it is none of two letters or digits."""
    for c in f39:
        if not (c.isdigit() or c.isalpha()):
            return 0
    return responses.cause(f39) if f39 else 0
