"""Beside other connection managers, in the same world: no slower than any that stays within the
budgets. `make peers` has the whole table.
"""

import pytest

import peers
from posworld.peers import at


@pytest.mark.parametrize("name", ["card-lost-contact", "supply-latched-off"])
def test_no_policy_within_the_budgets_is_faster(name, seed):
    ours = peers.agent(name, seed)
    assert ours["healed_s"] is not None and not ours["broken"]
    for policy in peers.POLICIES:
        theirs = peers.peer(policy, name, seed)
        if not theirs["broken"] and theirs["healed_s"] is not None:
            assert ours["healed_s"] <= theirs["healed_s"] + 5, (policy, ours, theirs)


def test_a_loop_that_switches_the_radio_each_ten_seconds_breaks_the_budgets(seed):
    assert peers.peer("naive", "left-coverage-lte-only", seed)["broken"] > 10


def test_a_policy_that_asks_for_an_address_sees_that_it_is_gone():
    """The echo and the OK of its question are no addresses."""
    for answer, wanted in (
        (["AT+CGPADDR=1", '+CGPADDR: 1,"0.0.0.0"', "OK"], False),
        (["AT+CGPADDR=1", "+CGPADDR: 1", "OK"], False),
        (["AT+CGPADDR=1", "ERROR"], False),
        (["AT+CGPADDR=1", '+CGPADDR: 1,"10.76.51.2"', "OK"], True),
    ):
        asked = at.online()
        assert next(asked).text == "+CEREG?"
        assert asked.send(["+CEREG: 0,1", "OK"]).text == "+CGPADDR=1"
        try:
            asked.send(answer)
            raise AssertionError("it goes on")
        except StopIteration as end:
            assert end.value is wanted, answer
