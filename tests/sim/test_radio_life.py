"""The radio's life, one trouble at a time: each reject cause, a hang at any command, the card's
states, the start after a power cut. Each run is judged by the network's limits.
"""

import pytest

from play import Play
from posagent.core.healing import budgets
from posproto import ids

HOUR_S = 3600
PERMANENT = (2, 3, 5, 6, 7, 8)  # the modem is silent until its radio restarts
AREA = (11, 12, 13, 14, 15, 25, 35)  # another cell may admit
TEMPORARY = (9, 10, 16, 17, 18, 19, 22, 31, 38, 39, 42)
ESM_PERMANENT = (8, 27, 28, 29, 30, 32, 33)
ESM_OTHER = (25, 26, 31, 34, 35, 36, 37, 38, 39, 40, 50, 51, 53, 54, 65, 66, 96, 111)


NO_BALANCE = {"balance_by": "none"}


def started(seed=1, **tables):
    """A terminal that has come to all clear."""
    play = Play({"name": "life", "agent": NO_BALANCE, **tables}, seed)
    settle(play, 300)
    return play


def says(play):
    return play.timing.verdicts[-1][1]


def settle(play, limit_s, verdicts=("all_clear",)):
    """Until the agent says one of these; seconds that it took."""
    began_ms = play.together.now_ms
    while says(play) not in verdicts if play.timing.verdicts else True:
        assert play.together.now_ms - began_ms < limit_s * 1000, play.timing.verdicts[-4:]
        play.advance(1)
    return (play.together.now_ms - began_ms) // 1000


def noted(play, kind):
    return [at_ms for at_ms, what, _ in play.stage.operator.notes if what == kind]


@pytest.mark.parametrize("cause", PERMANENT + AREA + TEMPORARY)
def test_an_attach_refused_with_this_cause_comes_back_within_its_hour(cause, seed):
    play = started(seed)
    play.stage.do({"do": "bar", "layer": "attach", "cause": cause})
    assert settle(play, 30, set(names()) - {"all_clear"}) <= 6
    play.advance(2400)
    assert says(play) != "all_clear"
    play.stage.do({"do": "unbar"})
    settle(play, HOUR_S + 120, ("all_clear", "slow_rat"))
    assert play.violations() == []


@pytest.mark.parametrize("cause", ESM_PERMANENT + ESM_OTHER)
def test_a_session_refused_with_this_cause_comes_back_with_the_next_activation(cause, seed):
    play = started(seed)
    play.stage.do({"do": "bar", "layer": "data", "cause": cause})
    assert settle(play, 30, set(names()) - {"all_clear"}) <= 6
    play.advance(2400)
    assert says(play) not in ("all_clear", "unknown", "sim_failed", "modem_dead")
    play.stage.do({"do": "unbar"})
    limit_s = 930 if cause in ESM_PERMANENT else 2400
    settle(play, limit_s)
    assert play.violations() == []


ARREARS = {"balance_minor": 800, "arrears": {"layer": "data", "cause": 29}}


def test_a_restart_that_was_advised_is_not_made_again_after_another_that_came_first(seed):
    """The bill was paid for an hour only, and the module restarted in the second of the text that
    advises it: ten minutes later the radio was cycled for the same text.
    """
    play = started(seed, account=ARREARS)
    play.stage.do({"do": "balance", "minor": -1280})
    settle(play, 600, ("credit_overdue",))
    play.advance(900)
    play.stage.do({"do": "sms", "kind": "resumed"})
    play.advance(1)
    play.stage.operator.note("heal")
    play.together.agent.ordered = ids.RUNG_MODULE_RESET
    play.advance(1800)
    assert len(noted(play, "module_reset")) == 1
    assert [at for at in noted(play, "cfun") if at > noted(play, "module_reset")[0]] == []
    assert play.violations() == []


def test_an_order_that_came_while_another_rung_acted_is_carried_out(seed):
    """`posdiag heal` was told "accepted"; the activation that a payment's text had begun in the
    same second ended, and the order was forgotten with it.
    """
    play = started(seed, account=ARREARS)
    play.stage.do({"do": "balance", "minor": -1280})
    settle(play, 600, ("credit_overdue",))
    play.advance(900)
    agent, activations = play.together.agent, len(noted(play, "activate"))
    play.stage.do({"do": "sms", "kind": "resumed"})
    play.advance(1)
    assert agent.ladder.last == ids.RUNG_CONTEXT
    play.stage.operator.note("heal")
    agent.ordered = ids.RUNG_CFUN0
    play.advance(60)
    assert len(noted(play, "activate")) > activations and len(noted(play, "cfun")) == 2
    assert agent.ordered == ids.RUNG_NONE and play.violations() == []


def test_a_new_card_that_a_cycle_showed_is_not_cycled_for_again(seed):
    """The cycle of a denied line showed that the card was another one by now. Ten minutes behind
    it the radio was cycled for the new card's sake.
    """
    play = started(seed)
    play.stage.do({"do": "bar", "layer": "attach", "cause": 7})
    while not noted(play, "cfun"):
        play.advance(1)
    play.stage.do({"do": "sim_swap", "iccid": "89860012345670000001", "imsi": "460001234000001"})
    play.advance(3000)
    assert ids.E_SIM_SWAPPED in [event for _, event, _ in play.events]
    assert len(noted(play, "cfun")) == 2 and play.violations() == []


TROUBLES = (
    ({"do": "bar", "layer": "attach", "cause": 15},),  # tried again by the module each half hour
    ({"do": "bar", "layer": "attach", "cause": 8},),
    ({"do": "bar", "layer": "data", "cause": 33},),
    ({"do": "sim", "fault": "failed"},),
    ({"do": "no_coverage"},),
)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_through_hours_of_acts_the_fault_stays_named(trouble, seed):
    play = started(seed)
    for item in trouble:
        play.stage.do(item)
    play.advance(900)  # evidence comes by and by
    said = len(play.timing.verdicts)
    play.advance(4 * HOUR_S)
    assert [name for _, name in play.timing.verdicts[said:]] == []
    assert noted(play, "cfun") or noted(play, "card")
    assert play.violations() == []


def names():
    from posdiag.facts import names as known

    return known.VERDICTS.values()


@pytest.mark.parametrize("after", range(1, 46))
def test_a_module_that_hangs_at_its_nth_command_is_woken(after, seed):
    play = Play({"name": "hang", "agent": {"balance_by": "none"}}, seed)
    play.stage.modem.faults.hang_after = after
    play.advance(300)
    settle(play, 900)
    assert play.violations() == []
    assert len(noted(play, "reset_pin")) == 1 and noted(play, "power_key") == []


@pytest.mark.parametrize("family", ["quectel", "simcom", "sim800", "generic"])
def test_a_module_that_hangs_is_named_within_half_a_minute_and_left_alone_for_two(family, seed):
    slowest_s = 0
    for after_s in range(0, 27, 2):
        play = Play({"name": "hang", "agent": NO_BALANCE, "modem": {"family": family}}, seed)
        settle(play, 300, ("all_clear", "slow_rat"))
        play.advance(120 + after_s)
        play.stage.modem.hang()
        slowest_s = max(slowest_s, settle(play, 40, ("modem_dead",)))
        play.advance(75)
        assert says(play) == "modem_dead" and noted(play, "reset_pin") == []
    print("seconds to the verdict at worst:", slowest_s)
    assert slowest_s <= 30


@pytest.mark.parametrize("command", ["+CFUN=0", "+CFUN=1", "+CGATT=0", "+COPS=0", "+CGDCONT="])
def test_a_module_that_hangs_in_the_middle_of_healing_is_woken(command, seed):
    play = started(seed)
    play.stage.modem.faults.hang_on = command
    play.stage.do({"do": "bar", "layer": "attach", "cause": 8 if "CFUN" in command else 17})
    play.stage.modem.radio.gives_up_s = 60
    play.advance(2 * HOUR_S)
    play.stage.do({"do": "unbar"})
    settle(play, 2 * HOUR_S)
    assert play.violations() == []


def test_another_card_is_told_and_its_counters_are_clean(seed):
    play = started(seed)
    play.stage.do({"do": "bar", "layer": "data", "cause": 33})
    play.advance(1800)
    book = budgets.Book(play.together.agent.ladder)
    assert book.rows[budgets.ACTIVATE_PERMANENT][3] > 0
    play.stage.do({"do": "unbar"})
    play.stage.do({"do": "sim_swap", "iccid": "89860112345678901239", "imsi": "460019876543210"})
    assert (
        settle(play, 120, ("all_clear", "sim_swapped")) < 60
    )  # no waiting for the old card's slot
    told = [args for _, event_id, args in play.events if event_id == ids.E_SIM_SWAPPED]
    assert len(told) == 1
    assert play.violations() == []
    play.advance(60)
    assert play.together.agent.identity["iccid"] == "89860112345678901239"


@pytest.mark.parametrize(
    "sim, verdict",
    [
        ({"fault": "bound"}, "sim_bound"),
        ({"pin": "4711", "pin_tries": 0}, "sim_puk"),
        ({"pin": "4711"}, "sim_pin"),
    ],
)
def test_a_locked_card_is_named_and_left_alone(sim, verdict, seed):
    play = Play({"name": "card", "sim": sim}, seed)
    settle(play, 120, (verdict,))
    play.advance(2 * HOUR_S)  # a cycle of the radio would come in the first
    assert says(play) == verdict
    for kind in ("cfun", "module_reset", "power_key", "reset_pin", "reselect", "pin_entered"):
        assert noted(play, kind) == [], kind


def test_a_terminal_on_a_slow_technology_is_named(seed):
    play = Play({"name": "slow", "operator": {"cells": {"lte": -140}}}, seed)
    settle(play, 240, ("slow_rat",))
    assert play.together.agent.network.act == 0


def test_automated_accesses_wait_after_a_start_and_messages_do_not(seed):
    play = started(seed)
    waits_s = []
    for _ in range(16):
        play.advance(HOUR_S + 10)
        began_ms = play.together.now_ms
        play.together.start()  # a power cut of the agent; the modem stays where it is
        while not [at_ms for at_ms in noted(play, "tcp_open") if at_ms >= began_ms]:
            assert play.together.now_ms - began_ms < 90000
            play.advance(1)
        waits_s.append((noted(play, "tcp_open")[-1] - began_ms) // 1000)
    print("seconds to the first probe:", waits_s)
    assert max(waits_s) <= 75 and max(waits_s) - min(waits_s) > 25 and len(set(waits_s)) > 8
    assert play.violations() == []
    slowest = 0
    for _ in range(3):
        play.advance(HOUR_S)
        began_ms = play.together.now_ms
        play.together.start()
        play.together.agent.boot_wait_s = 60
        play.together.run(5)
        play.stage.do({"do": "submit", "message": "offline_sale", "arguments": [1990]})
        while not [at_ms for at_ms in noted(play, "tcp_sent") if at_ms >= began_ms]:
            play.advance(1)
        slowest = max(slowest, noted(play, "tcp_sent")[-1] - began_ms)
    assert slowest < 20000


def test_fifty_power_cuts_in_an_hour_cost_no_more_than_an_hour_without(seed):
    play = started(seed)
    play.stage.do({"do": "bar", "layer": "data", "cause": 33})
    play.advance(700)
    for _ in range(50):
        play.advance(72)
        play.together.start()
    play.advance(600)
    assert play.violations() == []
    assert len(noted(play, "activate")) <= 8
    assert len(noted(play, "cfun")) <= 4
