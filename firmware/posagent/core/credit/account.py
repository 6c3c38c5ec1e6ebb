"""SIM credit: what stays in memory of it.

Reading a text (operators.py), what it means (news.py), asking (query.py), foreseeing
(forecast.py) and judging (evidence.py) are loaded one after the other, when there is something to
do. A text that cannot be read with certainty is not a balance; a warning is not a state; what a
text says alone is a suspicion until the network says the same.
"""

from posproto import const, ids
from posproto.at import causes

from .. import modules
from . import reasons

_NEWS_MAX = const(6)
_CALENDAR_S = const(60)  # so often a new day is looked for
_DROP_S = const(90)  # a session that ends so soon after a query, and is back before long,
_BACK_S = const(300)  # ended because of it
_WORKED_S = const(3600)  # so long after a text the line still works: it was no cut
_SHOWN_S = const(600)  # "restored" is said so long
_AGAIN_S = const(3600)
_CHECK_S = const(90)  # after a payment the operator's books take a moment
_SURE_S = const(43200)  # where the answer is known already
_SURE = (ids.CREDIT_SUSPENDED, ids.CREDIT_EXHAUSTED, ids.CREDIT_RESTRICTED)
_KEEP_S = const(21600)  # counts of traffic are written so often
_WAITS_MAX = const(3)  # a till may ask without end


class Credit:
    """One per agent. What is declared here is kept through restarts, see account_file.py."""

    card: int  # a sum of the card's number
    balance_minor: int | None
    currency: str
    balance_unix_s: int  # when that balance was told, 0 while the clock was not set
    said: int  # SAYS_* that hold
    said_unix_s: int
    valid_day: int  # days since 1970, 0: not known; so are all days here
    fee_dom: int  # day of the month on which the plan's fee is taken, and the fee
    fee_minor: int
    jump_day: int  # on which the balance last fell by more than usual
    alerts: int  # of which was told already, as bits
    keyword: int  # counts the ways of asking that were tried
    drops: int  # 1: a query ends the data session
    mute: int  # 1: no way of asking was answered
    month: int  # of the two below
    asked: int  # queries, and those of them that cost something
    paid: int
    left_kb: int | None  # of the plan's data
    period: int  # the month that the traffic below is counted in
    module_bytes: int  # as the module counted last
    traffic_bytes: list[int]  # settlement, probes, whatever else passed
    traffic_before: list[int]  # of the period before
    history: list[int]  # day, balance_minor, day, balance_minor ...
    plan: dict  # PLAN_* that were provisioned
    ask_unix_s: int  # of the last query
    count_day: int  # on which the traffic of this period began to be counted

    def __init__(self, storage, config, clock, rng, on_event, file: str = "credit") -> None:
        self.storage = storage
        self.file = file
        self.config = config
        self.clock = clock
        self.rng = rng
        self.on_event = on_event
        self.country = self.row = ""  # of the operator, see operators.py
        self.way = "-"  # how to ask; "-": there is nobody
        self.state = ids.CREDIT_UNKNOWN
        self.warn = 0  # V_* while the line works
        self.days_left = None
        self.estimate_minor = None  # the balance, less what was used since
        self.evidence = []
        self.cut_s = None  # since when the line is cut for money
        self.cut_verdict = 0
        self.back_s = reasons.NEVER  # when it came back
        self.restored = None  # what E_PATH_PROVEN shall say of that: it is still owed
        self.hint = self.advice = False  # paid; and the operator advised a restart
        self.look = False  # the message store may be full
        self.store_full = False
        self.asked_s = None  # an answer is awaited since
        self.reply = ""  # to a menu, not sent yet
        self.replies = []  # of this query
        self.ask_s = reasons.NEVER  # of the last query
        self.answer_s = 0  # so long
        self.next_s = None
        self.why = reasons.SCHEDULE
        self.fails = self.asked_today = self.ask_day = self.told_month = 0
        self.unread = ""  # masked text that was no answer
        self.sms_refused_s = reasons.NEVER
        self.said_s = reasons.NEVER
        self.worked_s = reasons.NEVER
        self.answered = False  # what is said was the answer to a query
        self.confirmed = False  # the network says what the text said
        self.suspected_s = reasons.NEVER
        self.changes = 0
        self._lost = False
        self._kept_s = 0
        self._calendar_s = 0
        self.day = 0  # of the last forecast
        self.texts = []  # that wait to be read, see on_text()
        self.tries = 0  # to read the first of them
        self.reading = False  # its words are loaded, and nothing that it says was taken over
        self.waits = 0  # so often it began anew behind a message
        self._facts = None
        self._found = None
        modules.call("credit.account_file", "load", self)

    def foresee(self, minor: int | None = None) -> None:
        """Balance, plan and quota against the calendar; `minor` is a balance of now."""
        modules.call("credit.forecast", "foresee", self, minor)
        self.changes += 1

    def today(self):
        """Days since 1970 where the terminal stands, 0 while the clock is not set."""
        unix_s = self.clock.unix_s
        return (unix_s + self.clock.zone_s) // 86400 if unix_s else 0

    def sim(self, imsi: str, iccid: str) -> None:
        """The SIM is known: find its operator and how to ask it."""
        modules.call("credit.account_file", "card", self, iccid or imsi)
        modules.call(
            "credit.query",
            "prepare",
            self,
            modules.call("credit.operators", "choose", self, imsi, iccid),
        )

    # Asking

    def due(self, settling: bool):
        """Seconds until ask() wants to run; -1: nobody to ask, or a settlement in flight."""
        assert self.asked_s is None or self.asked_s <= self.clock.s
        if self.asked_s is not None:
            return max(self.asked_s + self.answer_s - self.clock.s, 0)
        if self.next_s is None or settling:
            return -1
        return max(self.next_s - self.clock.s, 0)

    def suspects(self) -> bool:
        """Would a query refute or confirm a suspicion, where none ever ended the data session?"""
        return self.why in (reasons.SUSPICION, reasons.TOP_UP) and not self.drops

    def busy_s(self):
        """Seconds to the end of the busy hours that the shop names, 0 outside them."""
        if self.config["busy_from_h"] == self.config["busy_to_h"]:
            return 0
        return modules.call("credit.query", "busy_s", self, self.clock.s)

    def automatic(self) -> bool:
        """Would the next ask() put something on the air that nobody wished for?"""
        return self.asked_s is None and self.why != reasons.REQUEST and not self.reply

    def ask_now(self):
        """On request: (R_*, seconds to wait). The operator's limit and the month's budget hold."""
        if self.way == "-":
            return ids.R_NOT_FOUND, 0
        wait_s = modules.call("credit.query", "held_s", self)
        self.ask_soon(reasons.REQUEST, wait_s)
        return (ids.R_BUSY if wait_s else ids.R_OK), wait_s

    def ask_soon(self, why: int, wait_s: int) -> None:
        """Bring the next query forward."""
        assert wait_s >= 0
        if self.way != "-" and self.asked_s is None:
            at = self.clock.s + wait_s
            if self.next_s is None or at < self.next_s or why == reasons.REQUEST:
                self.next_s = at
                self.why = why

    # Hearing

    def on_text(
        self, sender: str | None, text: str, sure: bool = True, age_s: int = 0, done=None
    ) -> bool:
        """A whole short message, `age_s` old, or where `sender` is None the network's answer to a
        USSD code. done(ours) is called when it was read: ours means that the operator wrote it
        about this account. False when there is no room.
        """
        assert age_s >= 0 and len(self.texts) <= _NEWS_MAX
        if len(self.texts) < _NEWS_MAX:
            self.texts.append((sender, text, sure, age_s, done))
            return True
        return False

    def gives_way(self) -> bool:
        """Does the text that is read begin anew behind a message? The words of the one beside what
        takes in the other are more than a small board should hold, and the till waits.
        """
        assert 0 <= self.waits <= _WAITS_MAX and (self.texts or not self.reading)
        if not self.reading or self.waits == _WAITS_MAX:
            return False
        self.waits += 1
        self.tries = 0
        return True

    def hear(self):
        """Procedure of stages: read the text that waits longest."""
        return modules.stages("credit.hearing", "hear", self)

    def poll(self) -> None:
        """Once per turn: look at the calendar."""
        if self.clock.s >= self._calendar_s:
            self._calendar_s = self.clock.s + _CALENDAR_S
            self._turn()

    def _turn(self):
        if self.clock.unix_s and self.today() != self.day:
            if not self.day and self.why == reasons.SCHEDULE and self.asked_s is None:
                modules.call("credit.query", "schedule", self)  # now that the hour is known
            self.foresee()
            modules.call("credit.account_file", "save", self)

    def context(self, up: bool) -> None:
        """The data session came or went: was it our query that ended it, and nothing else?"""
        since_s = self.clock.s - self.ask_s
        assert since_s >= 0
        if not up:
            self._lost = since_s < _DROP_S
        elif self._lost:
            self._lost = False
            if self.cut_s is None and since_s < _BACK_S and not self.drops:
                self.drops = 1
                self.on_event(ids.E_QUERY_DROPS_DATA, ids.SEV_INFO)
                modules.call("credit.account_file", "save", self)

    def proven(self, layer: int) -> None:
        """Traffic passes up to `layer`: what was cut is back, what was said is over."""
        now = self.clock.s
        assert self.cut_s is None or (self.cut_s <= now and self.cut_verdict)
        self.worked_s = now
        if self.cut_s is not None and layer >= ids.LAYER_TCP:
            args = {ids.A_LAYER: layer, ids.A_WAIT_S: now - self.cut_s}
            args[ids.A_VERDICT] = self.cut_verdict
            self.cut_s = None
            self.back_s = now
            self.said = 0
            self.hint = self.advice = self.confirmed = False
            self.on_event(ids.E_CREDIT_RESTORED, ids.SEV_INFO, args)
            self.restored = {ids.A_VERDICT: self.cut_verdict, ids.A_WAIT_S: args[ids.A_WAIT_S]}
            if self.balance_minor is not None and self.balance_minor <= 0:
                self.balance_minor = None  # somebody has paid since
            self.ask_soon(reasons.TOP_UP, _CHECK_S)
            self.foresee()
        elif self.said and now - self.said_s > _WORKED_S:
            self.said = 0
            self.foresee()

    def unproven(self) -> bool:
        """Is the line cut, or back without a message that was answered since?"""
        return self.cut_s is not None or self.restored is not None

    # Judging

    def judged(self, cause: int):
        """(class, timer, account) of a reject cause, None of anything else."""
        if not 0 < cause >> 8 <= ids.CAUSE_ESM:
            return None
        return causes.judge(cause >> 8, cause & 255)

    def is_subscription(self, cause: int) -> bool:
        """Is this one of the causes that speak of the account, or never pass by themselves?"""
        found = self.judged(cause)
        return found is not None and found[0] in (ids.CLASS_PERMANENT, ids.CLASS_CHANGE)

    def suspect(self, cause: int) -> None:
        """A refusal that may be about money: ask soon, where asking is possible."""
        found = self.judged(cause)
        again_s = _SURE_S if self.state in _SURE else _AGAIN_S
        if found and found[2] and self.clock.s - self.suspected_s >= again_s:
            self.suspected_s = self.clock.s
            self.ask_soon(reasons.SUSPICION, 5)

    def explain(self, a):
        """(verdict, confidence) where the fault at hand is explained by the account, else None."""
        facts = (self.changes, self.clock.s // 60, a.cause, a.situation)
        if facts != self._facts:
            self._facts = facts
            self._found = modules.call("credit.evidence", "explain", self, a)
            if self._found and self.cut_s is None:
                self.cut_s = self.clock.s
            if self._found:
                assert self._found[0] and 0 < self._found[1] < 100  # never for sure
                self.cut_verdict = self._found[0]
        return self._found

    def warning(self):
        """V_* while the line still works, 0 for none."""
        return self.warn

    def remark(self):
        """V_* to be shown beside "all clear", 0 for none."""
        if self.clock.s - self.back_s < _SHOWN_S:
            return ids.V_CREDIT_RESTORED
        if self.store_full:
            return ids.V_CREDIT_STORE_FULL
        if self.unread and self.fails:
            return ids.V_CREDIT_UNREADABLE
        if self.mute or (self.way == "-" and not self.plan and self.config["balance_every_h"]):
            return ids.V_CREDIT_NO_WAY_TO_ASK
        return 0

    @property
    def balance_s(self):
        """Uptime of the last balance, negative: before this boot."""
        unix_s = self.clock.unix_s
        return self.balance_up_s if not unix_s else self.balance_unix_s - unix_s + self.clock.s

    def plan_set(self, values: dict):
        """Plan data of OP_PLAN_SET: (R_*, what is wrong)."""
        wrong = modules.call("credit.news", "plan", self, values)
        if wrong:
            return ids.R_BAD_REQUEST, wrong
        self.foresee()
        modules.call("credit.account_file", "save", self)
        self.on_event(ids.E_PLAN_SET, ids.SEV_INFO)
        return ids.R_OK, None

    def traffic(self, kind: int, count: int) -> None:
        """`count` bytes: kind 0 settlement, 1 probes, 2 what the module counted so far."""
        assert 0 <= kind <= 2 and count >= 0
        if kind == 2:
            count, self.module_bytes = count - self.module_bytes, count
            if count < 0:
                count = self.module_bytes
        assert count >= 0
        self.traffic_bytes[kind] += count
        if self.clock.s - self._kept_s >= _KEEP_S:
            self._kept_s = self.clock.s
            modules.call("credit.account_file", "save", self)

    def as_map(self):
        """The answer of OP_CREDIT: what is known of the account, by CRD_*."""
        return modules.call("credit.account_map", "build", self)
