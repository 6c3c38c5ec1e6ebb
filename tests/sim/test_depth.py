"""A board whose stack held 27 calls crashed at every settlement: 33 of them were open at once."""

from __future__ import annotations

import pytest

import depth
import incidents

# What reaches every duty, each way of settling and each kind of bad end; all: make incidents.
SCENARIOS = (
    "demo",
    "settlement-unbalanced-uploaded",
)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_chain_of_calls_is_deeper_than_a_small_board_holds(name):
    with depth.Meter() as meter:
        _, told, _ = incidents.play(name)
    assert told
    assert 10 < meter.depth() <= depth.CALLS_MAX, " > ".join(meter.chain)
