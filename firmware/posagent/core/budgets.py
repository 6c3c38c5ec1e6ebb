"""The healing budgets and the ladder's rungs: what may act, how often, and what is next.

Loaded when the ladder asks, see Ladder.budget(). One table holds every budget with its source, one
the rungs of each situation; firmware/HEALING.md is made of both. Time is counted in seconds under
power, on flash, so that neither a boot loop nor a power cut can refill a budget.
"""

import struct

from posproto import const, ids

from . import healing
from .ladder import FILE, FORGET_S

ACTIVATE_PERMANENT = const(0)
ACTIVATE_TEMPORARY = const(1)
ATTACH = const(2)
REREGISTER = const(3)
CYCLE = const(4)
CYCLE_DEMAND = const(5)
DEAD = const(6)
PROBE = const(7)
MCU = const(8)
CLASSES = const(9)

# Of each class: seconds to the next act after the first one of a trouble, after the second and up
# to `many`, after more; `many`; a burst and the seconds that earn one act of it again (0: spacing
# alone rules); jitter in percent of the spacing; what that comes to in any hour and in any day.
BUDGETS = (
    # Context after a permanent or subscription cause: TS 24.301 cl. 6.5.1.4.3 (12 min where T3396
    # is not told; what is told holds); GSMA TS.34 F2 (30 an hour); operators: 10 an hour. A paid
    # line is found within 15 min, and when a payment is told the hour's fifth is as good as free.
    (890, 890, 890, 0, 0, 0, 1, 5, 120),
    # Context after a temporary cause, or no answer: GSMA TS.34 F1 and F3 (60 an hour, no more
    # than one a minute); the back-off of Telefonica's guideline stretches it while it fails.
    (60, 60, 60, 0, 40, 240, 25, 60, 400),
    # Detach and attach: T3411 and T3402 of TS 24.301 cl. 10.2 are the module's own tries.
    (900, 900, 1800, 2, 0, 0, 10, 4, 96),
    # Automatic registration asked for: the same; a search may last five minutes (Telefonica).
    (900, 900, 1800, 5, 0, 0, 10, 4, 96),
    # CFUN cycle or module reset while the module answers: GSMA TS.34 N1 and T1 (one an hour),
    # 4.0_REQ_019; Telefonica (growing hours after the first day).
    (3600, 3600, 14400, 23, 0, 0, 1, 1, 24),
    # CFUN 0/1 for a message handed in, a technician or a new SIM: Particle (ten minutes apart).
    (600, 600, 600, 0, 18, 4800, 10, 6, 36),
    # Reset pin or power key while AT is dead: nothing goes on the air; Particle (ten minutes).
    (600, 1800, 3600, 2, 0, 0, 10, 6, 144),
    # Automated access while all is well: Verizon (four an hour).
    (0, 0, 0, 0, 0, 0, 0, 4, 96),
    # The microcontroller's own reset: when nothing else woke a dead port; our own caution.
    (43200, 43200, 43200, 0, 0, 0, 10, 1, 2),
)
BACK_OFF_S = (60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400)  # Telefonica's guideline
CYCLE_FIRST_S = const(600)  # ten minutes of trying before the radio is touched (Particle)
PERMANENT_HOUR = const(5)  # activations in any hour that ends with one of ACTIVATE_PERMANENT
PROBE_HOUR = const(4)

# Situations of healing.py in finer kinds.
_CONGESTED = const(20)  # NO_CONTEXT, and the network tells a temporary cause
_NO_HOST = const(21)  # HOST_DOWN, and no connection opens or is refused
_NO_PATH = const(22)  # HOST_DOWN, and not even a name resolves

# situation: (rung, seconds in this situation before it acts), cheapest first. Upper layers first
# (GSMA TS.34, 4.0_REQ_029). Rungs that cannot help are not in the plan of their situation: no
# reset was ever the cure for a dead acquirer. After a permanent cause a modem is silent by design
# until its radio restarts (TS 24.301 cl. 5.5.1.2.5).
PLAN = {
    healing.DEAD: ((ids.RUNG_POWER_KEY, 120), (ids.RUNG_MCU_RESET, 3600)),
    healing.SIM_LOST: ((ids.RUNG_CFUN0, 600), (ids.RUNG_MODULE_RESET, 5400)),
    healing.RADIO_OFF: ((ids.RUNG_REREGISTER, 5), (ids.RUNG_MODULE_RESET, 3600)),
    healing.DENIED: ((ids.RUNG_CFUN0, 600),),
    healing.UNREGISTERED: (
        (ids.RUNG_REREGISTER, 300),
        (ids.RUNG_CFUN4, 600),
        (ids.RUNG_CFUN0, 1200),
        (ids.RUNG_MODULE_RESET, 3600),
    ),
    healing.ABROAD: ((ids.RUNG_REREGISTER, 1800),),
    # Some networks admit a paid line only after the radio restarted: one hourly slot at most.
    healing.REFUSED: ((ids.RUNG_CONTEXT, 0), (ids.RUNG_CFUN0, 3600)),
    # The network says why it cannot: time cures that, not the module's restart.
    _CONGESTED: ((ids.RUNG_CONTEXT, 0), (ids.RUNG_ATTACH, 3600), (ids.RUNG_CFUN0, 7200)),
    # Nobody says why: the module itself may be stuck (incident pdp-deact-hourly).
    healing.NO_CONTEXT: (
        (ids.RUNG_CONTEXT, 0),
        (ids.RUNG_ATTACH, 300),
        (ids.RUNG_MODULE_RESET, 600),
    ),
    healing.HOST_DOWN: ((ids.RUNG_SOCKET, 0),),
    # The session may be dead without a word; where no name resolves, more than the session.
    _NO_HOST: ((ids.RUNG_SOCKET, 0), (ids.RUNG_CONTEXT, 300)),
    _NO_PATH: (
        (ids.RUNG_SOCKET, 0),
        (ids.RUNG_CONTEXT, 300),
        (ids.RUNG_ATTACH, 1800),
        (ids.RUNG_CFUN0, 5400),
    ),
}

# Seconds that a rung is given before the next one may act: a search lasts up to five minutes and
# is not cut short (Telefonica). By RUNG_*.
WAIT_S = (0, 0, 0, 0, 120, 120, 300, 300, 300, 300, 300)

_WITHOUT = ((ids.RUNG_ATTACH, 30),)  # brings a bearer without an activation
_HOUR_S = const(3605)  # and a few seconds between the count and the air
_SILENT = (healing.DENIED, healing.SIM_LOST)  # a demand may cycle the radio early
_DEMAND_S = const(30)
_DEAD_LAG_S = const(30)  # at most: what hangs a fleet in one second is not cured in one
_CYCLE_TAKES_S = const(25)
_IDLE_S = const(30)
_CLASS_OF = (-1, -1, -1, 1, 2, 3, 4, 4, 4, 6, 8)  # by RUNG_*
_HEAD = ">BBI13I"
_ROW = ">IIIHIHIH"
_VERSION = const(4)
_HOUR_LONG_S = const(3600)
_DAY_LONG_S = const(86400)
_LONGEST_S = const(172800)  # of a back-off that a module tells


class Book:
    """The budgets of a ladder, unpacked. `rows` by class: powered second of the last act, seconds
    to the next, second at which the burst is whole again, acts in this trouble; then for whoever
    reads it the first act of an hour and the acts since, and the same of a day.
    """

    def __init__(self, ladder):
        self.ladder = ladder
        self.now = ladder.base_s + ladder.clock.s + 1
        self.position = 0
        self.recent = [0] * PERMANENT_HOUR  # the last activations, oldest first
        self.probes = [0] * PROBE_HOUR  # the last automated accesses
        # The first ones of a life: a start proves its path, but how long the power was gone is
        # not known.
        self.firsts = [0] * PROBE_HOUR
        self.rows = [[0] * 8 for _ in range(CLASSES)]
        raw = ladder.kept
        if raw:
            at = struct.calcsize(_HEAD)
            head = struct.unpack_from(_HEAD, raw, 0)
            self.position = head[1] & 127
            self.recent = list(head[3 : 3 + PERMANENT_HOUR])
            self.probes = list(head[3 + PERMANENT_HOUR : -PROBE_HOUR])
            self.firsts = list(head[-PROBE_HOUR:])
            for row in self.rows:
                row[:] = struct.unpack_from(_ROW, raw, at)
                at += struct.calcsize(_ROW)

    def pack(self, write):
        """Keep it, and with `write` on flash; a flash that refuses is counted."""
        ladder = self.ladder
        position = min(self.position, 127) | (128 if ladder.barred else 0)
        recent = self.recent + self.probes + self.firsts
        ladder.kept = struct.pack(_HEAD, _VERSION, position, self.now, *recent)
        for row in self.rows:
            for i in (3, 5, 7):
                row[i] = min(row[i], 65535)
            ladder.kept += struct.pack(_ROW, *row)
        ladder.stir()
        if write:
            try:
                ladder.storage.write(FILE, ladder.kept)
            except OSError:
                ladder.counters[ids.C_FLASH_ERRORS] += 1

    def spacing_s(self, klass):
        """Seconds between the last act and the next, without jitter."""
        first, second, later, many = BUDGETS[klass][:4]
        acts = self.rows[klass][3]
        return first if acts <= 1 else second if acts <= many else later

    def wait_s(self, klass):
        """Seconds until an act of this class is allowed, 0 now."""
        if klass < 0:
            return 0
        ladder, now = self.ladder, self.now
        last_s, gap_s, full_s = self.rows[klass][:3]
        burst, refill_s = BUDGETS[klass][4:6]
        full = full_s - (burst - 1) * refill_s - now if burst else 0
        wait = last_s + gap_s - now if last_s else 0
        if klass == PROBE:
            oldest_s = (self.firsts if ladder.first else self.probes)[0]
            wait = oldest_s + _HOUR_S - now if oldest_s else 0
        elif klass == CYCLE:
            # A cycle on demand is one too: the hourly slot is counted from either.
            trying_s = ladder.trouble_age_s()
            wait = max(wait, CYCLE_FIRST_S - trying_s, self._since(CYCLE_DEMAND, klass))
        elif klass == CYCLE_DEMAND:
            wait = max(wait, self._since(CYCLE, klass))
        elif klass <= ACTIVATE_TEMPORARY:
            wait = max(wait, self._since(1 - klass, klass))
            if klass == ACTIVATE_PERMANENT or ladder.barred:
                # What was refused for good stays so until something else is told, whatever the
                # line shows meanwhile.
                full = max(full, self.recent[0] + _HOUR_S - now if self.recent[0] else 0)
            if klass == ACTIVATE_PERMANENT and ladder.early:
                wait = 0
        return max(wait, full, 0)

    def _since(self, other, klass):
        """Seconds that an act of a sister class still counts for this one."""
        last_s = self.rows[other][0]
        return last_s + self.spacing_s(klass) - self.now if last_s else 0

    def act(self, klass):
        """Take one act."""
        row = self.rows[klass]
        burst, refill_s, jitter = BUDGETS[klass][4:7]
        if klass <= ACTIVATE_TEMPORARY:
            self.ladder.early = False
            self.recent = self.recent[1:] + [self.now]
        elif klass == PROBE:
            self.probes = self.probes[1:] + [self.now]
            if self.ladder.first:
                self.firsts = self.firsts[1:] + [self.now]
                self.ladder.first = False
        for i, span_s in ((4, _HOUR_LONG_S), (6, _DAY_LONG_S)):
            if self._used(klass, i, span_s) == 0:
                row[i : i + 2] = self.now, 0
            row[i + 1] += 1
        row[0] = self.now
        row[3] += 1
        gap = self.spacing_s(klass)
        if klass == ACTIVATE_TEMPORARY:
            gap = max(gap, BACK_OFF_S[min(self.position, len(BACK_OFF_S) - 1)])
            self.position += 1
        row[1] = gap + self.ladder.rng.below(gap * jitter // 100 + 1)
        if burst:
            row[2] = max(row[2], self.now) + refill_s

    def _used(self, klass, at, span_s):
        row = self.rows[klass]
        return row[at + 1] if self.now - row[at] < span_s else 0

    def told(self, klass):
        """For whoever reads: [seconds to wait, acts of this hour, most in an hour, acts of this
        day, most in a day], [0] where no budget is needed.
        """
        if klass < 0:
            return [0]
        hour, day = BUDGETS[klass][7:]
        used = self._used(klass, 4, _HOUR_LONG_S), self._used(klass, 6, _DAY_LONG_S)
        return [self.wait_s(klass), used[0], hour, used[1], day]

    def fresh(self):
        """The next activation is not one more of the same."""
        row = self.rows[ACTIVATE_TEMPORARY]
        row[1] = min(row[1], BUDGETS[ACTIVATE_TEMPORARY][0])


# What Ladder.budget() calls


def start(ladder):
    """At start: believe what is on flash; what is damaged counts as used up."""
    raw = ladder.kept
    if raw is None:
        return
    if len(raw) == struct.calcsize(_HEAD) + CLASSES * struct.calcsize(_ROW) and raw[0] == _VERSION:
        ladder.base_s = struct.unpack_from(_HEAD, raw, 0)[2]
        ladder.barred = raw[1] > 127
        ladder.probe_s = ladder.clock.s + Book(ladder).wait_s(PROBE)
        return
    ladder.kept = None
    book = Book(ladder)
    for klass in range(CLASSES):
        book.act(klass)
    book.recent = [book.now] * PERMANENT_HOUR
    book.probes = [book.now] * PROBE_HOUR
    book.firsts = book.probes
    ladder.first = True
    book.pack(False)
    ladder.probe_s = ladder.clock.s + _HOUR_S


def save(ladder):
    """Let powered time count on flash."""
    Book(ladder).pack(True)


def take(ladder, rung, klass):
    """One act of this class, on flash before it acts: a power cut may cost an act, never give
    one.
    """
    ladder.hold_s = ladder.clock.s + WAIT_S[rung]
    if klass < 0:
        return
    book = Book(ladder)
    book.act(klass)
    if klass == PROBE:
        wait = book.wait_s(PROBE)
        ladder.probe_s = ladder.clock.s + wait + (ladder.rng.below(60) if wait else 0)
    if rung >= ids.RUNG_ATTACH:
        book.fresh()  # what comes after it is no repetition
    book.pack(True)


def forget(ladder):
    """A minute of success: the positions are the first again, the last acts stay."""
    book = Book(ladder)
    book.position = 0
    for row in book.rows:
        row[3] = 0
    book.pack(False)


def told(ladder, wait_s):
    """The module told how long the network wants no activation (T3396)."""
    book = Book(ladder)
    for klass in (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY):
        row = book.rows[klass]
        if row[0]:
            wait_s = min(wait_s, _LONGEST_S)
            wait_s += ladder.rng.below(wait_s // 50 + 1)
            row[1] = max(row[1], book.now + wait_s - row[0])
    book.pack(True)


def hope(ladder):
    """New evidence (a payment, a message handed in): one activation may come early, and the
    back-off begins anew.
    """
    book = Book(ladder)
    ladder.early = True
    book.position = 0
    book.fresh()
    book.pack(False)


def new_sim(ladder):
    """Another card, another subscription: its counters are clean (GSMA TS.34, 8.2.4_REQ_003)."""
    ladder.barred = False
    book = Book(ladder)
    book.position = 0
    book.recent = [0] * PERMANENT_HOUR
    for klass in (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY, ATTACH, REREGISTER):
        book.rows[klass][:4] = 0, 0, 0, 0
    book.pack(True)


def report(ladder, situation=healing.WELL):
    """[seconds until each class may act], position of the back-off, and for each RUNG_* from the
    first on what its budget says to an order, as Book.told().
    """
    book = Book(ladder)
    waits = [book.wait_s(klass) for klass in range(CLASSES)]
    rungs = [
        book.told(class_of(rung, situation, True))
        for rung in range(ids.RUNG_SOCKET, ids.RUNG_MCU_RESET + 1)
    ]
    return waits, book.position, rungs


def class_of(rung, situation, demand):
    """The budget class of a rung (RUNG_*), -1 where no budget is needed."""
    if rung == ids.RUNG_CONTEXT and situation == healing.REFUSED:
        return ACTIVATE_PERMANENT
    if rung == ids.RUNG_CFUN0 and demand:
        return CYCLE_DEMAND
    if rung == ids.RUNG_REREGISTER and situation == healing.RADIO_OFF:
        return ACTIVATE_TEMPORARY  # it only switches the radio on
    return _CLASS_OF[rung]


def wait_of(ladder, rung, situation):
    """Seconds until a technician's order may be carried out."""
    return Book(ladder).wait_s(class_of(rung, situation, True))


def choose(ladder, a):
    """The next rung for the agent `a`: (RUNG_*, seconds to wait, class), RUNG_NONE and -1 where
    nothing helps.

    Of the rungs that may act now the first untried one, else the strongest; where none may, the
    one that may soonest.
    """
    book = Book(ladder)
    situation = a.situation
    if a.ordered:
        klass = class_of(a.ordered, situation, True)
        return a.ordered, book.wait_s(klass), klass
    clock_s = ladder.clock.s
    spent_s = ladder.spent_s[situation]
    best = (ids.RUNG_NONE, -1, -1)
    now = None
    plan = PLAN.get(_kind(a), ())
    if situation == healing.REFUSED and ladder.early and book.wait_s(ACTIVATE_PERMANENT) > 60:
        plan += _WITHOUT  # paid, and the hour's activations are used up
    for rung, after_s in plan:
        klass = class_of(rung, situation, False)
        wait = book.wait_s(klass)
        if rung == ids.RUNG_SOCKET:
            wait = a.path.due()
            if a.path.index:
                rung = ids.RUNG_SECOND_HOST
        else:
            wait = max(wait, _not_before(ladder, a, rung, after_s))
            if situation == healing.REFUSED and rung == ids.RUNG_CFUN0:
                # Right before an activation that is due anyway: it shows what the cycle did.
                wait = max(wait, book.wait_s(ACTIVATE_PERMANENT) - _CYCLE_TAKES_S)
            if rung == ids.RUNG_CFUN0 and (a.advised or (a.demand and situation in _SILENT)):
                sooner = max(book.wait_s(CYCLE_DEMAND), _DEMAND_S - spent_s)
                if sooner < wait:
                    wait, klass = sooner, CYCLE_DEMAND
        if rung >= ids.RUNG_ATTACH:
            # What came back a moment ago is not reset, nor what was just set to work.
            wait = max(wait, a.rise_s + FORGET_S - clock_s, ladder.hold_s - clock_s)
        if wait <= 0:
            if now is None or ladder.tried >> now[0] & 1:
                now = (rung, 0, klass)
        elif best[1] < 0 or wait < best[1]:
            best = (rung, wait, klass)
    return best if now is None else now


def _kind(a):
    """The key in PLAN."""
    situation = a.situation
    if situation == healing.NO_CONTEXT and a.cause >> 8 == ids.CAUSE_ESM:
        return _CONGESTED
    if situation == healing.HOST_DOWN:
        doubt = a.path.doubt()
        return _NO_PATH if doubt > 1 else _NO_HOST if doubt else situation
    return situation


def _not_before(ladder, a, rung, after_s):
    """Seconds until this situation has lasted long enough for the rung."""
    situation = a.situation
    if situation == healing.DEAD:
        after_s += (_DEAD_LAG_S * ladder.lag) >> 8
        return after_s - (ladder.clock.s - a.engine.heard_s)
    if rung == ids.RUNG_REREGISTER and a.network.idle():
        after_s = _IDLE_S  # it does not search, though there is something to find
    if after_s == 0 and a.settlement.pending:
        return 0
    # Up to a quarter more, three seconds at least: a fleet fails in one second.
    return after_s + max(after_s // 4, 3) * ladder.lag // 255 - ladder.spent_s[situation]
