"""The rungs of each situation, cheapest first, and which one is next. Loaded to choose it."""

from posproto import const, ids

from .. import modules, situation
from .budgets import (
    ACTIVATE_PERMANENT,
    ACTIVATE_TEMPORARY,
    CARD,
    CLASSES,
    CYCLE_DEMAND,
    FORGET_S,
    Book,
)

# Situations of situation.py in finer kinds.
_CONGESTED = const(20)  # NO_CONTEXT, and the network tells a temporary cause
_NO_HOST = const(21)  # HOST_DOWN, and no connection opens or is refused
_SLOW = const(23)  # WELL, on 2G, and the module knows LTE
_NO_PATH = const(22)  # HOST_DOWN, and not even a name resolves

# situation: (rung, seconds in this situation before it acts), cheapest first. Upper layers first
# (GSMA TS.34, 4.0_REQ_029). Rungs that cannot help do not stand in the row of their situation: no
# reset was ever the cure for a dead acquirer. After a permanent cause a modem is silent by design
# until its radio restarts (TS 24.301 cl. 5.5.1.2.5).
RUNGS = {
    situation.DEAD: ((ids.RUNG_POWER_KEY, 120), (ids.RUNG_MCU_RESET, 3600)),
    situation.SIM_LOST: ((ids.RUNG_CFUN0, 20), (ids.RUNG_MODULE_RESET, 5400)),
    situation.RADIO_OFF: ((ids.RUNG_REREGISTER, 5), (ids.RUNG_MODULE_RESET, 3600)),
    situation.DENIED: ((ids.RUNG_CFUN0, 600), (ids.RUNG_MODULE_RESET, 3600)),
    situation.UNREGISTERED: (
        (ids.RUNG_REREGISTER, 300),
        (ids.RUNG_CFUN4, 600),
        (ids.RUNG_CFUN0, 1200),
        (ids.RUNG_MODULE_RESET, 3600),
    ),
    situation.ABROAD: ((ids.RUNG_REREGISTER, 1800),),
    # Some networks admit a paid line only after the radio restarted: one hourly slot at most.
    situation.REFUSED: (
        (ids.RUNG_CONTEXT, 0),
        (ids.RUNG_CFUN0, 3600),
        (ids.RUNG_MODULE_RESET, 7200),
    ),
    # The network says why it cannot: time cures that, not the module's restart.
    _CONGESTED: (
        (ids.RUNG_CONTEXT, 0),
        (ids.RUNG_ATTACH, 3600),
        (ids.RUNG_CFUN0, 7200),
        (ids.RUNG_MODULE_RESET, 10800),
    ),
    # Nobody says why: the module itself may be stuck (incident pdp-deact-hourly).
    situation.NO_CONTEXT: (
        (ids.RUNG_CONTEXT, 0),
        (ids.RUNG_ATTACH, 300),
        (ids.RUNG_MODULE_RESET, 600),
    ),
    _SLOW: ((ids.RUNG_FASTER, 600),),
    situation.HOST_DOWN: ((ids.RUNG_SOCKET, 0),),
    # The session may be dead without a word; where no name resolves, more than the session.
    _NO_HOST: ((ids.RUNG_SOCKET, 0), (ids.RUNG_CONTEXT, 300)),
    _NO_PATH: (
        (ids.RUNG_SOCKET, 0),
        (ids.RUNG_CONTEXT, 300),
        (ids.RUNG_ATTACH, 1800),
        (ids.RUNG_CFUN0, 5400),
    ),
}

# The network says no, so the radio's restart is the cure, not the module's. But a module may be
# stuck and tell an old no for ever, or be silent until its own restart: what follows a cycle that
# did not help, on demand or not, is the module's own restart.
_TOLD_NO = (situation.DENIED, situation.REFUSED, _CONGESTED)
_WITHOUT = ((ids.RUNG_ATTACH, 30),)  # brings a bearer without an activation
_SILENT = (situation.DENIED, situation.SIM_LOST)  # a demand may cycle the radio early
_DEMAND_S = const(30)
_DEAD_LAG_S = const(30)  # at most: what hangs a fleet in one second is not cured in one
_CYCLE_TAKES_S = const(25)
_IDLE_S = const(30)
_IDLE_HOLD_S = const(240)
_CARD_S = const(20)
_BUSY_S = const(60)  # a card that says so is lost by then, or back
_ITSELF_S = const(10)  # T3411: a module that lost its network tries by itself (TS 24.301 cl. 10.2)
_CLASS_OF = (-1, -1, -1, 1, 2, 3, 4, 4, 4, 6, 8, 10, 11)  # by RUNG_*


def waits(ladder, plight: int = situation.WELL):
    """[seconds until each class may act], position of the back-off, and for each RUNG_* from the
    first on what its budget says to an order, as Book.told().
    """
    book = Book(ladder)
    waits = [book.wait_s(klass) for klass in range(CLASSES)]
    rungs = [
        book.told(class_of(rung, plight, True))
        for rung in range(ids.RUNG_SOCKET, ids.RUNG_OTHER_CARD + 1)
    ]
    return waits, book.position, rungs


def class_of(rung: int, plight: int, demand: bool, held: bool = False):
    """The budget class of a rung (RUNG_*), -1 where no budget is needed. `held`: the network
    still holds the terminal, so that switching off detaches it.
    """
    if rung == ids.RUNG_CONTEXT and plight == situation.REFUSED:
        return ACTIVATE_PERMANENT
    if rung == ids.RUNG_CFUN0 and plight == situation.SIM_LOST and not held:
        return CARD
    if rung == ids.RUNG_CFUN0 and demand:
        return CYCLE_DEMAND
    if rung == ids.RUNG_REREGISTER and plight == situation.RADIO_OFF:
        return ACTIVATE_TEMPORARY  # it only switches the radio on
    return _CLASS_OF[rung]


def wait_of(ladder, rung: int, plight: int):
    """Seconds until a technician's order may be carried out."""
    return Book(ladder).wait_s(class_of(rung, plight, True), 1)


def choose(ladder, a):
    """The next rung for the agent `a`: (RUNG_*, seconds to wait, class), RUNG_NONE and -1 where
    nothing helps.

    Of the rungs that may act now the first untried one, else the strongest; where none may, the
    one that may soonest. Cases that bend that order:
        somebody ordered a rung: that one, by its own budget;
        the network said no (_TOLD_NO): the module restarts only after a cycle that did not help;
        refused: a cycle waits until right before the activation that shows what it did;
        a demand, where the modem is silent by design, or an operator's advice: a cycle early;
        a payment, and the hour's activations are used up: an attach brings a bearer without one;
        what came back a moment ago, or was just set to work, is not reset;
        a terminal with two cards: cards.py tells when to change over.
    So a line refused since 70 min that asked a minute ago gets CFUN0 in 805 s: its hourly slot is
    free, and the next activation is due 25 s behind it.
    """
    book = Book(ladder)
    plight = a.situation
    held = a.network.held()
    if a.ordered:
        klass = class_of(a.ordered, plight, True, held)
        return a.ordered, book.wait_s(klass, 1), klass
    clock_s = ladder.clock.s
    spent_s = ladder.spent_s[plight]
    best = (ids.RUNG_NONE, -1, -1)
    now = None
    kind = kind_of(a)
    assert kind in RUNGS or kind in (situation.WELL, situation.SIM_LOCKED)  # no cure, and no act
    rungs = () if a.tray_empty and plight == situation.SIM_LOST else RUNGS.get(kind, ())
    if plight == situation.REFUSED and ladder.early > 1 and book.wait_s(ACTIVATE_PERMANENT) > 60:
        rungs += _WITHOUT  # paid, and the hour's activations are used up
    if a.two_cards:
        rungs = modules.call("healing.cards", "rung", a, kind) + rungs
    told_no = kind in _TOLD_NO
    restarts = not told_no or ladder.cycled == ids.RUNG_CFUN0
    wanted = a.advised or (a.demand and plight in _SILENT)
    # After a start, and after an outage that many shared, nothing begins in one second that nobody
    # waits for: of what was kept meanwhile turn.py tells whether anybody does.
    waits = not (a.demand or (a.settlement.pending and a.spread_s <= clock_s))
    for rung, after_s in rungs:
        if rung == ids.RUNG_MODULE_RESET and not restarts:
            continue
        klass = class_of(rung, plight, False, held)
        wait = book.wait_s(klass)
        if rung == ids.RUNG_SOCKET:
            wait = a.path.due()
            if a.path.index:
                rung = ids.RUNG_SECOND_HOST
        else:
            wait = max(wait, _not_before(ladder, a, rung, after_s))
            if plight == situation.REFUSED and ids.RUNG_CFUN0 <= rung < ids.RUNG_FASTER:
                # Right before an activation that is due anyway: it shows what the cycle did.
                wait = max(wait, book.wait_s(ACTIVATE_PERMANENT) - _CYCLE_TAKES_S)
            reset = told_no and rung == ids.RUNG_MODULE_RESET
            if wanted and klass != CARD and (rung == ids.RUNG_CFUN0 or reset):
                early_s = _DEMAND_S if rung == ids.RUNG_CFUN0 else after_s
                sooner = max(book.wait_s(CYCLE_DEMAND), early_s - spent_s)
                if sooner < wait:
                    wait, klass = sooner, CYCLE_DEMAND
        if rung >= ids.RUNG_ATTACH and rung != ids.RUNG_POWER_KEY:
            wait = max(wait, _let_work(ladder, a, rung))
        if waits:
            wait = max(wait, a.boot_wait_s - clock_s)
        if wait <= 0:
            if now is None or ladder.tried >> now[0] & 1:
                now = (rung, 0, klass)
        elif best[1] == -1 or wait < best[1]:
            best = (rung, wait, klass)
    assert (best[0] == ids.RUNG_NONE) == (best[1] <= 0) and (not now or now[0] > ids.RUNG_NONE)
    return best if now is None else now


def _let_work(ladder, a, rung):
    """Seconds until what came back a moment ago, or was just set to work, may be touched, and what
    was lost, in this trouble or anew, had its time to come back by itself: a network ten seconds,
    a card more, which by then also shows whose budget the act is of. Not for the power key: a
    module that hangs in that work brings nothing any more.
    """
    hold_s, net = ladder.hold_s, a.network
    assert net.lost_s <= ladder.clock.s >= ladder.changed_s
    if rung == ids.RUNG_REREGISTER and net.idle():
        hold_s -= _IDLE_HOLD_S  # a minute on it does not search: nothing is cut short
    if a.situation == situation.UNREGISTERED:
        hold_s = max(hold_s, ladder.changed_s + _ITSELF_S)
    if a.situation == situation.SIM_LOST:
        hold_s = max(hold_s, net.lost_s + _CARD_S)
    elif net.sim == ids.SIM_BUSY:
        hold_s = max(hold_s, net.lost_s + _BUSY_S)
    return max(a.rise_s + FORGET_S, hold_s) - ladder.clock.s


def kind_of(a):
    """The key in RUNGS."""
    plight = a.situation
    if plight == situation.WELL and a.network.slow_rat() and not a.settlement.pending:
        return _SLOW
    if plight == situation.NO_CONTEXT and a.cause >> 8 == ids.CAUSE_ESM:
        return _CONGESTED
    if plight == situation.HOST_DOWN:
        doubt = a.path.doubt()
        return _NO_PATH if doubt > 1 else _NO_HOST if doubt else plight
    return plight


def _not_before(ladder, a, rung, after_s):
    """Seconds until this situation has lasted long enough for the rung."""
    plight = a.situation
    assert 0 <= ladder.lag <= 255 and ladder.spent_s[plight] >= 0
    if rung == ids.RUNG_OTHER_CARD:
        return after_s
    if rung == ids.RUNG_FASTER:
        return after_s + after_s * ladder.lag // 1020 - (ladder.clock.s - a.network.act_s)
    if plight == situation.DEAD:
        after_s += (_DEAD_LAG_S * ladder.lag) >> 8
        return after_s - (ladder.clock.s - a.engine.pairing.heard_s)
    if rung == ids.RUNG_REREGISTER and a.network.idle():
        after_s = _IDLE_S  # it does not search, though there is something to find
    if after_s == 0 and a.settlement.pending:
        return 0
    # Up to a quarter more, three seconds at least: a fleet fails in one second.
    return after_s + max(after_s // 4, 3) * ladder.lag // 255 - ladder.spent_s[plight]
