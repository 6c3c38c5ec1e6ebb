"""Each family of modules through a shop's week in short: healthy, in arrears, denied, settling."""

import pytest

from play import Play
from posagent.core import status
from posproto import ids
from posworld.story import scenario as scenarios

NEW = (
    "ublox",
    "fibocom",
    "ml307",
    "luat",
    "neoway",
    "telit",
)  # the older ones have scenarios of their own
STORIES = (
    "healthy",
    "paid-but-still-down",
    "sim-blocked-then-reactivated",
    "settlement-sale-reversed",
)


@pytest.mark.parametrize("family", NEW)
def test_each_story_is_told_to_its_end_by_every_family(family, seed, whole):
    # A slice: of each family one story, another one by each seed; all of them in make soak.
    at = (NEW.index(family) + seed) % len(STORIES)
    for name in STORIES if whole else STORIES[at : at + 1]:
        scenario = scenarios.load(name)
        scenario["modem"] = dict(scenario.get("modem", {}), family=family)
        play = Play(scenario, seed)
        told = play.run(4 * 86400)
        steps = [(step.id, step.state, step.reason) for step in play.story.steps]
        assert told, (name, steps, play.timing.verdicts)
        assert play.violations() == []
        assert family == play.together.agent.engine.family.NAME


# What each module of the world tells beside +CEREG and +CESQ; a 2G module knows no SINR.
SINR_DB = {"quectel": 3, "simcom": 14, "fibocom": 12, "ml307": 15, "neoway": 15}


@pytest.mark.parametrize("family", ["quectel", "simcom", "sim800", "generic", *NEW])
def test_the_status_names_the_cell_and_goes_on_naming_it_where_it_was_lost(family):
    scenario = scenarios.load("healthy")
    scenario["modem"] = dict(scenario.get("modem", {}), family=family)
    play = Play(scenario, 3)
    play.advance(120)
    agent, operator = play.together.agent, play.stage.operator
    st = status.status(agent)
    cell = play.stage.modem.radio.cell
    assert st[ids.ST_PLMN] == operator.plmn.encode()
    assert (st[ids.ST_AREA], st[ids.ST_CELL]) == (cell.area, cell.ident)
    assert st[ids.ST_UPTIME_S] - st[ids.ST_CELL_S] <= 30
    lte = st[ids.ST_ACT] == 7
    assert (st[ids.ST_RSRQ_DB] is not None) == lte
    assert st[ids.ST_SINR_DB] == SINR_DB.get(family)
    for other in operator.cells:
        other.dbm = -140
    play.stage.modem.radio.coverage_changed()
    play.advance(300)
    st = status.status(agent)
    assert (st[ids.ST_AREA], st[ids.ST_CELL]) == (cell.area, cell.ident)
    assert st[ids.ST_UPTIME_S] - st[ids.ST_CELL_S] >= 240
    assert st[ids.ST_RSRQ_DB] is None
