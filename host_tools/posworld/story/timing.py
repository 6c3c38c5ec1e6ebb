"""The timing of a run: how soon a fault was noticed and healed, and at what price, in one row.

The moments are the network's and the modem's own: what told the agent, what cured the trouble, and
when that would have been permitted. How long an agent may be held back by its budgets is worked
out from the limits in judge.py; what it draws above them so that a fleet does not act in one
second, it has announced, and the act is measured against the earliest moment that it announced.
"""

from posproto import ids

from .judge import (
    ACCESSES,
    CYCLES,
    DEMANDS,
    DETACH_MS,
    HOUR_MS,
    MINUTE_MS,
    PERMANENT_ESM,
    PINS,
    Judge,
)

# Unsolicited lines that tell of trouble; the rest of a line follows.
TELLING = (
    "+CREG: ",
    "+CGREG: ",
    "+CEREG: ",
    "+CGEV: NW ",
    "+CGEV: ME ",
    "+CPIN: ",
    '+QIURC: "pdpdeact"',
    "+CIPEVENT: NETWORK",
    "+PDP: DEACT",
    "RDY",
)
# Minutes after the first, second and so on activation that failed for a temporary cause: the
# back-off of Telefonica's guideline.
_BACK_OFF_MIN = (1, 2, 3, 5, 10, 15, 30, 60, 120, 240)
_LONG_S = 2 * 86400  # a longer back-off ends with the radio's cycle, not by itself
_SHARED_MS = 5 * MINUTE_MS
_START_MS = MINUTE_MS
_SAME_ACT_MS = 90000  # off and on by the power key
_SETTLED_MS = 25000
_CARD_S = (20, 60, 300, 600, 3600)
_CURES = CYCLES + PINS + ("card", "activate", "cgatt", "reselect", "agent_start")
# What an announced rung is called among the network's notes.
_GROUPS = {
    ids.RUNG_SOCKET: "tcp_open",
    ids.RUNG_SECOND_HOST: "tcp_open",
    ids.RUNG_CONTEXT: "activate",
    ids.RUNG_ATTACH: "cgatt",
    ids.RUNG_REREGISTER: "reselect",
    ids.RUNG_FASTER: "reselect",
    ids.RUNG_CFUN4: "cycle",
    ids.RUNG_CFUN0: "cycle",
    ids.RUNG_MODULE_RESET: "cycle",
    ids.RUNG_POWER_KEY: "pins",
    ids.RUNG_MCU_RESET: "agent_start",
}
_STRONG = CYCLES + PINS + ("card", "agent_start")
_BACK = ("attach", "bearer", "activate", "tcp_opened")


class Timing:
    """The moments of one run; observe() takes each verdict of the agent. A scenario marks its
    fault and the moment from which recovery is possible: "fault", "curable"; the first where the
    second lacks.
    """

    def __init__(self, stage, well=("all_clear",), quiet=("all_clear", "starting", "unknown")):
        self.stage = stage
        self._well = well
        self._quiet = quiet
        self.verdicts = []  # (now_ms, name), as they changed
        self.announced = []  # (now_ms, group, moment) of the agent's next steps
        self.told = []  # times of telling lines
        self._urc = stage.modem.port.urc
        stage.modem.port.urc = self._hear

    def _hear(self, text):
        port = self.stage.modem.port
        heard = port.listening and not port.raw and not port.faults.mute_urcs
        if heard and not port.faults.agent_deaf and text.startswith(TELLING):
            self.told.append(self.stage.agenda.now_ms)
        self._urc(text)

    def observe(self, now_ms, verdict):
        if not self.verdicts or self.verdicts[-1][1] != verdict:
            self.verdicts.append((now_ms, verdict))

    def announce(self, now_ms, rung, at_ms):
        """The agent says which RUNG_* comes next, and when; None: a message that waits."""
        said = (_GROUPS.get(rung, "message"), at_ms)
        if not self.announced or self.announced[-1][1:] != said:
            self.announced.append((now_ms,) + said)

    def _noted_ms(self, name):
        for at_ms, kind, detail in self.stage.operator.notes:
            if kind == "mark" and detail == name:
                return at_ms
        return None

    def row(self):
        """None without a fault, else {fault_ms, curable_ms, noticed_ms, told_ms, verdict,
        healed_ms, permitted_ms, late_ms, held_ms, drawn_ms, clear_ms, accesses, cycles, pins};
        spans from their cause on, None where it never came.

        told_ms: from a telling line to its notice. permitted_ms: from the moment at which recovery
        was possible to the one at which the act that brought it was permitted; late_ms: from the
        later of the two to the act. held_ms: the wait of that act's budget; drawn_ms: what the
        agent drew above it. clear_ms: from the network's yes, or the
        moment drawn after a long outage, or the end of a start's wait, to all clear.
        """
        fault_ms = self._noted_ms("fault")
        if fault_ms is None:
            return None
        curable_ms = self._noted_ms("curable")
        if curable_ms is None:
            curable_ms = fault_ms
        noticed_ms = verdict = healed_ms = None
        out = False  # of service, or not in it yet
        before = ""
        for at_ms, name in self.verdicts:
            if at_ms < fault_ms:
                before = name
                continue
            if noticed_ms is None and name not in self._quiet:
                noticed_ms, verdict = at_ms, name
            out = out or noticed_ms is not None or before not in self._well
            if out and healed_ms is None and name in self._well and at_ms >= curable_ms:
                healed_ms = at_ms
        judge = Judge(self.stage)
        row = {
            "fault_ms": fault_ms,
            "curable_ms": curable_ms,
            "noticed_ms": _span(fault_ms, noticed_ms),
            "told_ms": self._told(fault_ms, noticed_ms),
            "verdict": verdict,
            "healed_ms": _span(curable_ms, healed_ms),
            "accesses": judge.count(ACCESSES, fault_ms, healed_ms),
            "cycles": judge.count(CYCLES, fault_ms, healed_ms),
            "pins": judge.count(PINS, fault_ms, healed_ms),
        }
        row.update(self._late(fault_ms, curable_ms, healed_ms))
        return row

    def _told(self, fault_ms, noticed_ms):
        """From the first line that told of it to the notice; None where none told."""
        if noticed_ms is None:
            return None
        for at_ms in self.told:
            if fault_ms <= at_ms <= noticed_ms:
                return noticed_ms - at_ms
        return None

    def _late(self, fault_ms, curable_ms, healed_ms):
        """row()'s values behind the moment at which recovery was possible. Its act is
        the first one since then, or a later one of _STRONG; where nothing was done, the connection
        that showed that all is well. The network's yes is the last one behind that act.
        """
        names = ("permitted_ms", "late_ms", "held_ms", "drawn_ms", "clear_ms")
        out = dict.fromkeys(names)
        if healed_ms is None:
            return out
        act_ms = yes_ms = None
        started_ms = -_START_MS
        permitted_ms = held_ms = drawn_ms = 0
        limits = _Limits(fault_ms)
        for at_ms, kind, detail in self.stage.operator.notes:
            if at_ms > healed_ms:
                break
            if kind == "agent_start":
                started_ms = at_ms
            if at_ms >= curable_ms:
                begins = kind in _CURES and not (kind == "cfun" and detail == 1)
                if limits.same_act(at_ms, kind):
                    begins = False
                if begins and (act_ms is None or kind in _STRONG):
                    act_ms = at_ms
                    yes_ms = None
                    since_ms, held_ms = limits.permitted(kind)
                    limit_ms = since_ms + held_ms
                    permitted_ms = self._announced(_group(kind), limits, at_ms, limit_ms)
                    # An act of this kind may have been permitted long before anything could heal.
                    drawn_ms = max(0, permitted_ms - max(limit_ms, curable_ms))
                if kind == "tcp_opened" or (kind in _BACK and detail == 0):
                    yes_ms = at_ms
            limits.see(at_ms, kind, detail)
        if act_ms is None:
            act_ms, permitted_ms = self._by_opening(curable_ms, healed_ms)
        out["permitted_ms"] = max(0, permitted_ms - curable_ms)
        first_ms = max(permitted_ms, curable_ms)
        out["late_ms"] = max(0, act_ms - first_ms) if act_ms is not None else 0
        out["held_ms"], out["drawn_ms"] = held_ms, drawn_ms
        if yes_ms is not None and yes_ms - fault_ms >= _SHARED_MS:
            yes_ms = self._turn(yes_ms, healed_ms)
        if yes_ms is not None:  # what nobody waits for begins within a minute of a start
            yes_ms = max(yes_ms, min(started_ms + _START_MS, healed_ms))
        out["clear_ms"] = None if yes_ms is None else max(0, healed_ms - yes_ms)
        return out

    def _turn(self, yes_ms, healed_ms):
        """After an outage that many may share: the moment that the agent announced for its start,
        five minutes on at most; the network's yes where it announced none.
        """
        moments = [
            at_ms
            for now_ms, said, at_ms in self.announced
            if said == "activate" and yes_ms <= now_ms <= healed_ms and at_ms > now_ms
        ]
        return min(*moments, yes_ms + _SHARED_MS) if moments else yes_ms

    def _by_opening(self, curable_ms, healed_ms):
        """(moment of the connection that showed that all is well, moment announced for it) where
        nothing was done to the line; (None, 0) where none was announced.
        """
        opens, sent_ms = [0], 0
        for at_ms, kind, _ in self.stage.operator.notes:
            if kind == "tcp_open" and at_ms <= healed_ms:
                opens.append(at_ms)
        last_ms, open_ms = opens[-2:] if len(opens) > 1 else (0, 0)
        if open_ms < curable_ms:
            return None, 0
        for at_ms, kind, _ in self.stage.operator.notes:
            if kind == "tcp_sent" and at_ms < open_ms:
                sent_ms = at_ms
        since_ms = {"tcp_open": last_ms, "message": sent_ms}
        later = [
            at_ms
            for now_ms, said, at_ms in self.announced
            if said in since_ms and now_ms > since_ms[said] and at_ms >= curable_ms
        ]
        return (open_ms, min(later + [open_ms])) if later else (None, 0)

    def _announced(self, group, limits, act_ms, limit_ms):
        """The earliest moment announced for this act since the last one of its group; the limit
        where nothing was.
        """
        since_ms = limits.last.get(group, limits.fault_ms)
        if group == "card":
            group = "cycle"  # the same rung
        moments = [
            at_ms
            for now_ms, said, at_ms in self.announced
            if said == group and since_ms < now_ms <= act_ms and at_ms > now_ms
        ]
        return max(min(moments), limit_ms) if moments else limit_ms


def _group(kind):
    return "cycle" if kind in CYCLES else "pins" if kind in PINS else kind


class _Limits:
    """When the next act of a kind is permitted, by what was seen so far."""

    def __init__(self, fault_ms):
        self.fault_ms = fault_ms
        self.last = {}  # kind: time
        self.refused = self.back_off_s = 0
        self.failures = 0
        self.pins = self.cards = 0
        self.settled_ms = 0  # so long after its start a module has read its card
        self.demanded = False

    def see(self, at_ms, kind, detail):
        if kind in DEMANDS:
            self.demanded = True
        if kind == "cfun" and detail == 1:
            return
        group = _group(kind)
        if self.same_act(at_ms, kind):
            return
        self.pins += group == "pins"
        self.cards += kind == "card"
        if kind == "boot":
            self.settled_ms = at_ms + _SETTLED_MS
        if group == "cycle":
            self.demanded = False
        if kind == "back_off" and detail < _LONG_S:
            self.back_off_s = detail
        if kind == "activate":
            self.back_off_s = 0
            self.refused = detail
            self.failures = self.failures + 1 if detail else 0
        self.last[group] = at_ms

    def same_act(self, at_ms, kind):
        """Is a pulse at this moment the second one of an act, or a reset the end of one?"""
        span_ms = _SAME_ACT_MS if kind in PINS else DETACH_MS if kind == "module_reset" else 0
        return at_ms - self.last.get(_group(kind), -span_ms) < span_ms

    def permitted(self, kind):
        """(the moment from which the wait of its next act counts, the wait)."""
        last_ms = self.last.get(_group(kind))
        if kind in CYCLES:
            if self.demanded:
                return (0, 0) if last_ms is None else (last_ms, 10 * MINUTE_MS)
            if last_ms is None or last_ms + HOUR_MS < self.fault_ms + 10 * MINUTE_MS:
                return self.fault_ms, 10 * MINUTE_MS
            return last_ms, HOUR_MS
        if kind == "card":
            # A card may come by itself in the first half minute of a module.
            since_ms = max(self.fault_ms, self.settled_ms) if last_ms is None else last_ms
            return since_ms, _CARD_S[min(self.cards, 4)] * 1000
        if kind in PINS:
            if not self.pins:
                return self.fault_ms, 2 * MINUTE_MS
            return last_ms, (10, 30, 60)[min(self.pins, 3) - 1] * MINUTE_MS
        if kind == "reselect" and last_ms is None:
            return self.fault_ms, 5 * MINUTE_MS  # a search may take so long
        if kind == "agent_start":
            return self.fault_ms, HOUR_MS
        if last_ms is None:
            return self.fault_ms, 0
        if kind == "activate" and self.back_off_s:
            return last_ms, self.back_off_s * 1000
        if kind == "activate" and self.refused not in PERMANENT_ESM:
            at = min(max(self.failures - 1, 0), len(_BACK_OFF_MIN) - 1)
            return last_ms, _BACK_OFF_MIN[at] * MINUTE_MS
        return last_ms, 15 * MINUTE_MS


def _span(since_ms, until_ms):
    return None if since_ms is None or until_ms is None else until_ms - since_ms
