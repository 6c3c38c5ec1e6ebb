"""The healing budgets: what may act, and how often.

Loaded for each act and each question. One table holds every budget with its source;
choice.py has the rungs of each situation, firmware/HEALING.md is made of both. Time is counted in
seconds under power, on flash, so that neither a boot loop nor a power cut can refill a budget.
"""

import struct

from posproto import const, ids

FILE = "budget"
FORGET_S = const(60)  # this much success resets the position, never the budgets

ACTIVATE_PERMANENT = const(0)
ACTIVATE_TEMPORARY = const(1)
ATTACH = const(2)
REREGISTER = const(3)
CYCLE = const(4)
CYCLE_DEMAND = const(5)
DEAD = const(6)
PROBE = const(7)
MCU = const(8)
CARD = const(9)
SLOW = const(10)
SWITCH = const(11)
CLASSES = const(12)

# Of each class: seconds to the next act after the first one of a trouble, after the second and up
# to `many`, after more; `many`; a burst and the seconds that earn one act of it again (0: spacing
# alone rules); jitter in percent of the spacing; what that comes to in any hour and in any day.
BUDGETS = (
    # Context after a permanent or subscription cause: TS 24.301 cl. 6.5.1.4.3 (12 min where T3396
    # is not told; what is told holds); GSMA TS.34 F2 (30 an hour); operators: 10 an hour. A paid
    # line is found within 15 min, and the hour's fifth is kept for a payment that is told.
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
    # The card's supply, off and on, while the card is unreadable and the module not registered:
    # nothing goes on the air, so our own caution alone. Spaced by CARD_S.
    (0, 0, 0, 0, 4, 4320, 20, 4, 24),
    # From 2G to LTE by a search, at worst by one radio cycle: GSMA TS.34, 4.0_REQ_026 and 027 (no
    # ping-pong, nothing synchronous); our own caution.
    (14400, 14400, 14400, 0, 0, 0, 10, 1, 6),
    # To the other card of two, a detach and another subscription's attach: Quectel's release notes
    # of EC200U (30 starts, CFUN cycles and changes of cards a day); our own caution.
    (300, 300, 300, 0, 2, 14400, 10, 2, 8),
)
CARD_S = (60, 300, 600, 3600)  # after the first act of a trouble, the second and so on
BACK_OFF_S = (60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400)  # Telefonica's guideline
CYCLE_FIRST_S = const(600)  # ten minutes of trying before the radio is touched (Particle)
PERMANENT_HOUR = const(5)  # activations in any hour that ends with one of ACTIVATE_PERMANENT
PROBE_HOUR = const(4)

# Seconds that a rung is given before the next one may act: a search lasts up to five minutes and
# is not cut short (Telefonica). By RUNG_*.
WAIT_S = (0, 0, 0, 0, 120, 120, 300, 300, 300, 300, 300, 300, 300)

_CARD_WAIT_S = const(45)  # a card that answers does so at once

_HOUR_S = const(3605)  # and a few seconds between the count and the air
_OF_CARD = (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY, ATTACH, REREGISTER)
_HEAD = ">BBI13I"
_ROW = ">IIIHIHIH"
# With two cards, behind the rows: CRCs of the card that these are of and of the other one; the
# other one's position, activations and rows of _OF_CARD. No multiple of a row's size.
_TAIL = ">IIB5I" + 4 * "IIIHIHIH"
_HOUR_LONG_S = const(3600)
_DAY_LONG_S = const(86400)
_LONGEST_S = const(172800)  # of a back-off that a module tells


class Book:
    """The budgets of a ladder, unpacked. `rows` by class: powered second of the last act, seconds
    to the next, second at which the burst is whole again, acts in this trouble; then for whoever
    reads it the first act of an hour and the acts since, and the same of a day.
    """

    def __init__(self, ladder) -> None:
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
            size = struct.calcsize(_ROW)
            end = len(raw) - len(ladder.tail)
            for row in self.rows:
                if at < end:  # an older program kept fewer
                    row[:] = struct.unpack_from(_ROW, raw, at)
                at += size

    def pack(self, write: bool) -> None:
        """Keep it, and with `write` on flash; a flash that refuses is counted."""
        ladder = self.ladder
        position = min(self.position, 127) | (128 if ladder.barred else 0)
        recent = self.recent + self.probes + self.firsts
        assert len(recent) == PERMANENT_HOUR + 2 * PROBE_HOUR and self.position >= 0
        ladder.kept = struct.pack(_HEAD, 4, position, self.now, *recent)
        for row in self.rows:
            for i in (3, 5, 7):
                row[i] = min(row[i], 65535)
            ladder.kept += struct.pack(_ROW, *row)
        ladder.kept += ladder.tail
        assert len(ladder.tail) in (0, struct.calcsize(_TAIL)) and self.now > ladder.base_s
        ladder.stir()
        if write:
            try:
                ladder.storage.write(FILE, ladder.kept)
            except OSError:
                ladder.counters[ids.C_FLASH_ERRORS] += 1

    def spacing_s(self, klass: int):
        """Seconds between the last act and the next, without jitter."""
        first, second, later, many = BUDGETS[klass][:4]
        acts = self.rows[klass][3]
        if klass == CARD:
            return CARD_S[min(max(acts, 1), len(CARD_S)) - 1]
        return first if acts <= 1 else second if acts <= many else later

    def wait_s(self, klass: int, early: int = 0) -> int:
        """Seconds until an act of this class is allowed, 0 now; `early`: somebody ordered it.

        The longest of what holds the class back:
            its own last act, by the gap that was drawn then;
            its burst, where one is counted: full again at `full_s`, less one refill for each act;
            sister classes: an activation is one to the network whoever pays it, a cycle on demand
            is a cycle, and a search for LTE may come to one;
            five activations in an hour that ends with a permanent refusal, four probes in any.
        So: refused for good at 10:00:00, the next one may go at 10:14:50 (890 s), unless four
        went since 09:14: then when the first of five is an hour old. Ordered by somebody, or hoped
        for after a payment, the spacing falls and the hour holds: _spare_s().
        """
        if klass < 0:
            return 0
        assert klass < CLASSES
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
            if last_s and trying_s > _DAY_LONG_S:  # however few they were on the first day
                wait = max(wait, last_s + BUDGETS[CYCLE][2] - now)
        elif klass == CYCLE_DEMAND:
            wait = max(wait, self._since(CYCLE, klass))
        elif klass == SLOW:  # it may come to a cycle
            since_s = max(self.rows[CYCLE][0], self.rows[CYCLE_DEMAND][0])
            wait = max(wait, since_s + BUDGETS[CYCLE][0] - now if since_s else 0)
        elif klass <= ACTIVATE_TEMPORARY:
            wait = max(wait, self._since(1 - klass, klass))
            if klass == ACTIVATE_PERMANENT or ladder.barred:
                # What was refused for good stays so until something else is told, whatever the
                # line shows meanwhile.
                oldest_s = self._lately()[0]
                full = max(full, oldest_s + _HOUR_S - now if oldest_s else 0)
            if klass == ACTIVATE_PERMANENT and (early or ladder.early):
                wait = self._spare_s()
        return max(wait, full, 0)

    def _spare_s(self):
        """Seconds until one more activation leaves those behind it their spacing: else message
        after message would keep a paid line waiting for most of an hour.
        """
        wait = 0
        lately = self._lately()
        for i in range(1, PERMANENT_HOUR):
            if lately[i]:
                apart_s = _HOUR_S - i * BUDGETS[ACTIVATE_PERMANENT][0]
                wait = max(wait, lately[i] + apart_s - self.now)
        return wait

    def _lately(self):
        """The last activations that count for the hour of a permanent refusal, oldest first."""
        open_s = self.ladder.open_s
        return self.recent[1:] + [open_s] if open_s else self.recent

    def _since(self, other, klass):
        """Seconds that an act of a sister class still counts for this one."""
        last_s = self.rows[other][0]
        return last_s + self.spacing_s(klass) - self.now if last_s else 0

    def act(self, klass: int) -> None:
        """Take one act."""
        assert 0 <= klass < CLASSES
        row = self.rows[klass]
        burst, refill_s, jitter = BUDGETS[klass][4:7]
        if klass <= ACTIVATE_TEMPORARY:
            ladder = self.ladder
            self.recent = self._lately()
            ladder.early = ladder.open_s = 0
            if klass == ACTIVATE_PERMANENT or ladder.barred:
                self.recent = self.recent[1:] + [self.now]
            else:
                ladder.open_s = self.now
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
        assert gap >= 0
        row[1] = gap + self.ladder.rng.below(gap * jitter // 100 + 1)
        if burst:
            row[2] = max(row[2], self.now) + refill_s

    def _used(self, klass, at, span_s):
        row = self.rows[klass]
        return row[at + 1] if self.now - row[at] < span_s else 0

    def told(self, klass: int):
        """For whoever reads: [seconds to wait, acts of this hour, most in an hour, acts of this
        day, most in a day], [0] where no budget is needed.
        """
        if klass < 0:
            return [0]
        hour, day = BUDGETS[klass][7:]
        used = self._used(klass, 4, _HOUR_LONG_S), self._used(klass, 6, _DAY_LONG_S)
        return [self.wait_s(klass, 1), used[0], hour, used[1], day]

    def fresh(self) -> None:
        """The next activation is not one more of the same."""
        row = self.rows[ACTIVATE_TEMPORARY]
        row[1] = min(row[1], BUDGETS[ACTIVATE_TEMPORARY][0])


# What is asked for by name


def start(ladder) -> None:
    """At start: believe what is on flash; what is damaged counts as used up."""
    raw = ladder.kept = ladder.storage.read(FILE)
    if raw is None:
        return
    rows, rest = divmod(len(raw) - struct.calcsize(_HEAD), struct.calcsize(_ROW))
    tail = struct.calcsize(_TAIL)
    if rest == tail % struct.calcsize(_ROW):
        rows, rest = rows - tail // struct.calcsize(_ROW), 0
        ladder.tail = raw[-tail:]
    if raw[:1] == b"\x04" and rest == 0 and MCU < rows <= CLASSES:
        ladder.base_s = struct.unpack_from(_HEAD, raw, 0)[2]
        ladder.barred = raw[1] > 127
        ladder.probe_s = ladder.clock.s + Book(ladder).wait_s(PROBE)
        return
    ladder.kept, ladder.tail = None, b""
    book = Book(ladder)
    for klass in range(CLASSES):
        book.act(klass)
    book.recent = [book.now] * PERMANENT_HOUR
    book.probes = [book.now] * PROBE_HOUR
    book.firsts = book.probes
    ladder.first = True
    book.pack(False)
    ladder.probe_s = ladder.clock.s + _HOUR_S


def save(ladder) -> None:
    """Write the budgets as they stand, so that the time under power counts on flash too."""
    Book(ladder).pack(True)


def take(ladder, rung: int, klass: int) -> None:
    """An act of this class, on flash before it acts: a power cut may cost one, never give one."""
    assert klass < CLASSES and 0 <= rung < len(WAIT_S)
    ladder.hold_s = ladder.clock.s + (_CARD_WAIT_S if klass == CARD else WAIT_S[rung])
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


def changes(ladder) -> bool:
    """Take a change of cards that a start makes good, however near the last was: is one left?"""
    book = Book(ladder)
    burst, refill_s = BUDGETS[SWITCH][4:6]
    if book.rows[SWITCH][2] - (burst - 1) * refill_s > book.now:
        return False
    take(ladder, ids.RUNG_OTHER_CARD, SWITCH)
    return True


def forget(ladder) -> None:
    """A minute of success: the positions are the first again, the last acts stay."""
    book = Book(ladder)
    book.position = 0
    for row in book.rows:
        row[3] = 0
    book.pack(False)


def told(ladder, wait_s: int) -> None:
    """The module told how long the network wants no activation (T3396)."""
    book = Book(ladder)
    for klass in (ACTIVATE_PERMANENT, ACTIVATE_TEMPORARY):
        row = book.rows[klass]
        if row[0]:
            wait_s = min(wait_s, _LONGEST_S)
            wait_s += ladder.rng.below(wait_s // 50 + 1)
            row[1] = max(row[1], book.now + wait_s - row[0])
    book.pack(True)


def hope(ladder, kind: int, mute: bool) -> None:
    """New evidence: the back-off begins anew, and one activation may come early. `kind` 2: a
    payment; 1: a message handed in, which leaves that activation to the payment where the card is
    not `mute` and one can be told; 0: the network admitted us.
    """
    assert 0 <= kind <= 2
    book = Book(ladder)
    if kind > 1 or mute:
        ladder.early = max(ladder.early, kind)
    book.position = 0
    book.fresh()
    book.pack(False)


def new_sim(ladder) -> None:
    """Another card, another subscription: its counters are clean (GSMA TS.34, 8.2.4_REQ_003)."""
    ladder.barred = False
    ladder.open_s = 0
    book = Book(ladder)
    book.position = 0
    book.recent = [0] * PERMANENT_HOUR
    for klass in _OF_CARD:
        book.rows[klass][:4] = 0, 0, 0, 0
    book.pack(True)


def card(ladder, crc: int) -> None:
    """The card with this `crc` is in use: the rows of its subscription hold, those of the other
    one rest meanwhile, in the same file and written at once. A third one begins anew.
    """
    book = Book(ladder)
    tail = list(struct.unpack(_TAIL, ladder.tail)) if ladder.tail else [crc] + [0] * 39
    assert len(tail) == 40
    if ladder.tail and tail[0] == crc:
        return
    if tail[0] != crc:
        barred = 128 if ladder.barred else 0
        mine = [tail[0], min(book.position, 127) | barred] + book._lately()
        for klass in _OF_CARD:
            mine += book.rows[klass]
        theirs = tail[2:] if tail[1] == crc else [0] * 38
        tail = [crc] + mine
        book.position = theirs[0] & 127
        ladder.barred = theirs[0] > 127
        ladder.open_s = ladder.early = 0
        book.recent = theirs[1:6]
        for i in range(len(_OF_CARD)):
            book.rows[_OF_CARD[i]][:] = theirs[6 + 8 * i : 14 + 8 * i]
    ladder.tail = struct.pack(_TAIL, *tail)
    book.pack(True)
