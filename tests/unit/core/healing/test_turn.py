"""After an outage that many shared a terminal begins at a moment of its own, but where somebody
stands at the counter.
"""

from plight import Plight
from posagent.core import situation
from posagent.core.healing import turn
from posproto import ids

SALE_S, ADVICE_S = 60, 86400


class Kept:
    """A message as the outbox has it."""

    def __init__(self, deadline_s, age_s=0):
        self.fields = {ids.MSG_DEADLINE_S: deadline_s}
        self.old_s = age_s
        self.next_s = 0

    def __getitem__(self, key):
        return self.fields[key]

    def age_s(self, clock):
        return self.old_s


class Waiting(Plight):
    """A terminal whose network was gone for `out_s`; it holds these messages."""

    def __init__(self, out_s, plight=situation.UNREGISTERED, seed=1, kept=()):
        self.kept = kept
        self.served_s = 0
        Plight.__init__(self, plight, seed)
        self.outbox = self
        self.pass_s(out_s)
        self.pending = len(kept)
        self.touched = 0

    def live(self):
        return list(self.kept)

    def touch(self):
        self.touched += 1


def drawn_s(out_s, plight=situation.UNREGISTERED, seed=1, kept=()):
    """Seconds that the terminal waits for its turn."""
    a = Waiting(out_s, plight, seed, kept)
    turn.draw(a)
    return a.spread_s and a.spread_s - a.clock.s


def test_the_turns_of_a_fleet_fill_five_minutes():
    waits = sorted([drawn_s(1800, seed=seed) for seed in range(1, 401)])
    assert waits[0] >= 0 and waits[-1] <= turn.SPREAD_S
    for tenth in range(10):
        share = [w for w in waits if tenth * 30 <= w < tenth * 30 + 30]
        assert 20 <= len(share) <= 65, (tenth, len(share))


def test_a_short_outage_and_one_of_this_terminal_alone_take_no_turn():
    assert drawn_s(299) == 0
    assert drawn_s(300) > 0 and drawn_s(300, situation.NO_CONTEXT) > 0
    for own in (
        situation.DEAD,
        situation.SIM_LOST,
        situation.SIM_LOCKED,
        situation.RADIO_OFF,
        situation.DENIED,
        situation.REFUSED,
        situation.ABROAD,
    ):
        assert drawn_s(7200, own) == 0, own


def test_a_line_that_served_a_moment_ago_was_not_out_for_long():
    a = Waiting(1800)
    a.served_s = a.clock.s - 120  # it flaps
    turn.draw(a)
    assert a.spread_s == 0


def test_what_an_act_just_cured_takes_no_turn():
    a = Waiting(1800)
    a.acting_s = a.clock.s + 30  # the radio was cycled half a minute ago
    turn.draw(a)
    assert a.spread_s == 0


def test_kept_messages_wait_for_the_turn_and_nothing_else_begins_before():
    a = Waiting(1800, kept=(Kept(ADVICE_S, 900), Kept(ADVICE_S)))
    a.demand = True  # when they were handed in
    turn.draw(a)
    assert [record.next_s for record in a.kept] == [a.spread_s] * 2 and a.touched
    assert not a.demand
    a.stand(situation.NO_CONTEXT)
    rung, wait_s, _ = a.next()
    assert (rung, wait_s) == (ids.RUNG_CONTEXT, a.spread_s - a.clock.s)
    a.pass_s(wait_s)
    assert a.next()[:2] == (ids.RUNG_CONTEXT, 0)


def test_a_customer_at_the_counter_waits_for_nothing_and_takes_the_rest_along():
    a = Waiting(1800, kept=(Kept(ADVICE_S, 900),))
    turn.draw(a)
    until_s = a.spread_s
    assert until_s > a.clock.s + 60
    a.kept += (Kept(ADVICE_S),)  # the application tells more: nobody waits for that
    a.demand = True
    turn.attend(a)
    assert a.spread_s == until_s and a.kept[1].next_s == until_s and not a.demand
    a.kept += (Kept(SALE_S),)
    a.demand = True
    turn.attend(a)
    assert a.spread_s == a.boot_wait_s == a.clock.s and a.demand
    assert [record.next_s for record in a.kept] == [a.clock.s, a.clock.s, 0]
    a.stand(situation.NO_CONTEXT)
    assert a.next()[:2] == (ids.RUNG_CONTEXT, 0)
