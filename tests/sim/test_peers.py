"""Beside other connection managers, in the same world: no slower than any that stays within the
budgets. `make peers` has the whole table.
"""

import pytest

import peers


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
