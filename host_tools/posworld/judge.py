"""What the network thinks of a terminal: radio budgets, judged from the operator's notes alone.

The limits are the network's, written here on their own: whoever heals has a table of its own, and
the two must not be each other's twin.
"""

HOUR_MS = 3600000
MINUTE_MS = 60000

# Refusals that another try does not change (TS.34 cl. 8.2.3).
PERMANENT_ESM = (8, 27, 28, 29, 30, 32, 33)

# kind of note -> what it costs the network or the module
CYCLES = ("cfun", "module_reset")
PINS = ("reset_pin", "power_key")
ACCESSES = ("activate", "reselect", "cgatt", "scan", "sms_out", "ussd", "tcp_open")
# What somebody wanted: a radio cycle may then come before its hour.
DEMANDS = ("submit", "heal", "sim_swap", "paid_text")

_SLACK_MS = 2000


class Judge:
    """violations() lists what a run did beyond its budgets, as text with times in seconds."""

    def __init__(self, stage):
        self.stage = stage
        self.notes = stage.operator.notes

    def violations(self):
        out = []
        self._activations(out)
        self._cycles(out)
        self._pins(out)
        modem = self.stage.modem
        if modem.overlapped:
            out.append("%d command lines while another was in flight" % modem.overlapped)
        return out

    def count(self, kinds, since_ms=0, until_ms=None):
        """How many notes of these kinds lie in a span."""
        found = 0
        for at_ms, kind, detail in self.notes:
            if kind in kinds and at_ms >= since_ms and (until_ms is None or at_ms < until_ms):
                found += kind != "cfun" or detail == 1
        return found

    def _most(self, times, span_ms):
        """The largest number of times within a sliding span, and when it ended."""
        worst, when, first = 0, 0, 0
        for i in range(len(times)):
            while times[i] - times[first] >= span_ms:
                first += 1
            if i - first + 1 > worst:
                worst, when = i - first + 1, times[i]
        return worst, when

    def _activations(self, out):
        """At most 5 an hour after a permanent refusal, 60 after anything else that failed."""
        after_permanent, after_other = [], []
        last = 0
        for at_ms, kind, detail in self.notes:
            if kind == "activate":
                if last in PERMANENT_ESM:
                    after_permanent.append(at_ms)
                elif last:
                    after_other.append(at_ms)
            if kind in ("activate", "bearer"):
                last = detail
        worst, when = self._most(after_permanent, HOUR_MS)
        if worst > 5:
            out.append(
                "%d activations in an hour after a permanent refusal, %d s" % (worst, when // 1000)
            )
        worst, when = self._most(after_other, HOUR_MS)
        if worst > 60:
            out.append("%d activations in an hour, %d s" % (worst, when // 1000))

    def _cycles(self, out):
        """Radio cycles and resets of a module that answers: one an hour, ten minutes on demand."""
        last_ms = None
        demanded = False
        for at_ms, kind, detail in self.notes:
            if kind in DEMANDS:
                demanded = True
            if kind not in CYCLES or (kind == "cfun" and detail == 1):
                continue  # a cycle is counted where it begins
            if last_ms is not None:
                gap_ms = at_ms - last_ms
                least_ms = 10 * MINUTE_MS if demanded else HOUR_MS
                if gap_ms + _SLACK_MS < least_ms:
                    out.append(
                        "radio cycled again after %d s, at %d s" % (gap_ms // 1000, at_ms // 1000)
                    )
            last_ms = at_ms
            demanded = False

    def _pins(self, out):
        """Pins: at least ten minutes apart; the two pulses of off and on are one act."""
        last_ms = None
        for at_ms, kind, _ in self.notes:
            if kind not in PINS:
                continue
            gap_ms = None if last_ms is None else at_ms - last_ms
            if gap_ms is not None and gap_ms > 90000 and gap_ms + _SLACK_MS < 10 * MINUTE_MS:
                out.append(
                    "pins pulsed again after %d s, at %d s" % (gap_ms // 1000, at_ms // 1000)
                )
            if gap_ms is None or gap_ms > 90000:
                last_ms = at_ms


class Report:
    """One line of a table: when the fault came, was noticed and healed, and at what price.

    observe(now_ms, verdict) takes each verdict of the agent. A scenario marks its fault and the
    moment from which recovery is possible: "fault", "curable"; the first where the second lacks.
    """

    def __init__(self, stage, well=("all_clear",), quiet=("all_clear", "starting", "unknown")):
        self.stage = stage
        self._well = well
        self._quiet = quiet
        self.verdicts = []  # (now_ms, name), as they changed

    def observe(self, now_ms, verdict):
        if not self.verdicts or self.verdicts[-1][1] != verdict:
            self.verdicts.append((now_ms, verdict))

    def _mark(self, name):
        for at_ms, kind, detail in self.stage.operator.notes:
            if kind == "mark" and detail == name:
                return at_ms
        return None

    def row(self):
        """{fault_ms, curable_ms, noticed_ms, verdict, healed_ms, accesses, cycles, pins}; spans
        from their cause on, None where it never came.
        """
        fault_ms = self._mark("fault")
        if fault_ms is None:
            return None
        curable_ms = self._mark("curable")
        if curable_ms is None:
            curable_ms = fault_ms
        noticed_ms = verdict = healed_ms = None
        for at_ms, name in self.verdicts:
            if at_ms >= fault_ms and noticed_ms is None and name not in self._quiet:
                noticed_ms, verdict = at_ms - fault_ms, name
            well = name in self._well and at_ms >= curable_ms
            if noticed_ms is not None and healed_ms is None and well:
                healed_ms = at_ms - curable_ms
        judge = Judge(self.stage)
        until_ms = None if healed_ms is None else curable_ms + healed_ms
        return {
            "fault_ms": fault_ms,
            "curable_ms": curable_ms,
            "noticed_ms": noticed_ms,
            "verdict": verdict,
            "healed_ms": healed_ms,
            "accesses": judge.count(ACCESSES, fault_ms, until_ms),
            "cycles": judge.count(CYCLES, fault_ms, until_ms),
            "pins": judge.count(PINS, fault_ms, until_ms),
        }
