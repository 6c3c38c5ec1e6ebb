"""How often which healing rung may act, and which one is next.

One table holds every budget. A budget is a minimum spacing between two acts of one class, counted
in seconds of powered time that survive restarts, so that a boot loop cannot refill it. A limit of
N per hour is a spacing of 3600/N: the stricter reading, and one number to keep instead of a list.
"""

import struct

from posproto import const, ids

# Budget classes.
ACTIVATE_PERMANENT = const(0)  # context after a permanent or subscription cause
ACTIVATE_TEMPORARY = const(1)  # context after a temporary cause or no answer
ATTACH = const(2)
REREGISTER = const(3)
CYCLE = const(4)  # CFUN 4/1, CFUN 0/1 or module reset while the modem answers AT
CYCLE_DEMAND = const(5)  # CFUN 0/1 asked for by a message, a technician or a new SIM
DEAD = const(6)  # reset pin or power key while AT is dead
PROBE = const(7)  # an automated radio access while healthy
CLASSES = const(8)

# class: spacing_s, then what follows after `first` acts in one trouble, and after that.
# Sources: TS 24.301 cl. 6.5.1.4.3 (12 min where T3396 is not told); the operators' guidelines for
# IoT devices (Telefonica: reboots at most hourly with growing hours; Verizon: 4 accesses an hour).
SPACING_S = (
    (880, 880, 880),  # at most 5 per hour, one of them early; a paid line is found in 15 min
    (60, 60, 60),  # at most 60 per hour; the back-off below stretches it
    (900, 900, 1800),
    (900, 900, 1800),
    (3600, 3600, 14400),  # hourly in the first day of a trouble, then every 4 h
    (600, 600, 600),
    (600, 1800, 3600),  # after 2 min of silence, then 10, 30, 60 min, then hourly
    (900, 900, 900),  # at most 4 per hour
)
BACK_OFF_S = (60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400)  # Telefonica IoT guideline
CYCLE_FIRST_S = const(600)  # ten minutes of trying before the radio is touched
DEAD_FIRST_S = const(120)
FORGET_S = const(60)  # this much success resets the position, never the budgets
FIRST_DAY_S = const(86400)
JITTER_PERCENT = const(10)
_PER_HOUR = const(5)  # acts of ACTIVATE_PERMANENT, and their jitter
_JITTER_S = const(8)

_CLASS_OF = {
    ids.RUNG_CONTEXT: ACTIVATE_TEMPORARY,
    ids.RUNG_ATTACH: ATTACH,
    ids.RUNG_REREGISTER: REREGISTER,
    ids.RUNG_CFUN4: CYCLE,
    ids.RUNG_CFUN0: CYCLE,
    ids.RUNG_MODULE_RESET: CYCLE,
    ids.RUNG_POWER_KEY: DEAD,
    ids.RUNG_MCU_RESET: CYCLE,
}

_FILE = "budget"
_FORMAT = "<BBI8I8H"
_VERSION = const(1)
_NEVER = const(0)


class Ladder:
    """Budgets and position. Called by the agent's loop only; one small flash write per act."""

    def __init__(self, storage, clock, rng):
        self._storage = storage
        self._clock = clock
        self._rng = rng
        self._base_s = 0  # powered seconds before this boot
        self._last_s = [_NEVER] * CLASSES  # powered seconds of the last act; 0 = never
        self._acts = [0] * CLASSES  # acts in the current trouble
        self._gap_s = [0] * CLASSES  # spacing drawn at the last act, with jitter
        self.trouble_s = None  # clock.s at which the current trouble began
        self.good_s = None  # clock.s since when all is well
        self.position = 0  # in BACK_OFF_S
        self._recent = []  # powered seconds of the last acts of ACTIVATE_PERMANENT
        self._early = False  # paid: the next activation need not wait for its spacing
        self._load()

    def _load(self):
        raw = self._storage.read(_FILE)
        if raw is None or len(raw) != struct.calcsize(_FORMAT) or raw[0] != _VERSION:
            return
        fields = struct.unpack(_FORMAT, raw)
        self._base_s = fields[2]
        for i in range(CLASSES):
            self._last_s[i] = fields[3 + i]
            self._acts[i] = fields[3 + CLASSES + i]
            self._gap_s[i] = self._spacing(i)
        if self._last_s[ACTIVATE_PERMANENT] != _NEVER:  # older ones are not kept: assume the most
            self._recent = [self._last_s[ACTIVATE_PERMANENT]] * (_PER_HOUR - 1)

    def save(self):
        """Write the budgets: at each act, and hourly so that idle time is not lost. Raises
        OSError.
        """
        acts = [min(n, 65535) for n in self._acts]
        self._storage.write(
            _FILE, struct.pack(_FORMAT, _VERSION, 0, self.powered_s(), *(self._last_s + acts))
        )

    def powered_s(self):
        """Seconds under power over all boots (never less than was saved)."""
        return self._base_s + self._clock.s + 1

    def _spacing(self, klass):
        first, second, later = SPACING_S[klass]
        acts = self._acts[klass]
        if klass == CYCLE:
            in_first_day = acts <= FIRST_DAY_S // first
            return first if in_first_day else later
        if klass == DEAD:
            return first if acts <= 1 else second if acts == 2 else later
        return first if acts <= 1 else second if acts < 6 else later

    def class_of(self, rung, permanent=False, demand=False):
        """The budget class of a rung (RUNG_*), or -1 where no budget is needed."""
        if rung == ids.RUNG_CONTEXT and permanent:
            return ACTIVATE_PERMANENT
        if rung == ids.RUNG_CFUN0 and demand:
            return CYCLE_DEMAND
        return _CLASS_OF.get(rung, -1)

    def wait_s(self, klass):
        """Seconds until an act of this class is allowed; 0 = now."""
        if klass < 0:
            return 0
        now = self.powered_s()
        wait = self._since(klass, now)
        full = 0
        if klass == ACTIVATE_PERMANENT and len(self._recent) >= _PER_HOUR:
            full = max(self._recent[0] + 3600 - now, 0)
        if self._early and klass in (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY):
            return full
        if klass == CYCLE:
            # A demand cycle is a radio cycle too: the hourly slot is counted from either.
            began = self.trouble_s if self.trouble_s is not None else self._clock.s
            wait = max(wait, began + CYCLE_FIRST_S - self._clock.s)
            if self._last_s[CYCLE_DEMAND] != _NEVER:
                wait = max(wait, self._last_s[CYCLE_DEMAND] + self._spacing(CYCLE) - now)
        elif klass == CYCLE_DEMAND and self._last_s[CYCLE] != _NEVER:
            wait = max(wait, self._last_s[CYCLE] + SPACING_S[CYCLE_DEMAND][0] - now)
        elif klass in (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY):
            other = ACTIVATE_TEMPORARY if klass == ACTIVATE_PERMANENT else ACTIVATE_PERMANENT
            if self._last_s[other] != _NEVER:
                wait = max(wait, self._last_s[other] + SPACING_S[klass][0] - now)
        return max(wait, full, 0)

    def _since(self, klass, now):
        last = self._last_s[klass]
        return 0 if last == _NEVER else last + self._gap_s[klass] - now

    def act(self, klass):
        """Take one act from the budget of this class, on flash before the act. Raises OSError."""
        if klass < 0:
            return
        self._acts[klass] += 1
        self._last_s[klass] = self.powered_s()
        gap = self._spacing(klass)
        if klass == ACTIVATE_TEMPORARY:
            gap = max(gap, BACK_OFF_S[min(self.position, len(BACK_OFF_S) - 1)])
            self.position += 1
        jitter = gap * JITTER_PERCENT // 100
        if klass == ACTIVATE_PERMANENT:
            self._recent = self._recent[1 - _PER_HOUR :] + [self._last_s[klass]]
            jitter = _JITTER_S
        if klass in (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY):
            self._early = False
        self._gap_s[klass] = gap + self._rng.below(jitter + 1)
        self.save()

    def trouble(self):
        """The path does not hold: count the trouble's age from the first call."""
        self.good_s = None
        if self.trouble_s is None:
            self.trouble_s = self._clock.s

    def good(self):
        """The path holds: after FORGET_S the position is forgotten, the last acts never are."""
        if self.good_s is None:
            self.good_s = self._clock.s
        elif self._clock.s - self.good_s >= FORGET_S and self.trouble_s is not None:
            self.trouble_s = None
            self.position = 0
            for i in range(CLASSES):
                self._acts[i] = 0

    def reset_position(self):
        """New evidence (a new SIM, a top-up, a technician): the next step of the back-off is the
        first.
        """
        self.position = 0
        self._gap_s[ACTIVATE_TEMPORARY] = SPACING_S[ACTIVATE_TEMPORARY][0]

    def paid(self):
        """A text says that the bill is paid: one activation may come early, within the hour's
        number.
        """
        self.reset_position()
        self._early = True

    def trouble_age_s(self):
        """Seconds of the current trouble, 0 when there is none."""
        return 0 if self.trouble_s is None else self._clock.s - self.trouble_s
