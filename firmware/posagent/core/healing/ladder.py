"""The trouble at hand: how long it lasts, what was tried in it, and what comes next.

What may act when is worked out by budgets.py, which is loaded for that moment; what stays here is
its answer, the ages that it needs, and the budgets as they are on flash.
"""

from posproto import const, ids

from .. import modules, situation
from .budgets import FORGET_S

_SAVE_S = const(3600)
_SAVE_TROUBLE_S = const(600)
NOTHING = (ids.RUNG_NONE, -1, -1)


class Ladder:
    """One per agent, called by its loop only."""

    def __init__(self, storage, clock, rng, counters=None) -> None:
        self.storage = storage
        self.counters = counters or [0] * 32
        self.clock = clock
        self.rng = rng
        self.kept = None  # as budgets.py packs it
        self.tail = b""  # of that, where there are two cards
        self.base_s = 0  # powered seconds before this boot
        self.trouble_s = None  # uptime at which the current trouble began
        self.good_s = None  # uptime since when all is well
        self.spent_s = [0] * situation.SITUATIONS  # of this trouble, in each situation
        self.tried = 0  # rungs used in this trouble, as bits
        self.cycled = 0  # the last that restarted radio or module in it
        self.last = ids.RUNG_NONE  # the last that acted in it
        self.line = [0] * ids.LN_COUNT  # since it was last written, see line_record.py
        self.line_s = clock.s  # uptime up to which outages are counted
        self.lag = 0  # 0..255: a fleet that fails in one second does not act in one second
        self.choice = NOTHING  # (RUNG_*, uptime from which it may act, budget class)
        self.hold_s = 0  # uptime until which the last rung may still bring its result
        self.probe_s = 0  # uptime before which nothing automatic goes out while all is well
        self.first = True  # nothing automatic went out in this life
        # After a permanent refusal: 1, the next activation need not wait for its spacing; 2, a
        # payment was told: where the hour has no activation left, an attach may bring a bearer.
        self.early = 0
        # Powered second of an activation that counts for nothing if it works: not known yet.
        self.open_s = 0
        self.barred = False  # the last refusal told was a permanent one: its hour holds
        self._facts = None
        self._chosen_s = 0  # uptime of the choice
        self._situation = situation.WELL
        self.changed_s = self._since_s = self._saved_s = clock.s
        modules.call("healing.budgets", "start", self)

    def take(self, rung: int, klass: int) -> None:
        """A rung of this budget class acts now."""
        assert ids.RUNG_NONE <= rung <= ids.RUNG_OTHER_CARD
        assert klass >= 0 or rung <= ids.RUNG_SECOND_HOST  # what the network feels has a budget
        modules.call("healing.budgets", "take", self, rung, klass)
        self.tried |= 1 << rung
        self.last = rung
        if rung in (ids.RUNG_CFUN0, ids.RUNG_MODULE_RESET):
            self.cycled = rung

    def trouble_age_s(self):
        """Seconds of the current trouble, 0 when there is none."""
        assert self.trouble_s is None or self.trouble_s <= self.clock.s
        return 0 if self.trouble_s is None else self.clock.s - self.trouble_s

    def stands(self, plight: int) -> None:
        """Told in each assessment; the time since the last one counts for what stood then."""
        now = self.clock.s
        assert 0 <= plight < situation.SITUATIONS and now >= self._since_s
        self.spent_s[self._situation] += now - self._since_s
        self._since_s = now
        if plight != self._situation:
            self.changed_s = now
        self._situation = plight
        # A minute of success counts, though nobody looked again before it ended.
        over = self.trouble_s is not None and self.good_s is not None
        if over and now - self.good_s >= FORGET_S:
            self.trouble_s = None
            self.line[ids.LN_OVER + self.last] += 1
            self.tried = self.cycled = 0
            self.last = ids.RUNG_NONE
            self.spent_s = [0] * situation.SITUATIONS
            modules.call("healing.budgets", "forget", self)
        if plight != situation.WELL:
            self.good_s = None
            if self.trouble_s is None:
                self.trouble_s = now
                self.lag = self.rng.below(256)
                if now >= self.hold_s:  # what acted while all was well did not act in this one
                    self.tried = self.cycled = 0
                    self.last = ids.RUNG_NONE
        elif self.good_s is None:
            self.good_s = now
        assert (self.good_s is None) == (plight != situation.WELL)  # since when, or not
        assert self.trouble_s is not None or plight == situation.WELL
        if now - self._saved_s >= (_SAVE_S if self.trouble_s is None else _SAVE_TROUBLE_S):
            self._saved_s = now  # or a boot loop would never see an hour pass
            modules.call("healing.budgets", "save", self)

    def count_outage(self, layer: int, proven_s: int) -> None:
        """The time since `proven_s`, as far as it is not counted yet, was spent at this layer."""
        assert max(proven_s, self.line_s) <= self.clock.s
        if layer < ids.LAYER_TCP:
            self.line[ids.LN_OUTAGE_S + layer] += self.clock.s - max(proven_s, self.line_s)
        self.line_s = self.clock.s

    def bars(self, barred: bool) -> None:
        """An activation was refused for good, or not."""
        if not barred:
            self.open_s = 0
        if barred != self.barred:
            self.barred = barred
            modules.call("healing.budgets", "save", self)

    def stir(self) -> None:
        """Choose anew at the next turn."""
        self._facts = None

    def next(self, a):
        """(RUNG_*, seconds to wait, budget class) for the agent `a`; its choice holds until
        something changes or its time comes.
        """
        net = a.network
        if a.situation == situation.WELL and not (a.ordered or a.two_cards or net.slow_rat()):
            self._facts = None
            self.choice = NOTHING
            return NOTHING  # without looking at it all
        now = self.clock.s
        stat = net.stat
        facts = (
            a.situation,
            a.cause,
            a.demand,
            a.ordered,
            a.advised,
            a.rise_s,
            stat[0],
            stat[1],
            stat[2],
            net.act,
            net.signal_dbm is None,
            a.path.verdict(),
            a.path.fails,
            a.settlement.pending > 0,
            a.spread_s > now,
            a.tray_empty,
            self.tried,
            self.cycled,
        )
        rung, at_s, klass = self.choice
        # What is due may still have to wait for something else: it is chosen once a second.
        if facts != self._facts or (0 <= at_s <= now and self._chosen_s != now):
            rung, wait, klass = modules.call("healing.choice", "choose", self, a)
            self._facts = facts
            self._chosen_s = now
            at_s = now + wait if wait >= 0 else -1
            self.choice = rung, at_s, klass
        assert (rung == ids.RUNG_NONE) == (at_s < 0)  # nothing has no time, and a rung has one
        return rung, max(at_s - now, 0) if at_s >= 0 else -1, klass
