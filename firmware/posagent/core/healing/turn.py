"""A terminal's turn after an outage that many shared. Loaded when the line comes back.

A cell or a core network that returns is not to be run down by all who waited for it (GSMA TS.34,
4.0_REQ_003, 4.0_REQ_017): what nobody stands at the counter for begins at a moment drawn from five
minutes, kept messages included, which then leave one after the other. A customer's message waits
for nothing, and what goes with it over the same connection costs the network no second one.
What befell this terminal alone (its card, its account, its module) takes no turn, nor does what an
act of its own just cured: the network was there.
"""

from posproto import const, ids

from .. import situation

OUTAGE_S = const(300)
SPREAD_S = const(300)


def draw(a) -> None:
    """The agent `a` is registered again, or has a context again: when may it begin? At once after
    less than five minutes without service, of which only those count in which the network was
    missing, and after an act of its own; else at a moment of the next five minutes. So after a
    cell was off for an hour the probe, the balance query and the report wait for second 0 to 300.
    """
    spent_s = a.ladder.spent_s
    shared_s = spent_s[situation.UNREGISTERED] + spent_s[situation.NO_CONTEXT]
    if min(a.clock.s - a.served_s, shared_s) < OUTAGE_S or a.clock.s < a.acting_s:
        return
    a.spread_s = a.clock.s + a.ladder.rng.below(SPREAD_S + 1)
    a.boot_wait_s = max(a.boot_wait_s, a.spread_s)
    attend(a)


def attend(a) -> None:
    """Somebody may wait: where a message would be too late at the drawn moment, all begins now;
    else what was handed in waits for it, too.
    """
    settlement = a.settlement
    now_s, until_s = a.clock.s, a.spread_s
    assert now_s <= until_s <= now_s + SPREAD_S
    live = settlement.outbox.live()
    hurries = False
    for record in live:
        if record.age_s(a.clock) + until_s - now_s >= record[ids.MSG_DEADLINE_S]:
            hurries = True
    for record in live:
        if hurries and record.next_s == until_s:
            record.next_s = now_s
        elif not hurries and record.next_s < until_s:
            record.next_s = until_s
    settlement.touch()
    if hurries:
        a.spread_s = a.boot_wait_s = now_s
    else:
        a.demand = False
    a.ladder.stir()
