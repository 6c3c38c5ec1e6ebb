"""The network as the modem tells it: SIM, registration per domain, signal, cell.

URCs and the answers of `look()` end in the same update, so that a lost URC costs one poll and no
more; doubt.py tells which counts at once. "Registered" is a fact of the network, not of the path.
"""

from posproto import const, ids
from posproto.at import Unreadable, registration, signal
from posproto.at import sim as sim_parsers
from posproto.at.fields import after_head
from posproto.at.result import CME, ERROR, OK

from .. import modules
from ..modem.command import Command, matches
from .doubt import ACT, CARD, DEAF, FUN, WEAK, Doubt
from .poll_line import DOMAINS, Reads

# What each stat means for payments (TS 27.007 cl. 7.2), as bits.
_DATA = const(1)  # packets pass
_SMS = const(2)  # short messages pass
_AWAY = const(4)  # in another network than the card's own
_IDLE = const(8)  # not even searching
_DENIED = const(16)
_HELP_ONLY = const(32)  # emergency calls or restricted local service: no payments
_BAD = const(_DENIED | _HELP_ONLY)
_MEANS = bytes(
    (
        _IDLE,
        _DATA | _SMS,  # home
        0,  # searching
        _DENIED,
        0,  # unknown
        _DATA | _SMS | _AWAY,  # roaming
        _SMS,  # for short messages only, at home
        _SMS | _AWAY,
        _HELP_ONLY,  # emergency
        _DATA | _SMS,  # as 1: calls would go elsewhere
        _DATA | _SMS | _AWAY,
        _HELP_ONLY,  # restricted local service
    )
)
_AT_HOME = (1, 9)  # packets pass, and not _AWAY
_SLOW_ACT = (0, 1, 3)  # GSM, compact, EGPRS
# Weak is over only when clearly better: no flicker of verdicts. RSRP of LTE, RSSI elsewhere.
_WEAK_DBM = const(-110)
_WEAK_RSSI_DBM = const(-100)
_BETTER_DB = const(5)
_BUSY_S = const(60)  # longer than any card is at work
_MOVED_S = const(60)
_PLACE_S = const(900)
_CAUSE_DOMAIN = (ids.CAUSE_MM, ids.CAUSE_GMM, ids.CAUSE_EMM)
_CESQ = b"+CESQ"
_CSQ = b"+CSQ"
_POWERS = (b"+CESQ:", b"+CSQ:")
_READ_SIM = Command(b"+CPIN?", prefix=b"+CPIN:", timeout_ms=10000)


class Network:
    """One per agent, kept through modem restarts. `on_event(id, severity, args)` hears of changes.
    `roaming`: auto, allow, deny or list; `visited`: networks of the list, MCC or PLMN digits."""

    def __init__(self, clock, on_event, roaming: str = "auto", visited="") -> None:
        self._clock = clock
        self._on_event = on_event
        self._roaming = roaming
        self._visited = visited.split()
        # Of the cell that was named last, kept through restarts of the modem: where it was lost.
        self.cell = (None, None)  # area, ci
        self.cell_s = None  # uptime at which the modem still named it
        self.serving = None  # digits of its network, once asked for
        self.rsrq_db = None
        self.sinr_db = None
        self.lost_s = -3600  # uptime at which the card was readable last
        self.asked_s = None  # uptime at which the modem was asked for what +CEREG does not tell
        self.asked_cell = None  # the cell of that answer
        self.weak = False  # where the terminal stands, whatever restarts
        self.reset()

    def reset(self) -> None:
        """The modem restarted: what it said no longer holds."""
        self.stat = [-1, -1, -1]  # cs, ps, eps
        self.act = None
        self.act_s = 0  # uptime at which it became a slow one, or none
        self.why_asked = False  # why it is denied, where no line tells
        self.plmn = ""  # of the visited network, where that matters
        self.reject_cause = 0  # (CAUSE_* << 8) | number that its lines tell now, 0: none
        self.signal_dbm = None
        self.deaf = False  # it says that it hears nothing, which is more than not to say
        self.sim = ids.SIM_UNKNOWN
        self.card_starts = False  # a module that boots says that its card fails
        self.sim_read = False  # the card behind `sim` is known by its number
        self.pin_reads = 0  # how often its PIN was at stake
        self.fun = 1
        self.detached = self.looked = False
        self._reads = Reads()
        self._told = None  # the lines of the last look, while nothing else was heard since
        self._power = (None, None, None)  # the last +CESQ line, and what it says
        self.doubt = Doubt(self.weak)

    # What is so

    def _any(self, meaning, domains=(1, 2)):
        for domain in domains:
            stat = self.stat[domain]
            if stat >= 0 and _MEANS[stat] & meaning:
                return stat
        return 0

    def registered(self) -> bool:
        """A packet domain is registered where this terminal may use it."""
        eps, ps = self.stat[2], self.stat[1]
        # Of -1, not known, it is what the last one means: no packets.
        if eps in _AT_HOME or ps in _AT_HOME:
            return True
        return (_MEANS[eps] | _MEANS[ps]) & _DATA != 0 and self.roaming_allowed()

    def held(self) -> bool:
        """Some domain is registered, so that switching off would detach."""
        return self._any(_DATA | _SMS, (0, 1, 2)) > 0

    def roaming_allowed(self) -> bool:
        """May this terminal use the network that it visits?"""
        if self._roaming != "list":
            return self._roaming != "deny"
        for head in self._visited:  # noqa: SIM110 (a generator costs more than a loop here)
            if self.plmn.startswith(head):
                return True
        return False

    def abroad(self) -> bool:
        """The sole service at hand is roaming, and the policy forbids it."""
        return not self.registered() and self._any(_AWAY) > 0 and not self.roaming_allowed()

    def denied(self) -> bool:
        """A packet domain says denied, and none is good."""
        return not self.registered() and self._any(_DENIED) > 0

    def idle(self) -> bool:
        """It does not search, though there is something to find."""
        return (
            self.signal_dbm is not None
            and self._any(255 - _IDLE) == 0
            and 0 in self.stat
            and 2 not in self.stat
        )

    def sms_possible(self) -> bool:
        """Some domain carries short messages."""
        return self._any(_SMS, (0, 1, 2)) > 0

    def sms_only(self) -> bool:
        """Registered for short messages only (stat 6, 7)."""
        return not self.registered() and self._any(_SMS, (1, 2)) in (6, 7)

    def emergency_only(self) -> bool:
        """Attached for emergency or restricted local service: no payments (stat 8, 11)."""
        return self._any(_HELP_ONLY) > 0

    def no_signal(self):
        """The modem hears no cell."""
        return self.deaf

    def unclear(self):
        """Nothing is known of the registration: no domain tells, or all say "unknown"."""
        return all(stat in (-1, 4) for stat in self.stat)

    def slow_rat(self):
        """Registered on 2G by a module that knows LTE: TLS and settlement take their time."""
        return self.act in _SLOW_ACT and self.stat[2] >= 0 and self.registered()

    def place_due(self):
        """Is it time to ask for network and SINR of the cell? A moment after another cell took
        over, else each quarter of an hour.
        """
        if self.asked_s is None:
            return self.registered()
        wait_s = _MOVED_S if self.cell != self.asked_cell else _PLACE_S
        return self._clock.s - self.asked_s >= wait_s and self.registered()

    # What is heard

    def on_line(self, line: bytes, asked: bool, mode=None) -> bool:
        """A line, `asked` for or not: True for +CREG, +CGREG and +CEREG. Raises Unreadable."""
        if not (line.startswith(b"+C") and b"REG:" in line):
            return False
        self._told = None
        told = registration.parse(line, asked, mode)
        if told[0] <= 2:
            # An answer that lost a byte may look like news, of another state.
            whole = line[-1] != 44 and (told[3] is not None or told[4] is told[5] is None)
            if not asked:
                self._reads.heard(told[0])
            self._hears(told, whole and not asked and told[1] is None)
        return True

    def _hears(self, told, at_once):
        stat = told[2] if told[2] <= 11 else 0  # nRF91: 90 for a failed card; +CPIN tells
        cause = None if told[7] else told[8]  # else the maker's own number
        good = _MEANS[stat] & _DATA != 0
        at_once = at_once or (good and not self._any(_DATA, (told[0],)))
        if not self.doubt.believe(told[0], (stat, cause), at_once):
            return
        if told[0] == 2 or not self._any(_DATA, (2,)):  # beside EPS the others tell of calls
            self._place(told, good, at_once)
        if cause is not None:
            self.reject_cause = (_CAUSE_DOMAIN[told[0]] << 8) | cause
        elif good and told[0]:
            self.reject_cause = 0
            self.why_asked = False
        if stat != self.stat[told[0]]:
            self._changed(told[0], stat, cause)

    def _place(self, told, good, at_once):
        slow = told[5] in _SLOW_ACT
        if told[5] is not None and good and self.doubt.believe(ACT, slow, at_once):
            self.act_s = self.act_s if slow == (self.act in _SLOW_ACT) else self._clock.s
            self.act = told[5]
        if told[3] is not None:
            self.cell = told[3:5]
            self.cell_s = self._clock.s

    def _changed(self, domain, stat, cause):
        assert 0 <= domain <= 2 and 0 <= stat <= 11 and stat != self.stat[domain]
        self.plmn = ""
        if domain and _MEANS[stat] & _DATA:
            self.detached = False
        args = {ids.A_DOMAIN: domain, ids.A_STAT: stat}
        if cause is not None:
            args[ids.A_CAUSE] = (_CAUSE_DOMAIN[domain] << 8) | cause
        if self.stat[domain] >= 0 or stat not in (0, 2):
            severity = ids.SEV_ERROR if _MEANS[stat] & _BAD else ids.SEV_INFO
            self._on_event(ids.E_REGISTRATION, severity, args)
        self.stat[domain] = stat

    def on_sim_text(self, line: bytes):
        """A +CPIN line that nobody asked for: the card may be another one. True when the state
        changed.
        """
        self.sim_read = False
        return self._hear_sim(line, True)

    def _hear_sim(self, line, at_once=False):
        try:
            return self._set_sim(sim_parsers.cpin(line), at_once)
        except Unreadable:
            return False

    def _set_sim(self, state, at_once=False):
        was_ready = self.sim == ids.SIM_READY
        if not self.doubt.believe(CARD, state, at_once or not was_ready) or state == self.sim:
            return False
        if was_ready:
            self.lost_s = self._clock.s
        self.sim = state
        self.sim_read = False
        if not (self.card_starts and state == ids.SIM_FAILED):
            self._tell_sim()
        return True

    def _tell_sim(self):
        bad = self.sim not in (ids.SIM_READY, ids.SIM_BUSY, ids.SIM_UNKNOWN)
        self._on_event(ids.E_SIM, ids.SEV_ERROR if bad else ids.SEV_INFO, {ids.A_SIM: self.sim})

    def card_gone(self) -> bool:
        """No card answers: none is there, it failed, or it says for a minute that it is busy and
        no network holds the terminal.
        """
        if self.sim != ids.SIM_BUSY:
            return self.sim in (ids.SIM_ABSENT, ids.SIM_FAILED)
        busy_s = self._clock.s - self.lost_s
        return busy_s >= _BUSY_S and not (self.card_starts or self.held())

    def card_started(self) -> None:
        """The card had its time to start: a failure is one from now on."""
        self.card_starts = False
        if self.sim == ids.SIM_FAILED:
            self._tell_sim()

    def _set_signal(self, dbm, weak_dbm):
        assert dbm is None or -160 < dbm < 0
        weak = dbm is not None and dbm < weak_dbm + (_BETTER_DB + 1 if self.weak else 0)
        if self.doubt.believe(WEAK, weak) or self.signal_dbm is None:
            self.signal_dbm = dbm
        if self.doubt.stands[WEAK] != self.weak:
            self.weak = weak
            if dbm is not None:
                self._on_event(ids.E_SIGNAL, ids.SEV_INFO, {ids.A_SIGNAL_DBM: dbm})

    # What is asked

    def look_sim(self):
        """Ask for the SIM's state."""
        reply = yield _READ_SIM
        if reply.result == OK and reply.lines:
            self._hear_sim(reply.lines[-1])
        elif reply.result == CME:
            self._set_sim(sim_parsers.cme_state(reply.code) or ids.SIM_UNKNOWN)

    def look(self, sim: bool = False, context=b""):
        """Ask for registration in each domain and for the signal; the ground of every decision.
        With `sim` for the card, too, and with `context` by that read of the family for its
        context: its answer lines are the result, None where they were not heard.
        """
        told = reply = None
        power = _CESQ if self._lte() else _CSQ
        line = self._reads.line(sim, power, context, self.registered())
        power = None
        if line:
            reply = yield line
        if reply and reply.result == OK:
            self._reads.whole()
            told, power = self._sort(reply.lines)
        else:
            refused = reply is not None and reply.result in (ERROR, CME)
            if sim:
                yield from self.look_sim()
            results = []
            for read in DOMAINS:
                reply = yield Command(read)
                self._hear(reply.lines)
                results.append(reply.result)
            self._reads.alone(results, refused)
        if not self.registered():
            line = yield from self._asked(b"+CFUN?")
            word = after_head(line or b"")
            if len(word) == 1 and word.isdigit() and self.doubt.believe(FUN, int(word)):
                self.fun = int(word)
            if self._roaming == "list" and self._any(_AWAY):
                yield from modules.use("network.visited_network", "look", self)
        else:
            self.fun = 1
            self.doubt.believe(FUN, 1, True)
        yield from self._look_signal(power)
        self.looked = True
        return told

    def _sort(self, lines):
        # The answer to all at once -> (what is left of it or None, the line of the signal).
        told, news, power = [], [], None
        for line in lines:
            if line.find(b"REG:", 2, 8) > 0:  # half of them
                news.append(line)
            elif line.startswith(b"+CPIN:"):
                self._hear_sim(line)
            elif matches(line, _POWERS):
                power = line
            else:
                told.append(line)
        self._hear(news)
        return told or None, power

    def _hear(self, lines):
        if lines == self._told:  # as at the last look
            if self.cell_s is not None and self.held():
                self.cell_s = self._clock.s
            return
        for line in lines:
            try:
                self.on_line(line, True)
            except Unreadable:
                pass  # the next look asks again
        self._told = None if self.doubt.again_s() else lines

    def _lte(self):
        return self.act is not None and self.act >= 7

    def _look_signal(self, line):
        # `line`: what one line for all brought of it.
        # Known only when the last answer is in: a turn in between may judge.
        dbm = rsrq_db = None
        deaf, weak_dbm = False, _WEAK_DBM
        if self._lte():
            if line is None or line.startswith(_POWERS[1]):
                line = yield from self._asked(_CESQ)
            if line != self._power[0]:
                try:
                    rsrq_db, dbm = signal.cesq(line or b"")[4:]
                except Unreadable:
                    pass
                self._power = line, rsrq_db, dbm
            line, rsrq_db, dbm = None, self._power[1], self._power[2]
        if dbm is None:
            if line is None:
                line = yield from self._asked(_CSQ)
            if line:
                try:
                    dbm = signal.csq(line)[0]
                    deaf = dbm is None
                except Unreadable:
                    dbm = self.signal_dbm
            weak_dbm = _WEAK_RSSI_DBM
        if self.doubt.believe(DEAF, deaf):
            self.deaf = deaf
        self.rsrq_db = rsrq_db
        self._set_signal(dbm, weak_dbm)

    def _asked(self, read):
        reply = yield Command(read)
        return reply.lines[-1] if reply.result == OK and reply.lines else None
