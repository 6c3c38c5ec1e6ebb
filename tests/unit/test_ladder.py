"""The budgets that no fault may overdraw."""

from memory_storage import MemoryStorage
from posagent.core import healing, ladder
from posagent.core.clock import Clock
from posagent.core.prng import Prng
from posproto import ids


def pass_s(clock, seconds):
    """Let time pass in steps that the wrapping milliseconds can carry."""
    while seconds > 0:
        step = min(seconds, 3600)
        clock.advance((clock.ms + step * 1000) & 0x3FFFFFFF)
        seconds -= step


def fresh(seed=1, storage=None):
    clock = Clock()
    storage = storage or MemoryStorage()
    return ladder.Ladder(storage, clock, Prng(seed)), clock, storage


def acts_in(the_ladder, clock, klass, seconds):
    """How often the class acts in so many seconds when it acts as soon as it may."""
    acts = []
    end = clock.s + seconds
    the_ladder.trouble()
    while clock.s < end:
        if the_ladder.wait_s(klass) == 0:
            the_ladder.act(klass)
            acts.append(clock.s)
        pass_s(clock, 10)
    return acts


def most_within(acts, window_s):
    """The most acts in any window of that length."""
    return max(sum(1 for b in acts if a <= b < a + window_s) for a in acts)


def test_permanent_cause_is_tried_at_most_five_times_an_hour():
    for seed in range(5):
        the_ladder, clock, _ = fresh(seed)
        acts = acts_in(the_ladder, clock, ladder.ACTIVATE_PERMANENT, 86400)
        assert len(acts) > 60 and most_within(acts, 3600) <= 5


def test_temporary_cause_backs_off_to_four_hours():
    the_ladder, clock, _ = fresh()
    acts = acts_in(the_ladder, clock, ladder.ACTIVATE_TEMPORARY, 2 * 86400)
    gaps = [b - a for a, b in zip(acts, acts[1:])]
    assert 60 <= gaps[0] <= 80 and gaps[:9] == sorted(gaps[:9])
    assert min(gaps[9:]) >= 14400


def test_radio_is_cycled_hourly_at_most_and_after_ten_minutes():
    the_ladder, clock, _ = fresh()
    acts = acts_in(the_ladder, clock, ladder.CYCLE, 3 * 86400)
    assert acts[0] >= 600 and most_within(acts, 3600) == 1
    late = [at for at in acts if at > 86400 * 3 // 2]
    assert most_within(late, 14400) == 1


def test_boot_loop_cannot_refill_the_budget():
    storage = MemoryStorage()
    cycles = 0
    for boot in range(30):
        the_ladder, clock, _ = fresh(boot, storage)
        the_ladder.trouble()
        pass_s(clock, 700)  # eleven minutes, then the power goes
        if the_ladder.wait_s(ladder.CYCLE) == 0:
            the_ladder.act(ladder.CYCLE)
            cycles += 1
        the_ladder.save()
    assert cycles <= 30 * 700 // 3600 + 1


def test_torn_budget_file_starts_a_new_count():
    the_ladder, clock, storage = fresh()
    the_ladder.act(ladder.CYCLE)
    storage.write("budget", storage.read("budget")[:20])
    again, _, _ = fresh(1, storage)
    assert again.powered_s() == 1


def test_success_resets_the_position_but_never_the_budgets():
    the_ladder, clock, _ = fresh()
    the_ladder.trouble()
    for _ in range(5):
        pass_s(clock, the_ladder.wait_s(ladder.ACTIVATE_TEMPORARY))
        the_ladder.act(ladder.ACTIVATE_TEMPORARY)
    pass_s(clock, 600)
    the_ladder.act(ladder.CYCLE)
    assert the_ladder.position == 5
    the_ladder.good()
    pass_s(clock, 30)
    the_ladder.good()
    assert the_ladder.position == 5
    pass_s(clock, 31)
    the_ladder.good()
    assert the_ladder.position == 0 and the_ladder.trouble_s is None
    assert the_ladder.wait_s(ladder.CYCLE) > 3000


def test_demand_may_cycle_the_radio_after_ten_minutes_not_sooner():
    the_ladder, clock, _ = fresh()
    the_ladder.trouble()
    pass_s(clock, 600)
    the_ladder.act(ladder.CYCLE)
    assert 0 < the_ladder.wait_s(ladder.CYCLE_DEMAND) <= 600
    pass_s(clock, 600)
    assert the_ladder.wait_s(ladder.CYCLE_DEMAND) == 0
    assert the_ladder.wait_s(ladder.CYCLE) > 2000


def test_dead_port_is_woken_after_two_minutes_then_ever_more_rarely():
    the_ladder, clock, _ = fresh()
    the_ladder.trouble()
    waits = []
    for _ in range(4):
        rung, wait, klass = healing.choose(healing.DEAD, the_ladder, 0)
        assert rung == ids.RUNG_POWER_KEY
        waits.append(wait)
        pass_s(clock, wait)
        the_ladder.act(klass)
    assert waits[0] == 120 and 600 <= waits[1] <= 660
    assert 1800 <= waits[2] <= 1980 and 3600 <= waits[3] <= 3960


def test_dead_acquirer_never_costs_a_reset():
    the_ladder, clock, _ = fresh()
    the_ladder.trouble()
    for _ in range(50):
        pass_s(clock, 3600)
        rung, _, klass = healing.choose(healing.HOST_DOWN, the_ladder, 0)
        assert rung in (ids.RUNG_NONE, ids.RUNG_CONTEXT)
        the_ladder.act(klass)


def test_locked_sim_is_left_alone():
    the_ladder, clock, _ = fresh()
    the_ladder.trouble()
    pass_s(clock, 86400)
    assert healing.choose(healing.SIM_LOCKED, the_ladder, 0) == (ids.RUNG_NONE, -1, -1)


def test_denied_line_is_probed_hourly_and_sooner_when_a_message_waits():
    the_ladder, clock, _ = fresh()
    the_ladder.trouble()
    pass_s(clock, 600)
    rung, wait, klass = healing.choose(healing.DENIED, the_ladder, 0)
    assert (rung, wait) == (ids.RUNG_CFUN0, 0)
    the_ladder.act(klass)
    _, alone, _ = healing.choose(healing.DENIED, the_ladder, 1 << rung)
    _, asked, demand = healing.choose(healing.DENIED, the_ladder, 1 << rung, True)
    assert alone >= 3600 and asked <= 600 and demand == ladder.CYCLE_DEMAND
