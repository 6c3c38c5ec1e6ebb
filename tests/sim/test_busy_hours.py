"""Busy hours that a shop names: what waits for their end, and what never does."""

import pytest

from credit import CHINA_S, DAY_S, Life
from posproto import ids
from posworld.story.judge import Judge

BUSY = {"busy_from_h": 8, "busy_to_h": 20}
NOON_S = 14 * 3600  # a life begins at ten in the evening


def hours(life, *kinds):
    """Local hours of what the network noted, behind the first, which a start may use."""
    return [
        (life.operator.epoch_s + at + CHINA_S) % DAY_S // 3600
        for kind in kinds
        for at in life.times(kind)
        if at > 3600
    ]


def noticed_s(life, since_s):
    """Seconds until something else than all clear was said."""
    told = [at for at, verdict in life.verdicts if at >= since_s and verdict != ids.V_ALL_CLEAR]
    return told[0] - since_s if told else None


def test_a_quiet_line_is_probed_and_the_operator_asked_outside_busy_hours_only(seed):
    life = Life({"balance_minor": 6000}, BUSY, seed)
    life.run(5 * DAY_S)
    used = hours(life, "tcp_open", "sms_out")
    assert set(used) == {20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7}, sorted(set(used))
    assert len(hours(life, "tcp_open")) >= 4 * 12 * 3  # four quarters of an hour, jitter apart
    assert 4 <= len(hours(life, "sms_out")) <= 6
    assert Judge(life.stage).violations() == []


def test_a_shop_that_names_no_busy_hours_is_probed_all_day(seed):
    life = Life({"balance_minor": 6000}, seed=seed)
    life.run(2 * DAY_S)
    assert set(hours(life, "tcp_open")) == set(range(24))


def test_a_message_goes_out_in_busy_hours_and_takes_the_place_of_a_probe(seed):
    life = Life({"balance_minor": 6000}, BUSY, seed)
    life.run(NOON_S)
    opened = len(life.times("tcp_open"))
    life.sell()
    assert len(life.times("tcp_open")) == opened + 1
    life.run(2 * 3600)
    assert len(life.times("tcp_open")) == opened + 1


@pytest.mark.parametrize("settings", [BUSY, {}])
def test_a_path_lost_in_silence_is_noticed_at_the_next_message_or_at_the_probe(settings, seed):
    life = Life({"balance_minor": 6000}, settings, seed)
    life.run(NOON_S)
    life.operator.path = "blackhole"
    lost_s = life.now_s
    life.run(3600)
    if settings:
        assert noticed_s(life, lost_s) is None  # nobody used the line, and nobody was to
        lost_s = life.now_s
        life.sell()
        life.run(600)
        assert noticed_s(life, lost_s) <= 300
    else:
        assert noticed_s(life, lost_s) <= 900 + 90 + 180  # jitter, and two tries that time out


def test_a_path_in_doubt_is_probed_in_busy_hours_until_it_works(seed):
    life = Life({"balance_minor": 6000}, BUSY, seed)
    life.run(NOON_S)
    life.operator.path = "blackhole"
    life.sell()
    life.run(3600)
    life.operator.path = "ok"
    back_s = life.now_s
    life.run(600)
    assert life.verdict() == ids.V_ALL_CLEAR
    assert life.verdicts[-1][0] - back_s <= 330


def test_a_line_that_is_paid_in_busy_hours_is_back_and_proven_at_once(seed):
    life = Life({"balance_minor": 6000}, BUSY, seed)
    life.run(NOON_S)
    life.bar("data", 33)
    life.run(3 * 3600)
    life.operator.unbar()
    back_s = life.now_s
    life.run(1200)
    up = [at for at, event, _ in life.events if event == ids.E_CONTEXT_UP and at >= back_s]
    proven = [at for at, event, _ in life.events if event == ids.E_PATH_PROVEN and at >= back_s]
    assert up[0] - back_s <= 900 and proven[0] - up[0] <= 60
    assert Judge(life.stage).violations() == []


def test_who_asks_in_busy_hours_is_answered_in_them(seed):
    life = Life({"balance_minor": 6000}, BUSY, seed)
    life.run(NOON_S)
    asked = len(life.times("sms_out"))
    assert life.credit.ask_now()[0] == ids.R_OK
    life.run(60)
    assert len(life.times("sms_out")) == asked + 1
