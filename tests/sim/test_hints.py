"""Type hints of core, held against what its functions are handed in lives that use much of it."""

import pytest

from hints import Hints
from play import Play
from posagent.core.credit import calendar
from posworld.story import scenario as scenarios

LIVES = ("first-card-in-arrears", "settlement-unbalanced-uploaded")


@pytest.mark.parametrize("name", LIVES)
def test_each_function_of_core_is_handed_what_its_hints_say(name):
    found = scenarios.load(name)
    found["agent"] = {**found.get("agent", {}), "acquirer.2.host": "second.example"}
    with Hints() as hints:
        Play(found, 1).advance(1500)
    assert not hints.wrong, hints.wrong
    assert hints.seen > 5000


def test_a_hint_that_says_something_else_is_found():
    with Hints() as hints:
        calendar.date_of(20000.0)
    assert ("day", "float") in {wrong[1:] for wrong in hints.wrong}
