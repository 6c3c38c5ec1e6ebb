"""The network's judgement of a terminal: radio budgets, by the operator's notes alone.

The limits are the network's, written here on their own: whoever heals has a table of its own, and
the two must not be each other's twin.
"""

from .judge_cards import HOUR_MS, by_card, changes, judge_changes, most

MINUTE_MS = 60000

# Refusals that another try does not change (TS.34 cl. 8.2.3).
PERMANENT_ESM = (8, 27, 28, 29, 30, 32, 33)

# kind of note -> what it costs the network or the module
CYCLES = ("cfun", "module_reset")
PINS = ("reset_pin", "power_key")
ACCESSES = ("activate", "reselect", "cgatt", "scan", "sms_out", "ussd", "tcp_open")
# What somebody wanted: a radio cycle may then come before its hour.
DEMANDS = ("submit", "heal", "sim_swap", "paid_text")
# What speaks of trouble, where nothing was refused.
TROUBLE = (
    "fault",
    "fault_over",
    "story",
    "mark",
    "barred",
    "unbarred",
    "boot",
    "tcp_failed",
    "activate_held",
    "link_lost",
    "context_ended",
    "detached",
    "cfun",
    "cgatt",
    "reselect",
    "module_reset",
    "reset_pin",
    "power_key",
    "agent_start",
    "card",
    "card_lost",
    "card_selected",
    "unheard",
    "hung",
)

DETACH_MS = 20000  # a reset so soon after the radio was switched off completes that act
_SLACK_MS = 2000
_SAME_MS = 10000


class Judge:
    """violations() lists what a run did beyond its budgets, as text with times in seconds."""

    def __init__(self, stage):
        self.stage = stage
        self.notes = stage.operator.notes
        self.changed = changes(self.notes)

    def violations(self):
        out = []
        self._activations(out)
        self._cycles(out)
        self._attaches(out)
        self._pins(out)
        self._cards(out)
        judge_changes(self.notes, self.changed, out)
        self._connections(out)
        self._healthy(out)
        self._starts(out)
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

    def _activations(self, out):
        """At most 5 an hour after a permanent refusal, 60 after anything else that failed."""
        for notes in by_card(self.notes, self.stage.modem.cards[0].imsi):
            self._activations_of(notes, out)

    def _activations_of(self, notes, out):
        after_permanent, after_other = [], []
        last = 0
        for at_ms, kind, detail in notes:
            if kind == "activate":
                if last in PERMANENT_ESM:
                    after_permanent.append(at_ms)
                elif last:
                    after_other.append(at_ms)
            if kind in ("activate", "bearer"):
                last = detail
            elif kind == "sim_swap":  # another subscription: its counters are clean
                after_permanent, after_other, last = [], [], 0
        worst, when = most(after_permanent, HOUR_MS)
        if worst > 5:
            out.append(
                "%d activations in an hour after a permanent refusal, %d s" % (worst, when // 1000)
            )
        worst, when = most(after_other, HOUR_MS)
        if worst > 60:
            out.append("%d activations in an hour, %d s" % (worst, when // 1000))

    def _cycles(self, out):
        """Radio cycles and resets of a module that answers: the first after ten minutes of
        trying, one an hour in the first day, then one in four hours; ten minutes apart on demand.
        """
        last_ms = first_ms = None  # the first one of this trouble
        served_ms = trouble_ms = None  # since when it worked, and no longer
        demanded = False
        off_ms = None  # switched off and not on again
        slow_ms = None  # LTE was asked for from 2G: one cycle belongs to that act
        lost_ms = None  # the card was last lost
        for i in range(len(self.notes)):
            at_ms, kind, detail = self.notes[i]
            if kind == "reselect" and detail == "slow":
                slow_ms = at_ms
            if kind in DEMANDS:
                demanded = True
            if kind == "module_reset" and off_ms is not None and at_ms - off_ms < DETACH_MS:
                continue  # it was detached first: one act
            if kind == "cfun":
                off_ms = None if detail == 1 else at_ms
            if kind == "card_lost":
                lost_ms = at_ms
            if kind == "tcp_opened" and lost_ms is not None and at_ms - lost_ms < MINUTE_MS:
                continue  # over a session that stands without its card: none is in service so
            if kind in ("tcp_opened", "in_service"):
                if served_ms is None:
                    served_ms, trouble_ms = at_ms, None
                if at_ms - served_ms >= MINUTE_MS:
                    first_ms = None
            elif served_ms is not None and (kind in TROUBLE or _refused(kind, detail)):
                if at_ms - served_ms >= MINUTE_MS:
                    trouble_ms, first_ms = at_ms, None
                served_ms = None
            if kind not in CYCLES or (kind == "cfun" and detail == 1) or i in self.changed:
                continue  # a cycle is counted where it begins, a change of cards elsewhere
            if slow_ms is not None and at_ms - slow_ms < 5 * MINUTE_MS:
                trouble_ms, slow_ms = None, None
            self._cycle(out, at_ms, last_ms, first_ms, trouble_ms, demanded)
            if first_ms is None:
                first_ms = at_ms
            last_ms = at_ms
            demanded = False

    def _cycle(self, out, at_ms, last_ms, first_ms, trouble_ms, demanded):
        """One cycle, with the one before it and the first one of the trouble."""
        if last_ms is not None:
            gap_ms = at_ms - last_ms
            least_ms = 10 * MINUTE_MS if demanded else HOUR_MS
            if first_ms is not None and last_ms - first_ms > 24 * HOUR_MS and not demanded:
                least_ms = 4 * HOUR_MS
            if gap_ms + _SLACK_MS < least_ms:
                out.append(
                    "radio cycled again after %d s, at %d s" % (gap_ms // 1000, at_ms // 1000)
                )
        if demanded or trouble_ms is None:
            return
        tried_ms = at_ms - trouble_ms
        if tried_ms + _SLACK_MS < 10 * MINUTE_MS:
            out.append(
                "radio cycled after %d s of trying, at %d s" % (tried_ms // 1000, at_ms // 1000)
            )

    def _attaches(self, out):
        """A detach and an attach, at least a quarter of an hour apart, ten minutes for whoever
        orders it; registration is asked for only where there is none.
        """
        for notes in by_card(self.notes, self.stage.modem.cards[0].imsi):
            self._attaches_of(notes, out)

    def _attaches_of(self, notes, out):
        last_ms = slow_ms = None
        demanded = False
        noisy = False  # a byte lost on the wire makes AT+COPS=0 of a question
        asked = []
        for at_ms, kind, detail in notes:
            if kind in DEMANDS:
                demanded = True
            if detail == "wire" and kind in ("fault", "fault_over"):
                noisy = kind == "fault"
            if kind == "reselect":
                asked.append(at_ms)
                if detail == "slow":  # LTE is asked for from 2G: each four hours at most
                    if slow_ms is not None and at_ms - slow_ms + _SLACK_MS < 4 * HOUR_MS:
                        gap_s = (at_ms - slow_ms) // 1000
                        out.append("LTE asked for again after %d s" % gap_s)
                    slow_ms = at_ms
                if detail == "registered" and not demanded and not noisy:
                    out.append("asked to register though registered, at %d s" % (at_ms // 1000))
            if kind != "cgatt" or detail != 0:
                continue
            if last_ms is not None and not demanded and at_ms - last_ms + _SLACK_MS < 900000:
                gap_ms = at_ms - last_ms
                out.append("detached again after %d s, at %d s" % (gap_ms // 1000, at_ms // 1000))
            last_ms = at_ms
            demanded = False
        worst, when = most(asked, HOUR_MS)
        if worst > 60:
            out.append("%d searches asked for in an hour, %d s" % (worst, when // 1000))

    def _pins(self, out):
        """Pins after two minutes of silence, then 10, 30 and 60 minutes apart until the module has
        answered for a minute; the two pulses of off and on are one act.
        """
        last_ms = None
        acts = 0
        silent_ms = None
        ordered = False
        for at_ms, kind, detail in self.notes:
            if kind == "heal":
                ordered = True
            elif kind == "silence":
                silent_ms = detail
            elif kind == "tcp_opened":
                acts = 0
            if kind not in PINS:
                continue
            gap_ms = None if last_ms is None else at_ms - last_ms
            if gap_ms is not None and gap_ms <= 90000:
                continue
            if gap_ms is not None and silent_ms is not None and silent_ms + MINUTE_MS <= gap_ms:
                acts = 0  # it has answered for a minute since: this is another trouble
            least_ms = (10, 10, 30, 60)[min(acts, 3)] * MINUTE_MS
            if gap_ms is not None and gap_ms + _SLACK_MS < (600000 if ordered else least_ms):
                out.append(
                    "pins pulsed again after %d s, at %d s" % (gap_ms // 1000, at_ms // 1000)
                )
            if not ordered and silent_ms is not None and silent_ms + _SLACK_MS < 2 * MINUTE_MS:
                out.append(
                    "pins pulsed after %d s of silence, at %d s"
                    % (silent_ms // 1000, at_ms // 1000)
                )
            last_ms = at_ms
            acts += 1
            ordered = False

    def _connections(self, out):
        """At most six refused handshakes in an hour, and sixty connections that fail, beside one
        of each for whatever somebody wanted in that hour.
        """
        wanted = [at_ms for at_ms, kind, _ in self.notes if kind in DEMANDS]
        for what, kind, limit in (
            ("handshakes refused", "tls_refused", 6),
            ("connections failed", "tcp_failed", 60),
        ):
            times = [at_ms for at_ms, noted, _ in self.notes if noted == kind]
            first = 0
            for i in range(len(times)):
                while times[i] - times[first] >= HOUR_MS:
                    first += 1
                since_ms = times[i] - HOUR_MS
                asked = len([at_ms for at_ms in wanted if since_ms <= at_ms <= times[i]])
                if i - first + 1 > limit + asked:
                    count = i - first + 1
                    out.append("%d %s in an hour, %d s" % (count, what, times[i] // 1000))
                    break

    def _cards(self, out):
        """The supply of a card that nobody can read, off and on where no network holds the
        terminal: after twenty seconds, then 1, 5, 10 and 60 minutes apart, at most 24 a day. A
        card that was readable for a minute begins anew.
        """
        times = []
        lost_ms = last_ms = taken_ms = None  # taken: by a network, which reads it for that
        acts = 0
        for i in range(len(self.notes)):
            at_ms, kind, detail = self.notes[i]
            if kind in ("card_lost", "card"):
                if taken_ms is not None and at_ms - taken_ms >= MINUTE_MS:
                    acts = 0
                taken_ms = None
            if kind == "card_lost":
                lost_ms = at_ms
            elif kind == "attach" and detail == 0 and taken_ms is None:
                taken_ms = at_ms
            elif kind == "tcp_opened":
                acts = 0
            if kind != "card" or i in self.changed:
                continue
            if lost_ms is not None and at_ms - lost_ms + _SLACK_MS < 20000:
                out.append("card switched off %d ms after it was lost" % (at_ms - lost_ms))
            if last_ms is not None and acts:
                least_ms = (1, 5, 10, 60)[min(acts, 4) - 1] * MINUTE_MS
                if at_ms - last_ms + _SLACK_MS < least_ms:
                    gap_s = (at_ms - last_ms) // 1000
                    out.append(
                        "card switched off again after %d s, at %d s" % (gap_s, at_ms // 1000)
                    )
            last_ms = at_ms
            acts += 1
            times.append(at_ms)
        worst, when = most(times, 24 * HOUR_MS)
        if worst > 24:
            out.append("card switched off %d times in a day, %d s" % (worst, when // 1000))

    def _healthy(self, out):
        """While nothing is wrong: at most four automated accesses in any hour. What follows within
        ten seconds goes over the same radio connection; one that carries a message is the
        application's. Where the terminal reports to its fleet, one report an hour may go beside.
        """
        broker = self.stage.settings().get("report_host")
        quiet = []
        reports = []
        mends = ()  # the first activation and the first connection after a trouble prove its end
        for i in range(len(self.notes)):
            at_ms, kind, detail = self.notes[i]
            if quiet and at_ms - quiet[-1] < _SAME_MS and kind in ACCESSES:
                continue
            if kind in TROUBLE or _refused(kind, detail):
                quiet = []
                mends = ("activate", "tcp_open")
            elif kind in mends:
                mends = mends[1:] if kind == "activate" else ()
            elif kind == "tcp_open" and detail == broker:
                reports.append(at_ms)
                quiet.append(at_ms)
            elif kind == "tcp_open" and self._carries(i):
                continue
            elif kind in ("sms_out", "ussd", "activate", "tcp_open"):
                quiet.append(at_ms)
            else:
                continue
            while quiet and at_ms - quiet[0] >= HOUR_MS:
                quiet.pop(0)
            beside = len(reports) > 0 and at_ms - reports[-1] < HOUR_MS
            if len(quiet) > 4 + beside:
                out.append(
                    "%d automated accesses in an hour of health, at %d s"
                    % (len(quiet), at_ms // 1000)
                )
                quiet = []

    def _starts(self, out):
        """After a start everything automatic waits for a time of its own: starts that are all
        followed in the same few seconds have none. Of a run with fewer starts the fleet tells.
        """
        waits = self.start_waits_s()
        if len(waits) >= 4 and max(waits) - min(waits) < 5:
            out.append("%d starts, each followed by an access after %d s" % (len(waits), waits[0]))

    def start_waits_s(self):
        """Seconds from each start of the agent to its first automated access; a start that is
        followed by a wish is left out.
        """
        found = []
        start_ms = None
        for i in range(len(self.notes)):
            at_ms, kind, _ = self.notes[i]
            if kind == "agent_start":
                start_ms = at_ms
            elif kind in DEMANDS:
                start_ms = None
            elif start_ms is not None and kind in ACCESSES and not self._carries(i):
                found.append((at_ms - start_ms) // 1000)
                start_ms = None
        return found

    def _carries(self, i):
        """Does the connection opened by note `i` carry a message, or would it have?"""
        for _, kind, _ in self.notes[i + 1 : i + 40]:
            if kind in ("tcp_sent", "hung"):
                return True
            if kind == "tcp_open":
                return False
        return False


def _refused(kind, detail):
    return kind in ("attach", "activate", "bearer") and detail != 0
