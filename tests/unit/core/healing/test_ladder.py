"""Which rung comes next in which situation, and which never do."""

from plight import Plight, gaps_of, most_within
from posagent.core import schedule, situation
from posagent.core.healing import budgets, choice
from posproto import ids


def firsts(acts):
    """Rungs in the order in which they first acted."""
    order = []
    for _, rung in acts:
        if rung not in order:
            order.append(rung)
    return order


def test_a_lost_registration_is_asked_for_before_the_radio_is_cycled():
    acts = Plight(situation.UNREGISTERED).rungs(5 * 3600)
    assert firsts(acts) == [
        ids.RUNG_REREGISTER,
        ids.RUNG_CFUN4,
        ids.RUNG_CFUN0,
        ids.RUNG_MODULE_RESET,
    ]
    assert 300 <= acts[0][0] <= 375


def test_a_context_without_a_reason_reaches_the_modules_restart_within_two_hours():
    acts = Plight(situation.NO_CONTEXT).rungs(3 * 3600)
    assert firsts(acts) == [
        ids.RUNG_CONTEXT,
        ids.RUNG_ATTACH,
        ids.RUNG_MODULE_RESET,
    ]
    reset = [at for at, rung in acts if rung == ids.RUNG_MODULE_RESET]
    assert reset[0] < 7200


def test_a_congested_network_is_left_to_itself_for_long():
    plight = Plight(situation.NO_CONTEXT)
    plight.cause = ids.CAUSE_ESM << 8 | 26
    acts = plight.rungs(2 * 3600)
    assert ids.RUNG_CFUN0 not in firsts(acts) and ids.RUNG_MODULE_RESET not in firsts(acts)


def test_dead_port_is_woken_after_two_minutes_then_ever_more_rarely():
    plight = Plight(situation.DEAD)
    plight.pass_s(80)
    acts = [at for at, rung in plight.rungs(4 * 3600) if rung == ids.RUNG_POWER_KEY]
    gaps = gaps_of(acts)
    assert 120 <= acts[0] <= 150
    assert 600 <= gaps[0] <= 660 and 1800 <= gaps[1] <= 1980 and 3600 <= gaps[2] <= 3960


def test_the_microcontroller_resets_itself_last_and_twice_a_day_at_most():
    acts = Plight(situation.DEAD).rungs(2 * 86400)
    resets = [at for at, rung in acts if rung == ids.RUNG_MCU_RESET]
    assert 3600 <= resets[0] < 2 * 3600 and len(resets) <= 4


def test_dead_acquirer_never_costs_more_than_a_connection():
    plight = Plight(situation.HOST_DOWN)
    plight.path.opened(ids.TCP_CONNECT)  # refused: somebody is there
    acts = plight.rungs(2 * 86400)
    assert firsts(acts) == [ids.RUNG_SOCKET]
    assert len(acts) < 2 * 24 * 13


def test_a_second_host_is_a_rung_of_its_own():
    plight = Plight(situation.HOST_DOWN)
    plight.path._config.update({"host2": "other.example", "port2": 8584})
    plight.path.opened(ids.TCP_CONNECT)
    assert plight.next()[0] == ids.RUNG_SECOND_HOST
    plight.path.opened(ids.TCP_CONNECT)
    assert plight.next()[0] == ids.RUNG_SOCKET


def test_a_host_that_takes_messages_and_never_answers_costs_nothing():
    plight = Plight(situation.WELL)
    for _ in range(5):
        plight.path.opened(0)
        plight.path.silent()
    assert plight.path.mute() and not plight.path.down()
    assert plight.rungs(86400) == []


def test_where_no_name_resolves_the_session_is_renewed_and_then_more():
    plight = Plight(situation.HOST_DOWN)
    plight.path.opened(ids.TCP_DNS)
    plight.path._kind = ids.V_NO_DATA  # as a closer look says
    acts = plight.rungs(3 * 3600)
    assert firsts(acts) == [
        ids.RUNG_SOCKET,
        ids.RUNG_CONTEXT,
        ids.RUNG_ATTACH,
        ids.RUNG_CFUN0,
    ]


def test_locked_sim_is_left_alone():
    plight = Plight(situation.SIM_LOCKED)
    plight.pass_s(86400)
    assert plight.next() == (ids.RUNG_NONE, -1, -1)


def test_denied_line_is_cycled_hourly_and_sooner_for_a_message():
    plight = Plight(situation.DENIED)
    plight.pass_s(750)
    rung, wait, klass = plight.next()
    assert (rung, wait) == (ids.RUNG_CFUN0, 0)
    plight.take(klass, rung)
    alone = plight.next()[1]
    plight.demand = True
    rung, asked, klass = plight.next()
    assert alone >= 3600 and 300 < asked <= 600 and rung == ids.RUNG_CFUN0


def test_an_unpaid_line_is_probed_slowly_and_its_radio_cycled_in_the_hourly_slot():
    acts = Plight(situation.REFUSED).rungs(6 * 3600)
    activations = [at for at, rung in acts if rung == ids.RUNG_CONTEXT]
    cycles = [at for at, rung in acts if rung != ids.RUNG_CONTEXT]
    assert activations[0] <= 3 and most_within(activations, 3600) <= 5
    assert max(gaps_of(activations)) < 900  # so long at most until a payment is noticed
    assert cycles[0] >= 3600 and len(cycles) <= 5


def test_a_module_that_tells_an_old_no_for_ever_is_restarted_every_second_cycle():
    for plight, first_s in ((situation.DENIED, 600), (situation.REFUSED, 3600)):
        acts = Plight(plight).rungs(24 * 3600)
        cycles = [(at, rung) for at, rung in acts if rung != ids.RUNG_CONTEXT]
        assert [rung for _, rung in cycles[:4]] == [ids.RUNG_CFUN0, ids.RUNG_MODULE_RESET] * 2
        times = [at for at, _ in cycles]
        assert first_s <= times[0] and most_within(times, 3600) == 1 and len(times) > 15


def test_messages_that_keep_asking_do_not_keep_a_silent_module_from_its_own_restart():
    plight = Plight(situation.DENIED)
    plight.pass_s(4500)
    acts = []
    while plight.clock.s < 6 * 3600:
        rung, wait, klass = plight.next()
        if wait:
            plight.pass_s(min(wait, 60))
            continue
        acts.append((rung, plight.demand))
        plight.take(klass, rung)
        plight.demand = len(acts) % 3 > 0  # most cycles are for a message
    taken = [rung for rung, _ in acts]
    assert ids.RUNG_MODULE_RESET in taken[1:4]
    assert taken.count(ids.RUNG_MODULE_RESET) >= 3


def test_a_shop_that_sells_on_does_not_put_the_modules_restart_off():
    plight = Plight(situation.DENIED)
    seen = []
    for _ in range(12):
        plight.pass_s(1200)
        plight.demand = True
        rung, wait_s, klass = plight.next()
        assert wait_s == 0
        plight.take(klass, rung)
        seen.append(rung)
    assert seen[:2] == [ids.RUNG_CFUN0] * 2  # the module's own turn comes after an hour
    assert seen[2:] == [ids.RUNG_MODULE_RESET, ids.RUNG_CFUN0] * 5


def test_a_modem_that_does_not_search_though_there_is_a_cell_is_asked_at_once():
    plight = Plight(situation.UNREGISTERED)
    plight.network.stat = [0, 0, 0]
    plight.network.signal_dbm = -90
    rung, wait, _ = plight.next()
    assert rung == ids.RUNG_REREGISTER and 30 <= wait <= 40


def test_what_came_back_a_moment_ago_is_not_reset():
    plight = Plight(situation.NO_CONTEXT)
    plight.pass_s(7200)
    plight.take(1, ids.RUNG_CONTEXT)
    assert plight.next()[0] >= ids.RUNG_ATTACH and plight.next()[1] == 0
    plight.rise_s = plight.clock.s - 20
    rung, wait, _ = plight.next()
    assert wait == 40 or rung == ids.RUNG_CONTEXT


def test_each_situation_counts_its_own_time():
    plight = Plight(situation.DENIED)
    plight.pass_s(3 * 3600)
    plight.stand(situation.NO_CONTEXT)
    acts = plight.rungs(290)
    assert {rung for _, rung in acts} == {ids.RUNG_CONTEXT}


def test_a_rung_gets_time_to_help_before_the_next_one_acts():
    plight = Plight(situation.UNREGISTERED)
    acts = plight.rungs(6 * 3600)
    gaps = gaps_of([at for at, _ in acts])
    for i in range(len(gaps)):
        assert gaps[i] >= (120 if acts[i][1] == ids.RUNG_REREGISTER else 300)


def test_a_technicians_order_waits_for_its_budget():
    plight = Plight(situation.UNREGISTERED)
    plight.pass_s(700)
    plight.ordered = ids.RUNG_MODULE_RESET
    rung, wait, klass = plight.next()
    assert (rung, wait) == (ids.RUNG_MODULE_RESET, 0)
    plight.take(klass, rung)
    assert choice.wait_of(plight.ladder, ids.RUNG_CFUN4, plight.situation) >= 3500
    assert choice.wait_of(plight.ladder, ids.RUNG_CFUN0, plight.situation) <= 600


def test_a_module_that_answers_before_its_pulse_is_left_on():
    """Its rung was due, and a turn later, when it began, the module had just answered."""
    one = Plight(situation.DEAD)
    one.pass_s(200)
    assert one.ladder.next(one) == (ids.RUNG_POWER_KEY, 0, budgets.DEAD)
    one.heard_s = one.clock.s
    assert list(schedule._revive(one)) == []
    assert not one.ladder.tried and one.ladder.next(one)[1] > 0
