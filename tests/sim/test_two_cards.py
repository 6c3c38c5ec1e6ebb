"""Terminals with two cards: the money goes out, and nobody is run down by changing over."""

import pytest

import card_cuts
from play import Play
from posagent.core.host import requests
from posproto import ids
from posworld.story import scenario as scenarios

FAMILIES = ("fibocom", "luat", "simcom")


def _scenario(name, family="quectel", **agent):
    found = scenarios.load(name)
    found["modem"] = {**found.get("modem", {}), "family": family}
    found["agent"] = {**found["agent"], **agent}
    return found


def _until(play, limit_s, done):
    while not done():
        assert play.together.now_ms < limit_s * 1000, play.stage.operator.notes[-12:]
        play.advance(1)


def _selected(play):
    return [note for note in play.stage.operator.notes if note[1] == "card_selected"]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_that_can_sells_over_the_second_card(family, seed):
    play = Play(_scenario("first-card-in-arrears", family), seed)
    _until(play, 1500, lambda: play.story.seen.get("answered"))
    assert len(_selected(play)) == 1
    assert play.stage.modem.slot == play.together.agent.slot == 1
    assert play.violations() == []


def test_a_family_that_cannot_change_over_lives_on_with_its_first_card(seed):
    play = Play(_scenario("both-cards-refused", "ublox"), seed)
    _until(play, 600, lambda: play.stage.modem.radio.attached)
    play.advance(2400)
    assert not _selected(play) and play.together.agent.slot == 0
    assert play.violations() == []


def test_a_modem_that_refuses_to_change_over_keeps_its_card_and_its_budget_is_kept(seed):
    found = _scenario("both-cards-refused")
    found["modem"]["one_card"] = True
    play = Play(found, seed)
    _until(play, 600, lambda: play.stage.modem.radio.attached)
    play.advance(2 * 3600)
    assert not _selected(play) and play.together.agent.slot == 0
    assert play.violations() == []


def test_the_platform_says_that_the_first_is_paid_and_it_is_gone_back_to_at_once(seed):
    play = Play(_scenario("first-card-in-arrears"), seed)
    _until(play, 1500, lambda: play.story.seen.get("answered"))
    play.advance(600)
    agent = play.together.agent
    first = play.stage.modem.cards[0].iccid
    assert requests._plan_set(agent, {ids.PLAN_STATE: 1, ids.PLAN_CARD: first[-8:]})[0] == 0
    assert not agent.credit.hint  # it says nothing of the card in use
    play.stage.operator.on_card(0, play.stage.operator.unbar)
    play.advance(600)
    assert agent.slot == 0 and len(_selected(play)) == 2
    assert play.stage.modem.radio.attached
    assert play.violations() == []


def test_five_hours_without_any_service_stay_within_what_both_networks_bear(seed):
    found = _scenario("both-cards-refused", sim2_after_min=2)
    found["operator"] = {"cells": {"lte": -140, "gsm": -140}}
    found["operator2"] = {"cells": {"lte": -140}}
    found["timeline"] = found["steps"] = []
    play = Play(found, seed)
    play.advance(5 * 3600)
    assert 2 <= len(_selected(play)) <= 6
    assert play.violations() == []


def _lives(play, hours, each=lambda: None):
    """So many hours in which the module restarts each half hour; ms at which it was told to change
    its card.
    """
    modem, told = play.stage.modem, []
    feed = modem.feed

    def counted(data, now_ms):
        if b"+QDSIM=" in data:
            told.append(now_ms)
        feed(data, now_ms)

    modem.feed = counted
    for _ in range(2 * hours):
        play.advance(1800)
        each()
        modem.restart()
    return told


def _most(times, span_ms):
    return max([sum(start <= one < start + span_ms for one in times) for start in times] or [0])


@pytest.mark.parametrize("lie", ["tells_other_card", "forgets_card"])
def test_a_module_that_is_never_in_the_place_it_tells_is_told_twice_an_hour_at_most(lie, seed):
    """At each of its starts it was changed over, beside what the budget gave: 4 times an hour."""
    found = _scenario("both-cards-refused")
    found["modem"][lie] = True
    found["timeline"] = found["steps"] = []
    found["account"]["arrears"] = found["account2"]["arrears"] = {"layer": "attach", "cause": 8}
    found["account"]["balance_minor"] = -100
    play = Play(found, seed)
    told = _lives(play, 9)
    assert _most(told, 3600000) <= 2 and len(told) <= 8, told
    assert told or lie == "forgets_card"


def test_a_module_that_tells_two_numbers_of_its_card_costs_one_try_of_a_wrong_pin(seed):
    """Two of three tries were gone, one for each number."""
    found = _scenario("both-cards-refused", sim_pin="1111", sim2_pin="2222")
    found["timeline"] = found["steps"] = []
    found["sim"], found["sim2"] = {"pin": "9999"}, {"pin": "8888"}
    play = Play(found, seed)
    cards = play.stage.modem.cards

    def flips():
        for card in cards:
            last = "0" if card.iccid[-1] != "0" else "7"
            card.iccid = card.iccid[:-1] + last

    _lives(play, 9, flips)
    notes = [note for note in play.stage.operator.notes if note[1] == "pin_entered"]
    assert notes and min(card.pin_tries for card in cards) == 2, notes


@pytest.mark.parametrize("way", card_cuts.WAYS)
def test_the_power_fails_at_a_write_amid_a_change_of_cards(way, seed, whole):
    """A text that paid was lost so: its module called it read, and nobody had heard it yet."""
    total = card_cuts.writes(way, seed)
    step = 1 if whole else 7
    for cut in range(1 if whole else 1 + seed % step, total + 1, step):
        change = card_cuts.Change(way, cut, seed)
        change.run()
        assert change.cuts, (cut, total)
