"""SIM credit: when to ask, what an answer means for the line, and what the causes suggest.

Reading a text is operators.py's work; this file keeps the state and its evidence. A text that
cannot be read with certainty is not a balance; a warning is not a state.
"""

from posproto import const, ids
from posproto.at import causes, submit
from posproto.at.result import OK

from . import operators
from .steps import Command

# States of the account as far as they are known.
UNKNOWN = const(0)
GOOD = const(1)
LOW = const(2)
EXHAUSTED = const(3)
SUSPENDED = const(4)  # said by the operator
SUSPECTED = const(5)  # inferred

_ANSWER_S = const(300)  # an answer later than this is none
_AGAIN_S = const(3600)  # never more often than this by itself
_SUSPICION_S = const(600)
_RETRIES_MAX = const(2)


class Credit:
    """One per agent."""

    def __init__(self, storage, config, clock, rng, on_event):
        self._storage = storage
        self._config = config
        self._clock = clock
        self._rng = rng
        self._on_event = on_event
        self.state = UNKNOWN
        self.balance_minor = None
        self.currency = ""
        self.balance_s = 0
        self.profile = None
        self._asked_s = None  # an answer is awaited since
        self._retries = 0
        self._next_s = rng.below(60)
        self._suspected_s = None

    # Asking

    def sim(self, imsi, iccid):
        """The SIM is known: load its operator's profile."""
        self.profile = operators.load(self._config["operator"], imsi, iccid)

    def due(self, settling):
        """Seconds until a query may go out; -1 while there is nobody to ask or something in
        flight.
        """
        if self.profile is None or not self.profile.query or self._config["balance_by"] == "none":
            return -1
        if self._asked_s is not None:
            if self._clock.s - self._asked_s < _ANSWER_S:
                return _ANSWER_S - (self._clock.s - self._asked_s)
            self._no_answer()
        if settling:
            return -1
        return max(self._next_s - self._clock.s, 0)

    def _no_answer(self):
        self._asked_s = None
        self._on_event(ids.E_BALANCE_NO_ANSWER, ids.SEV_WARNING)
        self._retries += 1
        wait_s = _SUSPICION_S if self._retries <= _RETRIES_MAX else self._period_s()
        self._next_s = self._clock.s + wait_s

    def ask_now(self):
        """On request: the next free moment."""
        self._asked_s = None
        self._next_s = self._clock.s

    def _period_s(self):
        every_s = self._config["balance_every_h"] * 3600
        if not every_s:
            return 1 << 29
        return every_s - every_s // 20 + self._rng.below(every_s // 10 + 1)

    def ask(self):
        """Procedure: send the operator's keyword as a short message."""
        number, text = self.profile.query
        number = self._config["balance_to"] or number
        text = self._config["balance_text"] or text
        self._next_s = self._clock.s + _AGAIN_S
        yield Command(b"+CMGF=0")
        pdu, length = submit.submit(number, text)
        reply = yield Command(
            b"+CMGS=%d" % length, prefix=b"+CMGS:", data=pdu + b"\x1a", timeout_ms=120000
        )
        if reply.result == OK:
            self._asked_s = self._clock.s
            self._on_event(ids.E_BALANCE_ASKED, ids.SEV_INFO)
        else:
            self._retries += 1

    # Reading

    def on_text(self, sender, text):
        """A whole short message. True when it said something about this account."""
        if self.profile is None or not self.profile.is_sender(sender):
            return False
        reading = self.profile.read(text)
        if reading is None:
            return False
        if reading.balance_minor is not None:
            self._balance(reading.balance_minor, self.profile.currency)
        elif self._asked_s is not None and reading.state is None:
            evidence = operators.mask(text)
            self._on_event(ids.E_BALANCE_UNREADABLE, ids.SEV_INFO, {ids.A_TEXT: evidence})
        if reading.state is not None:
            self._set(reading.state)
        if reading.restored:
            self._on_event(ids.E_TOPUP_SEEN, ids.SEV_INFO)
            self._set(UNKNOWN if self.balance_minor is None else GOOD)
        return True

    def _balance(self, minor, currency):
        self.balance_minor = minor
        self.currency = currency
        self.balance_s = self._clock.s
        self._asked_s = None
        self._retries = 0
        self._next_s = self._clock.s + self._period_s()
        self._on_event(
            ids.E_BALANCE, ids.SEV_INFO, {ids.A_BALANCE_MINOR: minor, ids.A_CURRENCY: currency}
        )
        if minor <= 0:
            self._set(EXHAUSTED)
        elif minor < self._config["balance_low_minor"]:
            self._set(LOW)
        else:
            self._set(GOOD)

    def _set(self, state):
        if state != self.state:
            self.state = state
            bad = state in (EXHAUSTED, SUSPENDED)
            severity = ids.SEV_ERROR if bad else ids.SEV_WARNING if state == LOW else ids.SEV_INFO
            self._on_event(ids.E_CREDIT_STATE, severity, {ids.A_STATE: state})

    # Inferring

    def is_subscription(self, cause):
        """Is this one of the causes that speak of the account, or never pass by themselves?"""
        judged = causes.judge(cause >> 8, cause & 255) if cause else None
        return judged is not None and judged[0] in (ids.CLASS_PERMANENT, ids.CLASS_CHANGE)

    def suspect(self, cause):
        """A refusal that may be about money: ask soon, where asking is possible."""
        if not self.is_subscription(cause):
            return
        now = self._clock.s
        if self._suspected_s is None or now - self._suspected_s >= _AGAIN_S:
            self._suspected_s = now
            if self._asked_s is None:
                self._next_s = now

    def explain(self, agent):
        """(verdict, confidence) where the fault at hand is explained by the account, else None."""
        if self.state == SUSPENDED:
            return ids.V_CREDIT_OVERDUE, 95
        judged = causes.judge(agent.cause >> 8, agent.cause & 255) if agent.cause else None
        if judged is None or not judged[2]:
            return None
        if self.state == EXHAUSTED:
            return ids.V_CREDIT_EXHAUSTED, 95
        if self.state == LOW:
            return ids.V_CREDIT_SUSPECTED, 90
        return ids.V_CREDIT_SUSPECTED, 70

    def warning(self):
        """V_* while the line still works, 0 for none."""
        if self.state == LOW:
            return ids.V_CREDIT_LOW
        if self.state == EXHAUSTED:
            return ids.V_CREDIT_EXHAUSTED
        return 0

    def report(self):
        """OP_CREDIT's answer."""
        return {
            0: self.state,
            1: self.balance_minor,
            2: self.currency,
            3: self.balance_s,
            4: max(self._next_s - self._clock.s, 0),
        }
