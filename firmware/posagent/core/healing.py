"""Which rung helps in which situation.

`choose` decides from a plan table, rungs.py acts. Rungs that cannot help are not in the plan of
their situation: no reset was ever the cure for a dead acquirer or an unpaid bill alone.
"""

from posproto import const, ids

from .ladder import CYCLE_DEMAND

# Situations, the lowest broken layer first.
WELL = const(0)
DEAD = const(1)  # no answer to AT
SIM_LOST = const(2)  # absent or failed: may be electrical (incident sim-drops-off-bus)
SIM_LOCKED = const(3)  # PIN, PUK, personalised: nothing that a reset could cure
RADIO_OFF = const(4)
DENIED = const(5)  # stat 3, or a permanent cause: the modem is silent until its radio restarts
UNREGISTERED = const(6)
REFUSED = const(7)  # registered, context refused for a permanent or subscription cause
NO_CONTEXT = const(8)
HOST_DOWN = const(9)  # context up, the acquirer does not answer

# situation: (rung, not before this many seconds of trouble), cheapest first.
# Upper layers first (GSMA TS.34, 4.0_REQ_029); no frequent resets (4.0_REQ_019). After a permanent
# cause a modem is silent by design until its radio restarts (TS 24.301 cl. 5.5.1.2.5).
_PLAN = {
    DEAD: ((ids.RUNG_POWER_KEY, 120),),
    SIM_LOST: ((ids.RUNG_CFUN0, 600), (ids.RUNG_MODULE_RESET, 5400)),
    RADIO_OFF: ((ids.RUNG_REREGISTER, 5), (ids.RUNG_MODULE_RESET, 3600)),
    DENIED: ((ids.RUNG_CFUN0, 600),),
    UNREGISTERED: (
        (ids.RUNG_REREGISTER, 300),
        (ids.RUNG_CFUN4, 600),
        (ids.RUNG_CFUN0, 1200),
        (ids.RUNG_MODULE_RESET, 3600),
    ),
    # Some networks admit a paid line only after the radio restarted: one hourly slot at most.
    REFUSED: ((ids.RUNG_CONTEXT, 0), (ids.RUNG_CFUN0, 3600)),
    NO_CONTEXT: (
        (ids.RUNG_CONTEXT, 0),
        (ids.RUNG_ATTACH, 900),
        (ids.RUNG_CFUN4, 1800),
        (ids.RUNG_CFUN0, 3600),
        (ids.RUNG_MODULE_RESET, 7200),
    ),
    HOST_DOWN: ((ids.RUNG_CONTEXT, 300),),
}


def choose(situation, ladder, tried, demand=False):
    """The next rung: (RUNG_*, seconds to wait, budget class); (RUNG_NONE, -1, -1) where nothing
    helps.

    `tried` is a bit mask of rungs already used in this trouble. Of the rungs that may act now the
    first untried one is taken, else the strongest; otherwise the one that may act soonest.
    """
    age_s = ladder.trouble_age_s()
    best = (ids.RUNG_NONE, -1, -1)
    now = None
    for rung, after_s in _PLAN.get(situation, ()):
        klass = ladder.class_of(rung, situation == REFUSED, False)
        wait = max(after_s - age_s, ladder.wait_s(klass))
        if demand and rung == ids.RUNG_CFUN0 and situation in (DENIED, SIM_LOST):
            sooner = ladder.wait_s(CYCLE_DEMAND)
            if sooner < wait:
                wait, klass = sooner, CYCLE_DEMAND
        if wait <= 0:
            if now is None or tried >> now[0] & 1:
                now = (rung, 0, klass)
        elif best[1] < 0 or wait < best[1]:
            best = (rung, wait, klass)
    return best if now is None else now
