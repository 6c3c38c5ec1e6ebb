"""The network as the modem tells it: SIM, registration per domain, signal, cell.

URCs and the answers of `look()` end in the same update, so that a lost URC costs one poll and no
more. "Registered" here is a fact about the network, not about the path: that is proven layer by
layer.
"""

from posproto import const, ids
from posproto.at import Unreadable, registration, signal
from posproto.at import sim as sim_parsers
from posproto.at.result import CME, ERROR, OK

from .steps import Command

_HOME = (1, 6, 9)
_ROAMING = (5, 7, 10)
_DATA = (1, 5, 9, 10)  # a domain with this stat carries packets (TS 27.007 cl. 7.2)
_DENIED = const(3)
_UNKNOWN = const(4)
_EMERGENCY = const(8)
_RLOS = const(11)
_SLOW_ACT = (0, 1, 3)  # GSM, compact, EGPRS
_WEAK_DBM = const(-110)
_FAIR_DBM = const(-105)  # weak is over only when clearly better: no flicker of verdicts

_CAUSE_DOMAIN = (ids.CAUSE_MM, ids.CAUSE_GMM, ids.CAUSE_EMM)
_READS = (b"+CREG?", b"+CGREG?", b"+CEREG?")
_HEADS = (b"+CREG:", b"+CGREG:", b"+CEREG:")
# One line for all three (V.250 cl. 5.2.1): a third of the waiting. Who refuses it is asked one by
# one.
_READ_ALL = Command(b"+CREG?;+CGREG?;+CEREG?", prefix=_HEADS)


class Network:
    """One per agent, kept through modem restarts. `on_event(id, severity, args)` hears the
    changes.
    """

    def __init__(self, clock, on_event, roaming="auto"):
        self._clock = clock
        self._on_event = on_event
        self._roaming = roaming
        self._one_by_one = False
        self.reset()

    def reset(self):
        """The modem restarted: what it said no longer holds."""
        self.stat = [-1, -1, -1]  # cs, ps, eps
        self.act = None
        self.cell = (None, None)  # area, ci
        self.cause = 0  # (CAUSE_* << 8) | number of the last refusal
        self.signal_dbm = None
        self.deaf = False  # it says that it hears nothing, which is more than not to say
        self.weak = False
        self.sim = ids.SIM_UNKNOWN
        self.fun = 1
        self.detached = False
        self.looked = False

    # What is so

    def registered(self):
        """A packet domain is registered where this terminal may use it."""
        for stat in (self.stat[2], self.stat[1]):
            if stat in _DATA and (stat not in _ROAMING or self._roaming != "deny"):
                return True
        return False

    def roaming_allowed(self):
        """False only when the sole service at hand is roaming and the policy forbids it."""
        if self._roaming != "deny":
            return True
        return not any(stat in _ROAMING for stat in self.stat)

    def denied(self):
        """A packet domain says denied, and none is good."""
        if self.registered():
            return False
        return _DENIED in (self.stat[1], self.stat[2])

    def sms_possible(self):
        """Some domain carries short messages."""
        return any(stat in _HOME or stat in _ROAMING for stat in self.stat)

    def sms_only(self):
        """Registered for short messages only (stat 6, 7)."""
        return any(stat in (6, 7) for stat in self.stat)

    def emergency_only(self):
        """Attached for emergency or restricted local service: no payments (stat 8, 11)."""
        return any(stat in (_EMERGENCY, _RLOS) for stat in self.stat)

    def no_signal(self):
        """The modem hears no cell."""
        return self.deaf

    def unclear(self):
        """Nothing is known of the registration: no domain tells, or all say "unknown"."""
        return all(stat in (-1, _UNKNOWN) for stat in self.stat)

    def slow_rat(self):
        """Registered on 2G, where TLS and settlement take their time."""
        return self.registered() and self.act in _SLOW_ACT

    # What is heard

    def on_line(self, line, asked, mode=None):
        """A +CREG, +CGREG or +CEREG line; `asked` while its read command is in flight.

        Returns True when the line was one of them. Raises Unreadable.
        """
        if not (line.startswith(b"+C") and b"REG:" in line):
            return False
        domain, _, stat, area, ci, act, _, kind, cause = registration.parse(line, asked, mode)
        if domain > 2:
            return True
        if act is not None and stat in _DATA:
            self.act = act
        if area is not None:
            self.cell = (area, ci)
        if cause is not None and kind == 0:
            self.cause = (_CAUSE_DOMAIN[domain] << 8) | cause
        elif stat in _DATA and domain:
            self.cause = 0
        if stat != self.stat[domain]:
            self._changed(domain, stat, cause if kind == 0 else None)
        return True

    def _changed(self, domain, stat, cause):
        first = self.stat[domain] < 0
        self.stat[domain] = stat
        if stat in _DATA and domain:
            self.detached = False
        args = {ids.A_DOMAIN: domain, ids.A_STAT: stat}
        if cause is not None:
            args[ids.A_CAUSE] = (_CAUSE_DOMAIN[domain] << 8) | cause
        if not (first and stat in (0, 2)):
            bad = stat in (_DENIED, _EMERGENCY, _RLOS)
            self._on_event(ids.E_REGISTRATION, ids.SEV_ERROR if bad else ids.SEV_INFO, args)

    def on_sim_text(self, line):
        """A +CPIN line, asked for or not. True when the state changed."""
        try:
            return self._set_sim(sim_parsers.cpin(line))
        except Unreadable:
            return False

    def _set_sim(self, state):
        if state == self.sim:
            return False
        self.sim = state
        bad = state not in (ids.SIM_READY, ids.SIM_BUSY, ids.SIM_UNKNOWN)
        self._on_event(ids.E_SIM, ids.SEV_ERROR if bad else ids.SEV_INFO, {ids.A_SIM: state})
        return True

    def _set_signal(self, dbm):
        self.signal_dbm = dbm
        if dbm is None:
            self.weak = False
        elif dbm < _WEAK_DBM:
            self.weak = True
        elif dbm > _FAIR_DBM:
            self.weak = False

    # What is asked

    def look_sim(self):
        """Ask for the SIM's state."""
        reply = yield Command(b"+CPIN?", prefix=b"+CPIN:", timeout_ms=10000)
        if reply.result == OK and reply.lines:
            self.on_sim_text(reply.lines[-1])
        elif reply.result == CME:
            self._set_sim(sim_parsers.cme_state(reply.code) or ids.SIM_UNKNOWN)

    def look(self):
        """Ask for registration in each domain and for the signal; the ground of every decision."""
        reply = None
        if not self._one_by_one:
            reply = yield _READ_ALL
            self._one_by_one = reply.result in (ERROR, CME)
        if reply is not None and reply.result == OK:
            self._hear(reply.lines)
        else:
            for read in _READS:
                reply = yield Command(read)
                self._hear(reply.lines)
        if not self.registered():
            reply = yield Command(b"+CFUN?")
            if reply.result == OK and reply.lines:
                digit = reply.lines[-1].strip()[-1:]
                self.fun = int(digit) if digit.isdigit() else self.fun
        else:
            self.fun = 1
        yield from self._look_signal()
        self.looked = True

    def _hear(self, lines):
        for line in lines:
            try:
                self.on_line(line, True)
            except Unreadable:
                pass  # the next look asks again

    def _look_signal(self):
        dbm = None
        self.deaf = False
        if self.act is not None and self.act >= 7:
            reply = yield Command(b"+CESQ")
            if reply.result == OK and reply.lines:
                try:
                    dbm = signal.cesq(reply.lines[-1])[5]
                except Unreadable:
                    pass
        if dbm is None:
            reply = yield Command(b"+CSQ")
            if reply.result == OK and reply.lines:
                try:
                    dbm = signal.csq(reply.lines[-1])[0]
                    self.deaf = dbm is None
                except Unreadable:
                    dbm = self.signal_dbm
        self._set_signal(dbm)
