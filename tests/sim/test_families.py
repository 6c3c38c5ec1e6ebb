"""Each family of modules through a shop's week in short: healthy, in arrears, denied, settling."""

import pytest

from play import Play
from posworld.story import scenario as scenarios

NEW = ("ublox", "fibocom", "ml307", "luat", "neoway")  # the older ones have scenarios of their own
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
        assert told, (name, steps, play.reporter.verdicts)
        assert play.violations() == []
        assert family == play.together.agent.engine.family.NAME
