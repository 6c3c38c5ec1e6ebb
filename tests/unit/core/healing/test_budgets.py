"""What the budgets allow: never more than their table says, through restarts and power cuts."""

from memory_storage import MemoryStorage
from plight import Plight, gaps_of, most_within
from posagent.core import situation
from posagent.core.healing import budgets, choice
from posproto import ids

HOUR_S = 3600
DAY_S = 86400
# class: most in an hour, most in a day, whatever happens: what the sources' limits come
# to. The table's own last two columns must say the same.
LIMITS = (
    (budgets.ACTIVATE_PERMANENT, 5, 120),
    (budgets.ACTIVATE_TEMPORARY, 60, 400),
    (budgets.ATTACH, 4, 96),
    (budgets.REREGISTER, 4, 96),
    (budgets.CYCLE, 1, 24),
    (budgets.CYCLE_DEMAND, 6, 36),
    (budgets.DEAD, 6, 144),
    (budgets.PROBE, 4, 96),
    (budgets.MCU, 1, 2),
    (budgets.CARD, 4, 24),
    (budgets.SLOW, 1, 6),
    (budgets.SWITCH, 2, 8),
)


def test_the_table_tells_the_limits_that_hold():
    assert len(budgets.BUDGETS) == budgets.CLASSES == len(LIMITS)
    for klass, an_hour, a_day in LIMITS:
        assert budgets.BUDGETS[klass][7:] == (an_hour, a_day)


def test_no_class_acts_more_often_than_its_limit_says():
    for klass, an_hour, a_day in LIMITS:
        times = Plight(situation.UNREGISTERED).acts(klass, 2 * DAY_S)
        assert most_within(times, HOUR_S) <= an_hour, klass
        assert most_within(times, DAY_S) <= a_day, klass


def test_not_even_when_a_minute_of_success_comes_after_each_act():
    for klass, an_hour, a_day in LIMITS:
        plight = Plight(situation.UNREGISTERED)
        times = []
        while plight.clock.s < DAY_S + HOUR_S:
            times += plight.acts(klass, 10)
            plight.stand(situation.WELL)
            plight.pass_s(61)
            plight.stand(situation.UNREGISTERED)
            plight.pass_s(60)
        assert most_within(times, HOUR_S) <= an_hour, klass
        assert most_within(times, DAY_S) <= a_day, klass


def test_not_even_when_each_message_brings_new_hope():
    for klass in (budgets.ACTIVATE_PERMANENT, budgets.ACTIVATE_TEMPORARY):
        plight = Plight(situation.REFUSED)
        times = []
        while plight.clock.s < DAY_S:
            budgets.hope(plight.ladder, 2, False)
            times += plight.acts(klass, 200, 1)
        assert most_within(times, HOUR_S) <= LIMITS[klass][1]
        assert most_within(times, DAY_S) <= LIMITS[klass][2]


def test_temporary_cause_backs_off_to_four_hours():
    times = Plight(situation.NO_CONTEXT).acts(budgets.ACTIVATE_TEMPORARY, 2 * DAY_S)
    gaps = gaps_of(times)
    assert 60 <= gaps[0] <= 90 and gaps[:8] == sorted(gaps[:8])
    assert min(gaps[9:]) >= 14400


def test_the_back_off_goes_on_where_it_was_after_a_restart():
    plight = Plight(situation.NO_CONTEXT)
    plight.acts(budgets.ACTIVATE_TEMPORARY, 2 * HOUR_S)
    position = choice.waits(plight.ladder)[1]
    again = plight.restart()
    assert choice.waits(again.ladder)[1] == position > 5
    assert again.wait_s(budgets.ACTIVATE_TEMPORARY) > 900


def test_radio_is_cycled_hourly_at_most_and_after_ten_minutes():
    plight = Plight(situation.UNREGISTERED)
    times = plight.acts(budgets.CYCLE, 3 * DAY_S)
    assert times[0] >= 600 and most_within(times, HOUR_S) == 1
    late = [at for at in times if at > DAY_S * 3 // 2]
    assert most_within(late, 14400) == 1


def test_boot_loop_cannot_refill_the_budget():
    plight = Plight(situation.UNREGISTERED)
    cycles = 0
    for _ in range(30):
        cycles += len(plight.acts(budgets.CYCLE, 700))  # eleven minutes, then the power goes
        plight = plight.restart()
    assert cycles <= 30 * 700 // HOUR_S + 1


def test_a_damaged_file_counts_as_used_up():
    plight = Plight()
    plight.take(budgets.CYCLE)
    for damaged in (plight.storage.read("budget")[:20], b"\xff" * 152):
        plight.storage.write("budget", damaged)
        again = plight.restart()
        for klass in (budgets.CYCLE, budgets.DEAD, budgets.ACTIVATE_PERMANENT):
            assert again.wait_s(klass) >= 600
        again.pass_s(4000)
        assert again.wait_s(budgets.CYCLE) == 0


def test_a_flash_that_refuses_costs_no_budget():
    class Refuses(MemoryStorage):
        def write(self, name, data):
            raise OSError(28)

    plight = Plight(storage=Refuses())
    plight.pass_s(600)
    plight.take(budgets.CYCLE)
    assert plight.wait_s(budgets.CYCLE) >= HOUR_S
    assert plight.ladder.counters[ids.C_FLASH_ERRORS] > 0


def test_success_resets_the_position_but_never_the_budgets():
    plight = Plight(situation.NO_CONTEXT)
    for _ in range(5):
        plight.pass_s(plight.wait_s(budgets.ACTIVATE_TEMPORARY))
        plight.take(budgets.ACTIVATE_TEMPORARY)
    plight.pass_s(600)
    plight.take(budgets.CYCLE)
    plight.stand(situation.WELL)
    plight.pass_s(59)
    assert choice.waits(plight.ladder)[1] == 5 and plight.ladder.trouble_s is not None
    plight.pass_s(2)
    assert choice.waits(plight.ladder)[1] == 0 and plight.ladder.trouble_s is None
    assert plight.wait_s(budgets.CYCLE) > 3000


def test_success_that_nobody_looked_at_before_it_ended_was_success():
    """An idle terminal worked for 63 s and lost its cell: no look had fallen between the sixtieth
    second and that, so the old trouble went on, and the radio was cycled at once.
    """
    plight = Plight(situation.UNREGISTERED)
    plight.pass_s(700)
    plight.take(budgets.ATTACH)
    plight.stand(situation.WELL)
    plight.clock.advance(plight.clock.ms + 63000)
    plight.stand(situation.UNREGISTERED)
    assert plight.ladder.trouble_age_s() == plight.ladder.tried == 0
    assert plight.wait_s(budgets.CYCLE) >= budgets.CYCLE_FIRST_S


def test_demand_may_cycle_the_radio_after_ten_minutes_not_sooner():
    plight = Plight(situation.DENIED)
    plight.pass_s(600)
    plight.take(budgets.CYCLE)
    assert 0 < plight.wait_s(budgets.CYCLE_DEMAND) <= 600
    plight.pass_s(600)
    assert plight.wait_s(budgets.CYCLE_DEMAND) == 0
    assert plight.wait_s(budgets.CYCLE) > 2000


def test_a_cycle_on_demand_uses_the_hourly_slot():
    plight = Plight(situation.DENIED)
    plight.pass_s(1200)
    plight.take(budgets.CYCLE_DEMAND)
    assert plight.wait_s(budgets.CYCLE) >= HOUR_S - 1


def test_what_the_network_tells_of_its_timer_holds():
    plight = Plight(situation.REFUSED)
    plight.take(budgets.ACTIVATE_PERMANENT)
    budgets.told(plight.ladder, 7200)
    assert 7200 <= plight.wait_s(budgets.ACTIVATE_PERMANENT) <= 7400
    again = plight.restart()
    assert again.wait_s(budgets.ACTIVATE_PERMANENT) >= 7100


def test_a_short_timer_does_not_shorten_the_spacing():
    plight = Plight(situation.REFUSED)
    plight.take(budgets.ACTIVATE_PERMANENT)
    budgets.told(plight.ladder, 30)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) >= 870


def test_a_permanent_refusal_holds_its_hour_whatever_the_line_shows_since():
    plight = Plight(situation.REFUSED)
    for _ in range(5):
        plight.take(budgets.ACTIVATE_PERMANENT)
        plight.ladder.bars(True)
        budgets.hope(plight.ladder, 2, False)
    plight.stand(situation.NO_CONTEXT)  # noise on the wire made it forget why
    for now in (plight, plight.restart()):
        assert now.wait_s(budgets.ACTIVATE_TEMPORARY) >= 3590
    assert most_within(plight.acts(budgets.ACTIVATE_TEMPORARY, 2 * HOUR_S), HOUR_S) <= 5
    plight.ladder.bars(False)  # another cause was told, or it worked
    assert plight.wait_s(budgets.ACTIVATE_TEMPORARY) <= budgets.BACK_OFF_S[-1]
    fresh = Plight(situation.NO_CONTEXT)
    fresh.take(budgets.ACTIVATE_TEMPORARY)
    assert fresh.wait_s(budgets.ACTIVATE_TEMPORARY) <= 90


def test_hope_brings_one_activation_forward_and_the_spacing_goes_on_behind_it():
    plight = Plight(situation.REFUSED)
    plight.take(budgets.ACTIVATE_PERMANENT)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) >= 889
    budgets.hope(plight.ladder, 2, False)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) <= 45
    plight.pass_s(45)
    plight.take(budgets.ACTIVATE_PERMANENT)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) >= 889
    budgets.hope(plight.ladder, 2, False)  # the next one would be missing in the hour
    assert 880 <= plight.wait_s(budgets.ACTIVATE_PERMANENT) <= 890


def test_activations_that_work_take_nothing_from_the_hour_of_a_refusal():
    plight = Plight(situation.NO_CONTEXT)
    for _ in range(4):  # the network ends session after session, and grants the next
        plight.take(budgets.ACTIVATE_TEMPORARY)
        plight.ladder.bars(False)
        plight.pass_s(300)
    plight.take(budgets.ACTIVATE_TEMPORARY)
    plight.ladder.bars(True)  # and refuses this one
    plight.stand(situation.REFUSED)
    plight.pass_s(60)
    budgets.hope(plight.ladder, 2, False)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) == 0


def test_an_activation_of_unknown_end_counts_in_the_hour_of_a_refusal():
    plight = Plight(situation.NO_CONTEXT)
    for _ in range(5):
        plight.take(budgets.ACTIVATE_TEMPORARY)  # refused, and the module does not say why
        plight.pass_s(60)
    plight.ladder.bars(True)
    budgets.hope(plight.ladder, 2, False)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) >= 3200


def test_messages_leave_the_early_activation_to_a_payment_where_one_can_be_told():
    for kind, mute, early in ((1, False, False), (1, True, True), (2, False, True)):
        plight = Plight(situation.REFUSED)
        plight.take(budgets.ACTIVATE_PERMANENT)
        plight.pass_s(60)
        budgets.hope(plight.ladder, kind, mute)
        wait_s = plight.wait_s(budgets.ACTIVATE_PERMANENT)
        assert (wait_s == 0) == early and (early or wait_s >= 829), (kind, mute)


def test_a_technicians_order_has_the_early_activation_too():
    plight = Plight(situation.REFUSED)
    plight.take(budgets.ACTIVATE_PERMANENT)
    plight.pass_s(60)
    assert choice.wait_of(plight.ladder, ids.RUNG_CONTEXT, situation.REFUSED) == 0
    told = choice.waits(plight.ladder, situation.REFUSED)[2][ids.RUNG_CONTEXT - ids.RUNG_SOCKET]
    assert told == [0, 1, 5, 1, 120]
    plight.take(budgets.ACTIVATE_PERMANENT)
    assert choice.wait_of(plight.ladder, ids.RUNG_CONTEXT, situation.REFUSED) >= 870


def test_another_card_has_clean_counters_but_the_modem_keeps_its_own():
    plight = Plight(situation.REFUSED)
    plight.pass_s(600)
    for klass in (budgets.ACTIVATE_PERMANENT, budgets.ATTACH, budgets.CYCLE):
        plight.take(klass)
    budgets.new_sim(plight.ladder)
    assert plight.wait_s(budgets.ACTIVATE_PERMANENT) == plight.wait_s(budgets.ATTACH) == 0
    assert plight.wait_s(budgets.CYCLE) >= 3500


def test_two_terminals_of_a_fleet_do_not_act_in_the_same_second():
    first = [Plight(situation.UNREGISTERED, seed).next()[1] for seed in range(1, 40)]
    assert len(set(first)) > 20 and min(first) >= 300 and max(first) <= 375
    for klass, _, _ in LIMITS:
        if klass == budgets.PROBE:
            continue  # the path's own schedule keeps it apart
        waits = []
        for seed in range(1, 40):
            plight = Plight(situation.UNREGISTERED, seed)
            plight.take(klass)
            waits.append(plight.wait_s(klass))
        assert len(set(waits)) > 8, klass


def test_fifty_power_cuts_in_an_hour_refill_nothing():
    """Each life lasts 72 seconds and does whatever it may at once."""
    for klass, an_hour, _ in LIMITS:
        plight = Plight(situation.UNREGISTERED)
        plight.pass_s(700)  # ten minutes of trying are over
        acts = 0
        for _ in range(50):
            if plight.wait_s(klass) == 0:
                plight.take(klass)
                acts += 1
            plight.pass_s(72)
            plight = plight.restart()
        # What the lives lasted is forgotten by each cut: less may be done, never more.
        assert acts <= an_hour, (klass, acts)


def test_power_cuts_faster_than_the_clock_is_kept_do_not_wear_out_the_flash():
    class Counts(MemoryStorage):
        writes = 0

        def write(self, name, data):
            self.writes += 1
            MemoryStorage.write(self, name, data)

    plight = Plight(situation.UNREGISTERED, storage=Counts())
    for _ in range(50):
        plight.pass_s(72)
        plight = plight.restart()
    assert plight.storage.writes <= 2
    plight.pass_s(86400)
    assert plight.storage.writes <= 2 + 86400 // 600  # while in trouble


def test_a_month_of_health_costs_the_flash_a_write_an_hour():
    class Counts(MemoryStorage):
        writes = 0

        def write(self, name, data):
            self.writes += 1
            MemoryStorage.write(self, name, data)

    plight = Plight(situation.WELL, storage=Counts())
    plight.pass_s(30 * 86400)
    assert plight.storage.writes <= 30 * 24


def test_the_fifth_probe_of_an_hour_waits_but_a_start_may_prove_its_path():
    plight = Plight(situation.WELL)
    for _ in range(4):
        assert plight.ladder.probe_s <= plight.clock.s
        plight.take(budgets.PROBE)
        plight.pass_s(5)
    assert plight.ladder.probe_s > plight.clock.s + 3500
    again = plight.restart()
    assert again.ladder.probe_s <= again.clock.s
    again.take(budgets.PROBE)
    assert again.ladder.probe_s > again.clock.s + 3500


def test_the_starts_of_a_boot_loop_prove_four_paths_an_hour():
    plight = Plight(situation.WELL)
    probes = 0
    for _ in range(50):
        if plight.ladder.probe_s <= plight.clock.s:
            plight.take(budgets.PROBE)
            probes += 1
        plight.pass_s(72)
        plight = plight.restart()
    assert probes == 4
    plight.pass_s(3700)
    assert plight.ladder.probe_s <= plight.clock.s


def test_what_an_order_hears_counts_the_acts_of_hour_and_day():
    plight = Plight(situation.NO_CONTEXT)
    plight.pass_s(700)
    plight.take(budgets.CYCLE, ids.RUNG_MODULE_RESET)
    rungs = choice.waits(plight.ladder, plight.situation)[2]
    assert len(rungs) == ids.RUNG_OTHER_CARD
    assert rungs[ids.RUNG_SOCKET - 1] == [0]
    wait, *used = rungs[ids.RUNG_MODULE_RESET - 1]
    assert 3590 <= wait <= 3640 and used == [1, 1, 1, 24]
    assert rungs[ids.RUNG_CFUN0 - 1][1:] == [0, 6, 0, 36]  # an order has a budget of its own
    plight.pass_s(3700)
    wait, *used = choice.waits(plight.ladder, plight.situation)[2][ids.RUNG_MODULE_RESET - 1]
    assert wait == 0 and used == [0, 1, 1, 24]
    again = plight.restart()
    assert choice.waits(again.ladder)[2][ids.RUNG_MODULE_RESET - 1][3] == 1
