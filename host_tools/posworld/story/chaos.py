"""Random faults from a seed: whatever goes wrong between a modem and its acquirer, in any mixture.

After stop() nothing is wrong any more but what is the terminal's own to cure (a hung module, a
card that wants its supply cycled, a reject that silenced it): recovery may then be demanded.
"""

from .habits import HABITS
from .troubles import FAULTS

_HABIT_ODDS = 8  # one in so many worlds has each of them


class Chaos:
    """Draws a fault after each random pause; several may last at once, each kind once. Where no
    `kinds` are named the module and the network have habits of their own, too.
    """

    faults = FAULTS

    def __init__(self, stage, rng, gap_s=5400, kinds=None):
        self.stage = stage
        self.agenda = stage.agenda
        self.rng = rng.fork("chaos")
        self.gap_s = gap_s
        # Sorted: the order must not depend on a dict.
        self.kinds = sorted(kinds or self.faults)
        self.habits = sorted(HABITS) if kinds is None else []
        self.total = sum([self.faults[k][0] for k in self.kinds])
        self.lasting = {}  # kind: function that ends it
        self.count = 0
        self.running = False

    def start(self):
        self.running = True
        for name in self.habits:
            if self.rng.below(_HABIT_ODDS) == 0:
                self.stage.operator.note("habit", name)
                HABITS[name](self)
        self._await_next()

    def _await_next(self):
        self.agenda.after(self.rng.between(60, 2 * self.gap_s) * 1000, self._strike)

    def _strike(self):
        if not self.running:
            return
        draw = self.rng.below(self.total)
        for kind in self.kinds:
            draw -= self.faults[kind][0]
            if draw < 0:
                break
        self.strike(kind)
        self._await_next()

    def strike(self, kind):
        """Let one fault happen now, unless one of its kind lasts."""
        _, begin, shortest_s, longest_s = self.faults[kind]
        if kind in self.lasting:
            return
        self.stage.operator.note("fault", kind)
        self.count += 1
        end = begin(self.stage, self.rng)
        if end is not None:
            self.lasting[kind] = end
            # Short ones are the rule: the square of a fraction.
            part = self.rng.below(1000) * self.rng.below(1000)
            span_ms = shortest_s * 1000 + (longest_s - shortest_s) * part // 1000
            self.agenda.after(span_ms, self._end, kind, end)

    def _end(self, kind, end):
        if self.lasting.get(kind) is end:
            self.lasting.pop(kind)
            end()
            self.stage.operator.note("fault_over", kind)

    def stop(self):
        """No more faults; those that last end now."""
        self.running = False
        for kind in sorted(self.lasting):
            self._end(kind, self.lasting[kind])
        faults = self.stage.modem.faults
        faults.hang_on = ""
        faults.hang_after = 0
        self.stage.operator.note("chaos_over", self.count)
